"""CGV art. 10.1 to 10.3, one question at a time: which price, which persons, which end, which lines."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.billing import first_invoice, monthly_document, persons, price_of
from portal.contract.changes import pending
from portal.contract.decide import decide
from portal.contract.evolve import history
from portal.contract.lines import Share
from portal.contract.shares import from_one_share_to_another
from portal.contract.state import Change, Notice, Registration, State
from portal.contract.term import End, current_last_day, ends_on, term_start
from tests.contract.specification import ANNE, an_offer, jour, le
from tests.contract.subscribed import MOMENT, Step, a_complete_dossier, in_force, live

FIVE = ("bob", "chloe", "dan", "eve")
CONTRACT = in_force("04/03/2026 10:00", "17/03/2026 10:00", *FIVE)
APRIL_PAID: tuple[Step, ...] = (*CONTRACT, (le("31/03/2026 10:00"), a.Settle(month="2026-04")))
IN_FORCE = live(*CONTRACT)[0]
AWAITING = live(*a_complete_dossier(le("04/03/2026 10:00"), *FIVE))[0]
LEAP = live(*in_force("21/02/2028 10:00", "29/02/2028 10:00", *FIVE))[0]
NEXT_TERM = jour("17/03/2027")


# --- the price of a month ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("month", "cents"),
    [
        ("01/03/2026", 4900),
        ("01/04/2026", 4900),
        ("01/03/2027", 4900),  # the price changes within it: its first day is the old term's
        ("01/04/2027", 5200),
        ("01/03/2028", 5200),
        ("01/04/2028", 5500),
    ],
)
def test_the_price_of_a_month_is_that_of_the_term_of_its_first_day(month: str, cents: int) -> None:
    changes = (
        Change("price", jour("17/03/2028"), user_month_cents=5500),
        Change("terms", jour("17/03/2027"), version="2027-01"),
        Change("price", NEXT_TERM, user_month_cents=5200),
    )
    assert price_of(replace(IN_FORCE, changes=changes), jour(month)) == cents


def test_a_term_that_begins_with_a_month_gives_it_its_price() -> None:
    state = replace(IN_FORCE, changes=(Change("price", jour("01/04/2027"), user_month_cents=5200),))
    assert price_of(state, jour("01/03/2027")) == 4900
    assert price_of(state, jour("01/04/2027")) == 5200


def test_the_month_of_entry_has_the_price_of_the_entry() -> None:
    state = replace(IN_FORCE, prices=((jour("17/03/2026"), 4500),))
    assert price_of(state, jour("01/03/2026")) == price_of(state, jour("01/04/2026")) == 4500


def test_before_the_entry_into_force_the_price_is_the_grid_s() -> None:
    assert price_of(AWAITING, jour("01/03/2026")) == 4900


# --- the persons of a month ----------------------------------------------------------------------------------


def registered(*registrations: tuple[str, datetime, datetime | None]) -> State:
    return replace(IN_FORCE, registrations=tuple(Registration(*one) for one in registrations))


MAY, JUNE = le("01/05/2026"), le("01/06/2026")
NOON = le("12/05/2026 12:00")


@pytest.mark.parametrize(
    ("registered_at", "removed_at", "counts"),
    [
        (le("17/03/2026 10:00"), None, True),
        (le("17/03/2026 10:00"), MAY, False),  # gone with the last instant of April
        (le("17/03/2026 10:00"), MAY + MOMENT, True),
        (le("10/05/2026 10:00"), le("10/05/2026 10:01"), True),
        (NOON, None, True),  # at the very instant of the invoice
        (NOON + MOMENT, None, False),
        (JUNE, None, False),
    ],
)
def test_who_was_registered_at_any_moment_of_the_month_so_far(
    registered_at: datetime, removed_at: datetime | None, counts: bool
) -> None:
    state = registered(("fay", registered_at, removed_at))
    assert persons(state, "2026-05", NOON) == (("fay",) if counts else ())


def test_once_the_month_is_over_who_came_after_it_does_not_count() -> None:
    state = registered(("fay", JUNE - MOMENT, None), ("gus", JUNE, None))
    assert persons(state, "2026-05", le("20/06/2026 06:00")) == ("fay",)


def test_who_comes_back_counts_once() -> None:
    state = registered(("fay", MAY, le("02/05/2026")), ("gus", MAY, None), ("fay", le("03/05/2026"), None))
    assert persons(state, "2026-05", JUNE) == ("fay", "gus")


def test_who_left_before_the_entry_into_force_does_not_count() -> None:
    entered = IN_FORCE.entered_at
    state = registered(
        ("fay", entered - timedelta(days=3), entered), ("gus", entered - timedelta(days=3), entered + MOMENT)
    )
    assert persons(state, FIRST, le("20/03/2026 06:00")) == ("gus",)


# --- the documents -------------------------------------------------------------------------------------------


def lines(document: e.Event) -> list[tuple[Any, ...]]:
    assert isinstance(document, e.InvoiceIssued | e.CreditNoteIssued)
    return [
        (one.kind, one.month, one.quantity, one.unit_cents, one.net_cents, one.label.replace("\u00a0", " "))
        for one in document.lines
    ]


def test_the_first_invoice_names_the_users_and_the_administrator() -> None:
    invoice = first_invoice(AWAITING, le("04/03/2026 10:00"))
    assert (invoice.month, invoice.due, invoice.collection) == (FIRST, jour("11/03/2026"), jour("11/03/2026"))
    assert lines(invoice) == [("subscription", FIRST, 5, 4900, 24500, "Abonnement, premier mois")]
    assert invoice.lines[0].persons == (*FIVE, ANNE)
    alone = first_invoice(replace(AWAITING, registrations=(), admins=()), le("04/03/2026 10:00"))
    assert (alone.lines[0].quantity, alone.lines[0].persons) == (5, ())
    six = replace(AWAITING, registrations=(*AWAITING.registrations, Registration("fay", le("04/03/2026"))))
    assert first_invoice(six, le("04/03/2026 10:00")).net_cents == 6 * 4900


def test_a_monthly_invoice_names_whom_it_charges() -> None:
    invoice = monthly_document(IN_FORCE, le("20/03/2026 06:00"))
    assert lines(invoice) == [
        ("subscription", "2026-04", 5, 4900, 24500, "Abonnement, avril 2026"),
        ("carry_over", FIRST, 1, 24500, -12645, "Report du premier mois : 15 jours d’abonnement sur 31"),
    ]
    assert invoice.lines[0].persons == IN_FORCE.users == (*FIVE, ANNE)


def test_a_month_invoiced_as_the_last_is_completed_where_the_contract_goes_on() -> None:
    # March 2027 leaves on 19/02 for 16 of its 31 days; the refusal withdrawn, April's invoice adds the rest.
    _, events = live(
        *CONTRACT,
        (le("18/03/2026 10:00"), a.OrderOption(code="storage", quantity=2)),
        (le("01/02/2027 10:00"), a.AnnouncePrice(user_month_cents=5200)),
        (le("05/02/2027 10:00"), a.RefuseChange(what="price")),
        (le("25/02/2027 10:00"), a.WithdrawRefusal(what="price")),
        until=le("21/03/2027"),
    )
    goes_on = "Ajustement, mars 2027 : le contrat continue"
    assert lines(events_of(events, "2027-03")) == [
        ("subscription", "2027-03", 5, 4900, 12645, "Abonnement, mars 2027"),
        ("option", "2027-03", 2, 1500, 1548, "Stockage supplémentaire, mars 2027"),
    ]
    assert lines(events_of(events, "2027-04")) == [
        ("subscription", "2027-04", 5, 5200, 26000, "Abonnement, avril 2027"),
        ("adjustment", "2027-03", 5, 4900, 11855, goes_on),
        ("option", "2027-03", 2, 1500, 1452, goes_on),
        ("option", "2027-04", 2, 1500, 3000, "Stockage supplémentaire, avril 2027"),
    ]


def events_of(events: tuple[e.Event, ...], month: str) -> e.InvoiceIssued:
    (invoice,) = [one for one in events if isinstance(one, e.InvoiceIssued) and one.month == month]
    return invoice


def test_a_month_after_the_end_is_given_back_in_full() -> None:
    # Ended on 28/03, before April began: April, invoiced on 20/03, is given back. March owed 15 days of 31, 118,55,
    # and owes 12, 94,84.
    _, events = live(
        *CONTRACT,
        (le("18/03/2026 10:00"), a.OrderOption(code="storage", quantity=2)),
        (le("28/03/2026 10:00"), a.Terminate(reason="force_majeure")),
    )
    ends = "Ajustement, mars 2026 : le contrat finit le 28 mars 2026"
    after = "Ajustement, avril 2026 : après la fin du contrat"
    assert [one.kind for one in events[-3:]] == ["contract_ended", "service_closed", "credit_note_issued"]
    assert lines(events[-1]) == [
        ("adjustment", FIRST, 5, 4900, 11855, ends),
        ("adjustment", FIRST, 5, 4900, -9484, ends),
        ("adjustment", "2026-04", 5, 4900, 24500, after),
        ("option", "2026-04", 2, 1500, 3000, after),
    ]


def test_a_one_off_option_is_invoiced_once_with_what_follows_it() -> None:
    _, events = live(
        *CONTRACT,
        (le("18/03/2026 10:00"), a.OrderOption(code="training", quantity=2)),
        (le("19/03/2026 10:00"), a.OrderOption(code="training")),
        (le("21/03/2026 10:00"), a.OrderOption(code="training")),
        until=le("21/05/2026"),
    )
    training = "Formation à distance"
    assert [lines(events_of(events, month))[-1] for month in ("2026-04", "2026-05", "2026-06")] == [
        ("option", "2026-04", 3, 29000, 87000, training),
        ("option", "2026-05", 1, 29000, 29000, training),
        ("subscription", "2026-06", 5, 4900, 24500, "Abonnement, juin 2026"),
    ]


@pytest.mark.parametrize(
    ("waits", "in_april", "in_may"),
    [(True, [], [("2026-04", -1)]), (False, [("2026-04", -1)], [])],
)
def test_a_month_is_corrected_downwards_once_it_is_over_or_read_so_at_once(
    waits: bool, in_april: list[tuple[str, int]], in_may: list[tuple[str, int]]
) -> None:
    # Six are invoiced for April on 20/03; one leaves before April begins.
    steps = (
        *in_force("04/03/2026 10:00", "17/03/2026 10:00", *FIVE, "fay"),
        (le("25/03/2026 10:00"), a.RemoveUser(user="fay")),
    )
    _, events = live(*steps, until=le("21/05/2026"), offer=an_offer(credit_waits_for_month_end=waits))
    adjusted = [
        [(one.month, one.quantity) for one in events_of(events, month).lines if one.kind == "adjustment"]
        for month in ("2026-05", "2026-06")
    ]
    assert adjusted == [in_april, in_may]


def test_who_comes_on_the_last_day_that_is_the_first_of_a_month_owes_that_day() -> None:
    steps = (
        *in_force("04/03/2026 10:00", "17/03/2026 10:00", *FIVE),
        (le("31/03/2026 10:00"), a.Settle(month="2026-04")),
        (le("30/04/2026 10:00"), a.Settle(month="2026-05")),
        (le("01/05/2026 08:00"), a.RegisterUser(user="fay")),
        (le("01/05/2026 10:00"), a.Terminate(reason="force_majeure")),
    )
    assert lines(live(*steps)[1][-1]) == [
        # 245,00 were invoiced for May: a day of it is owed by five, and by fay.
        (
            "adjustment",
            "2026-05",
            1,
            4900,
            -158,
            "Ajustement, mai 2026 : 6 personnes au cours du mois, 5 déjà facturées",
        ),
        ("adjustment", "2026-05", 5, 4900, 23710, "Ajustement, mai 2026 : le contrat finit le 1er mai 2026"),
    ]


def test_a_part_of_the_first_month_does_not_bring_the_contract_into_force() -> None:
    paid = decide(AWAITING, a.Settle(month=FIRST, amount_cents=29399), le("10/03/2026 10:00"))
    assert [one.kind for one in paid] == ["payment_settled"]
    rest = decide(history(AWAITING, paid), a.Settle(month=FIRST), le("11/03/2026 10:00"))
    assert [one.kind for one in rest][:2] == ["payment_settled", "contract_in_force"]
    assert isinstance(rest[0], e.PaymentSettled)
    assert rest[0].amount_cents == 1


# --- the end and the terms -----------------------------------------------------------------------------------

LAST_DAY = jour("16/03/2027")
NOTICE = Notice("client", jour("01/02/2027"), LAST_DAY)
REFUSED = Change("price", NEXT_TERM, user_month_cents=5200, refused=True)
REFUSED_LATER = Change("terms", jour("17/03/2028"), version="2028-01", refused=True)


@pytest.mark.parametrize(
    ("facts", "end"),
    [
        ({}, None),
        ({"changes": (replace(REFUSED, refused=False),)}, None),
        ({"notice": NOTICE}, End(LAST_DAY, "notice")),
        ({"changes": (REFUSED,)}, End(LAST_DAY, "refused_change")),
        ({"notice": NOTICE, "changes": (REFUSED,)}, End(LAST_DAY, "notice")),
        ({"changes": (REFUSED_LATER, REFUSED)}, End(LAST_DAY, "refused_change")),
        ({"notice": NOTICE, "changes": (REFUSED_LATER,)}, End(LAST_DAY, "notice")),
        (
            {"notice": replace(NOTICE, ends=jour("16/03/2028")), "changes": (REFUSED,)},
            End(LAST_DAY, "refused_change"),
        ),
    ],
    ids=["goes on", "announced", "notice", "refused", "both", "two refused", "notice first", "refused first"],
)
def test_the_contract_ends_with_the_first_of_what_ends_it(facts: dict[str, Any], end: End | None) -> None:
    assert ends_on(replace(IN_FORCE, **facts)) == end


@pytest.mark.parametrize(
    ("contract", "term", "first_day"),
    [
        (IN_FORCE, 1, "17/03/2026"),
        (IN_FORCE, 2, "17/03/2027"),
        (IN_FORCE, 3, "17/03/2028"),
        (LEAP, 1, "29/02/2028"),
        (LEAP, 2, "01/03/2029"),
        (LEAP, 5, "29/02/2032"),
        (replace(LEAP, offer=an_offer(leap_day_term_ends_with_month=False)), 2, "28/02/2029"),
    ],
)
def test_a_term_begins_the_day_after_the_one_before(contract: State, term: int, first_day: str) -> None:
    assert term_start(replace(contract, terms=term)) == jour(first_day)


def test_the_last_day_of_a_contract_of_29_february() -> None:
    assert current_last_day(LEAP) == jour("28/02/2029")
    assert current_last_day(replace(LEAP, terms=4)) == jour("28/02/2032")
    turned = replace(LEAP, offer=an_offer(leap_day_term_ends_with_month=False))
    assert current_last_day(turned) == jour("27/02/2029")


def test_the_change_to_come_is_the_next_of_its_kind() -> None:
    later = Change("price", jour("17/03/2028"), user_month_cents=5500)
    terms = Change("terms", NEXT_TERM, version="2027-01")
    state = replace(IN_FORCE, changes=(later, terms, REFUSED))
    assert pending(state, "price", le("16/03/2027 23:59:59")) == REFUSED
    assert pending(state, "price", le("17/03/2027")) == later
    assert pending(state, "terms", le("17/03/2027")) is None


# --- a part of a month -----------------------------------------------------------------------------------------

HALF, REST = Share(16, 31), Share(16, 31, rest=True)


@pytest.mark.parametrize(
    ("billed", "owed", "parts"),
    [
        (None, None, ()),
        (HALF, HALF, ()),
        (None, HALF, ((REST, True),)),  # a whole month was invoiced: the rest of it is given back
        (HALF, None, ((REST, False),)),  # a part was invoiced: the rest is charged
        (Share(15, 31), HALF, ((Share(15, 31), True), (HALF, False))),
    ],
)
def test_from_the_part_that_was_invoiced_to_the_part_that_is_owed(
    billed: Share | None, owed: Share | None, parts: tuple[tuple[Share | None, bool], ...]
) -> None:
    assert from_one_share_to_another(billed, owed) == parts
