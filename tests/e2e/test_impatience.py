"""Double clicks, two tabs, Back and reload: each act happens once, and what was typed is kept."""

import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.mailbox import link_of, mails_to, wait_for_mail
from tests.e2e.server import Server
from tests.e2e.walking import PASSWORD, fill_company, fill_person, ready, sign_in, sign_up

pytestmark = pytest.mark.e2e

DEMONSTRATION_PASSWORD = "essai-sans-surprise"
SIGNED_UP = ["account_created", "terms_accepted", "trial_started", "service_opened", "user_registered"]


def rows(server: Server, query: str, *parameters: str) -> list[str]:
    """Return the first column of a query of the portal's own records."""
    with closing(sqlite3.connect(server.data / "portal.db", timeout=10)) as connection:
        return [str(row[0]) for row in connection.execute(query, parameters)]


def history(server: Server, email: str) -> list[str]:
    """Return the kinds of the events of someone's contract, in order."""
    return rows(
        server,
        "SELECT kind FROM events JOIN contracts ON contracts.id = contract_id JOIN persons USING (company_id)"
        " WHERE email = ? ORDER BY seq",
        email,
    )


def journal(server: Server, email: str) -> list[str]:
    """Return the kinds of the lines of someone's own journal, in order."""
    return rows(
        server,
        "SELECT kind FROM journal JOIN persons ON persons.id = person_id WHERE email = ? ORDER BY journal.id",
        email,
    )


def test_the_way_in_with_every_button_pressed_twice(page: Page, server: Server) -> None:
    email = "anne@presse.example"
    page.goto("/essai")
    fill_company(page, "552 100 554", "Atelier Pressé")
    page.get_by_role("button", name="Continuer").dblclick()
    page.wait_for_url(re.compile("/essai/vous"))
    fill_person(page, email)
    page.get_by_role("button", name="Créer mon compte").dblclick()
    expect(page.get_by_role("heading", name="Consultez vos e-mails")).to_be_visible()
    page.goto(link_of(wait_for_mail(server.data, email, "Confirmez")))
    page.get_by_role("button", name="Confirmer mon adresse").dblclick()
    page.wait_for_url(re.compile("/essai/conditions"))
    ready(page)
    page.get_by_label("J’ai lu les conditions générales de vente et je les accepte").check()
    page.get_by_role("button", name="Continuer").dblclick()
    page.get_by_role("button", name="Confirmer et commencer l’essai").dblclick()
    page.wait_for_url(re.compile("/espace$"))
    ready(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Votre essai est en cours")
    wait_for_mail(server.data, email, "Votre essai commence")
    assert history(server, email) == SIGNED_UP
    assert journal(server, email) == ["account_created", "address_confirmed", "signed_in", "trial_started"]
    assert len(mails_to(server.data, email)) == 3


def test_the_second_click_of_a_double_click_confirms_nothing_that_was_not_there_before(
    page: Page, server: Server
) -> None:
    email = "paul@presse.example"
    sign_up(page, server, email, "820 000 008")
    ready(page)
    tick = page.get_by_label("J’ai lu les conditions générales de vente et je les accepte")
    tick.check()
    page.get_by_role("button", name="Continuer").click()
    confirm = page.get_by_role("button", name="Confirmer et commencer l’essai")
    confirm.hover()

    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)

    # What the portal would have done by now, had it been asked: this was asked after it.
    page.get_by_role("button", name="Relire les conditions").click()
    tick.check()
    page.get_by_role("button", name="Continuer").click()
    expect(confirm).to_be_visible()
    assert history(server, email) == ["account_created"]
    confirm.click()
    page.wait_for_url(re.compile("/espace$"))
    assert history(server, email) == SIGNED_UP


def test_users_and_password_and_sign_out_with_every_button_pressed_twice(page: Page, server: Server) -> None:
    anne = "anne.leroy@atelier-nord.example"
    before = history(server, anne)
    sign_in(page, anne, DEMONSTRATION_PASSWORD)
    page.wait_for_url(re.compile("/espace$"))
    ready(page)

    page.get_by_label("Prénom").fill("Ines")
    page.get_by_label("Nom", exact=True).fill("Roche")
    page.get_by_label("E-mail professionnel").fill("ines@atelier-nord.example")
    page.get_by_role("button", name="Ajouter et inviter").dblclick()
    expect(page.get_by_text("4\u00a0utilisateurs sur 5")).to_be_visible()
    page.get_by_role("button", name="Retirer Ines Roche").dblclick()
    page.get_by_label("Oui, cette personne n’utilise plus").check()
    page.get_by_role("button", name="Retirer cette personne").dblclick()
    expect(page.get_by_text("3\u00a0utilisateurs sur 5")).to_be_visible()
    expect(page.get_by_text("Ines Roche ne fait plus partie de l’essai.")).to_be_visible()
    assert history(server, anne) == [*before, "user_registered", "user_removed"]
    wait_for_mail(server.data, "ines@atelier-nord.example", "")
    assert len(mails_to(server.data, "ines@atelier-nord.example")) == 1

    page.goto("/espace/compte")
    ready(page)
    page.get_by_role("region", name="Le mot de passe").get_by_label("Mot de passe actuel").fill(
        DEMONSTRATION_PASSWORD
    )
    page.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Changer mon mot de passe").dblclick()
    expect(page.get_by_text("Votre mot de passe est changé.")).to_be_visible()
    page.get_by_role("button", name="Se déconnecter").first.dblclick()
    page.wait_for_url(re.compile(r":\d+/$"))
    ready(page)
    assert journal(server, anne)[-5:] == [
        "signed_in",
        "user_registered",
        "user_removed",
        "password_changed",
        "signed_out",
    ]
    sign_in(page, anne)
    page.wait_for_url(re.compile("/espace$"))


def test_two_tabs_of_one_sign_up_make_one_account_and_one_trial(
    context: BrowserContext, server: Server
) -> None:
    email = "marc@deux-onglets.example"
    first, second = context.new_page(), context.new_page()
    for tab, name in ((first, "Deux Onglets"), (second, "Deux Onglets et Fils")):
        tab.goto("/essai")
        ready(tab)
        fill_company(tab, "443 061 841", name)
    for tab in (first, second):
        tab.get_by_role("button", name="Continuer").click()
        tab.wait_for_url(re.compile("/essai/vous"))
        ready(tab)
        fill_person(tab, email)
    for tab in (first, second):
        tab.get_by_role("button", name="Créer mon compte").click()
        expect(tab.get_by_role("heading", name="Consultez vos e-mails")).to_be_visible()
    assert rows(server, "SELECT legal_name FROM companies WHERE siren = '443061841'") == [
        "Deux Onglets et Fils"
    ]

    link = link_of(wait_for_mail(server.data, email, "Confirmez"))
    for tab in (first, second):
        tab.goto(link)
        ready(tab)
    first.get_by_role("button", name="Confirmer mon adresse").click()
    first.wait_for_url(re.compile("/essai/conditions"))
    second.get_by_role("button", name="Confirmer mon adresse").click()
    second.wait_for_url(re.compile("/essai/conditions"))
    for tab in (first, second):
        ready(tab)
        tab.get_by_label("J’ai lu les conditions générales de vente et je les accepte").check()
        tab.get_by_role("button", name="Continuer").click()
    for tab in (first, second):
        tab.get_by_role("button", name="Confirmer et commencer l’essai").click()
        tab.wait_for_url(re.compile("/espace$"))
        expect(tab.get_by_role("heading", level=1)).to_have_text("Votre essai est en cours")
    assert history(server, email) == SIGNED_UP


def test_two_tabs_of_one_space(context: BrowserContext, server: Server) -> None:
    luc = "luc.carpentier@carpentier.example"
    before = history(server, luc)
    first, second = context.new_page(), context.new_page()
    sign_in(first, luc, DEMONSTRATION_PASSWORD)
    first.wait_for_url(re.compile("/espace$"))
    second.goto("/espace")
    for tab in (first, second):
        ready(tab)
        tab.get_by_role("button", name="Retirer Nina Vogel").click()
        tab.get_by_label("Oui, cette personne n’utilise plus").check()
    first.get_by_role("button", name="Retirer cette personne").click()
    expect(first.get_by_text("Nina Vogel ne fait plus partie de l’essai.")).to_be_visible()
    second.get_by_role("button", name="Retirer cette personne").click()
    expect(second.get_by_text("Nina Vogel ne fait plus partie de l’essai.")).to_be_visible()
    assert history(server, luc) == [*before, "user_removed"]

    second.reload()
    ready(second)
    for tab in (first, second):
        tab.get_by_label("Prénom").fill("Ada")
        tab.get_by_label("Nom", exact=True).fill("Faure")
        tab.get_by_label("E-mail professionnel").fill("ada@carpentier.example")
    first.get_by_role("button", name="Ajouter et inviter").click()
    expect(first.get_by_text("Ada Faure fait partie de l’essai")).to_be_visible()
    second.get_by_role("button", name="Ajouter et inviter").click()
    expect(second.get_by_text("Ada Faure fait partie de l’essai")).to_be_visible()
    wait_for_mail(server.data, "ada@carpentier.example", "")
    assert history(server, luc) == [*before, "user_removed", "user_registered"]
    assert len(mails_to(server.data, "ada@carpentier.example")) == 1


def test_back_and_reload_in_the_middle_lose_nothing_and_repeat_nothing(page: Page, server: Server) -> None:
    email = "lea@retour.example"
    page.goto("/essai")
    ready(page)
    fill_company(page, "542 065 479", "Aller & Retour")
    page.get_by_label("Ville").fill("")
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator("[aria-invalid=true]")).to_have_count(1)
    page.reload()
    ready(page)
    expect(page.get_by_label("Dénomination sociale")).to_have_value("Aller & Retour")
    page.get_by_label("Ville").fill("Dunkerque")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url(re.compile("/essai/vous"))
    page.go_back()
    ready(page)
    # As it was typed or as it was kept: a quick Back has the browser's own memory.
    expect(page.get_by_label("SIREN")).to_have_value(re.compile(r"542\s?065\s?479"))
    for label, text in (("Ville", "Dunkerque"), ("Forme juridique", "SAS")):
        expect(page.get_by_label(label)).to_have_value(text)
    page.go_forward()
    ready(page)
    fill_person(page, email)
    page.get_by_label("Mot de passe").fill("court")
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.locator("[aria-invalid=true]")).to_have_count(1)
    page.reload()
    ready(page)
    expect(page.get_by_label("E-mail professionnel")).to_have_value(email)
    expect(page.get_by_label("Prénom")).to_have_value("Anne")
    expect(page.get_by_label("Mot de passe")).to_have_value("")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_role("heading", name="Consultez vos e-mails")).to_be_visible()
    wait_for_mail(server.data, email, "Confirmez")
    page.reload()
    page.go_back()
    page.go_forward()
    expect(page.get_by_role("heading", name="Consultez vos e-mails")).to_be_visible()
    assert rows(server, "SELECT email FROM accounts WHERE email = ?", email) == [email]
    assert len(mails_to(server.data, email)) == 1
