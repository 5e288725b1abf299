"""The pages of changes: what each says of one contract, asked twice before anything is done; what is typed wrong is kept."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from portal.contract import acts as a
from portal.contract.offer import Grid
from portal.services.announced_chunks import announce_chunk, announce_waiting
from portal.services.context import Portal, Role, Viewer
from portal.services.price_grids import NewGrid, publish_grid
from portal.web import running
from portal.web.client.changes_state import ChangesState
from portal.web.staff.changes_states import StaffChangesState
from tests.clock import FixedClock
from tests.people import a_member_of_staff
from tests.services.clients import ORIGIN, Client, act, live_until, paris
from tests.services.contracts import a_contract
from tests.services.test_terms_publishing import a_text
from tests.web.events import Tab, a_tab

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

NB = "\u00a0"
COLLEAGUE = Viewer("a colleague", Role.STAFF, None, "session")


def plain(text: str) -> str:
    return text.replace(NB, " ").replace("\u202f", " ")


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> AsyncIterator[Client]:
    """Five persons, in force on 17/03/2026; it is 01/02/2027."""
    running.run_with(portal)
    found, _ = await a_contract(portal, clock)
    await live_until(portal, clock, found, paris(date(2027, 2, 1), 10))
    yield found
    running.run_with(None)


async def test_a_client_compares_refuses_takes_it_back_and_is_told_when_it_is_too_late(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    tab = await a_tab(portal, client)
    await tab.send(ChangesState.load)
    shown = tab.state(ChangesState)
    assert (shown.view.headline, shown.view.cards) == ("Aucun changement n’est annoncé", [])

    await act(portal, client, a.AnnouncePrice(user_month_cents=5200))
    await tab.send(ChangesState.load)
    [card] = shown.view.cards
    assert plain(card.title) == "Nouveau prix : 52,00 € HT par utilisateur et par mois"
    assert [(one.label, plain(one.value)) for one in card.facts[-2:]] == [
        ("S’applique à partir du", "mercredi 17 mars 2027"),
        ("Dernier instant pour refuser", "fin du mardi 16 mars 2027 (minuit)"),
    ]
    assert all(one.why.clause for one in card.facts)
    assert [plain(one) for one in (card.total_before, card.total_after, card.total_difference)] == [
        "3 528,00 €",
        "3 744,00 €",
        "+ 216,00 €",
    ]
    assert all(one.why_before.clause and one.why_after.clause for one in card.pairs)
    assert plain(card.says).startswith("D’avril 2027 à mars 2028")

    # Nothing is confirmed that was not asked.
    await tab.send(ChangesState.confirm, {"consent": "on"})
    assert not shown.view.cards[0].refused
    await tab.send(ChangesState.refuse, "price")
    assert shown.asking
    assert plain(shown.decision.ends) == "mardi 16 mars 2027"
    assert [one.label for one in shown.decision.last] == [f"Facture de mars{NB}2027"]
    await tab.send(ChangesState.keep)
    assert not shown.asking
    await tab.send(ChangesState.refuse, "price")
    await tab.send(ChangesState.confirm, {"consent": "on"})
    assert "le contrat finit le mardi 16 mars 2027" in plain(shown.said)
    assert (shown.view.cards[0].refused, shown.view.cards[0].state) == (True, "refusé")
    await tab.send(ChangesState.take_back, "price")
    assert (shown.decision.ends, shown.question.is_grave) == ("", False)
    await tab.send(ChangesState.confirm, {"consent": "on"})
    assert "le contrat continue" in shown.said

    for what, problem in (("terms", "Aucun changement n’est annoncé"), ("price", "")):
        await tab.send(ChangesState.refuse, what)
        assert shown.problem.startswith(problem)
    assert "404" in await tab.send(ChangesState.refuse, {"what": "price"})
    clock.move_to(paris(date(2027, 3, 17), 0))
    await tab.send(ChangesState.confirm, {"consent": "on"})
    assert plain(shown.problem).startswith(
        "Ce changement pouvait être refusé jusqu’à la fin du mardi 16 mars 2027"
    )
    assert plain(shown.whys[shown.problem].steps[-1].value) == "mardi 16 mars 2027"
    assert shown.view.cards == []


async def test_a_client_reads_the_terms_article_by_article_and_what_they_move_for_her(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    await act(portal, client, a.AnnounceTerms(version="2025-09"))
    tab = await a_tab(portal, client)
    await tab.send(ChangesState.load)
    [card] = tab.state(ChangesState).view.cards
    assert (card.what, card.read_href) == ("terms", "/cgv/comparer?de=2026-01&a=2025-09")
    assert card.articles
    assert "aucune date et aucun montant ne bougent" in card.for_you
    await live_until(portal, clock, client, paris(date(2027, 3, 17), 1))
    await tab.send(ChangesState.load)
    [accepted] = tab.state(ChangesState).view.accepted
    assert (accepted.version, len(accepted.sha256)) == ("2025-09", 64)
    assert "sans acte d’une personne" in accepted.how


async def test_staff_simulate_announce_and_follow(portal: Portal, clock: FixedClock, client: Client) -> None:
    grid = NewGrid(date(2027, 3, 1), Grid(user_month_cents=5200))
    await publish_grid(portal, COLLEAGUE, grid, ORIGIN)
    tab = Tab((await a_member_of_staff(portal)).cookie)
    await tab.send(StaffChangesState.load)
    shown = tab.state(StaffChangesState)
    [choice] = [one.value for one in shown.choices if one.value.startswith("price")]

    await tab.send(StaffChangesState.simulate, {})
    assert shown.refused == "Choisissez ce que vous voulez annoncer."
    for wrong in ("price:of nobody", "nonsense", "price:"):
        assert "404" in await tab.send(StaffChangesState.simulate, {"choice": wrong})
    await tab.send(StaffChangesState.ask)
    assert not shown.asking
    await tab.send(StaffChangesState.announce, {"consent": "on"})
    assert shown.announcements == []

    await tab.send(StaffChangesState.simulate, {"choice": choice})
    seen = shown.simulation
    assert plain(seen.sentence).startswith(
        "Annoncé maintenant, ce changement atteint 1 contrat sur 1 en vigueur."
    )
    assert all(one.why.clause for one in seen.figures[2:])
    [row] = shown.rows
    assert [plain(one) for one in (row.day, row.before, row.after, row.yearly)] == [
        "mercredi 17 mars 2027",
        "49,00 €",
        "52,00 €",
        "+ 180,00 €",
    ]
    assert (row.why_day.clause, row.why_yearly.clause, shown.has_more) == ("17", "10.1", False)
    await tab.send(StaffChangesState.turn_page, 1)
    assert (shown.page, shown.rows) == (2, [])
    await tab.send(StaffChangesState.turn_page, -1)

    await tab.send(StaffChangesState.ask)
    assert shown.asking
    await tab.send(StaffChangesState.keep)
    await tab.send(StaffChangesState.announce, {"consent": "on"})
    [made] = shown.announcements
    assert (made.is_running, made.done, made.total) == (True, 0, 1)
    assert await announce_chunk(portal) == 1
    await announce_waiting(portal)
    await tab.send(StaffChangesState.follow)
    [made] = shown.announcements
    assert (made.is_running, plain(made.says)) == (False, "1 contrat averti.")

    # Announced already: the simulation says so, and there is nothing to confirm.
    await tab.send(StaffChangesState.simulate, {"choice": choice})
    assert [plain(one) for one in shown.simulation.left_out] == [
        "1 contrat : a déjà ce prix ou cette version, ou l’aura."
    ]
    assert shown.rows[0].left_out == "A déjà ce prix ou cette version, ou l’aura."


async def test_staff_read_a_text_before_they_publish_it(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    tab = Tab((await a_member_of_staff(portal)).cookie)
    await tab.send(StaffChangesState.load)
    shown = tab.state(StaffChangesState)
    for text, said in (
        ("", "Collez le texte"),
        ({"a": "list"}, "trop long"),
        ("x" * 200_001, "trop long"),
        (a_text(version="2026-01", more="\nAutre.\n"), "est déjà publiée"),
        (a_text(applies="2027-02-01"), "au plus tôt demain"),
    ):
        await tab.send(StaffChangesState.read_terms, {"text": text})
        assert said in plain(shown.terms_error), said
    await tab.send(StaffChangesState.ask_to_publish)
    await tab.send(StaffChangesState.publish, {"consent": "on"})
    assert (shown.publishing, shown.said) == (False, "")

    await tab.send(StaffChangesState.read_terms, {"text": a_text("2027-03", "2027-03-01", "\nDe plus.\n")})
    assert (shown.terms_error, shown.preview.version) == ("", "2027-03")
    assert [one.number for one in shown.preview.articles] == ["22"]
    await tab.send(StaffChangesState.ask_to_publish)
    assert shown.publishing
    await tab.send(StaffChangesState.publish, {"consent": "on"})
    assert "La version 2027-03 est publiée" in plain(shown.said)
    assert "terms:2027-03" in {one.value for one in shown.choices}
