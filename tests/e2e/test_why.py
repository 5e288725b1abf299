"""The crawler of « Pourquoi ? » is not fooled: `test_pages` asks it about every page, each test about those it opens."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.whys import unexplained, watch

pytestmark = pytest.mark.e2e

WHY = '<details class="why"><summary>Pourquoi ?</summary><div class="why-panel">{}</div></details>'


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(locale="fr-FR")
    yield opened
    opened.close()


def found(page: Page, content: str) -> list[str]:
    """What the crawler says of a page's content: each date or amount it finds fault with."""
    page.set_content(f"<main id='contenu'>{content}</main>")
    return [one.split(" in « ")[0] for one in unexplained(page)]


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ("<section><p>Le mardi 3 mars 2026</p></section>", ["3 mars 2026"]),
        (
            "<section><p>Le 1er avril 2026, 1\u202f234,56\u00a0€</p></section>",
            ["1er avril 2026", "1 234,56 €"],
        ),
        ("<section><p>Du 03/03/2026 à 18 h 00</p></section>", ["03/03/2026"]),
        ("<p>Le 3 mars, en 2026, pour 12 personnes</p>", []),
        # Explained where it stands: by its paragraph, its line, its cell, its definition, its head, its figure.
        # (Parsed from text, a paragraph would end before a panel.)
        (f"<section><h3>3 mars 2026 {WHY}</h3></section>", []),
        (f"<ul><li><p>3 mars 2026</p><p>le 3 mars 2026</p>{WHY}</li></ul>", []),
        (f"<table><tr><td>3 mars 2026 {WHY}</td></tr></table>", []),
        (f"<dl><div><dt>Limite</dt><dd>3 mars 2026</dd><dd>{WHY}</dd></div></dl>", []),
        # Of several in a line, a definition, a figure, the panel explains those that it names.
        (f"<ul><li><p>3 mars 2026</p><p>12,00 €</p>{WHY}</li></ul>", ["3 mars 2026", "12,00 €"]),
        (
            f"<ol><li><time>3 mars 2026</time> 12,00 €, le 31 mars 2026 {WHY.format('le 3 mars 2026')}</li></ol>",
            ["12,00 €", "31 mars 2026"],
        ),
        (f"<ul><li>3 mars 2026, 12,00 € {WHY.format('12,00 €, le 3 mars 2026')}</li></ul>", []),
        (
            f"<dl><div><dd>12,00 €</dd><dd>dont 2,00 € de TVA</dd><dd>{WHY.format('12,00 €')}</dd></div></dl>",
            ["2,00 €"],
        ),
        (
            f"<figure><figcaption>12,00 €, puis 3,00 € {WHY.format('3,00 €')}</figcaption></figure>",
            ["12,00 €"],
        ),
        # What a longer one ends with is not named by it.
        (
            f"<ul><li>3 mars 2026, 2,00 € {WHY.format('le 13 mars 2026, 12,00 €')}</li></ul>",
            ["3 mars 2026", "2,00 €"],
        ),
        # What is recorded beside a date leaves it alone.
        (f"<ul><li>3 mars 2026, <i data-fact='true'>le 1er mars 2026</i> {WHY}</li></ul>", []),
        (f"<header><h1>Jusqu’au 3 mars 2026</h1>{WHY}</header>", []),
        (f"<figure><figcaption>{WHY}</figcaption><svg><text>12,00 €</text></svg></figure>", []),
        # A row holds several: the panel of another cell explains the one it names.
        (f"<table><tr><td>3 mars 2026</td><td>{WHY.format('le 3 mars 2026')}</td></tr></table>", []),
        (f"<table><tr><td>3 mars 2026</td><td>4 mars 2026 {WHY}</td></tr></table>", ["3 mars 2026"]),
        # The line beside is another's, and so is the section after.
        (f"<ul><li>3 mars 2026</li><li>4 mars 2026 {WHY}</li></ul>", ["3 mars 2026"]),
        (f"<section><p>3 mars 2026</p></section><section><p>{WHY}</p></section>", ["3 mars 2026"]),
        # A panel of the section explains what it names, and nothing else.
        (
            f"<section><p>3 mars 2026</p><p>4 mars 2026</p><p>{WHY.format('le 3 mars 2026')}</p></section>",
            ["4 mars 2026"],
        ),
        # What was recorded, and what a panel itself says, need none.
        ('<section><p><span data-fact="true">3 mars 2026</span></p></section>', []),
        ('<section><p><span data-fact="false">3 mars 2026</span></p></section>', ["3 mars 2026"]),
    ],
)
def test_a_date_or_an_amount_without_its_reason_is_found(page: Page, content: str, faults: list[str]) -> None:
    content = content.replace("{}", "l’article 9")
    assert found(page, content) == faults


def test_a_page_is_looked_at_whenever_it_changes(browser: Browser) -> None:
    context = browser.new_context(base_url="http://portail.example", locale="fr-FR")
    without_reason = watch(context)
    explained = WHY.format("le 3 mars 2026")
    body = f"<main><p>Le 1er mars 2026</p><dialog><p>Le 3 mars 2026</p>{explained}</dialog></main>"
    context.route("**/*", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    page = context.new_page()
    page.goto("/espace/contrat")
    page.evaluate("document.querySelector('dialog').showModal()")
    page.evaluate("document.querySelector('dialog p').append(', 12,00 €')")
    page.evaluate("document.querySelector('dialog p').firstChild.data = 'Le 4 mars 2026'")
    # What nobody must be admitted to.
    page.goto("/cgv")
    page.evaluate("document.querySelector('p').append(', 45,00 €')")
    context.close()
    assert {one.split(" in « ")[0] for one in without_reason} == {
        "/espace/contrat: 1er mars 2026",
        "/espace/contrat: 12,00 €",
        "/espace/contrat: 4 mars 2026",
    }
