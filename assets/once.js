// Sends a form once: another click, while the browser waits for the page that follows, does nothing.
const PATIENCE_MS = 10_000;
let sent = new WeakMap();

// On the window, so that forms which the page handles itself have said so before.
window.addEventListener("submit", (event) => {
  // A form that saves a file leads to no other page: it may be sent again at once.
  if (event.defaultPrevented || event.target.matches("[data-saves]")) return;
  const before = sent.get(event.target);
  if (before !== undefined && event.timeStamp - before < PATIENCE_MS) event.preventDefault();
  else sent.set(event.target, event.timeStamp);
});

window.addEventListener("pageshow", () => {
  sent = new WeakMap();
});
