// Walks a line of time with the arrows, Home and End, and opens the reason of a mark in place: under the picture,
// or in the line of the list where the list itself is the line. Without it each mark leads to its line.
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

const groupOf = (mark) => mark.closest(".timeline-picture, .moments");
const marksOf = (mark) => [...groupOf(mark).querySelectorAll(".mark-stop")];
const lineOf = (mark) => document.getElementById(mark.getAttribute("href").slice(1));

function stop(mark) {
  for (const one of marksOf(mark)) one.setAttribute("tabindex", one === mark ? "0" : "-1");
}

function paragraph(kind, words) {
  const made = document.createElement("p");
  made.className = kind;
  made.textContent = words;
  return made;
}

// Under the picture stands what the list says of the mark: its date, its name, its reason, closed.
function stage(mark, { open = false } = {}) {
  const place = mark.closest(".timeline")?.querySelector(".timeline-stage");
  const line = lineOf(mark);
  if (!place || !line || !mark.closest(".timeline-picture")) return null;
  if (mark.dataset.many) {
    place.replaceChildren(paragraph("moment-when", mark.getAttribute("aria-label")), paragraph("moment-what", mark.dataset.many));
    return place;
  }
  const parts = [...line.querySelectorAll(":scope > .moment-when, :scope > .moment-what")];
  place.replaceChildren(...parts.map((part) => part.cloneNode(true)));
  const reason = place.querySelector("details");
  if (reason) reason.open = open;
  return place;
}

function open(mark) {
  if (mark.closest(".moments")) {
    const reason = lineOf(mark).querySelector("details");
    if (reason) reason.open = !reason.open;
    return true;
  }
  const place = stage(mark, { open: true });
  place?.querySelector("summary")?.focus();
  return place !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return;
  const place = event.target.closest(".timeline-stage");
  if (place && event.key === "Escape") {
    place.closest(".timeline").querySelector('.timeline-picture .mark-stop[tabindex="0"]')?.focus();
    return;
  }
  const mark = event.target.closest(".mark-stop");
  if (!mark) return;
  const marks = marksOf(mark);
  const ends = { Home: marks[0], End: marks.at(-1) };
  const next = ends[event.key] ?? marks[marks.indexOf(mark) + STEPS[event.key]];
  if (event.key in STEPS || event.key in ends) {
    event.preventDefault();
    next?.focus();
  } else if (event.key === " ") {
    event.preventDefault();
    open(mark);
  }
});

document.addEventListener("focusin", (event) => {
  const mark = event.target instanceof Element ? event.target.closest(".mark-stop") : null;
  if (!mark) return;
  stop(mark);
  stage(mark);
});

document.addEventListener("click", (event) => {
  const mark = event.target instanceof Element ? event.target.closest(".mark-stop") : null;
  if (mark && open(mark)) event.preventDefault();
});

// A line without a present, or where the Tab key's mark is gone, is entered by its first mark.
new MutationObserver(() => {
  for (const group of document.querySelectorAll(".timeline-picture, .moments")) {
    const marks = group.querySelectorAll(".mark-stop");
    if (marks.length && !group.querySelector('.mark-stop[tabindex="0"]')) marks[0].setAttribute("tabindex", "0");
  }
}).observe(document.documentElement, { childList: true, subtree: true });
