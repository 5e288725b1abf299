"""CGV art. 16 in a browser: letters that a provider deposits, and those posted by hand, with their stages and proofs.

A client's notice counts from the deposit, ours from the first presentation; never from the click that asked for it.
In force on 17/03/2026, so that a notice of 10/02/2027 is in time: the contract ends on 16/03/2027.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from sqlite3 import connect

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from portal.outside.registered_letters import Code
from portal.services.context import Portal, Role, Viewer
from portal.services.notice_forms import ProposalForm
from portal.services.vendor_notices import propose
from tests.clock import FixedClock
from tests.e2e.lives import served_after
from tests.e2e.mailbox import mails_to, text_of, wait_for_mail
from tests.e2e.noticing import heading, open_notice, paid_contracts
from tests.e2e.server import Server
from tests.e2e.test_impatience import history, journal
from tests.e2e.test_pages import WRITTEN, faults_of, looks_of, without_reason
from tests.e2e.walking import ready
from tests.outside.letters_provider import TOKEN, LettersProvider, deposit_proof, letters_provider
from tests.services.clients import ORIGIN, paris
from tests.services.noticed import TRACKING, give_up_others, plain

pytestmark = pytest.mark.e2e

# By what becomes of their letters: a SIREN, a name, an address; CT-2026-0001 and after.
CLIENTS = {
    "down": ("552100554", "Ateliers du Port", "agnes@port.example"),
    "lost": ("542051180", "Brasserie du Lac", "basile@lac.example"),
    "posted": ("383474814", "Cordages Riou", "celine@riou.example"),
    "ours by hand": ("732829320", "Dentelles de Calais", "denise@calais.example"),
    "ours": ("443061841", "Émaux de Longwy", "elise@longwy.example"),
}
PROPOSED = ("CT-2026-0004", "CT-2026-0005")
TODAY, LATER = "mercredi 10 février 2027", "vendredi 12 février 2027"
END = "mardi 16 mars 2027"
SERVED = f"Résiliation enregistrée : fin le {END}"
NOT_DEPOSITED = "Votre lettre de résiliation n’est pas encore déposée"
RECEIPT = b"%PDF-1.7 avis"
# A client's letter as her page has it, from the deposit to the end.
DEPOSITED = [("Écrite", TODAY), ("Déposée", TODAY), ("Suivi", "LRE-1")]
DELIVERED = [
    ("Écrite", TODAY),
    ("Déposée", TODAY),
    ("Présentée", TODAY),
    ("Remise", TODAY),
    ("Suivi", "LRE-1"),
]


def email(who: str) -> str:
    return CLIENTS[who][2]


async def five_contracts(portal: Portal, clock: FixedClock) -> None:
    """Five paid contracts; a colleague has proposed to end two of them, for another to decide."""
    await paid_contracts(portal, clock, CLIENTS.values())
    colleague = Viewer("a colleague", Role.STAFF, None, "session")
    for number in PROPOSED:
        await propose(portal, colleague, ProposalForm(contract=number, reason="L’offre s’arrête"), ORIGIN)
    await give_up_others(portal)


@pytest.fixture(scope="module")
def provider() -> Iterator[LettersProvider]:
    with letters_provider() as running:
        yield running


@pytest.fixture(scope="module")
def server(
    built: Path, port: int, provider: LettersProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    settings = {
        "PORTAL_REGISTERED_LETTERS_URL": provider.url,
        "PORTAL_REGISTERED_LETTERS_TOKEN": TOKEN,
    }
    begins = paris(date(2026, 3, 4), 9)
    with served_after(
        five_contracts, built, tmp_path_factory.mktemp("letters"), port, begins=begins, settings=settings
    ) as running:
        yield running


@pytest.fixture
def desk(desk: Page) -> Page:
    """The page of letters of a member of the staff."""
    desk.goto("/gestion/courriers")
    ready(desk)
    return desk


# --- what a person does and sees -----------------------------------------------------------------


def prepare_and_send(page: Page) -> None:
    """Prepare the letter and have it sent, with the two gestures of the last question."""
    page.get_by_role("button", name="Préparer ma lettre").click()
    heading(page, "Postez votre lettre")
    page.get_by_role("button", name="Envoyer en recommandé électronique").click()
    dialog = page.get_by_role("dialog")
    assert f"il finit le {END} à minuit" in plain(dialog.inner_text())
    dialog.get_by_label("J’ai compris que seul le jour du dépôt compte").check()
    dialog.get_by_role("button", name="Envoyer la lettre").click()
    heading(page, "Votre lettre n’est pas encore déposée")


def look_until(page: Page, seen: Locator) -> None:
    """Look again until something is seen: the provider is asked beside the page."""
    for _ in range(60):
        if seen.count():
            break
        if (look_again := page.get_by_role("button", name="Regarder à nouveau")).count():
            look_again.click()
        page.wait_for_timeout(500)
    expect(seen.first).to_be_visible()


def reload_until(page: Page, seen: Locator) -> None:
    for _ in range(30):
        if seen.count():
            break
        page.wait_for_timeout(500)
        page.reload()
        ready(page)
    expect(seen.first).to_be_visible()


def dates_in(element: Locator) -> list[tuple[str, str]]:
    """Return the dates of a letter's card, each under its name."""
    return [
        (one.locator("dt").inner_text(), plain(one.locator(".strip-value").text_content() or ""))
        for one in element.locator(".strip > div").all()
    ]


def dates_of_her_letter(page: Page) -> list[tuple[str, str]]:
    return dates_in(page.get_by_role("region", name="La lettre", exact=True))


def download(page: Page, link: Locator) -> bytes:
    with page.expect_download() as downloading:
        link.click()
    return Path(downloading.value.path()).read_bytes()


def card_of(desk: Page, who: str) -> Locator:
    """The card of our letter to a client, where letters stand."""
    return desk.locator("li").filter(has_text=CLIENTS[who][1]).filter(has=desk.locator(".strip"))


def group_of(card: Locator) -> str:
    return card.locator("xpath=ancestor::section").get_by_role("heading", level=2).inner_text()


def a_scan(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def problems_of(page: Page, path: str, name: str) -> list[str]:
    return [*faults_of(page.evaluate(WRITTEN)), *without_reason(page, path), *looks_of(page, path, name)]


# --- what happens outside the browser ------------------------------------------------------------


def ask_again(server: Server) -> None:
    """Let the wait until the next attempt have passed, and have the portal look again after any act."""
    with closing(connect(server.data / "portal.db", timeout=10)) as database:
        database.execute(
            "UPDATE registered_deposits SET next_attempt_at = '2020-01-01T00:00:00.000000+00:00'"
            " WHERE next_attempt_at IS NOT NULL"
        )
        database.commit()
    server.forget_attempts()
    server.look_again("personne@courrier.example")


def subjects(server: Server, who: str) -> list[str]:
    return [plain(str(one["Subject"])) for one in mails_to(server.data, email(who))]


# --- the client's letter -------------------------------------------------------------------------


def test_down_it_pretends_nothing_and_once_deposited_it_counts_once(
    page: Page, server: Server, provider: LettersProvider
) -> None:
    provider.is_down, provider.deposits_at_once = True, False
    before = history(server, email("down"))
    open_notice(page, server, email("down"))
    prepare_and_send(page)
    look_until(page, page.get_by_text("Le prestataire a répondu 503 au lieu de confirmer."))
    mail = wait_for_mail(server.data, email("down"), "pas encore déposée")
    assert "votre résiliation n’est pas notifiée" in plain(text_of(mail))
    assert "mardi 16 février 2027" in plain(text_of(mail))
    problems = problems_of(page, "/espace/resiliation, demandée", "resiliation-demandee")

    # Nothing is lost by leaving, and asking in vain again writes to nobody.
    ask_again(server)
    page.reload()
    ready(page)
    heading(page, "Votre lettre n’est pas encore déposée")
    lead = plain(page.locator(".page-head .lead").inner_text())
    assert f"Demandée le {TODAY} à" in lead
    assert "postez-la vous-même avant la fin du mardi 16 février 2027" in lead
    assert download(page, page.get_by_role("link", name="Télécharger la lettre")).startswith(b"%PDF-")
    assert provider.keys == []

    # It has the letter, and has not deposited it yet.
    provider.is_down = False
    ask_again(server)
    look_until(page, page.get_by_text("Le prestataire a la lettre et ne l’a pas encore déposée."))
    assert history(server, email("down")) == before

    [key] = provider.keys
    provider.says(key, Code.DEPOSITED, deposit_proof(key))
    ask_again(server)
    look_until(page, page.get_by_role("heading", level=1, name=re.compile(r"Votre contrat finit le")))
    assert dates_of_her_letter(page) == DEPOSITED
    proofs = page.get_by_role("region", name="Vos preuves")
    assert download(page, proofs.get_by_role("link", name="La reprendre")) == deposit_proof(key)
    assert "Accusé de réception : le prestataire nous la remettra." in plain(proofs.inner_text())
    wait_for_mail(server.data, email("down"), "Résiliation enregistrée")

    # Presented and received; said again, it is as it was.
    provider.says(key, Code.PRESENTED)
    provider.says(key, Code.DEPOSITED)
    ask_again(server)
    reload_until(page, page.get_by_text("Présentée", exact=True))
    provider.says(key, Code.DELIVERED, RECEIPT)
    ask_again(server)
    reload_until(page, proofs.get_by_role("link", name="La reprendre").nth(1))
    assert dates_of_her_letter(page) == DELIVERED
    assert download(page, proofs.get_by_role("link", name="La reprendre").nth(1)) == RECEIPT
    problems += problems_of(page, "/espace/resiliation, remise", "resiliation-remise")

    asked = len(provider.calls)
    ask_again(server)
    page.reload()
    heading(page, f"Votre contrat finit le {END}")
    assert (provider.keys, set(provider.asked_to_deposit()), len(provider.calls)) == ([key], {key}, asked)
    assert history(server, email("down")) == [*before, "notice_served"]
    assert journal(server, email("down")) == ["signed_in", "notice_prepared", "notice_sending_asked"]
    assert subjects(server, "down") == [NOT_DEPOSITED, SERVED]
    assert problems == []


def test_its_answer_lost_it_is_the_same_letter(page: Page, server: Server, provider: LettersProvider) -> None:
    provider.loses, provider.deposits_at_once = True, True
    before = history(server, email("lost"))
    open_notice(page, server, email("lost"))
    prepare_and_send(page)
    look_until(page, page.get_by_text("Le prestataire a répondu 502 au lieu de confirmer."))
    wait_for_mail(server.data, email("lost"), "pas encore déposée")
    key = provider.keys[-1]

    provider.loses = False
    ask_again(server)
    look_until(page, page.get_by_role("heading", level=1, name=re.compile(r"Votre contrat finit le")))
    ident = f"LRE-{len(provider.keys)}"
    assert dates_of_her_letter(page) == [("Écrite", TODAY), ("Déposée", TODAY), ("Suivi", ident)]
    wait_for_mail(server.data, email("lost"), "Résiliation enregistrée")
    assert provider.asked_to_deposit()[-2:] == [key, key]
    assert history(server, email("lost")) == [*before, "notice_served"]
    assert subjects(server, "lost") == [NOT_DEPOSITED, SERVED]


def test_posted_by_hand_while_it_is_down_the_provider_is_asked_no_more(
    page: Page, server: Server, provider: LettersProvider
) -> None:
    provider.is_down = True
    before = history(server, email("posted"))
    open_notice(page, server, email("posted"))
    prepare_and_send(page)
    look_until(page, page.get_by_text("Le prestataire a répondu 503 au lieu de confirmer."))
    page.get_by_label("Jour du dépôt à la poste").fill("2027-02-10")
    page.get_by_label("Numéro de suivi").fill("1A 234 567 8901 2")
    page.get_by_role("button", name="Voir l’effet et confirmer").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Enregistrer ma résiliation").click()
    heading(page, f"Votre contrat finit le {END}")

    provider.is_down = False
    taken, asked = list(provider.keys), len(provider.asked_to_deposit())
    ask_again(server)
    wait_for_mail(server.data, email("posted"), "Résiliation enregistrée")
    page.reload()
    ready(page)
    assert dates_of_her_letter(page) == [("Écrite", TODAY), ("Postée", TODAY), ("Suivi", TRACKING)]
    # Its proofs are hers to keep, now.
    expect(page.get_by_role("button", name="Ranger cette preuve")).to_have_count(2)
    assert (provider.keys, len(provider.asked_to_deposit())) == (taken, asked)
    assert history(server, email("posted")) == [*before, "notice_served"]
    assert subjects(server, "posted") == [NOT_DEPOSITED, SERVED]


# --- our letters ---------------------------------------------------------------------------------


def decide(desk: Page, who: str) -> Locator:
    """Accept what a colleague proposed, and return the card of the letter that has to be sent."""
    proposal = desk.locator("li").filter(has_text=CLIENTS[who][1]).filter(has_text="à décider")
    proposal.get_by_role("button", name="Décider la résiliation").click()
    dialog = desk.get_by_role("dialog")
    assert f"met fin au contrat le {END}" in plain(dialog.inner_text())
    dialog.get_by_label("J’ai lu le motif").check()
    dialog.get_by_role("button", name="Décider la résiliation").click()
    expect(desk.get_by_text("La résiliation est décidée")).to_be_visible()
    card = card_of(desk, who)
    assert group_of(card) == "À poster"
    assert dates_in(card) == [("Écrite", TODAY.partition(" ")[2])]
    return card


def test_ours_is_deposited_by_the_provider_and_counts_once_presented(
    desk: Page, server: Server, provider: LettersProvider
) -> None:
    provider.is_down = True
    before = history(server, email("ours"))
    card = decide(desk, "ours")
    day = TODAY.partition(" ")[2]
    card.get_by_role("button", name="Envoyer en recommandé électronique").click()
    expect(desk.get_by_text("Le dépôt est demandé")).to_be_visible()
    reload_until(desk, card.get_by_text("Le prestataire a répondu 503 au lieu de confirmer."))
    assert (group_of(card), dates_in(card)) == ("En chemin", [("Écrite", day)])
    expect(card.get_by_text("dépôt demandé")).to_be_visible()
    problems = problems_of(desk, "/gestion/courriers, demandée", "courriers-demandee")

    provider.is_down = False
    ask_again(server)
    reload_until(desk, card.get_by_role("link", name="Preuve de dépôt"))
    key = provider.keys[-1]
    ident = f"LRE-{len(provider.keys)}"
    assert dates_in(card) == [("Écrite", day), ("Déposée", day), ("Suivi", ident)]
    assert download(desk, card.get_by_role("link", name="Preuve de dépôt")) == deposit_proof(key)
    # Deposited is not presented: nothing counts yet, and nobody is told.
    assert (history(server, email("ours")), subjects(server, "ours")) == (before, [])

    provider.says(key, Code.PRESENTED)
    provider.says(key, Code.PRESENTED)
    provider.says(key, Code.UNCLAIMED, RECEIPT)
    ask_again(server)
    reload_until(desk, card.get_by_role("link", name="Preuve de réception"))
    assert dates_in(card) == [
        ("Écrite", day),
        ("Déposée", day),
        ("Présentée", day),
        ("Non réclamée", ""),
        ("Suivi", ident),
    ]
    assert group_of(card) == "Preuves rangées"
    assert download(desk, card.get_by_role("link", name="Preuve de réception")) == RECEIPT
    mail = wait_for_mail(server.data, email("ours"), "Nous mettons fin à votre contrat")
    assert f"présentée le {TODAY}" in plain(text_of(mail))
    assert history(server, email("ours")) == [*before, "notice_served"]
    assert subjects(server, "ours") == [f"Nous mettons fin à votre contrat le {END}"]
    problems += problems_of(desk, "/gestion/courriers, rangée", "courriers-rangee")
    assert problems == []


def test_ours_is_posted_by_hand_under_its_number_and_its_proofs_are_filed(
    desk: Page, page: Page, server: Server, provider: LettersProvider
) -> None:
    before, asked = history(server, email("ours by hand")), len(provider.calls)
    card = decide(desk, "ours by hand")
    written = ("Écrite", TODAY.partition(" ")[2])
    card.get_by_label("Jour du dépôt à la poste").fill("2027-02-10")
    card.get_by_label("Numéro de suivi").fill("1A 23")
    card.get_by_role("button", name="Noter le dépôt").click()
    expect(card.get_by_text("Recopiez le numéro de suivi", exact=False)).to_be_visible()
    expect(card.get_by_label("Numéro de suivi")).to_have_value("1A 23")
    card.get_by_label("Numéro de suivi").fill("1A 234 567 8901 2")
    card.get_by_role("button", name="Noter le dépôt").click()
    expect(desk.get_by_text("notez le jour de sa première présentation")).to_be_visible()
    posted = [written, ("Postée", "10 février 2027"), ("Suivi", TRACKING)]
    assert (group_of(card), dates_in(card)) == ("En chemin", posted)
    assert history(server, email("ours by hand")) == before

    server.portal("travel", "--to", "2027-02-12T09:00")
    desk.reload()
    ready(desk)
    card.get_by_label("Jour de la première présentation").fill("2027-02-09")
    card.get_by_role("button", name="Noter la présentation").click()
    expect(card.get_by_text("choisissez ce jour-là, ou un jour suivant", exact=False)).to_be_visible()
    card.get_by_label("Jour de la première présentation").fill("2027-02-12")
    card.get_by_role("button", name="Noter la présentation").click()
    expect(desk.get_by_text("le client en est prévenu par e-mail")).to_be_visible()
    mail = wait_for_mail(server.data, email("ours by hand"), "Nous mettons fin à votre contrat")
    assert f"présentée le {LATER}" in plain(text_of(mail))
    card.get_by_label("Ce qu’elle est devenue").select_option("delivered")
    card.get_by_label("Ce jour", exact=True).fill("2027-02-12")
    card.get_by_role("button", name="Noter l’issue").click()
    expect(desk.get_by_text("Rangez la preuve dès qu’elle arrive")).to_be_visible()
    assert group_of(card) == "Preuves manquantes"

    for label, name, content in (
        ("Preuve de dépôt", "depot.pdf", b"%PDF-1.7\n1 0 obj\n"),
        ("Accusé de réception", "accuse.pdf", b"%PDF-1.7\n2 0 obj\n"),
    ):
        form = card.locator("form").filter(has=desk.get_by_label(label))
        form.get_by_label(label).set_input_files(a_scan(name, content))
        form.get_by_role("button", name="Ranger cette preuve").click()
        expect(form).to_have_count(0)
        ready(desk)
    assert download(desk, card.get_by_role("link", name="Preuve de dépôt")) == b"%PDF-1.7\n1 0 obj\n"
    assert download(desk, card.get_by_role("link", name="Preuve de réception")) == b"%PDF-1.7\n2 0 obj\n"
    assert (group_of(card), dates_in(card)) == (
        "Preuves rangées",
        [
            written,
            ("Postée", "10 février 2027"),
            ("Présentée", "12 février 2027"),
            ("Remise", "12 février 2027"),
            ("Suivi", TRACKING),
        ],
    )
    problems = problems_of(desk, "/gestion/courriers, à la main", "courriers-a-la-main")

    open_notice(page, server, email("ours by hand"))
    heading(page, f"Nous mettons fin à votre contrat le {END}")
    assert dates_of_her_letter(page) == [
        ("Écrite", TODAY),
        ("Postée", TODAY),
        ("Présentée", LATER),
        ("Remise", LATER),
        ("Suivi", TRACKING),
    ]
    problems += problems_of(page, "/espace/resiliation, la nôtre", "resiliation-la-notre")
    assert history(server, email("ours by hand")) == [*before, "notice_served"]
    assert subjects(server, "ours by hand") == [f"Nous mettons fin à votre contrat le {END}"]
    assert len(provider.calls) == asked
    assert problems == []
