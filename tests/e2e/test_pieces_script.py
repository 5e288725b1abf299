"""The script that sends pieces, in a browser, on a page with its places alone: what the server answers is played."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

pytestmark = pytest.mark.e2e

ASSETS = Path(__file__).resolve().parents[2] / "assets"
ADDRESS = "http://portail.example"
POSTED = f"{ADDRESS}/espace/pieces/kbis"
PAGE = """<!doctype html><html lang="fr"><head><script type="module" src="/pieces.js"></script></head><body>
<button type="button" hidden data-pieces-refresh="true" id="refresh"></button>
<section data-piece="kbis">
 <div><input type="file" multiple id="files" data-piece-files="true"><label for="files">Choisir</label></div>
 <div data-piece-sending="true">
  <div hidden role="group" aria-label="Pages à envoyer" data-piece-tray="true">
   <ol data-piece-order="true"></ol>
   <div data-piece-actions="true">
    <input type="file" multiple id="more" data-piece-more="true"><label for="more">Ajouter une page</label>
    <button type="button" data-piece-send="true">Envoyer</button>
    <button type="button" data-piece-clear="true">Tout retirer</button></div>
  </div>
  <p role="alert" data-piece-problem="true"></p>
  <details hidden data-piece-why="true"><summary>Pourquoi ?</summary><div data-piece-reasons="true"></div></details>
  <div hidden data-piece-contest="true">La date lue est fausse ?
   <button type="button" data-piece-contested="true">Garder le fichier et taper la date</button></div>
  <div hidden data-piece-progress="true"><progress max="100"></progress>
   <p data-piece-figures="true"></p><button type="button" data-piece-cancel="true">Annuler</button></div>
  <p role="status" data-piece-told="true"></p>
  <button type="button" hidden data-piece-retry="true">Réessayer</button>
 </div>
 <a href="/pieces/x/page-1.webp" data-piece-page="Page 1"><img alt="Page 1 de k.pdf, agrandir"></a>
</section></body></html>"""
WIDTHS = {1: 30, 2: 40, 3: 50}
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
        re.compile(r"/pieces[a-z-]*\.js$"),
        lambda route: route.fulfill(path=ASSETS / route.request.url.rpartition("/")[2]),
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


def photo(number: int) -> FilePayload:
    out = io.BytesIO()
    Image.new("L", (WIDTHS[number], 60), 255).save(out, "JPEG")
    return FilePayload(name=f"photo{number}.jpg", mimeType="image/jpeg", buffer=out.getvalue())


def add(page: Page, *files: FilePayload) -> None:
    page.get_by_label("Ajouter une page").set_input_files(list(files))


def tray(page: Page) -> list[str]:
    """The pages that wait to be sent, in their order."""
    return page.locator("[data-piece-order] .second-line").all_inner_texts()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sent_names(page: Page, status: int = 200, body: str = '{"version": "v"}') -> list[list[str]]:
    """Answer what is sent; the names of the files of each request, in their order."""
    found: list[list[str]] = []

    def take(route: Route) -> None:
        body_sent = (route.request.post_data_buffer or b"").decode("latin-1")
        found.append(re.findall(r'name="files"; filename="([^"]*)"', body_sent))
        route.fulfill(status=status, body=body)

    page.unroute(f"{POSTED}*")
    page.route(f"{POSTED}*", take)
    return found


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
    choose(page, PDF)
    told(page, "Reçu")
    assert looks(page) == 1
    [body] = sent
    assert body.count(b'name="files"; filename=') == 1
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
    problem(page, "60 pages au plus : choisissez moins de photos, ou envoyez un seul PDF")
    assert (looks(page), tray(page)) == (0, [])


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


# --- photos, before they go ----------------------------------------------------------------------


def test_photos_taken_one_by_one_are_put_in_order_and_sent_as_one_piece(page: Page) -> None:
    sent = sent_names(page)
    choose(page, photo(2))
    told(page, "1 page ajoutée : 1 en tout. Rien n’est encore envoyé.")
    add(page, photo(1))
    told(page, "1 page ajoutée : 2 en tout.")
    assert (tray(page), sent) == (["photo2.jpg", "photo1.jpg"], [])

    press(page, "Page 2 : monter")
    told(page, "La page 2 est maintenant la page 1.")
    press(page, "Envoyer 2 pages")

    told(page, "Reçu")
    assert sent == [["photo1.jpg", "photo2.jpg"]]
    expect(page.get_by_role("group", name="Pages à envoyer")).to_be_hidden()


def test_each_page_is_seen_small_and_larger(page: Page) -> None:
    choose(page, photo(1), photo(2))
    drawn = "() => [...document.querySelectorAll('[data-piece-order] canvas')].map((one) => one.width).join() === '30,40'"
    page.wait_for_function(drawn)
    press(page, "Page 2 : agrandir")
    expect(page.get_by_role("dialog", name="Page 2").locator("canvas")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Page 2 : agrandir")).to_be_focused()


def test_a_photo_that_the_browser_cannot_show_is_said_and_sent_all_the_same(page: Page) -> None:
    sent = sent_names(page)
    choose(page, FilePayload(name="x.jpg", mimeType="image/jpeg", buffer=b"no picture"))
    expect(page.locator("[data-piece-order]")).to_contain_text("x.jpg, sans aperçu possible ici")
    press(page, "Envoyer 1 page")
    told(page, "Reçu")
    assert sent == [["x.jpg"]]


def test_a_page_is_taken_out_and_all_of_them(page: Page) -> None:
    choose(page, photo(1), photo(2), photo(3))
    press(page, "Page 2 : retirer")
    told(page, "Page 2 retirée : il en reste 2.")
    assert tray(page) == ["photo1.jpg", "photo3.jpg"]
    press(page, "Tout retirer")
    told(page, "Toutes les pages sont retirées.")
    expect(page.get_by_role("group", name="Pages à envoyer")).to_be_hidden()
    # Whoever pressed it stands where another file is chosen.
    expect(page.locator("[data-piece-files]")).to_be_focused()


def test_pages_are_put_in_order_by_keyboard_alone(page: Page) -> None:
    sent = sent_names(page)
    choose(page, photo(3), photo(1), photo(2))
    page.get_by_role("button", name="Page 1 : agrandir").focus()

    def on(name: str) -> None:
        expect(page.get_by_role("button", name=name, exact=True)).to_be_focused()

    page.keyboard.press("Tab")
    on("Page 1 : descendre")
    page.keyboard.press("Enter")
    on("Page 2 : descendre")
    page.keyboard.press("Enter")
    # The last page cannot go down: its nearest button.
    on("Page 3 : monter")
    page.keyboard.press("Tab")
    on("Page 3 : retirer")
    page.keyboard.press("Enter")
    on("Page 2 : retirer")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    on("Envoyer 2 pages")
    page.keyboard.press("Enter")
    told(page, "Reçu")
    assert sent == [["photo1.jpg", "photo2.jpg"]]


def test_a_refusal_keeps_the_pages_so_that_one_is_replaced(page: Page) -> None:
    refused = sent_names(page, 409, json.dumps({"message": "La page 2 manque.", "reasons": []}))
    choose(page, photo(1), photo(3))
    press(page, "Envoyer 2 pages")
    problem(page, "La page 2 manque.")
    assert refused == [["photo1.jpg", "photo3.jpg"]]

    press(page, "Page 2 : retirer")
    problem(page, "La page 2 manque.")
    add(page, photo(2))
    sent = sent_names(page)
    press(page, "Envoyer 2 pages")
    told(page, "Reçu")
    assert sent == [["photo1.jpg", "photo2.jpg"]]
    expect(page.get_by_role("alert")).to_have_text("")


def test_a_failed_upload_and_a_card_drawn_again_keep_the_pages(page: Page) -> None:
    page.route(POSTED, lambda route: route.abort("connectionreset"))
    choose(page, photo(1), photo(2))
    press(page, "Envoyer 2 pages")
    problem(page, "La connexion a été coupée")
    # The pages have their own button.
    expect(page.get_by_role("button", name="Réessayer")).to_be_hidden()
    page.evaluate("document.querySelector('[data-piece-order]').replaceChildren()")
    expect(page.locator("[data-piece-order] li")).to_have_count(2)
    sent = sent_names(page)
    press(page, "Envoyer 2 pages")
    told(page, "Reçu")
    assert sent == [["photo1.jpg", "photo2.jpg"]]


def test_a_pdf_among_photos_is_said_at_once_and_the_pages_stay(page: Page) -> None:
    choose(page, photo(1), PDF)
    problem(page, "« k.pdf » n’est pas une photo : un PDF s’envoie seul. Choisissez ce seul PDF")
    assert tray(page) == []
    choose(page, photo(1))
    add(page, PDF)
    problem(page, "Pour l’envoyer, retirez d’abord toutes vos pages.")
    assert (tray(page), looks(page)) == (["photo1.jpg"], 0)


def test_photos_too_many_or_too_big_together_are_said_at_once_and_the_pages_stay(page: Page) -> None:
    choose(page, *[photo(1)] * 60)
    add(page, photo(2))
    problem(page, "60 pages au plus")
    assert len(tray(page)) == 60
    press(page, "Tout retirer")
    choose(page, photo(1))
    add(page, FilePayload(name="gros.jpg", mimeType="image/jpeg", buffer=bytes(15 * 1024**2)))
    problem(page, "Vos photos dépassent ensemble 15 Mo : prenez-les plus petites")
    assert tray(page) == ["photo1.jpg"]


def test_what_is_chosen_or_dropped_during_an_upload_is_told_to_wait(page: Page) -> None:
    page.route(POSTED, lambda _: None)
    choose(page, photo(1))
    page.get_by_role("button", name="Envoyer 1 page").focus()
    page.keyboard.press("Enter")
    # Whoever sent them stands where they are called off; nothing of them changes meanwhile.
    expect(page.get_by_role("button", name="Annuler")).to_be_focused()
    expect(page.get_by_role("button", name="Envoyer 1 page")).to_be_hidden()
    choose(page, photo(2))
    problem(page, "Un envoi est en cours : attendez sa fin, ou annulez-le.")
    assert tray(page) == ["photo1.jpg"]
    press(page, "Annuler")
    told(page, "Envoi annulé.")
    expect(page.get_by_role("button", name="Envoyer 1 page")).to_be_focused()
    expect(page.get_by_role("alert")).to_have_text("")


def test_a_date_read_wrongly_is_contested_by_sending_the_same_files_again(page: Page) -> None:
    refusal = {"message": "Cet extrait est trop ancien.", "reasons": [], "contestable": True}
    sent_names(page, 409, json.dumps(refusal))
    choose(page, photo(1), photo(2))
    press(page, "Envoyer 2 pages")
    problem(page, "Cet extrait est trop ancien.")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sent = sent_names(page)
    press(page, "Garder le fichier et taper la date")
    told(page, "Gardé. Indiquez la date imprimée sur l’extrait")
    assert (asked, sent) == ([f"{POSTED}?contested=date"], [["photo1.jpg", "photo2.jpg"]])
    expect(page.get_by_text("La date lue est fausse ?")).to_be_hidden()


def test_a_contested_upload_that_is_cut_is_sent_again_as_contested_until_its_pages_change(page: Page) -> None:
    refusal = {"message": "Cet extrait est trop ancien.", "reasons": [], "contestable": True}
    sent_names(page, 409, json.dumps(refusal))
    choose(page, photo(1), photo(2))
    press(page, "Envoyer 2 pages")
    problem(page, "Cet extrait est trop ancien.")
    page.unroute(f"{POSTED}*")
    page.route(f"{POSTED}*", lambda route: route.abort("connectionreset"))
    press(page, "Garder le fichier et taper la date")
    problem(page, "La connexion a été coupée")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    press(page, "Envoyer 2 pages")
    problem(page, "La connexion a été coupée")
    assert asked == [f"{POSTED}?contested=date"]
    press(page, "Page 2 : retirer")
    sent = sent_names(page)
    press(page, "Envoyer 1 page")

    told(page, "Reçu")
    assert (asked[1:], sent) == ([POSTED], [["photo1.jpg"]])


def test_pages_that_are_put_right_after_a_refusal_are_not_contested(page: Page) -> None:
    refusal = {"message": "Cet extrait est trop ancien.", "reasons": [], "contestable": True}
    sent_names(page, 409, json.dumps(refusal))
    choose(page, photo(1), photo(2))
    press(page, "Envoyer 2 pages")
    expect(page.get_by_text("La date lue est fausse ?")).to_be_visible()
    press(page, "Page 2 : retirer")
    expect(page.get_by_text("La date lue est fausse ?")).to_be_hidden()
