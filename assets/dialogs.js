// Makes a confirmation modal as soon as it is on the page, and gives Escape the meaning of its "keep" button.
function open(dialog) {
  dialog.dataset.shown = "true";
  dialog.close();
  dialog.showModal();
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    dialog.querySelector("[data-keep]")?.click();
  });
}

new MutationObserver(() => {
  for (const dialog of document.querySelectorAll("dialog[data-modal]:not([data-shown])")) open(dialog);
}).observe(document.documentElement, { childList: true, subtree: true });
