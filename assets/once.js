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

// The second click of a double click may fall on what the first has brought under the pointer, on the button that
// confirms for instance: nobody meant that one.
let pressed = {};

window.addEventListener(
  "click",
  (event) => {
    const control = event.target.closest("button, a, summary");
    const words = control?.textContent;
    if (event.detail < 2) pressed = { control, words };
    else if (control && (control !== pressed.control || words !== pressed.words)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  { capture: true },
);
