"""CGV art. 10.2 and 10.3: what the bank says, carried into contracts, once, in any order, and nothing of it lost."""

import random
from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
import sqlalchemy as sa

from portal.contract import acts as a
from portal.contract.acts import FIRST
from portal.contract.arrears import dues
from portal.contract.refusal import Refusal
from portal.contract.state import Collection, Payment, Relationship
from portal.records.billing_tables import bank_messages
from portal.records.tables import events, outbox
from portal.services import bank as bank_service
from portal.services import kept_files, parking
from portal.services.bank import finish_messages, take_from_folder
from portal.services.bank_list import messages, pays, set_aside, waiting_lines
from portal.services.bank_transfers import numbers_in
from portal.services.collecting import collect
from portal.services.collection_reading import came_back
from portal.services.context import NotFound, Portal
from portal.services.mandates import Standing, own_mandates
from portal.services.outbox import deliver
from tests.clock import FixedClock
from tests.payments.bank_files import (
    Detail,
    Entry,
    GroupStatus,
    Status,
    notification,
    statement,
    status_report,
)
from tests.services.clients import ORIGIN, act, live_until, paris
from tests.services.collected import (
    FIRST_CENTS,
    FIRST_COLLECTED_ON,
    FIRST_COLLECTION,
    FIRST_FILE,
    FIRST_FILE_ON,
    FIRST_INVOICE,
    Subscriber,
    a_subscriber,
    first_collected,
    lines,
    standing,
    state_of,
    take,
    the_invoice,
)

OF_THE_BANK = ("payment_returned", "new_account_asked", "mandate_blocked")
OTHER_COLLECTION = "F-2026-0002-1"


def credit(name: str = FIRST_COLLECTION, cents: int = FIRST_CENTS, bank_reference: str = "C1") -> Entry:
    return Entry([Detail(name, cents, bank_reference=bank_reference)], booked_on=FIRST_COLLECTED_ON)


def taken_back(reason: str, name: str = FIRST_COLLECTION, day: date = date(2026, 3, 12)) -> Entry:
    detail = Detail(name, FIRST_CENTS, reason=reason, bank_reference=f"R-{reason}")
    return Entry([detail], side="DBIT", booked_on=day)


def rejection(reason: str, *names: str) -> bytes:
    statuses = [Status(name, reason, cents=FIRST_CENTS) for name in names or (FIRST_COLLECTION,)]
    return status_report(GroupStatus("G", statuses), message_id=f"CR-{reason}")


def transfer(wording: str, cents: int = FIRST_CENTS, bank_reference: str = "V1") -> Entry:
    detail = Detail(cents=cents, wording=wording, payer="ATELIER NORD", bank_reference=bank_reference)
    return Entry([detail], family="RCDT", booked_on=date(2026, 3, 9))


async def problems(portal: Portal, one: Subscriber) -> list[str]:
    found = await waiting_lines(portal, one.staff)
    return [line.problem.replace("\u00a0", " ").replace("\u202f", " ") for line in found]


async def written(portal: Portal) -> list[str]:
    async with portal.database.reading() as connection:
        query = sa.select(outbox.c.template).where(outbox.c.template.in_(OF_THE_BANK)).order_by(outbox.c.id)
        return list(await connection.scalars(query))


async def recorded(portal: Portal) -> list[tuple[str, int, str]]:
    async with portal.database.reading() as connection:
        query = sa.select(events.c.contract_id, events.c.seq, events.c.kind).order_by(
            events.c.contract_id, events.c.seq
        )
        return [tuple(row) for row in await connection.execute(query)]


# --- settled, rejected, taken back ---------------------------------------------------------------


async def test_a_credit_settles_the_invoice_and_brings_the_contract_into_force(
    portal: Portal, clock: FixedClock
) -> None:
    one = await first_collected(portal, clock)
    taken = await take(portal, one.staff, statement(credit()))
    assert (taken.lines, taken.new, taken.waiting) == (1, 1, 0)
    assert await standing(portal) == "settled"
    assert (await the_invoice(portal, one)).payment is Payment.SETTLED
    assert (await state_of(portal, one)).relationship is Relationship.ACTIVE
    assert await written(portal) == []


async def test_a_rejection_leaves_the_invoice_unpaid_and_is_told(portal: Portal, clock: FixedClock) -> None:
    one = await first_collected(portal, clock)
    await take(portal, one.staff, rejection("AM04"))
    assert await standing(portal) == "rejected"
    invoice = await the_invoice(portal, one)
    assert (invoice.payment, invoice.collection) == (Payment.OPEN, Collection.REJECTED)
    assert await written(portal) == ["payment_returned"]
    [back] = await came_back(portal, one.staff)
    assert back.reason is not None
    assert (back.invoice_number, back.reason.code) == (FIRST_INVOICE, "AM04")


@pytest.mark.parametrize(("reason", "kind"), [("AM04", "returned"), ("MD06", "refunded")])
async def test_what_was_credited_and_is_taken_back_is_unpaid_again(
    portal: Portal, clock: FixedClock, reason: str, kind: str
) -> None:
    one = await first_collected(portal, clock)
    await take(portal, one.staff, statement(credit()))
    clock.move_to(paris(date(2026, 3, 12), 9))
    await take(portal, one.staff, notification(taken_back(reason)))
    assert await standing(portal) == kind
    invoice = await the_invoice(portal, one)
    assert (invoice.collection, invoice.unpaid_cents) == (Collection.REFUNDED, FIRST_CENTS)
    assert await written(portal) == ["payment_returned"]


@pytest.mark.parametrize(
    ("reason", "template"),
    [("AC01", "new_account_asked"), ("AC04", "new_account_asked"), ("MD01", "mandate_blocked")],
)
async def test_some_reasons_stop_the_mandate_and_ask_for_another(
    portal: Portal, clock: FixedClock, reason: str, template: str
) -> None:
    one = await first_collected(portal, clock)
    await take(portal, one.staff, rejection(reason))
    [mandate] = await own_mandates(portal, one.client.viewer)
    assert (mandate.standing, mandate.blocked_at) == (Standing.BLOCKED, portal.now())
    assert await written(portal) == ["payment_returned", template]


async def test_a_fault_of_our_own_is_for_staff_to_look_at(portal: Portal, clock: FixedClock) -> None:
    one = await first_collected(portal, clock)
    await take(portal, one.staff, rejection("FF01"))
    assert await written(portal) == ["payment_returned"]
    [back] = await came_back(portal, one.staff)
    assert back.reason is not None
    assert back.reason.code == "FF01"


async def test_a_rejection_of_what_was_paid_otherwise_stops_the_mandate_only(
    portal: Portal, clock: FixedClock
) -> None:
    one = await first_collected(portal, clock)
    await act(portal, one.client, a.Settle(month=FIRST))
    await take(portal, one.staff, rejection("AC04"))
    assert (await the_invoice(portal, one)).payment is Payment.SETTLED
    [mandate] = await own_mandates(portal, one.client.viewer)
    assert mandate.standing is Standing.BLOCKED
    assert await problems(portal, one) == []


# --- whole groups --------------------------------------------------------------------------------


async def two_collected(portal: Portal, clock: FixedClock) -> tuple[Subscriber, Subscriber]:
    one = await a_subscriber(portal, clock)
    other = await a_subscriber(portal, clock, 1, one.staff)
    await deliver(portal)
    clock.move_to(paris(FIRST_FILE_ON, 9))
    await collect(portal)
    clock.move_to(paris(FIRST_COLLECTED_ON, 18))
    return one, other


@pytest.mark.parametrize("batch", [FIRST_FILE, f"{FIRST_FILE}-1"])
async def test_a_group_credited_in_one_line_settles_each_of_its_collections(
    portal: Portal, clock: FixedClock, batch: str
) -> None:
    one, other = await two_collected(portal, clock)
    await take(portal, one.staff, statement(Entry(cents=2 * FIRST_CENTS, batch=batch)))
    assert [await standing(portal, name) for name in (FIRST_COLLECTION, OTHER_COLLECTION)] == ["settled"] * 2
    assert (await state_of(portal, other)).relationship is Relationship.ACTIVE
    assert await problems(portal, one) == []


async def test_a_group_that_is_credited_for_less_waits_for_the_rejection_that_explains_it(
    portal: Portal, clock: FixedClock
) -> None:
    one, _ = await two_collected(portal, clock)
    await take(portal, one.staff, statement(Entry(cents=FIRST_CENTS, batch=FIRST_FILE)))
    assert [await standing(portal, name) for name in (FIRST_COLLECTION, OTHER_COLLECTION)] == ["open"] * 2
    [problem] = await problems(portal, one)
    assert "294,00" in problem
    assert "588,00" in problem
    await take(portal, one.staff, rejection("AM04", OTHER_COLLECTION))
    assert await standing(portal) == "settled"
    assert await standing(portal, OTHER_COLLECTION) == "rejected"
    assert await problems(portal, one) == []


async def test_a_file_that_the_bank_rejects_whole_rejects_each_of_its_collections(
    portal: Portal, clock: FixedClock
) -> None:
    one, _ = await two_collected(portal, clock)
    await take(portal, one.staff, status_report(original=FIRST_FILE, group_status="RJCT", reason="FF01"))
    assert [await standing(portal, name) for name in (FIRST_COLLECTION, OTHER_COLLECTION)] == ["rejected"] * 2


@pytest.mark.parametrize("batch", ["PRLV-20260310-7", f"{FIRST_FILE}-2", f"{FIRST_FILE}-0", "AUTRE"])
async def test_a_group_of_somebody_else_waits_for_a_person(
    portal: Portal, clock: FixedClock, batch: str
) -> None:
    one = await first_collected(portal, clock)
    await take(portal, one.staff, statement(Entry(cents=FIRST_CENTS, batch=batch)))
    [problem] = await problems(portal, one)
    assert batch in problem


# --- transfers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wording", "numbers"),
    [
        ("Facture F-2026-0001", ("F-2026-0001",)),
        ("f 2026 0001 merci", ("F-2026-0001",)),
        ("FACT F20260001", ("F-2026-0001",)),
        ("F-2026-1, F/2026/0012", ("F-2026-0001", "F-2026-0012")),
        ("F-2026-0001 F-2026-0001", ("F-2026-0001",)),
        ("F-2026-12345", ("F-2026-12345",)),
        ("REF F-2026-0001-1", ("F-2026-0001",)),
        ("ACF 2026 0001", ()),
        ("CT-2026-0001", ()),
        ("loyer mars", ()),
        ("", ()),
    ],
)
def test_invoices_are_read_as_people_type_them(wording: str, numbers: tuple[str, ...]) -> None:
    assert numbers_in(wording) == numbers


async def test_a_transfer_of_the_exact_amount_settles_the_invoice_it_names(
    portal: Portal, clock: FixedClock
) -> None:
    one = await a_subscriber(portal, clock)
    clock.move_to(paris(date(2026, 3, 9), 18))
    await take(portal, one.staff, statement(transfer("Règlement F 2026 0001")))
    assert (await the_invoice(portal, one)).payment is Payment.SETTLED
    assert await problems(portal, one) == []


@pytest.mark.parametrize(
    ("wording", "cents", "says"),
    [
        ("Règlement mars", FIRST_CENTS, "Aucune facture"),
        ("F-2026-0001", FIRST_CENTS - 1, "n’est ni ce qui reste"),
        ("F-2026-0001", FIRST_CENTS + 1, "n’est ni ce qui reste"),
        ("F-2026-0099", FIRST_CENTS, "Aucune facture"),
        ("CT-2026-0001", FIRST_CENTS - 1, "n’est ni ce qui reste"),
    ],
)
async def test_a_transfer_that_is_not_sure_waits_for_a_person(
    portal: Portal, clock: FixedClock, wording: str, cents: int, says: str
) -> None:
    one = await a_subscriber(portal, clock)
    await take(portal, one.staff, statement(transfer(wording, cents)))
    [problem] = await problems(portal, one)
    assert says in problem
    assert (await the_invoice(portal, one)).paid_cents == 0


@pytest.mark.parametrize("names", ["an invoice", "the contract"])
async def test_a_transfer_of_all_that_is_due_settles_everything(
    portal: Portal, clock: FixedClock, names: str
) -> None:
    one = await first_collected(portal, clock)
    await take(portal, one.staff, statement(credit()))
    await live_until(portal, clock, one.client, paris(date(2026, 4, 14), 10))
    state = await state_of(portal, one)
    total = sum(due.total_cents for due in dues(state, portal.now()))
    late = next(invoice for invoice in state.invoices if invoice.unpaid_cents)
    assert total > late.unpaid_cents
    named = {"an invoice": late.number, "the contract": "ct 2026 0001"}[names]
    await take(portal, one.staff, statement(transfer(named, total)))
    assert dues(await state_of(portal, one), portal.now()) == ()


async def test_a_transfer_that_names_the_contract_settles_the_one_invoice_of_its_amount(
    portal: Portal, clock: FixedClock
) -> None:
    one = await a_subscriber(portal, clock)
    await take(portal, one.staff, statement(transfer("CT-2026-0001")))
    assert (await the_invoice(portal, one)).payment is Payment.SETTLED


async def test_a_transfer_that_names_invoices_of_two_clients_waits(portal: Portal, clock: FixedClock) -> None:
    one, _ = await two_collected(portal, clock)
    await take(portal, one.staff, statement(transfer("F-2026-0001 et F-2026-0002", 2 * FIRST_CENTS)))
    assert ["nomme plusieurs clients" in problem for problem in await problems(portal, one)] == [True]


async def test_a_collection_credited_after_a_transfer_paid_it_is_not_lost(
    portal: Portal, clock: FixedClock
) -> None:
    one = await first_collected(portal, clock)
    await take(portal, one.staff, statement(transfer(FIRST_INVOICE), message_id="A"))
    await take(portal, one.staff, statement(credit(), message_id="B"))
    [problem] = await problems(portal, one)
    assert "294,00 € perçus en trop" in problem
    await take(portal, one.staff, notification(taken_back("MD06")))
    # The transfer still pays the invoice: what was taken back is what was received twice.
    assert (await the_invoice(portal, one)).payment is Payment.SETTLED
    assert await standing(portal) == "refunded"
    assert len(await problems(portal, one)) == 2


async def test_the_credit_of_a_bank_with_codes_of_its_own_is_known_by_its_name(
    portal: Portal, clock: FixedClock
) -> None:
    one = await first_collected(portal, clock)
    await take(portal, one.staff, statement(Entry([Detail(FIRST_COLLECTION, FIRST_CENTS)], family="")))
    assert await standing(portal) == "settled"


# --- any order, three times ----------------------------------------------------------------------


MESSAGES = (
    statement(credit(), transfer("Loyer", 1_00), message_id="RELEVE"),
    notification(credit(), message_id="AVIS"),
    notification(taken_back("AM04"), message_id="RETOUR"),
)


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_messages_in_any_order_lead_to_the_same(
    portal: Portal, clock: FixedClock, order: tuple[int, ...]
) -> None:
    one = await first_collected(portal, clock)
    for index in order:
        await take(portal, one.staff, MESSAGES[index])
    invoice = await the_invoice(portal, one)
    assert (await standing(portal), invoice.collection, invoice.unpaid_cents) == (
        "returned",
        Collection.REFUNDED,
        FIRST_CENTS,
    )
    assert [problem for problem in await problems(portal, one) if "Aucune facture" not in problem] == []


async def test_every_message_three_times_changes_nothing(portal: Portal, clock: FixedClock) -> None:
    one, _ = await two_collected(portal, clock)
    said = [
        *MESSAGES,
        rejection("MD01", OTHER_COLLECTION),
        statement(transfer("F-2026-0002"), message_id="V"),
    ]
    for content in said:
        await take(portal, one.staff, content)
    before = (await recorded(portal), await lines(portal), await written(portal))
    again = said * 2
    random.Random(7).shuffle(again)  # noqa: S311 -- an order, no secret
    for content in again:
        assert (await take(portal, one.staff, content)).new == 0
    assert (await recorded(portal), await lines(portal), await written(portal)) == before


async def test_a_message_left_half_done_is_gone_on_with(
    portal: Portal, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await two_collected(portal, clock)
    content = statement(credit(), credit(OTHER_COLLECTION, bank_reference="C2"))
    apply_one = bank_service._apply_one
    done = 0

    async def stopping(*arguments: object) -> object:
        nonlocal done
        if done == 1:
            raise KeyboardInterrupt
        done += 1
        return await apply_one(*arguments)  # type: ignore[arg-type]  # passed on as they came

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(bank_service, "_apply_one", stopping)
        await take(portal, one.staff, content)
    assert await standing(portal, OTHER_COLLECTION) == "open"
    assert await finish_messages(portal) == 1
    assert await standing(portal, OTHER_COLLECTION) == "settled"
    assert (await state_of(portal, other)).relationship is Relationship.ACTIVE
    assert await finish_messages(portal) == 0


async def test_a_contract_that_is_stopped_keeps_its_lines_for_later(
    portal: Portal, clock: FixedClock
) -> None:
    one = await first_collected(portal, clock)
    breach = parking.Breach(one.client.contract_id, ("an invariant",))
    async with portal.database.transaction() as connection:
        await parking.park(connection, breach, at=portal.now(), machine_now=portal.machine_now())
    await take(portal, one.staff, statement(credit()))
    assert len(await problems(portal, one)) == 1
    async with portal.database.transaction() as connection:
        await parking.release(connection, one.client.contract_id)
    await take(portal, one.staff, statement(transfer("Loyer", 1), message_id="SUIVANT"))
    assert await standing(portal) == "settled"


async def test_what_contradicts_what_is_known_waits_for_a_person(portal: Portal, clock: FixedClock) -> None:
    one = await first_collected(portal, clock)
    await take(portal, one.staff, rejection("AM04"))
    await take(portal, one.staff, statement(credit()))
    await take(portal, one.staff, notification(taken_back("AM04")))
    assert await standing(portal) == "rejected"
    assert len(await problems(portal, one)) == 2
    assert (await the_invoice(portal, one)).paid_cents == 0


async def test_a_line_of_another_amount_or_of_nobody_waits(portal: Portal, clock: FixedClock) -> None:
    one = await first_collected(portal, clock)
    await take(portal, one.staff, statement(credit(cents=1), credit("INCONNU-1", bank_reference="X")))
    assert await standing(portal) == "open"
    found = sorted(await problems(portal, one))
    assert ["0,01" in found[1], "nôtres" in found[0]] == [True, True]


# --- the staff's list ----------------------------------------------------------------------------


async def test_a_person_says_what_money_received_pays(portal: Portal, clock: FixedClock) -> None:
    one = await a_subscriber(portal, clock)
    await take(portal, one.staff, statement(transfer("Acompte", 100_00), transfer("Solde", 194_00, "V2")))
    part, rest = sorted(await waiting_lines(portal, one.staff), key=lambda line: line.amount_cents)
    assert (part.wording, part.party, part.can_pay) == ("Acompte", "ATELIER NORD", True)
    for _ in range(2):
        await pays(portal, one.staff, part.id, "f-2026-0001", "Vu avec le client", ORIGIN)
    assert (await the_invoice(portal, one)).unpaid_cents == 194_00
    await pays(portal, one.staff, rest.id, FIRST_INVOICE, "Vu avec le client", ORIGIN)
    assert (await the_invoice(portal, one)).payment is Payment.SETTLED
    assert await waiting_lines(portal, one.staff) == ()


@pytest.mark.parametrize(
    ("number", "reason", "code"),
    [
        ("F-2026-0099", "Vu avec le client", "invoice_unknown"),
        ("", "Vu avec le client", "invoice_unknown"),
        (FIRST_INVOICE, " ", "reason_missing"),
        (FIRST_INVOICE, "x" * 501, "reason_missing"),
        (FIRST_INVOICE, "Vu avec le client", "amount_exceeds_due"),
    ],
)
async def test_what_cannot_be_said_of_a_line_changes_nothing(
    portal: Portal, clock: FixedClock, number: str, reason: str, code: str
) -> None:
    one = await a_subscriber(portal, clock)
    await take(portal, one.staff, statement(transfer("Trop", 300_00)))
    [line] = await waiting_lines(portal, one.staff)
    with pytest.raises(Refusal) as caught:
        await pays(portal, one.staff, line.id, number, reason, ORIGIN)
    assert caught.value.code == code
    assert len(await waiting_lines(portal, one.staff)) == 1
    assert (await the_invoice(portal, one)).paid_cents == 0


async def test_a_line_is_set_aside_with_a_reason(portal: Portal, clock: FixedClock) -> None:
    one = await first_collected(portal, clock)
    await take(portal, one.staff, notification(taken_back("AM04", "INCONNU-1")))
    [line] = await waiting_lines(portal, one.staff)
    assert not line.can_pay
    with pytest.raises(Refusal) as caught:
        await pays(portal, one.staff, line.id, FIRST_INVOICE, "Vu avec le client", ORIGIN)
    assert caught.value.code == "not_received"
    for _ in range(2):
        await set_aside(portal, one.staff, line.id, "Client d’une autre société", ORIGIN)
    [kept] = await lines(portal)
    assert (kept.standing, kept.resolution) == ("resolved", "Client d’une autre société")
    await take(portal, one.staff, notification(taken_back("AM04", "INCONNU-1"), message_id="ENCORE"))
    assert await waiting_lines(portal, one.staff) == ()


async def test_only_staff_take_messages_and_read_them(portal: Portal, clock: FixedClock) -> None:
    one = await first_collected(portal, clock)
    await take(portal, one.staff, statement(transfer("Loyer")))
    [line] = await waiting_lines(portal, one.staff)
    for asked in (
        take(portal, one.client.viewer, statement(credit())),
        messages(portal, one.client.viewer),
        waiting_lines(portal, one.client.viewer),
        pays(portal, one.client.viewer, line.id, FIRST_INVOICE, "Vu", ORIGIN),
        set_aside(portal, one.client.viewer, line.id, "Vu", ORIGIN),
        set_aside(portal, one.staff, "no such line", "Vu avec lui", ORIGIN),
    ):
        with pytest.raises(NotFound):
            await asked
    assert await standing(portal) == "open"


async def test_a_message_is_kept_as_it_came(portal: Portal, clock: FixedClock) -> None:
    one = await first_collected(portal, clock)
    content = statement(credit())
    await take(portal, one.staff, content, "relevé du 10.xml")
    [message] = await messages(portal, one.staff)
    assert (message.name, message.kind, message.lines, message.waiting) == (
        "relevé du 10.xml",
        "camt.053",
        1,
        0,
    )
    assert message.finished_at == portal.now()
    async with portal.database.reading() as connection:
        key = await connection.scalar(sa.select(bank_messages.c.file_key))
    assert await kept_files.read(portal, str(key)) == content


async def test_a_refused_file_leaves_nothing(portal: Portal, clock: FixedClock) -> None:
    one = await first_collected(portal, clock)
    for content in (
        b"",
        b"%PDF",
        statement(credit())[:-40],
        statement(credit(), iban="FR1420041010050500013M02606"),
    ):
        with pytest.raises(Refusal):
            await take(portal, one.staff, content)
    assert await messages(portal, one.staff) == ()
    assert await standing(portal) == "open"


async def test_what_the_bank_wrote_beside_a_movement_is_not_readable_in_the_database(
    portal: Portal, clock: FixedClock
) -> None:
    one = await first_collected(portal, clock)
    await take(portal, one.staff, statement(transfer("Loyer de Mme Durand")))
    [kept] = await lines(portal)
    assert b"Durand" not in kept.reference
    assert b"ATELIER" not in kept.reference


# --- the bank's folder ---------------------------------------------------------------------------


async def test_the_bank_s_folder_is_read_and_cleared(portal: Portal, clock: FixedClock) -> None:
    await first_collected(portal, clock)
    folder = portal.settings.data / "from-the-bank"
    folder.mkdir()
    (folder / "1-releve.xml").write_bytes(statement(credit()))
    (folder / "2-releve.pdf").write_bytes(b"%PDF")
    assert await take_from_folder(portal) == 0
    with_folder = replace(portal, settings=portal.settings.model_copy(update={"bank_inbox": folder}))
    assert await take_from_folder(with_folder) == 2
    assert await standing(portal) == "settled"
    assert sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()) == [
        "lus/1-releve.xml",
        "refuses/2-releve.pdf",
        "refuses/2-releve.pdf.txt",
    ]
    assert "camt.053" in (folder / "refuses" / "2-releve.pdf.txt").read_text(encoding="utf-8")
    assert await take_from_folder(with_folder) == 0
