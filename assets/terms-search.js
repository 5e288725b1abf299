// Search within the terms, and print them: the page works without either.
(() => {
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  const search = (field) => {
    const wanted = plain(field.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const article of document.querySelectorAll("[data-article]")) {
      const text = plain(article.textContent);
      const here = wanted.every((word) => text.includes(word));
      article.hidden = !here;
      found += here ? 1 : 0;
    }
    const status = document.getElementById("recherche-compte");
    if (!status) return;
    if (!wanted.length) status.textContent = "";
    else if (!found) status.textContent = "Aucun article ne contient ces mots. Essayez-en un seul, ou un plus court.";
    else status.textContent = found === 1 ? "1 article trouvé." : `${found} articles trouvés.`;
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches?.('[data-search="terms"]')) search(event.target);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-print]")) window.print();
  });
})();
