"""Staff examine a dossier (CGV art. 8): from three pieces to a contract in force, each decision once."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.refusal import Refusal
from portal.contract.state import Examination, Relationship
from portal.services import examining
from portal.services.calendar import sweep
from portal.services.context import NotFound, Portal, Role, Viewer
from portal.services.dossiers import any_dossier, own_dossier
from portal.services.examining import accept, queue, refuse, validate_identity
from portal.services.first_month import first_month
from portal.services.first_transfer import record_transfer
from portal.services.reading import own_contract
from portal.services.refusal_reasons import READY_REASONS, as_read
from portal.web.staff.dossier_views import bars, waiting_row
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_trial, live_until, paris
from tests.services.dossier_lives import a_colleague
from tests.services.subscribing import (
    OTHER_IBAN,
    a_subscribing_client,
    blank_page,
    documents,
    give_facts,
    kbis,
    send,
    send_all,
    signed,
)

START = paris(date(2026, 3, 3), 10)
UNSIGNED, *_ = READY_REASONS[Piece.CONTRACT]


@pytest.fixture
async def nina(portal: Portal) -> Viewer:
    return await a_colleague(portal)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    return await a_subscribing_client(portal, clock, START, option_training="2", option_storage="1")


async def validate(portal: Portal, client: Client, staff: Viewer) -> None:
    """Accept what was sent and validate the identity."""
    for piece, document in (await documents(portal, client)).items():
        await accept(portal, staff, client.contract_id, piece, document, ORIGIN)
    await validate_identity(portal, staff, client.contract_id, ORIGIN)


async def happened(portal: Portal, client: Client) -> list[str]:
    return [one.event.kind for one in (await own_contract(portal, client.viewer)).events]


async def test_a_clean_dossier_comes_into_force(
    portal: Portal, clock: FixedClock, client: Client, nina: Viewer
) -> None:
    await send_all(portal, client)
    clock.move_to(START + timedelta(hours=2))
    await validate(portal, client, nina)
    dossier = await own_dossier(portal, client.viewer)
    asked = first_month(portal.settings, dossier.contract.state)
    assert asked is not None
    assert (asked.invoice.number, asked.invoice.gross_cents) == ("F-2026-0001", 29_400)
    assert asked.collection.day == date(2026, 3, 10)
    assert asked.transfer.reference == "F-2026-0001"
    assert asked.transfer.iban.startswith("FR76")

    clock.move_to(START + timedelta(days=3))
    await record_transfer(portal, nina, client.contract_id, date(2026, 3, 5), ORIGIN)
    contract = await own_contract(portal, client.viewer)
    assert contract.state.relationship is Relationship.ACTIVE
    assert await happened(portal, client) == [
        "account_created",
        "terms_accepted",
        "trial_started",
        "service_opened",
        "user_registered",
        "document_received",
        "document_received",
        "document_received",
        "document_accepted",
        "document_accepted",
        "document_accepted",
        "identity_validated",
        "invoice_issued",
        "payment_settled",
        "contract_in_force",
        "option_ordered",
        "option_ordered",
    ]
    ordered = [one.event for one in contract.events if isinstance(one.event, e.OptionOrdered)]
    assert [(one.code, one.quantity) for one in ordered] == [("storage", 1), ("training", 2)]
    dossier = await own_dossier(portal, client.viewer)
    assert (dossier.number, contract.state.in_force_on) == ("CT-2026-0001", date(2026, 3, 6))


async def test_each_decision_twice_is_one(portal: Portal, client: Client, nina: Viewer) -> None:
    await send_all(portal, client)
    for _ in range(2):
        await validate(portal, client, nina)
    for _ in range(2):
        await record_transfer(portal, nina, client.contract_id, date(2026, 3, 3), ORIGIN)
    kinds = await happened(portal, client)
    for once in ("identity_validated", "invoice_issued", "payment_settled", "contract_in_force"):
        assert kinds.count(once) == 1, once
    assert kinds.count("document_accepted") == len(Piece)


async def test_a_refused_piece_is_sent_again_and_its_versions_are_kept(
    portal: Portal, client: Client, nina: Viewer
) -> None:
    first = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 2)))
    company, *_ = READY_REASONS[Piece.KBIS]
    await refuse(portal, nina, client.contract_id, Piece.KBIS, first, company, " La société mère. ", ORIGIN)
    refused = (await own_dossier(portal, client.viewer)).version(first)
    assert refused is not None
    assert (refused.examination, refused.reason, refused.remark) == (
        Examination.REFUSED,
        "company",
        "La société mère.",
    )
    assert as_read(refused.reason, refused.remark) == f"{company.text} La société mère. {company.remedy}"

    second = await send(portal, client, Piece.KBIS, kbis(date(2026, 3, 2)))
    await accept(portal, nina, client.contract_id, Piece.KBIS, second, ORIGIN)
    dossier = await any_dossier(portal, nina, client.contract_id)
    assert [(one.id, one.examination) for one in dossier.versions if one.id == second] == [
        (second, Examination.ACCEPTED)
    ]
    assert {one.id for one in dossier.versions} == {first, second}
    # What was said of the first stays beside it.
    told = dossier.version(first)
    assert told is not None
    assert (told.examination, told.reason, told.remark) == (None, "company", "La société mère.")


async def test_a_file_that_was_refused_and_comes_back_is_examined_anew(
    portal: Portal, client: Client, nina: Viewer
) -> None:
    """What was said of it before stands beside it no more: nothing is decided of it yet."""
    first = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 2)))
    company, *_ = READY_REASONS[Piece.KBIS]
    await refuse(portal, nina, client.contract_id, Piece.KBIS, first, company, "La mère.", ORIGIN)
    await send(portal, client, Piece.KBIS, kbis(date(2026, 3, 2)))
    assert await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 2))) == first
    again = (await own_dossier(portal, client.viewer)).current(Piece.KBIS)
    assert again is not None
    assert (again.id, again.examination, again.reason, again.remark) == (first, Examination.RECEIVED, "", "")


async def test_a_version_replaced_meanwhile_is_not_decided_on(
    portal: Portal, client: Client, nina: Viewer
) -> None:
    first = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 2)))
    await send(portal, client, Piece.KBIS, kbis(date(2026, 3, 2)))
    with pytest.raises(Refusal, match="piece_replaced"):
        await accept(portal, nina, client.contract_id, Piece.KBIS, first, ORIGIN)
    assert "document_accepted" not in await happened(portal, client)


async def test_a_second_refusal_in_other_words_is_not_told_as_sent(
    portal: Portal, client: Client, nina: Viewer
) -> None:
    """A colleague refused it a moment before: the client has read her words, and no others."""
    yves = await a_colleague(portal, "Yves")
    version = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 2)))
    company, dated, *_ = READY_REASONS[Piece.KBIS]
    target = (client.contract_id, Piece.KBIS, version)
    for staff in (nina, yves):
        await refuse(portal, staff, *target, company, " Celle de la mère. ", ORIGIN)
    for reason, remark in ((dated, "Celle de la mère."), (company, "Une autre.")):
        with pytest.raises(Refusal, match="refused_otherwise"):
            await refuse(portal, yves, *target, reason, remark, ORIGIN)
    refused = (await own_dossier(portal, client.viewer)).version(version)
    assert refused is not None
    assert (refused.reason, refused.remark) == ("company", "Celle de la mère.")
    assert (await happened(portal, client)).count("document_refused") == 1


async def test_an_extract_whose_date_is_unread_keeps_nobody_from_the_one_that_counts(
    portal: Portal, clock: FixedClock, client: Client, nina: Viewer
) -> None:
    """What waits for its sender's words does not count: staff decide on the version before it."""
    counts = await send(portal, client, Piece.KBIS, kbis(date(2026, 3, 2)))
    clock.move_to(START + timedelta(minutes=5))
    undated = await send(portal, client, Piece.KBIS, blank_page())
    dossier = await any_dossier(portal, nina, client.contract_id)
    shown, examined = dossier.current(Piece.KBIS), dossier.examined(Piece.KBIS)
    assert shown is not None
    assert examined is not None
    assert (shown.id, examined.id) == (undated, counts)
    (waiting,) = await queue(portal, nina)
    assert waiting.pieces == (Piece.KBIS,)

    await accept(portal, nina, client.contract_id, Piece.KBIS, counts, ORIGIN)
    accepted = (await own_dossier(portal, client.viewer)).current(Piece.KBIS)
    assert accepted is not None
    assert (accepted.id, accepted.examination) == (counts, Examination.ACCEPTED)
    with pytest.raises(Refusal, match="document_already_accepted"):
        await send(portal, client, Piece.KBIS, blank_page())


async def test_the_identity_is_validated_on_a_contract_that_was_accepted(
    portal: Portal, client: Client, nina: Viewer
) -> None:
    """Its acceptance fixes who signs: another signatory named afterwards would never have been looked at."""
    sent = await send_all(portal, client)
    with pytest.raises(Refusal, match="contract_not_accepted"):
        await validate_identity(portal, nina, client.contract_id, ORIGIN)
    await refuse(portal, nina, client.contract_id, Piece.CONTRACT, sent[Piece.CONTRACT], UNSIGNED, "", ORIGIN)
    with pytest.raises(Refusal, match="contract_not_accepted"):
        await validate_identity(portal, nina, client.contract_id, ORIGIN)
    assert "identity_validated" not in await happened(portal, client)


async def test_a_refusal_says_why(portal: Portal, client: Client, nina: Viewer) -> None:
    version = await send(portal, client, Piece.KBIS, kbis(date(2026, 2, 2)))
    other = READY_REASONS[Piece.KBIS][-1]
    for remark, code in (("  ", "reason_missing"), ("x" * 501, "remark_too_long")):
        with pytest.raises(Refusal, match=code):
            await refuse(portal, nina, client.contract_id, Piece.KBIS, version, other, remark, ORIGIN)


async def test_the_queue_shows_first_what_waits_for_us_and_is_urgent(
    portal: Portal, clock: FixedClock, client: Client, nina: Viewer
) -> None:
    await send(portal, client, Piece.KBIS, kbis(date(2026, 3, 2)))
    clock.move_to(START + timedelta(days=2))
    names = {"siren": "552100554", "email": "paul@autre.example", "legal_name": "Autre"}
    other = await a_trial(portal, clock, clock.now(), **names)
    await give_facts(portal, other)
    await send_all(portal, other, siren="552100554")
    for piece, document in (await documents(portal, other)).items():
        if piece is not Piece.CONTRACT:
            await accept(portal, nina, other.contract_id, piece, document, ORIGIN)

    first, second = await queue(portal, nina)
    assert (first.legal_name, first.pieces, first.days_left) == ("Atelier Nord", (Piece.KBIS,), 28)
    assert (second.pieces, second.identity, second.number, second.met) == (
        (Piece.CONTRACT,),
        False,
        "CT-2026-0001",
        2,
    )
    await accept(
        portal,
        nina,
        other.contract_id,
        Piece.CONTRACT,
        (await documents(portal, other))[Piece.CONTRACT],
        ORIGIN,
    )
    waiting = {one.contract_id: one for one in await queue(portal, nina)}
    assert waiting[other.contract_id].identity
    await accept(
        portal, nina, client.contract_id, Piece.KBIS, (await documents(portal, client))[Piece.KBIS], ORIGIN
    )
    assert [one.waits_for_us for one in await queue(portal, nina)] == [True, False]


async def test_a_first_month_left_unpaid_waits_for_staff(
    portal: Portal, clock: FixedClock, client: Client, nina: Viewer
) -> None:
    """Due on 10 March, recalled on the 11th and the 18th: what follows is for staff to decide."""
    await send_all(portal, client)
    await validate(portal, client, nina)
    for day, is_left in ((date(2026, 3, 11), False), (date(2026, 3, 18), True)):
        await live_until(portal, clock, client, paris(day, 12))
        (waiting,) = await queue(portal, nina)
        assert (waiting.is_unpaid, waiting.waits_for_us) == (is_left, is_left), day
    row = waiting_row(waiting)
    assert (row.chips, row.tone) == (["Premier mois impayé"], "late")
    assert [(one.label, one.number) for one in bars((waiting,))][:2] == [
        ("premier mois impayé", 1),
        ("trois jours ou moins", 0),
    ]
    await record_transfer(portal, nina, client.contract_id, date(2026, 3, 18), ORIGIN)
    assert await queue(portal, nina) == ()


async def test_two_people_on_one_dossier_see_each_other(
    portal: Portal, machine: FixedClock, client: Client, nina: Viewer
) -> None:
    yves = await a_colleague(portal, "Yves")
    await send(portal, client, Piece.KBIS, kbis(date(2026, 3, 2)))
    assert await examining.present(portal, nina, client.contract_id) == ()
    assert await examining.present(portal, yves, client.contract_id) == ("Nina Roy",)
    assert await examining.present(portal, nina, client.contract_id) == ("Yves Roy",)
    (waiting,) = await queue(portal, nina)
    assert waiting.others == ("Yves Roy",)
    machine.move_to(machine.now() + timedelta(seconds=31))
    assert await examining.present(portal, nina, client.contract_id) == ()


@pytest.mark.parametrize("piece", [Piece.CONTRACT, Piece.MANDATE])
async def test_a_paper_that_no_longer_says_what_the_dossier_says_is_not_accepted(
    portal: Portal, client: Client, nina: Viewer, piece: Piece
) -> None:
    """An option ordered, an account given after it was signed: nobody has signed for them."""
    version = await send(portal, client, piece, await signed(portal, client, piece))
    await give_facts(portal, client, option_training="3", iban=OTHER_IBAN)
    target = (portal, nina, client.contract_id, piece)
    with pytest.raises(Refusal, match="paper_outdated"):
        await accept(*target, version, ORIGIN)
    assert "document_accepted" not in await happened(portal, client)

    # Given back as they were, it says the same again.
    await give_facts(portal, client, option_training="2", option_storage="1")
    await accept(*target, version, ORIGIN)
    assert "document_accepted" in await happened(portal, client)


async def test_only_staff_examine(portal: Portal, client: Client) -> None:
    version = await send(portal, client, Piece.KBIS, kbis(date(2026, 3, 2)))
    acts = (
        accept(portal, client.viewer, client.contract_id, Piece.KBIS, version, ORIGIN),
        refuse(portal, client.viewer, client.contract_id, Piece.KBIS, version, UNSIGNED, "", ORIGIN),
        validate_identity(portal, client.viewer, client.contract_id, ORIGIN),
        record_transfer(portal, client.viewer, client.contract_id, START.date(), ORIGIN),
        examining.present(portal, client.viewer, client.contract_id),
        queue(portal, client.viewer),
        any_dossier(portal, client.viewer, client.contract_id),
    )
    for one in acts:
        with pytest.raises(NotFound):
            await one
    nobodys = replace(client.viewer, role=Role.STAFF)
    with pytest.raises(NotFound):
        await accept(portal, nobodys, str(uuid.uuid4()), Piece.KBIS, version, ORIGIN)


async def test_invoices_of_all_contracts_are_one_series(
    portal: Portal, clock: FixedClock, client: Client, nina: Viewer
) -> None:
    names = {"siren": "552100554", "email": "paul@autre.example", "legal_name": "Autre"}
    other = await a_trial(portal, clock, START, **names)
    await give_facts(portal, other, vat_number="")
    for one in (client, other):
        company = {"siren": "552100554"} if one is other else {}
        await send_all(portal, one, **company)
        await validate(portal, one, nina)
        await record_transfer(portal, nina, one.contract_id, date(2026, 3, 3), ORIGIN)
    clock.move_to(paris(date(2026, 3, 20), 6, 30))
    await sweep(portal)
    numbers = {
        one.contract_id: [
            stored.event.number
            for stored in (await own_contract(portal, one.viewer)).events
            if isinstance(stored.event, e.InvoiceIssued)
        ]
        for one in (client, other)
    }
    assert sorted(number for given in numbers.values() for number in given) == [
        "F-2026-0001",
        "F-2026-0002",
        "F-2026-0003",
        "F-2026-0004",
    ]
    assert numbers[other.contract_id][0] == "F-2026-0002"
