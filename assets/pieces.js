// Sends the pieces of a dossier, and says how far they are. The page draws the places (data-piece…) and may draw
// them again at any time: they are looked for each time, and what is under way is kept here.
const MOST_BYTES = 15 * 1024 * 1024;
const MOST_FILES = 60;
const AGAIN_AFTER_MS = 1000;
const UNTOUCHED = "Votre dossier est inchangé.";
const sendings = new Map();
let looked = 0;

const place = (piece, name) =>
  document.querySelector(`[data-piece="${piece}"]${name ? ` [data-piece-${name}]` : ""}`);

function write(piece, name, words) {
  const where = place(piece, name);
  if (where && where.textContent !== words) where.textContent = words;
}

function show(piece, name, shown) {
  const where = place(piece, name);
  if (!where || where.hidden === !shown) return;
  // Whoever stands on a button that goes is led to where another file is chosen.
  const leaves = !shown && where.contains(document.activeElement);
  where.hidden = !shown;
  if (leaves) place(piece, "files")?.focus();
}

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

function tell(piece, { problem = "", reasons = [], told = "", retry = false }) {
  write(piece, "problem", problem);
  explain(piece, reasons);
  write(piece, "told", told);
  show(piece, "retry", retry);
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
  const { files } = sendings.get(piece);
  sendings.set(piece, { files: said.retry ? files : null });
  show(piece, "progress", false);
  tell(piece, said);
}

function answered(piece, request) {
  const { version, message, reasons } = answerOf(request);
  if (request.status === 200 && version) {
    end(piece, { told: "Reçu. Voici ce que nous avons lu." });
  } else if (message) {
    const passing = request.status === 400 || request.status === 429 || request.status >= 500;
    end(piece, { problem: message, reasons, retry: passing });
  } else {
    const problem = `Nous n’avons pas pu recevoir ce fichier\u00a0: reconnectez-vous, puis envoyez-le de nouveau. ${UNTOUCHED}`;
    end(piece, { problem, retry: true });
  }
  lookAgain();
}

function tooMuch(files) {
  const all = files.reduce((sum, file) => sum + file.size, 0);
  if (files.length > MOST_FILES) {
    return `Vous avez choisi plus de ${MOST_FILES}\u00a0fichiers\u00a0: une pièce compte ${MOST_FILES}\u00a0pages au plus.`;
  }
  if (all <= MOST_BYTES) return "";
  return files.length === 1
    ? `«\u00a0${files[0].name}\u00a0» dépasse 15\u00a0Mo\u00a0: numérisez-le en 150 ou 200 points par pouce, ou envoyez moins de pages.`
    : "Vos fichiers dépassent ensemble 15\u00a0Mo\u00a0: envoyez des photos plus petites, ou un seul PDF.";
}

function send(piece, files) {
  if (!files.length || sendings.get(piece)?.request) return;
  const problem = tooMuch(files);
  if (problem) {
    tell(piece, { problem });
    return;
  }
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  const request = new XMLHttpRequest();
  sendings.set(piece, { request, files });
  tell(piece, { told: "L’envoi commence." });
  show(piece, "cancel", true);
  show(piece, "progress", true);
  advance(piece, 0, files.reduce((sum, file) => sum + file.size, 0));
  request.upload.addEventListener("progress", (event) => advance(piece, event.loaded, event.total));
  request.upload.addEventListener("load", () => arrived(piece));
  request.addEventListener("load", () => answered(piece, request));
  request.addEventListener("abort", () => end(piece, { told: `Envoi annulé. ${UNTOUCHED}` }));
  request.addEventListener("error", () => {
    const cut = "La connexion a été coupée avant notre réponse. Vérifiez-la, puis réessayez\u00a0: un fichier déjà reçu n’est pas compté deux fois.";
    end(piece, { problem: cut, retry: true });
    lookAgain();
  });
  request.open("POST", `/espace/pieces/${piece}`);
  request.send(form);
}

function pieceOf(target) {
  return target instanceof Element ? target.closest("[data-piece]") : null;
}

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-piece-files]")) return;
  send(pieceOf(event.target).dataset.piece, [...event.target.files]);
  // The same file can be chosen again.
  event.target.value = "";
});

document.addEventListener("click", (event) => {
  const piece = pieceOf(event.target)?.dataset.piece;
  if (!piece) return;
  if (event.target.closest("[data-piece-cancel]")) sendings.get(piece)?.request?.abort();
  if (event.target.closest("[data-piece-retry]")) send(piece, sendings.get(piece)?.files ?? []);
  const page = event.target.closest("[data-piece-page]");
  if (page && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    enlarge(page);
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
    if (kind === "drop" && open) send(card.dataset.piece, [...event.dataTransfer.files]);
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) mark(null);
});

function mark(card) {
  for (const one of document.querySelectorAll("[data-piece][data-over]")) if (one !== card) delete one.dataset.over;
  if (card) card.dataset.over = "true";
}

function enlarge(link) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog piece-large";
  dialog.setAttribute("aria-label", link.dataset.piecePage);
  const image = document.createElement("img");
  image.src = link.href;
  image.alt = link.querySelector("img")?.alt.replace(", agrandir", "") ?? "";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button-other";
  close.textContent = "Fermer";
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  dialog.append(close, image);
  document.body.append(dialog);
  dialog.showModal();
}

// Another tab, or a person here, may have changed the dossier meanwhile.
function back() {
  if (document.visibilityState === "visible" && Date.now() - looked > AGAIN_AFTER_MS) lookAgain();
}
document.addEventListener("visibilitychange", back);
window.addEventListener("focus", back);

window.addEventListener("beforeunload", (event) => {
  if ([...sendings.values()].some((one) => one.request)) event.preventDefault();
});
