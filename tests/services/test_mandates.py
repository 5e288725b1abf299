"""CGV art. 10.2: the mandate that is collected under, from its accepted paper to the one that replaces it."""

from datetime import date

import pytest
import sqlalchemy as sa

from portal.contract import acts as a
from portal.contract.acts import FIRST, Piece
from portal.contract.refusal import Refusal
from portal.records.billing_tables import mandates
from portal.services.collecting import collect
from portal.services.collection_reading import own_collections
from portal.services.context import Portal
from portal.services.dossier_forms import read_account_form
from portal.services.dossier_saving import save_account
from portal.services.examining import accept, validate_identity
from portal.services.invoice_papers import facts_of
from portal.services.mandates import Standing, block, iban_of_mandate, own_mandates
from portal.services.outbox import deliver
from portal.services.papers import paper
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, act, live_until, paris
from tests.services.collected import FIRST_INVOICE, Subscriber, a_sent_dossier, a_subscriber, first_collected
from tests.services.subscribing import IBAN, OTHER_IBAN, documents, send, signed

FIRST_MANDATE, SECOND_MANDATE = "CT-2026-0001-M1", "CT-2026-0001-M2"


async def in_force(portal: Portal, clock: FixedClock) -> Subscriber:
    one = await first_collected(portal, clock)
    await act(portal, one.client, a.Settle(month=FIRST))
    return one


async def give_account(portal: Portal, one: Subscriber, iban: str = OTHER_IBAN) -> None:
    form = read_account_form({"holder": "Atelier Nord SAS", "iban": iban, "bic": ""})
    await save_account(portal, one.client.viewer, form, ORIGIN)


async def test_a_mandate_is_taken_up_with_the_account_of_its_own_printing(
    portal: Portal, clock: FixedClock
) -> None:
    one = await a_subscriber(portal, clock)
    [mandate] = await own_mandates(portal, one.client.viewer)
    assert (mandate.reference, mandate.standing, mandate.signed_on) == (
        FIRST_MANDATE,
        Standing.GOOD,
        date(2026, 3, 3),
    )
    assert mandate.iban_hint.endswith("0189")
    assert mandate.lapse.day == date(2029, 3, 3)
    async with portal.database.reading() as connection:
        sealed = await connection.scalar(sa.select(mandates.c.iban))
    assert IBAN.replace(" ", "").encode() not in bytes(sealed or b"")
    assert iban_of_mandate(portal, FIRST_MANDATE, bytes(sealed or b"")) == IBAN.replace(" ", "")


async def test_the_invoice_that_an_acceptance_issues_names_the_mandate(
    portal: Portal, clock: FixedClock
) -> None:
    one = await a_sent_dossier(portal, clock)
    await accept(portal, one.staff, one.client.contract_id, Piece.CONTRACT, "contract-1", ORIGIN)
    await validate_identity(portal, one.staff, one.client.contract_id, ORIGIN)
    for piece in (Piece.KBIS, Piece.MANDATE):
        await accept(portal, one.staff, one.client.contract_id, piece, f"{piece}-1", ORIGIN)
    async with portal.database.reading() as connection:
        debit = (await facts_of(portal, connection, FIRST_INVOICE)).direct_debit
    assert debit is not None
    assert (debit.mandate, debit.account[-4:]) == (FIRST_MANDATE, "0189")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_another_account_is_another_mandate_and_the_first_collection_of_its_own(
    portal: Portal, clock: FixedClock
) -> None:
    one = await in_force(portal, clock)
    await give_account(portal, one)
    await send(portal, one.client, Piece.MANDATE, await signed(portal, one.client, Piece.MANDATE))
    # Until it is accepted, the first one is collected under.
    assert [each.reference for each in await own_mandates(portal, one.client.viewer)] == [FIRST_MANDATE]
    document = (await documents(portal, one.client))[Piece.MANDATE]
    await accept(portal, one.staff, one.client.contract_id, Piece.MANDATE, document, ORIGIN)
    second, first = await own_mandates(portal, one.client.viewer)
    assert (second.reference, second.standing, first.standing) == (
        SECOND_MANDATE,
        Standing.GOOD,
        Standing.REPLACED,
    )
    assert second.iban_hint.endswith("2606")
    await live_until(portal, clock, one.client, paris(date(2026, 3, 27), 9))
    await deliver(portal)
    await collect(portal)
    latest, _ = await own_collections(portal, one.client.viewer)
    assert latest.mandate_reference == SECOND_MANDATE


async def test_the_same_paper_signed_anew_goes_on_and_forgets_what_blocked_it(
    portal: Portal, clock: FixedClock
) -> None:
    one = await in_force(portal, clock)
    async with portal.database.transaction() as connection:
        await block(connection, FIRST_MANDATE, "MD01", portal.now())
    await act(portal, one.client, a.SubmitDocument(piece=Piece.MANDATE, document="mandate-2"))
    await accept(portal, one.staff, one.client.contract_id, Piece.MANDATE, "mandate-2", ORIGIN)
    [mandate] = await own_mandates(portal, one.client.viewer)
    assert (mandate.reference, mandate.standing) == (FIRST_MANDATE, Standing.GOOD)
    assert mandate.last_presented_on == date(2026, 3, 10)


async def test_a_withdrawn_mandate_is_shown_as_such(portal: Portal, clock: FixedClock) -> None:
    one = await in_force(portal, clock)
    await act(portal, one.client, a.WithdrawMandate())
    [mandate] = await own_mandates(portal, one.client.viewer)
    assert mandate.standing is Standing.WITHDRAWN


async def test_an_account_changes_before_the_mandate_is_accepted_or_once_the_contract_is_in_force(
    portal: Portal, clock: FixedClock
) -> None:
    one = await a_subscriber(portal, clock)
    with pytest.raises(Refusal) as caught:
        await give_account(portal, one)
    assert caught.value.code == "dossier_accepted"
    await act(portal, one.client, a.Settle(month=FIRST))
    await give_account(portal, one)
    await paper(portal, one.client.viewer, Piece.MANDATE, ORIGIN)
    [mandate] = await own_mandates(portal, one.client.viewer)
    assert mandate.reference == FIRST_MANDATE
