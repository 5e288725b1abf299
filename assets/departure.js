// Whoever comes next in this tab begins with an empty page: what was read of one person, or of one client, is not
// shown while the next page is being looked up. The name under which the server keeps a tab's page is forgotten.
window.addEventListener("pagehide", () => sessionStorage.removeItem("token"));
