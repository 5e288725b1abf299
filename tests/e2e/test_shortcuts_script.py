"""The script of keys and heartbeats, in a browser, on a page with its places alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.e2e

SCRIPT = Path(__file__).resolve().parents[2] / "assets" / "shortcuts.js"
ADDRESS = "http://portail.example"
PAGE = """<!doctype html><html lang="fr"><head><script type="module" src="/shortcuts.js"></script></head><body>
<button type="button" data-keys-switch="true">Touches</button>
<button type="button" data-key="a" id="accept">Accepter</button>
<button type="button" hidden data-heartbeat="10" id="beat">Actualiser</button>
<script>
 window.pressed = 0; window.beats = 0;
 document.getElementById("accept").addEventListener("click", () => window.pressed++);
 document.getElementById("beat").addEventListener("click", () => window.beats++);
</script></body></html>"""
BLOCKED = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); } });"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(locale="fr-FR")
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.route(f"{ADDRESS}/**", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    opened.route("**/shortcuts.js", lambda route: route.fulfill(path=SCRIPT))
    opened.clock.install()
    yield opened
    assert not problems
    opened.close()


def press(page: Page, key: str) -> int:
    """Press a key; return how often it has done its work."""
    page.keyboard.press(key)
    return int(page.evaluate("window.pressed"))


def beats(page: Page, *, seconds: int) -> int:
    """Let time pass; return how often the page has looked again since it opened."""
    page.clock.run_for(seconds * 1000)
    return int(page.evaluate("window.beats"))


def test_keys_are_turned_off_in_every_tab_and_remembered(page: Page) -> None:
    page.goto(f"{ADDRESS}/")
    assert press(page, "a") == 1
    page.get_by_role("button", name="Touches").click()
    page.reload()
    assert press(page, "a") == 0
    expect(page.locator("html")).to_have_attribute("data-keys", "off")


def test_where_the_browser_keeps_nothing_keys_and_heartbeat_work_all_the_same(page: Page) -> None:
    page.add_init_script(BLOCKED)
    page.goto(f"{ADDRESS}/")
    assert (press(page, "a"), beats(page, seconds=10)) == (1, 1)
    page.get_by_role("button", name="Touches").click()
    assert press(page, "a") == 1
    page.get_by_role("button", name="Touches").click()
    assert press(page, "a") == 2


def test_each_page_says_how_often_it_looks_again(page: Page) -> None:
    page.goto(f"{ADDRESS}/")
    assert beats(page, seconds=30) == 3
    page.evaluate("document.getElementById('beat').dataset.heartbeat = '60'")
    assert beats(page, seconds=50) == 3
    assert beats(page, seconds=10) == 4
