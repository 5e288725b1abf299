"""What of a page is dated or priced without its « Pourquoi ? »: found as a person would look for it.

A date or an amount is explained where a panel of its section names it: the same words stand in the panel. Or where it
is all that its block, a line of a list, a cell, a paragraph, a definition, a head, a figure, dates or prices, and the
block offers a panel: one value, one panel. So of several in a sentence each is named by a reason, and a panel beside
them answers for none that it is silent about.
What was merely recorded (`data-fact`: when something was done, typed, received) has no reason to tell, and a choice of
a list can hold nothing but words: what it leads to explains itself. Nothing else is let off.

A page that a person must be admitted to is crawled whenever any test makes it change, the questions it asks included;
besides when a test asks for it.
"""

from playwright.sync_api import BrowserContext, Page

UNEXPLAINED = r"""(root) => {
  const MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre";
  const WHEN_OR_HOW_MUCH = new RegExp(
    `(?:1er|\\d{1,2})\\s(?:${MONTHS})\\s\\d{4}|\\d{2}/\\d{2}/\\d{4}|\\d[\\d\u202f]*,\\d{2}\\s€`, "g");
  const BLOCK = "p, li, td, th, dt, dd, dl > div, figure, header, summary, h1, h2, h3, h4, .next-step";
  const LIMIT = "section:not(.next-step), article, dialog, table, ul, ol, dl, form, main";
  const SECTION = "section:not(.next-step), article, dialog, main";
  const NEEDS_NONE = "details.why, [data-fact='true'], option, script, style, template, .timeline-stage";
  const plain = (text) => text.replace(/\s+/g, " ");
  const values = (root, but) => {
    const found = [];
    const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) {
      const said = nodes.currentNode.data;
      const element = nodes.currentNode.parentElement;
      if (!but || !element.closest(but))
        for (const [words] of said.matchAll(WHEN_OR_HOW_MUCH)) found.push({ words: plain(words), element, said });
    }
    return found;
  };
  const kept = new Map();
  const named = (section) => {
    if (!kept.has(section)) {
      const panels = [...section.querySelectorAll("details.why .why-panel")];
      kept.set(section, new Set(panels.flatMap((panel) => values(panel)).map((one) => one.words)));
    }
    return kept.get(section);
  };
  const isAlone = (element) => {
    for (let block = element; block && !block.matches(LIMIT); block = block.parentElement)
      if (block.matches(BLOCK) && block.querySelector("details.why"))
        return new Set(values(block, NEEDS_NONE).map((one) => one.words)).size === 1;
    return false;
  };
  const where = (element) => element.closest("section, article, header")?.id
    || element.closest("section[aria-labelledby]")?.getAttribute("aria-labelledby") || "";
  return values(root, NEEDS_NONE)
    .filter(({ words, element }) => !named(element.closest(SECTION)).has(words) && !isAlone(element))
    .map(({ words, element, said }) =>
      `${words} in « ${plain(said).trim().slice(0, 110)} » (${where(element)})`);
}"""


# What needs its reason: the pages of clients and staff. The terms explain themselves, and are no one's.
PRIVATE = ("/espace", "/gestion", "/essai/conditions")

WATCHED = f"""(() => {{
  const unexplained = {UNEXPLAINED};
  const look = () => {{
    const main = document.querySelector("main");
    if (main && {list(PRIVATE)}.some((path) => location.pathname.startsWith(path)))
      for (const one of unexplained(main)) withoutReason(`${{location.pathname}}: ${{one}}`);
  }};
  new MutationObserver(look).observe(document, {{ childList: true, subtree: true, characterData: true }});
}})()"""


def unexplained(page: Page) -> list[str]:
    """Return the dates and amounts of the page's content that have no reason beside them."""
    found: list[str] = page.evaluate(f"({UNEXPLAINED})(document.querySelector('main'))")
    return found


def watch(context: BrowserContext) -> set[str]:
    """Return where to find, from now on, what has no reason on any page of a context."""
    found: set[str] = set()

    def keep(one: str) -> None:
        found.add(one)

    # Playwright takes no built-in function.
    context.expose_function("withoutReason", keep)
    context.add_init_script(WATCHED)
    return found
