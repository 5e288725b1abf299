// Within the portal a link changes the page without loading one: the focus follows, so that a screen
// reader begins at the new content, as it would on a page that loads.
const SETTLED = 100;
let path = location.pathname;

function arrive() {
  const content = document.getElementById("contenu");
  // Someone who is already in the new content, in a field for instance, is left there.
  if (!content?.contains(document.activeElement)) content?.focus({ preventScroll: true });
}

new MutationObserver(() => {
  if (location.pathname === path) return;
  path = location.pathname;
  setTimeout(arrive, SETTLED);
}).observe(document.head, { childList: true, characterData: true, subtree: true });
