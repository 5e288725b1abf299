// Reads a chosen file into the field that its input names, in the browser: the file itself goes nowhere.
// A list from a spreadsheet may be in the alphabet of Windows; bytes that are no UTF-8 are read as that.
const LONGEST = 100000;

function words(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

document.addEventListener("change", async (event) => {
  const name = event.target.dataset?.readsInto;
  const file = name && event.target.files[0];
  if (!file) return;
  const field = event.target.form.elements[name];
  field.value = words(await file.slice(0, Number(event.target.dataset.longest ?? LONGEST) + 1).arrayBuffer());
  field.focus();
});
