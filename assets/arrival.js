// Within the portal a link changes the page without loading one: the focus follows, so that a screen
// reader begins at the new content, as it would on a page that loads.
let path = location.pathname;

new MutationObserver(() => {
  if (location.pathname === path) return;
  path = location.pathname;
  document.getElementById("contenu")?.focus({ preventScroll: true });
}).observe(document.head, { childList: true, characterData: true, subtree: true });
