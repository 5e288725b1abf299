// Keys for those who examine dossiers: each does what the element with that `data-key` does.
const HEARTBEAT_MS = 10_000;
const FIELDS = "input, textarea, select, [contenteditable]";

const REMEMBERED = "shortcuts";
const root = document.documentElement;

function areOff() {
  return localStorage.getItem(REMEMBERED) === "off";
}

root.dataset.keys = areOff() ? "off" : "on";

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element && event.target.closest("[data-keys-switch]"))) return;
  root.dataset.keys = areOff() ? "on" : "off";
  localStorage.setItem(REMEMBERED, root.dataset.keys);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" && areOff()) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  // Letters are typed in a field; Escape is not.
  if (event.key !== "Escape" && event.target instanceof Element && event.target.closest(FIELDS)) return;
  const found = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (found === null) return;
  event.preventDefault();
  found.click();
});

// The page says that it is still open, and learns who else has it open.
setInterval(() => {
  if (document.visibilityState === "visible") document.querySelector("[data-heartbeat]")?.click();
}, HEARTBEAT_MS);
