// Fetches what one person alone may see, a key, codes or an address, and draws it: it passes through no event, and so
// stays in no state that the server keeps of her page.
function drawn(place, { picture, words }) {
  const parts = [];
  if (picture) {
    const image = document.createElement("img");
    image.src = picture;
    image.alt = place.dataset.alt ?? "";
    image.className = "qr";
    parts.push(image);
  }
  if (place.dataset.named) return [...parts, whole(words.join(" "), place.dataset.named)];
  const list = document.createElement("ul");
  list.className = "codes";
  for (const word of words) {
    const code = document.createElement("code");
    code.textContent = word;
    const item = document.createElement("li");
    item.append(code);
    list.append(item);
  }
  return [...parts, list];
}

// Taken as a whole, with one click or by the keyboard.
function whole(word, named) {
  const code = document.createElement("code");
  code.textContent = word;
  code.className = "shown-once";
  code.tabIndex = 0;
  code.setAttribute("aria-labelledby", named);
  return code;
}

async function fill(place) {
  place.dataset.filled = "true";
  try {
    const answer = await fetch(place.dataset.private, { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    place.replaceChildren(...drawn(place, await answer.json()));
  } catch {
    place.textContent = "Cette partie n’a pas pu être affichée. Rechargez la page.";
  }
}

new MutationObserver(() => {
  for (const place of document.querySelectorAll("[data-private]:not([data-filled])")) fill(place);
}).observe(document.documentElement, { childList: true, subtree: true });
