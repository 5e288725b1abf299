"""Steps that several browser tests take, as a person would."""

import re

import pyotp
from playwright.sync_api import Page, expect

from tests.e2e.mailbox import link_of, wait_for_mail
from tests.e2e.server import Server

PASSWORD = "un hiver sans surprise"
SIREN = "732 829 320"


def ready(page: Page) -> None:
    """Wait until the page's own events can be sent and its data has come.

    Asked from outside: the page's policy forbids Playwright's own waiting, which evaluates strings.
    """
    expect(page.locator("main")).to_be_visible()
    for _ in range(200):
        if page.evaluate("sessionStorage.getItem('token')") is not None:
            break
        page.wait_for_timeout(50)
    expect(page.locator(".skeleton")).to_have_count(0)


def fill_company(page: Page, siren: str = SIREN, name: str = "Atelier du Littoral") -> None:
    page.get_by_label("SIREN").fill(siren)
    page.get_by_label("Dénomination sociale").fill(name)
    page.get_by_label("Forme juridique").fill("SAS")
    page.get_by_label("Adresse du siège").fill("14 rue du Port")
    page.get_by_label("Code postal").fill("59140")
    page.get_by_label("Ville").fill("Dunkerque")


def fill_person(page: Page, email: str) -> None:
    page.get_by_label("Prénom").fill("Anne")
    page.get_by_label("Nom", exact=True).fill("Leroy")
    page.get_by_label("E-mail professionnel").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)


def sign_up(page: Page, server: Server, email: str, siren: str = SIREN) -> None:
    """From the landing page to the third screen, by way of the mail."""
    page.goto("/")
    page.get_by_role("link", name="Commencer l’essai gratuit").first.click()
    page.wait_for_url(re.compile("/essai$"))
    fill_company(page, siren)
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url(re.compile("/essai/vous"))
    fill_person(page, email)
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_role("heading", name="Consultez vos e-mails")).to_be_visible()
    page.goto(link_of(wait_for_mail(server.data, email, "Confirmez")))
    page.get_by_role("button", name="Confirmer mon adresse").click()
    page.wait_for_url(re.compile("/essai/conditions"))


def start_trial(page: Page) -> None:
    """Read, tick, see the dates, confirm."""
    page.get_by_label("J’ai lu les conditions générales de vente et je les accepte").check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Confirmer et commencer l’essai").click()
    page.wait_for_url(re.compile("/espace$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre essai est en cours")


def add_user(page: Page, first: str, last: str, email: str) -> None:
    page.get_by_label("Prénom").fill(first)
    page.get_by_label("Nom", exact=True).fill(last)
    page.get_by_label("E-mail professionnel").fill(email)
    page.get_by_role("button", name="Ajouter et inviter").click()


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/connexion")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Se connecter").click()


STAFF_PASSWORD = "une équipe qui veille tard"


def become_staff(page: Page, server: Server) -> str:
    """Become the first member of the staff by the link that the server printed; return the TOTP secret."""
    page.goto(server.staff_link)
    page.get_by_label("Prénom").fill("Michel")
    page.get_by_label("Nom", exact=True).fill("Garde")
    page.get_by_label("E-mail").fill("michel@exanergy.example")
    page.get_by_label("Nouveau mot de passe").fill(STAFF_PASSWORD)
    page.get_by_role("button", name="Créer ce compte").click()
    page.wait_for_url(re.compile("/connexion/second-facteur"))
    secret = page.locator("code").inner_text().replace(" ", "")
    page.get_by_label("Code à six chiffres").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Mettre en place").click()
    page.wait_for_url(re.compile("/(espace/compte|gestion)"))
    return secret
