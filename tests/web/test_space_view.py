"""What `/espace` says first to a client in arrears or about to leave, and the next step of `/espace/contrat` (CGV art. 10.3)."""

from datetime import date

import pytest

from portal.contract import acts as a
from portal.services.context import Portal
from portal.services.ledgers import own_ledger
from portal.web import running
from portal.web.client.contract_state import ContractState
from portal.web.client.space_view import SpaceView, space_view
from tests.clock import FixedClock
from tests.services.clients import Client, act, live_until, paris
from tests.services.paying_lives import in_force
from tests.web.events import a_tab
from tests.web.test_invoices_view import plain

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


async def shown(portal: Portal, client: Client) -> SpaceView:
    return space_view(await own_ledger(portal, client.viewer), support_email="aide@exanergy.example")


async def test_late_the_sum_and_the_suspension_that_threatens_come_before_all_else(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 5, 20), 9))

    view = await shown(portal, client)

    assert (view.stage, view.is_worst) == ("arrears", True)
    assert plain(view.headline) == "514,52 € à régler avant le mercredi 20 mai 2026 à 18 h 00"
    assert plain(view.lead).endswith(
        "Sans règlement, le service est suspendu le mercredi 20 mai 2026 à 18 h 00."
    )
    assert plain(view.why.result) == "514,52 €"
    assert (plain(view.step_title), view.step_href) == ("Virer 514,52 €", "/espace/factures")
    assert (view.countdown_label, view.countdown_text) == ("Avant la suspension du service", "9\u00a0heures")


async def test_suspended_it_says_since_when_and_what_restores_until_that_is_paid(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 5, 22), 9))

    view = await shown(portal, client)
    assert plain(view.headline) == "514,52 € à régler pour rétablir le service"
    assert plain(view.lead).startswith("Le service est suspendu depuis le mercredi 20 mai 2026 à 18 h 00.")
    assert (view.is_worst, view.countdown_iso) == (True, "")

    await act(portal, client, a.SettleEverything())
    restored = await shown(portal, client)
    assert (restored.stage, restored.headline) == ("active", "Votre contrat est en vigueur")
    assert (restored.is_worst, restored.step_href) == (False, "/espace/contrat")


async def test_a_contract_that_will_not_be_renewed_says_on_which_day_it_ends(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock)
    await act(portal, client, a.SettleEverything(), a.ServeNotice(by="client"))

    view = await shown(portal, client)

    assert (view.stage, view.is_worst) == ("active", False)
    assert plain(view.headline) == "Votre contrat finit le 31 mars 2027"
    assert view.lead == "Il ne sera pas reconduit\u00a0: vous l’avez résilié."
    assert plain(view.why.result) == "mercredi 31 mars 2027"
    assert (view.step_title, view.step_href) == ("Voir ce qui se passe d’ici là", "/espace/contrat")


async def test_the_contract_s_page_leads_to_what_is_late_first(portal: Portal, clock: FixedClock) -> None:
    client = await in_force(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 5, 22), 9))
    running.run_with(portal)
    tab = await a_tab(portal, client)
    await tab.send(ContractState.load)
    step = tab.state(ContractState).view.step
    assert (step.title, step.href) == ("Régler ce qui est en retard", "/espace/factures")
    assert plain(step.text) == (
        "Le service est suspendu ; il se rétablit à l’instant où le règlement est enregistré."
    )

    await act(portal, client, a.SettleEverything())
    await tab.send(ContractState.load)
    assert tab.state(ContractState).view.step.href == "/espace/resiliation"
    running.run_with(None)
