// Keeps what is left before an instant right, each minute, in the words the server used.
// `data-now` is the portal's present when it wrote the page: in a demonstration it runs ahead of ours.
const MINUTE = 60_000;
const offsets = new WeakMap();

function count(number, singular) {
  return `${number}\u00a0${singular}${number < 2 ? "" : "s"}`;
}

function remaining(milliseconds) {
  const minutes = Math.max(Math.floor(milliseconds / MINUTE), 0);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  if (minutes === 0) return "moins d’une minute";
  if (days > 0) return `${count(days, "jour")} et ${count(hours, "heure")}`;
  return `${count(hours, "heure")} et ${count(minutes % 60, "minute")}`;
}

function offsetOf(element) {
  const written = element.dataset.now;
  const known = offsets.get(element);
  if (known?.written === written) return known.offset;
  const offset = Date.parse(written) - Date.now() || 0;
  offsets.set(element, { written, offset });
  return offset;
}

function refresh() {
  for (const element of document.querySelectorAll("[data-until]")) {
    const until = Date.parse(element.dataset.until);
    if (Number.isNaN(until)) continue;
    const left = until - (Date.now() + offsetOf(element));
    const text = left <= 0 ? "le délai est passé" : remaining(left);
    if (element.firstChild?.nodeValue !== text) element.textContent = text;
  }
}

setInterval(refresh, MINUTE / 6);
