// The photos of a piece before they are sent: a phone takes one at a time, and their order is that of the pages.
import { enlarge, place, show, write } from "./pieces-card.js";

const SMALL = 240;
const LARGE = 1600;
const ACTS = { up: "Monter", down: "Descendre", out: "Retirer" };
const trays = new Map();

const pagesOf = (piece) => trays.get(piece) ?? [];

export const photosOf = (piece) => pagesOf(piece).map((page) => page.photo);

export const isComposing = () => [...trays.values()].some((pages) => pages.length > 0);

export function add(piece, photos) {
  const pages = photos.map((photo) => ({ photo, picture: document.createElement("canvas"), isBlind: false }));
  keep(piece, [...pagesOf(piece), ...pages]);
  for (const page of pages) {
    paint(page.picture, page.photo, SMALL).catch(() => {
      page.isBlind = true;
      draw(piece);
    });
  }
  const all = pagesOf(piece).length;
  return `${counted(photos.length)} ajoutée${photos.length > 1 ? "s" : ""}\u00a0: ${all} en tout. Rien n’est encore envoyé.`;
}

export function clear(piece) {
  keep(piece, []);
  return "Toutes les pages sont retirées.";
}

// Does what a button of a page says; returns what to say of it, "" for another button.
export function act(piece, button) {
  const row = button.closest("[data-piece-row]");
  if (!row) return "";
  const at = Number(row.dataset.pieceRow);
  const pages = [...pagesOf(piece)];
  if (button.dataset.pieceLook) {
    const picture = document.createElement("canvas");
    paint(picture, pages[at].photo, LARGE).catch(() => {});
    enlarge(button, `Page ${at + 1}`, picture);
    return "";
  }
  const name = button.dataset.pieceAct;
  if (!(name in ACTS)) return "";
  const [page] = pages.splice(at, 1);
  if (name === "out") {
    keep(piece, pages);
    stand(piece, Math.min(at, pages.length - 1), "out");
    return `Page ${at + 1} retirée\u00a0: ${pages.length ? `il en reste ${pages.length}` : "il n’en reste aucune"}.`;
  }
  const to = at + (name === "up" ? -1 : 1);
  pages.splice(to, 0, page);
  keep(piece, pages);
  stand(piece, to, name);
  return `La page ${at + 1} est maintenant la page ${to + 1}.`;
}

function keep(piece, pages) {
  trays.set(piece, pages);
  draw(piece);
}

function draw(piece) {
  const pages = pagesOf(piece);
  place(piece)?.toggleAttribute("data-composing", pages.length > 0);
  place(piece, "order")?.replaceChildren(...pages.map((page, at) => row(page, at, pages.length - 1)));
  write(piece, "send", `Envoyer ${counted(pages.length)}`);
  show(piece, "tray", pages.length > 0);
}

function row(page, at, last) {
  const line = document.createElement("li");
  line.dataset.pieceRow = at;
  const look = control(`Page ${at + 1}\u00a0: agrandir`, "piece-picture", page.picture);
  look.dataset.pieceLook = "true";
  const words = document.createElement("p");
  const title = Object.assign(document.createElement("strong"), { textContent: `Page ${at + 1}` });
  const name = Object.assign(document.createElement("span"), { className: "second-line" });
  name.textContent = page.isBlind ? `${page.photo.name}, sans aperçu possible ici` : page.photo.name;
  words.append(title, name);
  const acts = document.createElement("div");
  acts.className = "piece-acts";
  for (const [act, label] of Object.entries(ACTS)) {
    if ((act === "up" && at === 0) || (act === "down" && at === last)) continue;
    const button = control(`Page ${at + 1}\u00a0: ${label.toLowerCase()}`, "button button-plain", label);
    button.dataset.pieceAct = act;
    acts.append(button);
  }
  line.append(look, words, acts);
  return line;
}

function control(label, looks, content) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = looks;
  button.setAttribute("aria-label", label);
  button.append(content);
  return button;
}

// The buttons are new: whoever pressed one stands on the same of the page that moved, or on the nearest.
function stand(piece, at, act) {
  const buttons = place(piece, "order")?.querySelectorAll(`[data-piece-row="${at}"] [data-piece-act]`);
  const [first] = buttons ?? [];
  const same = [...(buttons ?? [])].find((one) => one.dataset.pieceAct === act);
  (same ?? first ?? place(piece, "files"))?.focus();
}

// On a canvas: the page's policy admits no picture of the browser's own addresses.
async function paint(canvas, photo, width) {
  const whole = await createImageBitmap(photo);
  canvas.width = Math.min(width, whole.width);
  canvas.height = Math.max(Math.round((canvas.width * whole.height) / whole.width), 1);
  const brush = canvas.getContext("2d");
  brush.imageSmoothingQuality = "high";
  brush.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
}

function counted(pages) {
  return `${pages} page${pages > 1 ? "s" : ""}`;
}

// A card that is drawn again, empty, gets its pages back.
new MutationObserver(() => {
  for (const [piece, pages] of trays) {
    const list = place(piece, "order");
    if (list && list.childElementCount !== pages.length) draw(piece);
  }
}).observe(document.documentElement, { childList: true, subtree: true });
