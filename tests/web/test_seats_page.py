"""The pages of a contract's users, options and quotes: what is shown, asked and done, event by event."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from portal.contract.acts import RegisterUser
from portal.services.context import Portal
from portal.services.reading import own_contract
from portal.services.sessions import Strength, start
from portal.web import running
from portal.web.client.options_state import OptionsState
from portal.web.client.seats_state import SeatsState
from portal.web.staff.quotes_state import QuotesState
from tests.clock import FixedClock
from tests.people import a_member_of_staff
from tests.services.clients import ORIGIN, Client, act, live_until, paris, start_trial
from tests.services.clients import a_client as a_prospect
from tests.services.contracts import FAY, a_contract, people
from tests.web.events import Tab

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
NB, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
TYPED = {"first_name": "Fay", "last_name": "Morel", "email": "fay.morel@atelier-nord.example"}
TICKED = {"consent": "on"}


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> AsyncIterator[Client]:
    running.run_with(portal)
    found, _ = await a_contract(portal, clock)
    clock.move_to(paris(date(2026, 3, 18), 10))
    yield found
    running.run_with(None)


async def tab_of(portal: Portal, client: Client) -> Tab:
    return Tab(
        await portal.transact(
            lambda connection: start(portal, connection, client.viewer.person_id, Strength.PASSWORD, ORIGIN)
        )
    )


@pytest.fixture
async def tab(portal: Portal, client: Client) -> Tab:
    opened = await tab_of(portal, client)
    await opened.send(SeatsState.load, at="/espace/utilisateurs")
    return opened


async def users(portal: Portal, client: Client) -> list[str]:
    return [one.name for one in (await own_contract(portal, client.viewer)).users]


def seat(state: Any, name: str) -> Any:
    return next(one for one in state.view.seats if one.name == name)


# --- the users -------------------------------------------------------------------------------------------


async def test_at_the_minimum_the_page_says_so_and_offers_to_replace(tab: Tab) -> None:
    view = tab.state(SeatsState).view
    assert (view.named, view.minimum, view.unused) == ("5", "5", "0")
    assert view.marks == ["taken"] * 5
    assert view.cost == f"23,71{NB}€"
    assert "au minimum du contrat" in view.saves_said
    assert not view.may_remove
    assert "remplacer" in view.saves_said
    assert view.closed == ""
    assert seat(tab.state(SeatsState), "Anne Leroy").is_alone


async def test_the_effect_is_shown_line_by_line_before_anyone_is_added(
    portal: Portal, client: Client, tab: Tab
) -> None:
    await tab.send(SeatsState.add_one, TYPED)
    state = tab.state(SeatsState)
    assert state.asking
    assert state.question.title == "Ajouter Fay Morel"
    (first, second, _) = state.effect.documents
    assert first.title == f"Facture d’avril{NB}2026"
    assert [(one.label.split(",")[0], one.amount, one.news) for one in first.lines] == [
        ("Abonnement", f"294,00{NB}€", "changé"),
        ("Ajustement", f"23,71{NB}€", "nouveau"),
        (first.lines[2].label, f"−126,45{NB}€", ""),
    ]
    assert first.lines[1].why.clause == "10.1"
    assert first.before == f"142,26{NB}€"
    assert second.difference == f"+{NB}58,80{NB}€"
    assert "Fay Morel" not in await users(portal, client)

    await tab.send(SeatsState.confirm, TICKED)
    assert "Fay Morel" in await users(portal, client)
    assert not tab.state(SeatsState).asking
    assert tab.state(SeatsState).said.startswith(f"1{NB}personne est inscrite")
    assert [one.said for one in tab.state(SeatsState).view.undo] == [
        f"Fay Morel{NB}: ajout du mercredi{NB}18{NB}mars{NB}2026"
    ]
    assert "à baisser, de 49,00" in tab.state(SeatsState).view.saves_said
    await tab.send(SeatsState.confirm, TICKED)  # the second click of a double one
    assert len(await users(portal, client)) == 6


async def test_what_is_wrong_is_said_and_what_was_typed_is_kept(tab: Tab) -> None:
    await tab.send(SeatsState.add_one, {**TYPED, "email": "fay"})
    state = tab.state(SeatsState)
    assert list(state.errors) == ["email"]
    assert state.typed["first_name"] == "Fay"
    assert not state.asking
    await tab.send(SeatsState.add_one, {**TYPED, "email": "anne.leroy@atelier-nord.example"})
    assert state.errors == {"email": "Cette personne est déjà inscrite."}


async def test_of_a_list_all_faults_are_told_and_nothing_is_done_before_it_is_confirmed(
    portal: Portal, client: Client, tab: Tab
) -> None:
    pasted = "Fay;Morel;fay.morel@atelier-nord.example\nGus;;gus\n;Petit;h@atelier-nord.example"
    await tab.send(SeatsState.read_many, {"list": pasted})
    state = tab.state(SeatsState)
    assert [one.line for one in state.faults] == ["Ligne 2", "Ligne 3"]
    assert (state.listed, state.good_lines, state.asking) == (pasted, 1, False)
    await tab.send(SeatsState.add_good_lines)
    assert state.asking
    assert len(await users(portal, client)) == 5
    await tab.send(SeatsState.confirm, TICKED)
    assert len(await users(portal, client)) == 6
    await tab.send(SeatsState.read_many, {"list": " "})
    assert state.faults[0].line == "Liste vide"
    await tab.send(SeatsState.add_good_lines)
    assert not state.asking


async def test_someone_is_replaced_and_the_minimum_holds(portal: Portal, client: Client, tab: Tab) -> None:
    state = tab.state(SeatsState)
    await tab.send(SeatsState.replace, seat(state, "Bob Roux").person_id)
    assert state.replaced_name == "Bob Roux"
    await tab.send(SeatsState.add_one, TYPED)
    assert state.question.title == "Remplacer Bob Roux par Fay Morel"
    await tab.send(SeatsState.confirm, TICKED)
    assert state.said == "Fay Morel remplace Bob Roux."
    assert "Bob Roux" not in await users(portal, client)
    await tab.send(SeatsState.replace, "nobody")
    assert state.replacing == ""


async def test_a_removal_below_the_minimum_is_refused_in_the_dialog(tab: Tab) -> None:
    state = tab.state(SeatsState)
    await tab.send(SeatsState.ask, "remove", seat(state, "Bob Roux").person_id)
    assert "au moins" in state.effect.refusal
    await tab.send(SeatsState.confirm, TICKED)
    assert "au moins" in state.problem
    await tab.send(SeatsState.ask, "destroy", seat(state, "Bob Roux").person_id)
    assert not state.asking


async def test_suspending_changes_no_invoice_and_says_so(tab: Tab) -> None:
    state = tab.state(SeatsState)
    await tab.send(SeatsState.ask, "suspend", seat(state, "Bob Roux").person_id)
    assert state.effect.summary == "Vos prochaines factures ne changent pas."
    await tab.send(SeatsState.keep)
    assert not state.asking
    await tab.send(SeatsState.ask, "suspend", seat(state, "Bob Roux").person_id)
    await tab.send(SeatsState.confirm, TICKED)
    assert seat(state, "Bob Roux").is_suspended
    assert state.view.marks.count("suspended") == 1


async def test_another_administrator_is_named_and_invited_again(tab: Tab) -> None:
    state = tab.state(SeatsState)
    bob = seat(state, "Bob Roux").person_id
    await tab.send(SeatsState.ask, "name", bob)
    await tab.send(SeatsState.confirm, TICKED)
    assert (seat(state, "Bob Roux").is_admin, seat(state, "Bob Roux").is_not_in_yet) == (True, True)
    await tab.send(SeatsState.invite_again, bob)
    assert state.said.startswith("L’invitation est partie de nouveau")
    await tab.send(SeatsState.ask, "relieve", seat(state, "Anne Leroy").person_id)
    await tab.send(SeatsState.confirm, TICKED)
    assert "n’a pas encore ouvert son accès" in state.problem


async def test_what_changed_meanwhile_is_shown_again(portal: Portal, client: Client, tab: Tab) -> None:
    state = tab.state(SeatsState)
    await tab.send(SeatsState.add_one, TYPED)
    (gus,) = await people(portal, client, FAY.__class__("Gus", "Henry", "gus@atelier-nord.example"))
    await act(portal, client, RegisterUser(user=gus))
    await tab.send(SeatsState.confirm, TICKED)
    assert state.meanwhile.startswith("Entre-temps")
    assert state.asking
    assert "Fay Morel" not in await users(portal, client)
    await tab.send(SeatsState.confirm, TICKED)
    assert "Fay Morel" in await users(portal, client)


async def test_in_a_trial_nothing_costs_anything(portal: Portal, client: Client) -> None:
    prospect = await a_prospect(portal, siren="552100554", email="paul@autre.example")
    opened = await tab_of(portal, prospect)
    await opened.send(SeatsState.load)
    assert opened.state(SeatsState).view.closed != ""
    await start_trial(portal, prospect)
    await opened.send(SeatsState.load)
    view = opened.state(SeatsState).view
    assert (view.is_trial, view.unused, view.cost, view.next_invoice) == (True, "4", "", "")
    await opened.send(SeatsState.add_one, TYPED)
    assert opened.state(SeatsState).effect.summary == f"L’essai est gratuit{NB}: rien n’est facturé."


async def test_while_the_service_is_suspended_nobody_is_added(
    portal: Portal, clock: FixedClock, client: Client, tab: Tab
) -> None:
    await live_until(portal, clock, client, paris(date(2026, 4, 17), 9))
    await tab.send(SeatsState.load)
    assert "suspendu pour non-paiement" in tab.state(SeatsState).view.closed


# --- options and quotes ----------------------------------------------------------------------------------


async def test_an_option_is_ordered_once_its_effect_was_seen(
    portal: Portal, client: Client, tab: Tab
) -> None:
    await tab.send(OptionsState.load)
    state = tab.state(OptionsState)
    assert [(one.label, one.price, one.rhythm) for one in state.view.options] == [
        ("Service démarrage", f"490,00{NB}€", "une fois"),
        ("Formation à distance", f"290,00{NB}€", "une fois"),
        ("Stockage supplémentaire", f"15,00{NB}€", "par mois"),
    ]
    await tab.send(OptionsState.order, {"code": "storage", "quantity": "0"})
    assert list(state.errors) == ["storage"]
    await tab.send(OptionsState.order, {"code": "storage", "quantity": "2"})
    assert "2" in state.question.title
    assert len(state.effect.documents) == 3
    assert (await own_contract(portal, client.viewer)).state.orders == ()
    await tab.send(OptionsState.confirm, TICKED)
    await tab.send(OptionsState.confirm, TICKED)
    assert [one.quantity for one in (await own_contract(portal, client.viewer)).state.orders] == [2]
    assert state.view.options[2].ordered == "2 en cours"
    await tab.send(OptionsState.order, {"code": "yacht", "quantity": "1"})
    assert "grille tarifaire" in state.effect.refusal


async def test_a_quote_from_the_request_to_the_order(portal: Portal, client: Client, tab: Tab) -> None:
    await tab.send(OptionsState.load)
    state = tab.state(OptionsState)
    await tab.send(OptionsState.ask_for_a_quote, {"service": "", "need": "Trois jours"})
    assert (list(state.errors), state.typed["need"]) == (["service"], "Trois jours")
    await tab.send(OptionsState.ask_for_a_quote, {"service": "training", "need": "Trois jours"})
    assert [(one.service, one.state) for one in state.view.quotes] == [("Formation sur mesure", "demandé")]

    staff = Tab((await a_member_of_staff(portal)).cookie)
    await staff.send(QuotesState.load)
    rows = staff.state(QuotesState)
    assert [(one.company, one.state, one.waits) for one in rows.rows] == [
        ("Atelier Nord", "à répondre", True)
    ]
    await staff.send(QuotesState.open, rows.rows[0].id)
    assert rows.typed["valid_until"] == "2026-04-17"
    answer = {"answer": "Trois jours à Dunkerque.", "label": "Formation, trois jours", "price": "x"}
    await staff.send(QuotesState.answer, {**answer, "valid_until": "2026-04-17"})
    assert (list(rows.errors), rows.typed["answer"]) == (["price"], answer["answer"])
    await staff.send(QuotesState.answer, {**answer, "price": "3 000", "valid_until": "2026-04-17"})
    assert (rows.answering, rows.rows[0].state) == ("", "répondu")

    await tab.send(OptionsState.load)
    (quote,) = state.view.quotes
    assert quote.is_open
    assert quote.price == f"3{NARROW}000,00{NB}€ hors taxes, une fois"
    assert "devis" in state.view.step_title
    await tab.send(OptionsState.decline, quote.id)
    assert state.question.label == "Décliner"
    await tab.send(OptionsState.keep)
    await tab.send(OptionsState.accept, quote.id)
    assert len(state.effect.documents) == 1
    await tab.send(OptionsState.confirm, TICKED)
    assert state.view.quotes[0].state == "accepté"
    await tab.send(OptionsState.accept, "another's")
    assert len((await own_contract(portal, client.viewer)).state.orders) == 1


async def test_a_quote_is_declined_by_a_second_gesture(portal: Portal, client: Client, tab: Tab) -> None:
    await tab.send(OptionsState.ask_for_a_quote, {"service": "on_site", "need": "Un jour"})
    staff = Tab((await a_member_of_staff(portal)).cookie)
    await staff.send(QuotesState.load)
    rows = staff.state(QuotesState)
    await staff.send(QuotesState.open, rows.rows[0].id)
    await staff.send(QuotesState.close)
    assert rows.answering == ""
    await staff.send(QuotesState.open, rows.rows[0].id)
    offer = {"answer": "Oui.", "label": "Un jour", "price": "900", "valid_until": "2026-04-01"}
    await staff.send(QuotesState.answer, offer)
    await tab.send(OptionsState.load)
    state = tab.state(OptionsState)
    await tab.send(OptionsState.decline, "another's")
    assert not state.asking
    await tab.send(OptionsState.decline, state.view.quotes[0].id)
    await tab.send(OptionsState.confirm, TICKED)
    assert state.view.quotes[0].state == "décliné"
