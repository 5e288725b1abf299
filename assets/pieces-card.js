// The places of a piece's card (data-piece…). The page draws them and may draw them again at any time: they are looked
// for each time.
export const place = (piece, name) =>
  document.querySelector(`[data-piece="${piece}"]${name ? ` [data-piece-${name}]` : ""}`);

export function write(piece, name, words) {
  const where = place(piece, name);
  if (where && where.textContent !== words) where.textContent = words;
}

export function show(piece, name, shown) {
  const where = place(piece, name);
  if (!where || where.hidden === !shown) return;
  // Whoever stands on a button that goes is led to what can be done next.
  const leaves = !shown && where.contains(document.activeElement);
  where.hidden = !shown;
  if (leaves) ["cancel", "send", "files", "look"].map((one) => place(piece, one)).find(isSeen)?.focus();
}

const isSeen = (one) => one !== null && one.getClientRects().length > 0;

// Opens a picture larger, over the page; whoever closes it is back where she was.
export function enlarge(opener, label, picture) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog piece-large";
  dialog.setAttribute("aria-label", label);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button-other";
  close.textContent = "Fermer";
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    opener.focus();
  });
  dialog.append(close, picture);
  document.body.append(dialog);
  dialog.showModal();
}
