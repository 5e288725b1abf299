"""What of a page is dated or priced without its « Pourquoi ? »: found as a person would look for it.

A date or an amount is explained where its own block, a line of a list, a cell, a paragraph, a definition, a head, a
figure, offers the panel; or where a panel of its section names it. The panel of another cell of its row explains it
only where it names it. What was merely recorded (`data-fact`: when something was done, typed, received) has no reason
to tell, and a choice of a list can hold nothing but words: what it leads to explains itself. Nothing else is let off.
"""

from playwright.sync_api import Page

UNEXPLAINED = r"""() => {
  const MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre";
  const WHEN_OR_HOW_MUCH = new RegExp(
    `(?:1er|\\d{1,2})[\\s\\u00a0](?:${MONTHS})[\\s\\u00a0]\\d{4}|\\d{2}/\\d{2}/\\d{4}|\\d(?:[\\d\\u202f]*),\\d{2}[\\s\\u00a0]€`, "g");
  const BLOCK = "p, li, td, th, dt, dd, dl > div, figure, header, summary, h1, h2, h3, h4, .next-step";
  const LIMIT = "section:not(.next-step), article, dialog, table, ul, ol, dl, form, main";
  const plain = (text) => text.replace(/[\s\u00a0\u202f]+/g, " ");
  const explained = (element, words) => {
    let block = element;
    while (block && !block.matches(LIMIT)) {
      if (block.matches(BLOCK) && block.querySelector("details.why")) return true;
      block = block.parentElement;
    }
    const section = element.closest("section:not(.next-step), article, dialog, main");
    return [...section.querySelectorAll("details.why .why-panel")]
      .some((panel) => plain(panel.textContent).includes(plain(words)));
  };
  const main = document.querySelector("main");
  const found = [];
  const nodes = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const element = nodes.currentNode.parentElement;
    if (element.closest("details.why, [data-fact='true'], option, script, style, template, .timeline-stage")) continue;
    for (const [words] of nodes.currentNode.data.matchAll(WHEN_OR_HOW_MUCH))
      if (!explained(element, words)) {
        const said = plain(nodes.currentNode.data.trim());
        found.push(`${words.replace(/[\u00a0\u202f]/g, " ")} in « ${said.slice(0, 110)} » (${element.closest("section, article, header")?.id || element.closest("section[aria-labelledby]")?.getAttribute("aria-labelledby") || ""})`);
      }
  }
  return found;
}"""


def unexplained(page: Page) -> list[str]:
    """Return the dates and amounts of the page's content that have no reason beside them."""
    found: list[str] = page.evaluate(UNEXPLAINED)
    return found
