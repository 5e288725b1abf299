"""The script that sends pieces, in a browser, on a page with its places alone: what the server answers is played."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

pytestmark = pytest.mark.e2e

SCRIPT = Path(__file__).resolve().parents[2] / "assets" / "pieces.js"
ADDRESS = "http://portail.example"
POSTED = f"{ADDRESS}/espace/pieces/kbis"
PAGE = """<!doctype html><html lang="fr"><head><script type="module" src="/pieces.js"></script></head><body>
<button type="button" hidden data-pieces-refresh="true" id="refresh"></button>
<section data-piece="kbis">
 <input type="file" multiple id="files" data-piece-files="true"><label for="files">Choisir</label>
 <div data-piece-sending="true">
  <p role="alert" data-piece-problem="true"></p>
  <details hidden data-piece-why="true"><summary>Pourquoi ?</summary><div data-piece-reasons="true"></div></details>
  <div hidden data-piece-progress="true"><progress max="100"></progress>
   <p data-piece-figures="true"></p><button type="button" data-piece-cancel="true">Annuler</button></div>
  <p role="status" data-piece-told="true"></p>
  <button type="button" hidden data-piece-retry="true">Réessayer</button>
 </div>
 <a href="/pieces/x/page-1.webp" data-piece-page="Page 1"><img alt="Page 1 de k.pdf, agrandir"></a>
</section></body></html>"""
PDF = FilePayload(name="k.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7\n" + bytes(200_000))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(locale="fr-FR")
    opened.set_default_timeout(20_000)
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.route(
        f"{ADDRESS}/**", lambda route: route.fulfill(body=PAGE, content_type="text/html; charset=utf-8")
    )
    opened.route(
        f"{ADDRESS}/pieces.js",
        lambda route: route.fulfill(body=SCRIPT.read_text(), content_type="text/javascript"),
    )
    opened.goto(f"{ADDRESS}/")
    opened.evaluate(
        "window.looks = 0; document.getElementById('refresh').addEventListener('click', () => window.looks++)"
    )
    yield opened
    assert not problems
    opened.close()


def answers(page: Page, status: int, body: str) -> None:
    page.unroute(POSTED)
    page.route(POSTED, lambda route: route.fulfill(status=status, body=body))


def choose(page: Page, *files: FilePayload) -> None:
    page.locator("[data-piece-files]").set_input_files(list(files))


def told(page: Page, words: str) -> None:
    expect(page.get_by_role("status")).to_contain_text(words)


def problem(page: Page, words: str) -> None:
    expect(page.get_by_role("alert")).to_contain_text(words)


def looks(page: Page) -> int:
    return int(page.evaluate("window.looks"))


def test_what_is_chosen_is_sent_and_the_page_looks_again(page: Page) -> None:
    sent: list[bytes] = []

    def take(route: Route) -> None:
        sent.append(route.request.post_data_buffer or b"")
        route.fulfill(status=200, body='{"version": "v"}')

    page.route(POSTED, take)
    choose(page, PDF, FilePayload(name="deux.jpg", mimeType="image/jpeg", buffer=b"\xff\xd8\xff"))
    told(page, "Reçu")
    assert looks(page) == 1
    [body] = sent
    assert body.count(b'name="files"; filename=') == 2
    expect(page.locator("[data-piece-progress]")).to_be_hidden()
    expect(page.get_by_role("alert")).to_have_text("")
    # The same file can be chosen again.
    choose(page, PDF)
    page.wait_for_function("window.looks === 2")
    assert len(sent) == 2


def test_a_refusal_is_shown_in_the_server_s_words_and_another_file_is_chosen(page: Page) -> None:
    reasons = ["Article 8 des CGV.", "Trois mois après : mercredi 15 avril 2026."]
    answers(page, 409, json.dumps({"message": "Cet extrait K-bis est trop ancien.", "reasons": reasons}))
    choose(page, PDF)
    problem(page, "Cet extrait K-bis est trop ancien.")
    page.get_by_text("Pourquoi ?").click()
    assert page.locator("[data-piece-reasons] p").all_inner_texts() == reasons
    expect(page.get_by_role("button", name="Réessayer")).to_be_hidden()
    answers(page, 200, '{"version": "v"}')
    choose(page, PDF)
    told(page, "Reçu")
    expect(page.get_by_role("alert")).to_have_text("")
    expect(page.get_by_text("Pourquoi ?")).to_be_hidden()


def test_a_connection_that_is_cut_can_be_tried_again_without_choosing(page: Page) -> None:
    page.route(POSTED, lambda route: route.abort("connectionreset"))
    choose(page, PDF)
    problem(page, "La connexion a été coupée")
    answers(page, 200, '{"version": "v"}')
    page.get_by_role("button", name="Réessayer").click()
    told(page, "Reçu")
    expect(page.get_by_role("button", name="Réessayer")).to_be_hidden()
    # Whoever pressed it stands where another file is chosen.
    expect(page.locator("[data-piece-files]")).to_be_focused()


def test_a_server_in_trouble_can_be_tried_again(page: Page) -> None:
    answers(page, 507, '{"message": "Plus de place."}')
    choose(page, PDF)
    problem(page, "Plus de place.")
    expect(page.get_by_role("button", name="Réessayer")).to_be_visible()


def test_a_session_that_is_over_is_said(page: Page) -> None:
    """The answer is the sign-in page."""
    answers(page, 200, "<!doctype html><title>Connexion</title>")
    choose(page, PDF)
    problem(page, "reconnectez-vous")
    assert looks(page) == 1


def test_an_upload_can_be_called_off_until_it_is_all_there(page: Page) -> None:
    # Nothing of it leaves the browser.
    page.route(POSTED, lambda _: None)
    choose(page, PDF)
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator("[data-piece-figures]")).to_have_text("0 % (0,0 sur 0,2 Mo)")
    page.get_by_role("button", name="Annuler").click()
    told(page, "Envoi annulé. Votre dossier est inchangé.")
    expect(page.get_by_role("progressbar")).to_be_hidden()
    expect(page.locator("[data-piece-files]")).to_be_focused()
    answers(page, 200, '{"version": "v"}')
    choose(page, PDF)
    told(page, "Reçu")


def test_what_is_too_big_is_not_even_sent(page: Page) -> None:
    big = FilePayload(name="gros.pdf", mimeType="application/pdf", buffer=bytes(15 * 1024**2 + 1))
    choose(page, big)
    problem(page, "« gros.pdf » dépasse 15 Mo")
    choose(page, *[FilePayload(name=f"{one}.jpg", mimeType="image/jpeg", buffer=b"x") for one in range(61)])
    problem(page, "plus de 60 fichiers")
    assert looks(page) == 0


def test_a_file_dropped_on_the_card_is_sent_and_beside_it_leaves_the_page(page: Page) -> None:
    answers(page, 200, '{"version": "v"}')
    drop = """(selector) => {
      const data = new DataTransfer();
      data.items.add(new File(["%PDF-"], "k.pdf", { type: "application/pdf" }));
      const event = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
      document.querySelector(selector).dispatchEvent(event);
      return event.defaultPrevented;
    }"""
    assert page.evaluate(drop, "body") is True
    assert looks(page) == 0
    assert page.evaluate(drop, "[data-piece-sending]") is True
    told(page, "Reçu")


def test_a_page_opens_larger_and_closes_with_escape(page: Page) -> None:
    page.locator("[data-piece-page]").click()
    dialog = page.get_by_role("dialog", name="Page 1")
    expect(dialog.get_by_role("img", name="Page 1 de k.pdf")).to_be_attached()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator("[data-piece-page]")).to_be_focused()


def test_another_tab_looks_again_when_one_comes_back_to_it(page: Page) -> None:
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.wait_for_function("window.looks === 1")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    assert looks(page) == 1
