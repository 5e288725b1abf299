// Keys for those who examine dossiers: each does what the element with that `data-key` does.
const STEP_SECONDS = 10;
const FIELDS = "input, textarea, select, [contenteditable]";

const REMEMBERED = "shortcuts";
const root = document.documentElement;

// Where the browser keeps nothing for a site, what is switched holds as long as the page.
function remembered() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

function remember(keys) {
  try {
    localStorage.setItem(REMEMBERED, keys);
  } catch {
    // The page knows.
  }
}

function areOff() {
  return (remembered() ?? root.dataset.keys) === "off";
}

root.dataset.keys = areOff() ? "off" : "on";

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element && event.target.closest("[data-keys-switch]"))) return;
  root.dataset.keys = areOff() ? "on" : "off";
  remember(root.dataset.keys);
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

// The page says that it is still open, and learns who else has it open: every so many seconds, as it says.
let waited = 0;
setInterval(() => {
  waited += STEP_SECONDS;
  const beat = document.querySelector("[data-heartbeat]");
  if (beat === null || document.visibilityState !== "visible" || waited < Number(beat.dataset.heartbeat)) return;
  waited = 0;
  beat.click();
}, STEP_SECONDS * 1000);
