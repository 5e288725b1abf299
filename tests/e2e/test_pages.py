"""Every page as it is seen: light and dark, narrow and wide, by axe, in French, without a sideways scroll."""

import gzip
import re
import sqlite3
from datetime import timedelta
from typing import Any, Literal
from zlib import crc32

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import keep_picture, wants_pictures
from tests.e2e.server import Server
from tests.e2e.walking import ready, sign_in
from tests.e2e.whys import PRIVATE, unexplained

pytestmark = pytest.mark.e2e


PUBLIC = (
    "/",
    "/cgv",
    "/cgv?version=2025-09",
    "/cgv/comparer?de=2025-09&a=2026-01",
    "/essai",
    "/essai/vous",
    "/connexion",
    "/connexion/code",
    "/mot-de-passe-oublie",
    "/nouveau-mot-de-passe?jeton=perdu",
    "/confirmer?jeton=perdu",
    "/premier-acces?jeton=perdu",
    "/session-expiree",
    "/403",
    "/erreur",
    "/une-page-qui-n-existe-pas",
)
# One client at each stage of the demonstration.
CLIENTS = {
    "essai": "anne.leroy@atelier-nord.example",
    "fin": "luc.carpentier@carpentier.example",
    "reflexion": "claire.fabre@serres-provence.example",
    "retenu": "sophie.delmas@delmas.example",
    "sans-suite": "erwan.kerouac@kerouac.example",
    "prospect": "julie.perrin@brasserie-lac.example",
    "dossier": "agathe.munier@scierie-ballons.example",
    "refuse": "mathis.jourdan@librairie-halles.example",
    "valide": "odile.cassel@fonderie-cassel.example",
    "en-vigueur": "yann.riou@cordages.example",
    "des-mois": "solene.cariou@conserverie-guilvinec.example",
    "impaye": "pascal.mourlon@tanneries-creuse.example",
}
# With a trial that is open, and a contract that is in force.
USING = {"essai", "en-vigueur"}
SUBSCRIBING = set(CLIENTS) - {"fin", "des-mois", "impaye"}
# Nothing invoiced yet, the first month to pay, an ordinary account, one in arrears.
PAYING = {"essai", "valide", "des-mois", "impaye"}
STAFF = (
    "/gestion/dossiers",
    "/gestion",
    "/gestion/devis",
    "/gestion/facturation",
    "/gestion/emission",
    "/gestion/banque",
    "/gestion/impayes",
    "/gestion/avoirs",
    "/gestion/courriers",
    "/gestion/tableau",
    "/gestion/echeances",
    "/gestion/destructions",
    "/gestion/tarifs",
    "/gestion/changements",
    "/gestion/mails",
    "/gestion/horloge",
    "/espace/compte",
)
# Without a contract, and with one that has a past.
CONTRACTED = {"prospect", "des-mois"}
# What no other test of this module opens, and what has most dates and amounts.
REASONED = {
    "des-mois": ("/espace", "/espace/utilisateurs", "/espace/options", "/espace/souscrire"),
    "impaye": ("/espace", "/espace/contrat", "/espace/utilisateurs"),
}
WHAT_IF = "/espace/contrat?et-si=resilier&nombre=1&jour="
# Nothing to end yet, and a contract in force.
ENDING = {"essai", "des-mois"}
Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[int, Scheme], ...] = ((360, "light"), (1440, "dark"), (1440, "light"), (360, "dark"))
# What the colours and the width decide; the rest of a page is the same in the dark.
OF_THE_LOOK = ["color-contrast", "link-in-text-block", "target-size"]
AXE = Axe().axe_script
MOST_BYTES = 200 * 1024

WRITTEN = """() => {
    const words = document.body.cloneNode(true);
    for (const one of words.querySelectorAll("script, style, template")) one.remove();
    const named = [...words.querySelectorAll("[aria-label], [alt], [title], [placeholder]")];
    const spoken = named.flatMap((one) =>
        ["aria-label", "alt", "title", "placeholder"].map((name) => one.getAttribute(name) ?? ""));
    return [document.title, words.textContent, ...spoken].join("\\n");
}"""
# French typography: what is before the colon, in the quotes, in the hour, never breaks away from it.
FAULTS = {
    "a plain space before a double sign": r"[^\s] [:;!?»](?!\w)",
    "no space before a double sign": r"[a-zà-ÿ][;!?](?![\w=&])|[a-zà-ÿ]:(?=[ \u00a0])",
    "a plain space after an opening quote": r"« ",
    "a typewriter's apostrophe": r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]",
    "a typewriter's quotes": r"\"",
    "an hour that breaks": r"\d( ?h | h ?)\d\d\b",
    "an amount that breaks": r"\d €",
    "English": r"(?i)\b(the|and|your|loading|submit|email|password|undefined|null|none)\b",
}


def faults_of(text: str) -> list[str]:
    """Return what is not written as French is, each with the words around it."""
    return [
        f"{fault}: {text[max(found.start() - 30, 0) : found.end() + 20]!r}"
        for fault, pattern in FAULTS.items()
        for found in re.finditer(pattern, text)
    ]


def look_at(page: Page, path: str, name: str) -> list[str]:
    """Return what is wrong with a page in any of its looks, after keeping their pictures."""
    page.goto(path)
    ready(page)
    return [
        *(f"{path}: {fault}" for fault in faults_of(page.evaluate(WRITTEN))),
        *without_reason(page, path),
        *looks_of(page, path, name),
    ]


def without_reason(page: Page, path: str) -> list[str]:
    """Return the dates and amounts of a page of a client or of staff that have no « Pourquoi ? »."""
    return [f"{path}: no reason for {one}" for one in unexplained(page)] if path.startswith(PRIVATE) else []


def looks_for(name: str) -> tuple[tuple[int, Scheme], ...]:
    """Return the looks that a page is seen in: both widths and both schemes, one page this way, another crosswise.

    What frames a page is the same on all of them, so it is seen in each look; where pictures are wanted, so is all.
    """
    return LOOKS if wants_pictures() else LOOKS[2:] if crc32(name.encode()) % 2 else LOOKS[:2]


def looks_of(page: Page, path: str, name: str) -> list[str]:
    problems = []
    page.evaluate(AXE)
    for width, scheme in looks_for(name):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        keep_picture(page, f"{name}-{width}-{scheme}")
        options = {"resultTypes": ["violations"], **({"runOnly": OF_THE_LOOK} if scheme == "dark" else {})}
        problems += [
            f"{path} {width} {scheme}: {one['id']} ({one['help']}) {[node['html'][:120] for node in one['nodes'][:2]]}"
            for one in page.evaluate("options => axe.run(options).then(found => found.violations)", options)
        ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{path} {width} {scheme}: scrolls sideways")
    return problems


def hold_back_a_mail_and_an_order(server: Server) -> None:
    """Leave in the records what a mail server and a CRM that refuse leave there."""
    with sqlite3.connect(server.data / "portal.db", timeout=10) as connection:
        connection.execute(
            "UPDATE outbox SET sent_at = NULL, next_attempt_at = NULL,"
            " problem = 'Le destinataire est refusé par le serveur d’e-mails (code\u00a0550).'"
            " WHERE id = (SELECT max(id) FROM outbox WHERE sent_at IS NOT NULL)"
        )
        connection.execute(
            "UPDATE provisioning SET asked_at = NULL, problem = 'Le CRM ne répond pas.',"
            " next_attempt_at = '2099-01-01T00:00:00.000000+00:00' WHERE id = (SELECT max(id) FROM provisioning)"
        )
    connection.close()


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page(page: Page, path: str) -> None:
    assert look_at(page, path, re.sub(r"\W+", "-", path).strip("-") or "accueil") == []


@pytest.mark.parametrize("stage", list(CLIENTS))
def test_a_client_s_pages_at_every_stage(page: Page, server: Server, stage: str) -> None:
    server.forget_attempts()
    sign_in(page, CLIENTS[stage], "essai-sans-surprise")
    page.wait_for_url(re.compile("/(espace|essai/conditions)$"))
    problems = look_at(page, "/espace", f"espace-{stage}")
    if stage == "prospect":
        problems += look_at(page, "/essai/conditions", "essai-conditions")
    if stage == "essai":
        problems += look_at(page, "/espace/compte", "espace-compte")
    if stage in USING:
        problems += look_at(page, "/espace/utilisateurs", f"utilisateurs-{stage}")
        problems += look_at(page, "/espace/options", f"options-{stage}")
    if stage in CONTRACTED:
        problems += look_at(page, "/espace/contrat", f"contrat-{stage}")
    if stage == "en-vigueur":
        problems += look_at(page, "/espace/changements", "changements-aucun")
    if stage in ENDING:
        problems += look_at(page, "/espace/resiliation", f"resiliation-{stage}")
    if stage in PAYING:
        problems += look_at(page, "/espace/factures", f"factures-{stage}")
        problems += look_at(page, "/espace/paiement", f"paiement-{stage}")
    if stage in {"en-vigueur", "sans-suite"}:
        problems += look_at(page, "/espace/fin", f"fin-{stage}")
    if stage in SUBSCRIBING:
        problems += look_at(page, "/espace/souscrire", f"souscrire-{stage}")
    assert problems == []


@pytest.mark.parametrize("stage", REASONED)
def test_every_date_and_every_amount_has_its_reason(page: Page, server: Server, stage: str) -> None:
    server.forget_attempts()
    sign_in(page, CLIENTS[stage], "essai-sans-surprise")
    page.wait_for_url(re.compile("/espace$"))
    page.goto("/espace/factures")
    ready(page)
    invoice = page.get_by_role("table").last.get_by_role("link").first.get_attribute("href")
    problems = []
    soon = server.now() + timedelta(days=40)
    for path in (*REASONED[stage], str(invoice), f"{WHAT_IF}{soon:%Y-%m-%d}"):
        page.goto(path)
        ready(page)
        problems += without_reason(page, path)
    assert problems == []


def test_a_second_factor_being_set_up_and_its_recovery_codes(page: Page, server: Server) -> None:
    server.forget_attempts()
    sign_in(page, CLIENTS["sans-suite"], "essai-sans-surprise")
    page.wait_for_url(re.compile("/espace$"))
    page.goto("/espace/compte")
    ready(page)
    factor = page.get_by_role("region", name="La double authentification")
    factor.get_by_label("Mot de passe actuel").fill("essai-sans-surprise")
    factor.get_by_role("button", name="Activer la double authentification").click()
    expect(factor.get_by_alt_text("Code QR de la clé, à scanner")).to_be_visible()
    problems = faults_of(page.evaluate(WRITTEN)) + looks_of(page, "la clé", "espace-compte-cle")
    code = pyotp.TOTP(factor.locator("code").inner_text().replace(" ", "")).now()
    factor.get_by_label("Code à six chiffres").fill(code)
    factor.get_by_role("button", name="Mettre en place").click()
    # Ten codes are hashed, as slowly as passwords.
    expect(factor.locator("code")).to_have_count(10, timeout=30_000)
    problems += faults_of(page.evaluate(WRITTEN)) + looks_of(page, "les codes", "espace-compte-codes")
    assert problems == []


def test_the_staff_s_pages(page: Page, server: Server, staff: list[Any]) -> None:
    page.context.add_cookies(staff)
    page.goto("/gestion")
    ready(page)
    page.get_by_role("link", name="Les Serres de Provence").click()
    page.wait_for_url(re.compile(r"/gestion/client\?id="))
    ready(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Les Serres de Provence")
    one_client = page.url.removeprefix(server.url)
    problems = look_at(page, one_client, "equipe-client")
    page.goto("/gestion/dossiers")
    ready(page)
    page.get_by_role("link", name="Scierie des Ballons").click()
    page.wait_for_url(re.compile(r"/gestion/dossier\?contrat="))
    problems += look_at(page, page.url.removeprefix(server.url), "equipe-dossier")
    for path in STAFF:
        problems += look_at(page, path, f"equipe-{path.strip('/').replace('/', '-')}")
    page.goto("/gestion")
    ready(page)
    page.get_by_label("Chercher un client").fill("personne de ce nom")
    expect(page.get_by_text("Aucun client ne répond à cette recherche")).to_be_visible()
    problems += looks_of(page, "/gestion, rien trouvé", "equipe-gestion-vide")
    page.get_by_role("button", name="Afficher tous les clients").click()
    expect(page.get_by_role("link", name="Les Serres de Provence")).to_be_visible()
    assert problems == []


def test_staff_send_again_what_did_not_leave(page: Page, server: Server, staff: list[Any]) -> None:
    page.context.add_cookies(staff)
    hold_back_a_mail_and_an_order(server)
    page.goto("/gestion")
    ready(page)
    problems = looks_of(page, "/gestion, refusé", "equipe-gestion-refus")
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_text("L’ordre repart")).to_be_visible()
    expect(page.get_by_role("heading", name="Le CRM a refusé des ordres")).to_have_count(0)
    page.goto("/gestion/mails")
    ready(page)
    problems += looks_of(page, "/gestion/mails, refusé", "equipe-mails-refus")
    page.get_by_role("button", name="Renvoyer").click()
    expect(page.get_by_text("L’e-mail repart")).to_be_visible()
    expect(page.get_by_role("button", name="Renvoyer")).to_have_count(0)
    assert problems == []


@pytest.mark.parametrize("path", ["/", "/cgv", "/essai", "/connexion"])
def test_no_page_loads_more_than_200_kb_of_script_and_style(page: Page, server: Server, path: str) -> None:
    loaded: dict[str, int] = {}
    page.on(
        "response",
        lambda answer: (
            loaded.update({answer.url: len(gzip.compress(answer.body()))})
            if answer.request.resource_type in {"script", "stylesheet"}
            else None
        ),
    )
    page.goto(path)
    ready(page)
    page.wait_for_load_state("networkidle")
    assert sum(loaded.values()) < MOST_BYTES, loaded
