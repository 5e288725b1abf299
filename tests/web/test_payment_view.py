"""What `/espace/paiement` says, and how another account takes the place of the first (CGV art. 10.2)."""

from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.acts import Piece
from portal.records.billing_tables import mandates
from portal.services.context import Portal, Viewer
from portal.services.dossiers import own_dossier
from portal.services.examining import accept, queue
from portal.services.ledgers import own_ledger
from portal.services.mandates import block, own_mandates
from portal.web import running
from portal.web.client.iban_words import TYPED
from portal.web.client.payment_state import PaymentState
from portal.web.client.payment_view import PaymentView, payment_view
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_trial, act, live_until, paris
from tests.services.dossier_lives import a_colleague
from tests.services.paying_lives import in_force
from tests.services.subscribing import OTHER_IBAN, documents, send, signed
from tests.web.events import a_tab
from tests.web.test_invoices_view import plain, told

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


async def shown(portal: Portal, client: Client) -> PaymentView:
    return payment_view(
        await own_ledger(portal, client.viewer),
        await own_dossier(portal, client.viewer),
        await own_mandates(portal, client.viewer),
    )


async def with_mandate(portal: Portal, clock: FixedClock) -> tuple[Client, Viewer]:
    clock.move_to(paris(date(2026, 3, 2), 9))
    nina = await a_colleague(portal)
    return await in_force(portal, clock, staff=nina), nina


@pytest.fixture(autouse=True)
def _running(portal: Portal) -> Iterator[None]:
    running.run_with(portal)
    yield
    running.run_with(None)


async def test_before_a_mandate_the_page_says_when_there_will_be_one(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 3, 3), 10))
    view = await shown(portal, client)
    assert view.is_empty
    assert (view.may_change, view.is_changing, view.to_come, view.past) == (False, False, [], [])


async def test_a_mandate_has_its_reference_its_masked_account_and_its_lapse(
    portal: Portal, clock: FixedClock
) -> None:
    client, _ = await with_mandate(portal, clock)
    view = await shown(portal, client)
    card = view.mandate
    assert (card.reference, card.standing, card.tone) == ("CT-2026-0001-M1", "En vigueur", "done")
    assert card.account.endswith("0189")
    assert "30006000011234567890" not in str(view)
    assert told(card.dates)[-1] == ("Caduc après le", "lundi 26 mars 2029")
    assert card.dates[-1].why.clause == "10.2"
    assert (view.may_change, view.is_changing) == (True, False)


async def test_collections_to_come_have_their_day_and_their_reason(portal: Portal, clock: FixedClock) -> None:
    client, _ = await with_mandate(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 4, 21), 10))
    view = await shown(portal, client)
    assert told(view.to_come) == [
        ("jeudi 30 avril 2026", "470,40 €"),
        ("vendredi 29 mai 2026", "470,40 €"),
        ("mardi 30 juin 2026", "470,40 €"),
        ("vendredi 31 juillet 2026", "470,40 €"),
    ]
    assert [one.why.clause for one in view.to_come] == ["10.2"] * 4
    assert [[plain(also.result) for also in one.why.also] for one in view.to_come] == [
        ["jeudi 30 avril 2026", "470,40 €"],
        *[["470,40 €"]] * 3,
    ]
    assert plain(view.to_come[0].why.also[0].starting_point) == "émission de la facture : lundi 20 avril 2026"
    assert plain(view.to_come[0].note) == "F-2026-0002, mai 2026, annoncé par la facture du 20 avril 2026"
    assert plain(view.to_come[1].note) == "Facture de juin 2026, prévue, pas encore émise"


async def test_past_payments_and_returns_name_their_invoice(portal: Portal, clock: FixedClock) -> None:
    client, _ = await with_mandate(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 4, 30), 10))
    await act(portal, client, a.Settle(month="2026-05"))
    clock.move_to(paris(date(2026, 5, 13), 10))
    await act(portal, client, a.ReturnPayment(month="2026-05", kind="refund"))
    view = await shown(portal, client)
    assert told(view.past)[:2] == [
        ("Prélèvement repris par la banque · F-2026-0002, mai 2026", "−470,40 €"),
        ("Règlement reçu · F-2026-0002, mai 2026", "470,40 €"),
    ]
    assert [[plain(also.result) for also in one.why.also] for one in view.past[:2]] == [["470,40 €"]] * 2
    assert view.arrears != ""


async def test_a_blocked_mandate_comes_first_and_asks_for_a_new_one(
    portal: Portal, clock: FixedClock
) -> None:
    client, _ = await with_mandate(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 4, 21), 10))
    await portal.transact(
        lambda connection: block(connection, "CT-2026-0001-M1", "MD01", paris(date(2026, 4, 21), 9))
    )
    view = await shown(portal, client)
    assert view.is_late
    assert plain(view.headline) == "Votre mandat est bloqué : signez-en un nouveau"
    assert "aucun mandat" in view.mandate.problem
    assert (view.is_changing, view.to_come) == (True, [])


async def test_a_mandate_that_was_not_used_for_three_years_has_lapsed(
    portal: Portal, clock: FixedClock
) -> None:
    client, _ = await with_mandate(portal, clock)

    async def long_ago(connection: AsyncConnection) -> None:
        await connection.execute(sa.update(mandates).values(signed_on=date(2023, 3, 1)))

    await portal.transact(long_ago)
    view = await shown(portal, client)
    assert (view.mandate.standing, view.is_late) == ("Caduc", True)
    assert "mercredi 1er mars 2026" not in plain(view.lead)
    assert "dimanche 1er mars 2026" in plain(view.lead)


async def test_another_account_is_printed_signed_examined_and_takes_the_first_one_s_place(
    portal: Portal, clock: FixedClock
) -> None:
    client, nina = await with_mandate(portal, clock)
    await live_until(portal, clock, client, paris(date(2026, 4, 21), 10))
    tab = await a_tab(portal, client)
    await tab.send(PaymentState.load)
    await tab.send(PaymentState.change)
    assert tab.state(PaymentState).is_open
    await tab.send(PaymentState.save_account, {"holder": "Atelier Nord", "iban": "FR76 3000", "bic": ""})
    assert "iban" in tab.state(PaymentState).errors
    assert tab.state(PaymentState).typed["holder"] == "Atelier Nord"

    await tab.send(PaymentState.save_account, {"holder": "Atelier", "iban": OTHER_IBAN, "bic": "AGRIFRPPXXX"})
    assert set(tab.state(PaymentState).errors) == {"bic"}
    await tab.send(PaymentState.save_account, {"holder": "Atelier Nord", "iban": OTHER_IBAN, "bic": ""})
    changing = tab.state(PaymentState).view
    assert (tab.state(PaymentState).is_open, changing.is_changing) == (False, True)
    assert told(changing.new_account)[1] == ("Compte", "FR14 •••• •••• 2606")
    assert changing.printed == ""
    # Until it is accepted, what is collected is collected from the first account.
    assert changing.mandate.reference == "CT-2026-0001-M1"
    assert await queue(portal, nina) == ()

    await send(portal, client, Piece.MANDATE, await signed(portal, client, Piece.MANDATE))
    assert plain((await shown(portal, client)).printed) == "impression n° 2, du 21 avril 2026"
    [waiting] = await queue(portal, nina)
    assert (waiting.contract_id, waiting.pieces) == (client.contract_id, (Piece.MANDATE,))
    document = (await documents(portal, client))[Piece.MANDATE]
    await accept(portal, nina, client.contract_id, Piece.MANDATE, document, ORIGIN)

    await tab.send(PaymentState.refresh)
    done = tab.state(PaymentState).view
    assert (done.mandate.reference, done.mandate.standing) == ("CT-2026-0001-M2", "En vigueur")
    assert [(one.reference, one.standing) for one in done.earlier] == [("CT-2026-0001-M1", "Remplacé")]
    assert (done.is_changing, await queue(portal, nina)) == (False, ())
    assert len(done.to_come) == 4


async def test_an_iban_is_judged_while_it_is_typed(portal: Portal, clock: FixedClock) -> None:
    client, _ = await with_mandate(portal, clock)
    tab = await a_tab(portal, client)
    await tab.send(PaymentState.check_iban, TYPED, OTHER_IBAN)
    assert tab.state(PaymentState).iban.tone == "right"
    await tab.send(PaymentState.check_iban, TYPED, "FR14 2004 1010 0505 0001 3M02 607")
    assert tab.state(PaymentState).iban.tone == "wrong"
    await tab.send(PaymentState.check_iban, TYPED, "FR14")
    assert tab.state(PaymentState).iban.words == ""
    await tab.send(PaymentState.change)
    await tab.send(PaymentState.keep)
    assert not tab.state(PaymentState).is_open
