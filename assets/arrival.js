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

// A place in a page, « #agenda », whose section is drawn after the page has come: gone to as soon as it is there,
// unless the person has begun to read elsewhere.
const LOOKED_FOR = 10_000;
const place = location.hash.slice(1);

if (place) {
  const going = new MutationObserver(() => {
    const found = document.getElementById(place);
    if (!found) return;
    stop();
    found.scrollIntoView();
  });
  const stop = () => going.disconnect();
  going.observe(document.documentElement, { childList: true, subtree: true });
  for (const gesture of ["wheel", "touchstart", "keydown", "pointerdown"]) {
    addEventListener(gesture, stop, { once: true, passive: true });
  }
  setTimeout(stop, LOOKED_FOR);
}
