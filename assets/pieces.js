// Sends the pieces of a dossier, and says how far they are: a PDF at once, photos once their pages are in order.
import { enlarge, place, show, write } from "./pieces-card.js";
import { act, add, clear, isComposing, photosOf } from "./pieces-tray.js";

const MOST_BYTES = 15 * 1024 * 1024;
const MOST_FILES = 60;
const AGAIN_AFTER_MS = 1000;
const UNTOUCHED = "Votre dossier est inchangé.";
const BUSY = "Un envoi est en cours\u00a0: attendez sa fin, ou annulez-le.";
const sendings = new Map();
let looked = 0;

function megabytes(bytes) {
  const options = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return (bytes / 1_000_000).toLocaleString("fr-FR", options);
}

function lookAgain() {
  looked = Date.now();
  document.querySelector("[data-pieces-refresh]")?.click();
}

function explain(piece, reasons) {
  place(piece, "reasons")?.replaceChildren(
    ...reasons.map((line) => Object.assign(document.createElement("p"), { textContent: line })),
  );
  show(piece, "why", reasons.length > 0);
}

function tell(piece, { problem = "", reasons = [], told = "", retry = false, contest = false }) {
  write(piece, "problem", problem);
  explain(piece, reasons);
  write(piece, "told", told);
  show(piece, "retry", retry);
  show(piece, "contest", contest);
}

function advance(piece, done, all) {
  const percent = all ? Math.min(Math.floor((done / all) * 100), 100) : 0;
  const bar = place(piece, "progress")?.querySelector("progress");
  if (bar) bar.value = percent;
  write(piece, "figures", `${percent}\u00a0% (${megabytes(done)} sur ${megabytes(all)}\u00a0Mo)`);
  // A screen reader is told every quarter, not every percent.
  const quarter = Math.floor(percent / 25) * 25;
  if (quarter && quarter < 100) write(piece, "told", `Envoi\u00a0: ${quarter}\u00a0%`);
}

function arrived(piece) {
  // It is with us: what was sent can be replaced, not called back.
  show(piece, "cancel", false);
  place(piece, "progress")?.querySelector("progress")?.removeAttribute("value");
  write(piece, "figures", "");
  write(piece, "told", "Envoyé. Nous le lisons…");
}

function answerOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

function end(piece, said) {
  const { files, query } = sendings.get(piece);
  sendings.set(piece, said.retry || said.contest ? { files, query } : {});
  show(piece, "actions", true);
  show(piece, "progress", false);
  // Pages have a button of their own to be sent again.
  tell(piece, { ...said, retry: said.retry && !photosOf(piece).length });
}

function answered(piece, request) {
  const { version, message, reasons, contestable } = answerOf(request);
  if (request.status === 200 && version) {
    clear(piece);
    const kept = "Gardé. Indiquez la date imprimée sur l’extrait, dans ce que nous avons lu.";
    end(piece, { told: sendings.get(piece).query ? kept : "Reçu. Voici ce que nous avons lu." });
  } else if (message) {
    const passing = request.status === 400 || request.status === 429 || request.status >= 500;
    end(piece, { problem: message, reasons, retry: passing, contest: contestable });
  } else {
    const problem = `Nous n’avons pas pu recevoir ce fichier\u00a0: reconnectez-vous, puis envoyez-le de nouveau. ${UNTOUCHED}`;
    end(piece, { problem, retry: true });
  }
  lookAgain();
}

function tooMuch(files) {
  if (files.length > MOST_FILES) {
    return `Une pièce compte ${MOST_FILES}\u00a0pages au plus\u00a0: choisissez moins de photos, ou envoyez un seul PDF.`;
  }
  if (sizeOf(files) <= MOST_BYTES) return "";
  return files.length === 1
    ? `«\u00a0${files[0].name}\u00a0» dépasse 15\u00a0Mo\u00a0: numérisez-le en 150 ou 200 points par pouce, ou envoyez moins de pages.`
    : "Vos photos dépassent ensemble 15\u00a0Mo\u00a0: prenez-les plus petites, retirez-en, ou envoyez un seul PDF.";
}

const sizeOf = (files) => files.reduce((sum, file) => sum + file.size, 0);

const isPhoto = (file) => file.type.startsWith("image/");

function notAlone(file, photos) {
  const remedy = photos.length
    ? "Pour l’envoyer, retirez d’abord toutes vos pages."
    : "Choisissez ce seul PDF, ou seulement des photos JPEG ou PNG.";
  return `«\u00a0${file.name}\u00a0» n’est pas une photo\u00a0: un PDF s’envoie seul. ${remedy}`;
}

// A file goes at once; photos are put in order first, since a phone gives them one by one.
function take(piece, files) {
  if (!files.length) return;
  if (sendings.get(piece)?.request) {
    write(piece, "problem", BUSY);
    return;
  }
  const photos = photosOf(piece);
  const other = files.find((file) => !isPhoto(file));
  if (other && files.length + photos.length === 1) {
    send(piece, files);
    return;
  }
  const problem = other ? notAlone(other, photos) : tooMuch([...photos, ...files]);
  tell(piece, problem ? { problem } : { told: add(piece, files) });
}

function send(piece, files, query = "") {
  const problem = tooMuch(files);
  if (problem) {
    tell(piece, { problem });
    return;
  }
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  const request = new XMLHttpRequest();
  sendings.set(piece, { request, files, query });
  tell(piece, { told: "L’envoi commence." });
  show(piece, "cancel", true);
  show(piece, "progress", true);
  show(piece, "actions", false);
  advance(piece, 0, sizeOf(files));
  request.upload.addEventListener("progress", (event) => advance(piece, event.loaded, event.total));
  request.upload.addEventListener("load", () => arrived(piece));
  request.addEventListener("load", () => answered(piece, request));
  request.addEventListener("abort", () => end(piece, { told: `Envoi annulé. ${UNTOUCHED}` }));
  request.addEventListener("error", () => {
    const cut = "La connexion a été coupée avant notre réponse. Vérifiez-la, puis réessayez\u00a0: un fichier déjà reçu n’est pas compté deux fois.";
    end(piece, { problem: cut, retry: true });
    lookAgain();
  });
  request.open("POST", `/espace/pieces/${piece}${query}`);
  request.send(form);
}

// What was contested stays so when its sending was cut, as long as the pages are the same.
function sendPages(piece, before = [], query = "") {
  const pages = photosOf(piece);
  const isSame = pages.length === before.length && pages.every((page, at) => page === before[at]);
  send(piece, pages, isSame ? query : "");
}

function pieceOf(target) {
  return target instanceof Element ? target.closest("[data-piece]") : null;
}

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-piece-files], [data-piece-more]")) return;
  take(pieceOf(event.target).dataset.piece, [...event.target.files]);
  // The same file can be chosen again.
  event.target.value = "";
});

document.addEventListener("click", (event) => {
  const piece = pieceOf(event.target)?.dataset.piece;
  if (!piece) return;
  const pressed = event.target.closest("button, a");
  if (pressed?.matches("[data-piece-cancel]")) sendings.get(piece)?.request?.abort();
  const { files, query } = sendings.get(piece) ?? {};
  if (pressed?.matches("[data-piece-retry]")) send(piece, files, query);
  if (pressed?.matches("[data-piece-contested]")) send(piece, files, "?contested=date");
  if (pressed?.matches("[data-piece-send]")) sendPages(piece, files, query);
  if (pressed?.matches("[data-piece-clear]")) tell(piece, { told: clear(piece) });
  const said = pressed && act(piece, pressed);
  if (said) {
    // What was refused stays said, while its pages are put right: they are not the same any more.
    write(piece, "told", said);
    show(piece, "contest", false);
  }
  if (pressed?.matches("[data-piece-page]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    const image = document.createElement("img");
    image.src = pressed.href;
    image.alt = pressed.querySelector("img")?.alt.replace(", agrandir", "") ?? "";
    enlarge(pressed, pressed.dataset.piecePage, image);
  }
});

// A file that misses its place would otherwise replace the page, and what is typed in it.
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files") || !document.querySelector("[data-piece]")) return;
    event.preventDefault();
    const card = pieceOf(event.target);
    const open = card?.querySelector("[data-piece-files]");
    event.dataTransfer.dropEffect = open ? "copy" : "none";
    mark(kind === "dragover" && open ? card : null);
    if (kind === "drop" && open) take(card.dataset.piece, [...event.dataTransfer.files]);
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) mark(null);
});

function mark(card) {
  for (const one of document.querySelectorAll("[data-piece][data-over]")) if (one !== card) delete one.dataset.over;
  if (card) card.dataset.over = "true";
}

// Another tab, or a person here, may have changed the dossier meanwhile.
function back() {
  if (document.visibilityState === "visible" && Date.now() - looked > AGAIN_AFTER_MS) lookAgain();
}
document.addEventListener("visibilitychange", back);
window.addEventListener("focus", back);

window.addEventListener("beforeunload", (event) => {
  if (isComposing() || [...sendings.values()].some((one) => one.request)) event.preventDefault();
});
