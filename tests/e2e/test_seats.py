"""A client's users and options in a browser: the effect before the yes, a list, an administrator who comes in.

And what an administrator takes along: her dates for her calendar program, the evidence of her contract.
"""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import machine_of
from tests.e2e.mailbox import link_of, wait_for_mail
from tests.e2e.server import Server
from tests.e2e.walking import PASSWORD, ready, sign_in

YANN = "yann.riou@cordages.example"
LENA = "lena.morvan@cordages.example"


def at(page: Page, path: str) -> None:
    page.goto(path)
    ready(page)


def signed_in(context: BrowserContext, server: Server) -> Page:
    server.forget_attempts()
    page = context.new_page()
    sign_in(page, YANN, "essai-sans-surprise")
    page.wait_for_url(re.compile("/espace$"))
    return page


def confirm(page: Page, label: str) -> None:
    """Tick, then say yes: two gestures."""
    page.get_by_role("dialog").get_by_role("checkbox").check()
    page.get_by_role("dialog").get_by_role("button", name=label).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_someone_is_added_once_the_effect_was_seen_and_it_is_undone(
    context: BrowserContext, server: Server
) -> None:
    page = signed_in(context, server)
    at(page, "/espace/utilisateurs")
    expect(page.get_by_text("vous êtes au minimum du contrat")).to_be_visible()
    page.get_by_label("Prénom").fill("Fay")
    page.get_by_label("Nom", exact=True).fill("Morel")
    page.get_by_label("E-mail professionnel").fill("fay.morel@cordages.example")
    page.get_by_role("button", name="Voir l’effet").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Ajouter Fay Morel")).to_be_visible()
    expect(dialog.get_by_text("nouveau").first).to_be_visible()
    dialog.get_by_text("Pourquoi").first.click()
    expect(dialog.get_by_text("Point de départ").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("Prénom")).to_have_value("Fay")
    page.get_by_role("button", name="Voir l’effet").click()
    confirm(page, "Ajouter et inviter")
    expect(page.get_by_role("cell", name="fay.morel@cordages.example")).to_be_visible()
    wait_for_mail(server.data, "fay.morel@cordages.example", "vous ouvre un accès")
    page.get_by_role("button", name=re.compile("Annuler Fay Morel")).click()
    expect(page.get_by_role("dialog").get_by_text("le mois commencé n’est pas rendu")).to_be_visible()
    confirm(page, "Retirer cette personne")
    expect(page.get_by_role("cell", name="fay.morel@cordages.example")).to_have_count(0)


def test_a_file_is_read_in_the_browser_and_its_faulty_lines_are_told(
    context: BrowserContext, server: Server, tmp_path: Path
) -> None:
    page = signed_in(context, server)
    at(page, "/espace/utilisateurs")
    page.get_by_text("Ajouter plusieurs personnes à la fois").click()
    listed = tmp_path / "liste.csv"
    listed.write_bytes("Prénom;Nom;E-mail\nZoé;Petit;zoe.petit@cordages.example\nGus;;gus".encode("cp1252"))
    page.get_by_label("Choisir un fichier CSV").set_input_files(listed)
    expect(page.get_by_label("Une personne par ligne")).to_have_value(re.compile("Zoé;Petit"))
    page.get_by_role("button", name="Lire la liste").click()
    expect(page.get_by_role("cell", name="Ligne 3")).to_be_visible()
    page.get_by_role("button", name="Continuer avec les lignes justes").click()
    confirm(page, "Ajouter et inviter")
    expect(page.get_by_role("cell", name="zoe.petit@cordages.example")).to_be_visible()


def test_another_administrator_comes_in_by_her_invitation(
    context: BrowserContext, browser: Browser, server: Server
) -> None:
    page = signed_in(context, server)
    at(page, "/espace/utilisateurs")
    page.get_by_text("Modifier Lena Morvan").click()
    page.get_by_role("row", name="Lena Morvan").get_by_role("button", name="Désigner administrateur").click()
    confirm(page, "Désigner et inviter")
    expect(page.get_by_text("administrateur invité")).to_be_visible()
    with machine_of(browser, server) as machine:
        other = machine.new_page()
        other.goto(link_of(wait_for_mail(server.data, LENA, "administrateur")))
        ready(other)
        other.get_by_label("Nouveau mot de passe").fill(PASSWORD)
        other.get_by_role("button", name="Ouvrir mon accès").click()
        other.wait_for_url(re.compile("/espace$"))
        at(other, "/espace/utilisateurs")
        expect(other.get_by_role("cell", name=LENA)).to_be_visible()


def test_a_quote_is_asked_for_answered_and_accepted(
    context: BrowserContext, desk: Page, server: Server
) -> None:
    page = signed_in(context, server)
    at(page, "/espace/options")
    page.get_by_label("Service", exact=True).select_option("Formation sur mesure")
    page.get_by_label("Votre besoin").fill("Deux jours pour nos vendeurs.")
    page.get_by_role("button", name="Demander un devis").click()
    expect(page.get_by_text("Votre demande est partie")).to_be_visible()
    at(desk, "/gestion/devis")
    desk.get_by_role("button", name="Répondre à Cordages Malouins").click()
    desk.get_by_label("Ce que le client lira").fill("Deux jours à Saint-Malo, pour six personnes.")
    desk.get_by_label("Libellé sur la facture").fill("Formation, deux jours")
    desk.get_by_label("Prix hors taxes, en euros").fill("2 400,00")
    desk.get_by_role("button", name="Envoyer la réponse").click()
    expect(desk.get_by_text("La réponse est enregistrée")).to_be_visible()
    wait_for_mail(server.data, YANN, "Notre réponse")
    at(page, "/espace/options")
    page.get_by_role("button", name="Voir l’effet et accepter").click()
    expect(page.get_by_role("dialog").get_by_text("Formation, deux jours").first).to_be_visible()
    confirm(page, "Accepter le devis")
    expect(page.get_by_role("status").filter(has_text="Devis accepté")).to_be_visible()


def test_her_dates_go_to_her_calendar_program_and_her_contract_proves_itself(
    context: BrowserContext, server: Server, tmp_path: Path
) -> None:
    page = signed_in(context, server)
    at(page, "/espace/compte#agenda")
    section = page.get_by_role("region", name="Vos dates dans votre agenda")
    expect(section.get_by_role("heading")).to_be_in_viewport()
    section.get_by_role("button", name="Créer mon lien d’agenda").click()
    expect(section.get_by_text("Copiez-le maintenant")).to_be_visible()
    link = section.locator("code").inner_text()
    read = httpx.get(link)  # no cookie goes with it
    assert read.status_code == 200
    assert "SUMMARY:Dernier instant pour résilier à la fin de la période" in read.text
    assert httpx.get(link, headers={"if-none-match": read.headers["etag"]}).status_code == 304

    with page.expect_download() as taken:
        page.get_by_role("link", name="Télécharger la preuve de mon contrat").click()
    file = tmp_path / taken.value.suggested_filename
    taken.value.save_as(file)
    with zipfile.ZipFile(file) as archive:
        archive.extract("verify.py", tmp_path)
    said = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "verify.py"), str(file)],
        capture_output=True,
        check=True,
        env={"PYTHONUTF8": "1"},
    ).stdout.decode()
    head = page.get_by_role("region", name="La preuve de votre contrat").locator("code").inner_text()
    assert head in said

    at(page, "/espace/compte")
    expect(section.get_by_text("Un programme l’a lu pour la dernière fois")).to_be_visible()
    expect(section.locator("code")).to_have_count(0)
    section.get_by_role("button", name="Supprimer le lien").click()
    confirm(page, "Supprimer le lien")
    expect(section.get_by_text("Le lien est supprimé")).to_be_visible()
    assert httpx.get(link).status_code == 404
