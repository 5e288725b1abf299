"""Every page as it is seen: light and dark, narrow and wide, by axe, without a sideways scroll."""

import gzip
import re
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import ARTEFACTS
from tests.e2e.server import Server
from tests.e2e.walking import become_staff, ready, sign_in

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


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
}
STAFF = ("/gestion", "/gestion/mails", "/gestion/horloge", "/espace/compte")
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LOOKS = [(width, scheme) for width in (360, 1440) for scheme in SCHEMES]
MOST_BYTES = 200 * 1024


def look_at(page: Page, path: str, name: str, width: int, scheme: Scheme) -> list[str]:
    """Return what is wrong with a page, after keeping its picture."""
    page.goto(path)
    ready(page)
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}-{width}-{scheme}.png", full_page=True)
    problems = [
        f"{path} {width} {scheme}: {one['id']} ({one['help']}) {[node['html'][:120] for node in one['nodes'][:2]]}"
        for one in Axe().run(page).response["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        problems.append(f"{path} {width} {scheme}: scrolls sideways")
    return problems


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_public_pages(browser: Browser, server: Server, width: int, scheme: Scheme) -> None:
    context = browser.new_context(
        base_url=server.url, locale="fr-FR", viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page = context.new_page()
    problems = []
    for path in PUBLIC:
        name = re.sub(r"\W+", "-", path).strip("-") or "accueil"
        problems += look_at(page, path, name, width, scheme)
    context.close()
    assert problems == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_client_s_pages_at_every_stage(
    browser: Browser, server: Server, width: int, scheme: Scheme
) -> None:
    problems = []
    for stage, email in CLIENTS.items():
        context = browser.new_context(
            base_url=server.url, locale="fr-FR", viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        page = context.new_page()
        server.forget_attempts()
        sign_in(page, email, "essai-sans-surprise")
        page.wait_for_url(re.compile("/(espace|essai/conditions)$"))
        problems += look_at(page, "/espace", f"espace-{stage}", width, scheme)
        if stage == "prospect":
            problems += look_at(page, "/essai/conditions", "essai-conditions", width, scheme)
        if stage == "essai":
            problems += look_at(page, "/espace/compte", "espace-compte", width, scheme)
        context.close()
    assert problems == []


def test_the_staff_s_pages(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.url, locale="fr-FR")
    page = context.new_page()
    become_staff(page, server)
    page.goto("/gestion")
    ready(page)
    page.get_by_role("link", name="Les Serres de Provence").click()
    page.wait_for_url(re.compile(r"/gestion/client\?id="))
    one_client = page.url.removeprefix(server.url)
    problems = []
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for path in (*STAFF, one_client):
            name = "gestion-client" if path == one_client else path.strip("/").replace("/", "-")
            problems += look_at(page, path, f"equipe-{name}", width, scheme)
    context.close()
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
