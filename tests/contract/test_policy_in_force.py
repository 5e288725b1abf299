"""The readings of a contract's life, each turned the other way: what it decides is then decided otherwise."""

from collections.abc import Callable

import pytest

from portal.contract import acts as a
from portal.contract import arrears, ending, issue, retention, subscription, term
from portal.contract import events as e
from portal.contract.arrears import dues
from portal.contract.calendar import PARIS, paris_day
from portal.contract.deadlines import advance
from portal.contract.decide import decide
from portal.contract.offer import Offer
from portal.contract.refusal import Refusal
from tests.contract.specification import ANNE, SIREN, VERSION, an_offer, le
from tests.contract.subscribed import Step, a_complete_dossier, in_force, live
from tests.contract.test_policy import OF_A_CONTRACT

FIVE = ("bob", "chloe", "dan", "eve")
CONTRACT = in_force("04/03/2026 10:00", "17/03/2026 10:00", *FIVE)
LEGAL_RATES = {f"{year}-{half}": 262 for year in range(2026, 2030) for half in (1, 2)}

FIGURES = {
    "art. 10.3: five business days before the first collection": (subscription.FIRST_NOTICE_BUSINESS_DAYS, 5),
    "art. 10.3: two business days before the others": (issue.NOTICE_BUSINESS_DAYS, 2),
    "art. 9: a term is a year": (term.MONTHS_PER_TERM, 12),
    "art. 10.3: suspended on the tenth business day": (arrears.SUSPENSION_BUSINESS_DAYS, 10),
    "art. 10.3 and 16: terminated after fifteen days": (arrears.TERMINATION_DAYS, 15),
    "art. 10.4: an indemnity of forty euros": (arrears.INDEMNITY_CENTS, 4000),
    "art. 10.4: the legal rate and ten points": (arrears.PENALTY_POINTS_HUNDREDTHS, 1000),
    "art. 14: beyond thirty days": (ending.FORCE_MAJEURE_DAYS, 30),
    "C. com. L. 123-22: accounts are kept ten years": (retention.ACCOUNTING_YEARS, 10),
    "C. com. L. 110-4: evidence is kept five years": (retention.EVIDENCE_YEARS, 5),
    "CMF L. 133-24: a collection can be contested for thirteen months": (retention.COLLECTION_MONTHS, 13),
    "art. 12: a prospect is kept three years": (retention.PROSPECT_YEARS, 3),
    "art. 12: a technical journal is kept twelve months": (retention.JOURNAL_MONTHS, 12),
}


@pytest.mark.parametrize("clause", FIGURES)
def test_the_figures_that_the_terms_state(clause: str) -> None:
    built, stated = FIGURES[clause]
    assert built == stated


def an_offer_turned(name: str, value: object) -> Offer:
    return Offer(terms_version=VERSION, policy=an_offer(**{name: value}).policy, legal_rates=LEGAL_RATES)


def happened(*steps: Step, until: str, kind: type[e.Event]) -> Callable[[Offer], object]:
    """When events of that kind happened."""

    def seen(offer: Offer) -> object:
        _, events = live(*steps, until=le(until), offer=offer)
        return [f"{one.at.astimezone(PARIS):%d/%m/%Y %H:%M}" for one in events if isinstance(one, kind)]

    return seen


def invoiced(*steps: Step, until: str, month: str) -> Callable[[Offer], object]:
    """The net amounts of the lines of the documents that charge a month."""

    def seen(offer: Offer) -> object:
        _, events = live(*steps, until=le(until), offer=offer)
        return [
            (line.kind, line.net_cents)
            for one in events
            if isinstance(one, e.InvoiceIssued | e.CreditNoteIssued) and one.month == month
            for line in one.lines
        ]

    return seen


def kept_of_a_kbis(*steps: Step, at: str) -> Callable[[Offer], object]:
    """The last day on which the file of the K-bis is kept."""

    def seen(offer: Offer) -> object:
        state, _ = live(*steps, until=le(at), offer=offer)
        because = retention.kbis_last_day(state)
        return [f"{because.day:%d/%m/%Y}"] if because else []

    return seen


def owed(*steps: Step, at: str) -> Callable[[Offer], object]:
    """Penalties and indemnities at an instant."""

    def seen(offer: Offer) -> object:
        state, _ = live(*steps, until=le(at), offer=offer)
        return [(due.penalties_cents, due.indemnity_cents) for due in dues(state, le(at))]

    return seen


def decided(*steps: Step, act: a.Act, at: str) -> Callable[[Offer], object]:
    """What an act brings about: kinds and days that matter, or the code of its refusal."""

    def seen(offer: Offer) -> object:
        state, _ = live(*steps, offer=offer)
        state, _ = advance(state, le(at))
        try:
            caused = decide(state, act, le(at))
        except Refusal as refusal:
            return refusal.code
        return [_day_of(one) for one in caused]

    return seen


def _day_of(event: e.Event) -> object:
    match event:
        case e.NoticeServed():
            return event.ends.isoformat()
        case e.ChangeAnnounced():
            return event.applies_from.isoformat()
        case _:
            return event.kind


def act(at: str, wish: a.Act) -> Step:
    return le(at), wish


IN_TRIAL: tuple[Step, ...] = (
    act("31/01/2026 10:00", a.CreateAccount(siren=SIREN, admin=ANNE)),
    act("31/01/2026 10:00", a.AcceptTerms(version=VERSION, by=ANNE)),
    act("31/01/2026 10:00", a.StartTrial()),
    *a_complete_dossier(le("24/02/2026 10:00"))[2:],
)
PAID_LATE = (*CONTRACT, act("02/04/2026 10:00", a.Settle(month="2026-04")))
REFUNDED = (
    *CONTRACT,
    act("31/03/2026 10:00", a.Settle(month="2026-04")),
    act("30/04/2026 10:00", a.Settle(month="2026-05")),
    act("12/05/2026 10:00", a.ReturnPayment(month="2026-04", kind="refund")),
)
TERM_END = (act("01/02/2027 10:00", a.ServeNotice(by="client")),)
ANNOUNCED_AGAIN = (
    act("01/12/2026 10:00", a.AnnouncePrice(user_month_cents=5200)),
    act("02/12/2026 10:00", a.RefuseChange(what="price")),
    act("03/12/2026 10:00", a.AnnouncePrice(user_month_cents=5000)),
)

# For each reading: what is looked at, as the default decides it, as the other value does.
TURNED: dict[str, tuple[Callable[[Offer], object], object, object]] = {
    "kbis_counts_on_receipt": (
        decided(
            act("31/01/2026 10:00", a.CreateAccount(siren=SIREN, admin=ANNE)),
            act("31/01/2026 10:00", a.AcceptTerms(version=VERSION, by=ANNE)),
            act(
                "31/01/2026 10:00",
                a.SubmitDocument(piece=a.Piece.KBIS, dated=paris_day(le("15/01/2026 10:00"))),
            ),
            act=a.AcceptDocument(piece=a.Piece.KBIS),
            at="15/04/2026 10:00",
        ),
        ["document_accepted"],
        "kbis_too_old",
    ),
    "awaiting_payment_keeps_service": (
        happened(*IN_TRIAL, until="10/03/2026", kind=e.ServiceSuspended),
        [],
        ["03/03/2026 00:00"],
    ),
    "first_payment_reminder_days": (
        happened(*a_complete_dossier(le("04/03/2026 10:00")), until="01/04/2026", kind=e.ReminderSent),
        ["12/03/2026 09:00", "19/03/2026 09:00"],
        ["14/03/2026 09:00"],
    ),
    "leap_day_term_ends_with_month": (
        happened(
            *in_force("04/02/2028 10:00", "29/02/2028 10:00", *FIVE),
            until="02/03/2029",
            kind=e.ContractRenewed,
        ),
        ["01/03/2029 00:00"],
        ["28/02/2029 00:00"],
    ),
    "notice_counts_from_posting": (
        decided(
            *CONTRACT,
            act=a.ServeNotice(by="client", posted=paris_day(le("16/02/2027"))),
            at="18/02/2027 10:00",
        ),
        ["2027-03-16"],
        ["2028-03-16"],
    ),
    "late_notice_takes_next_term": (
        decided(*CONTRACT, act=a.ServeNotice(by="client"), at="17/02/2027 10:00"),
        ["2028-03-16"],
        "notice_too_late",
    ),
    "notice_reminder_days": (
        happened(*CONTRACT, until="17/02/2027", kind=e.ReminderSent),
        ["12/03/2026 09:00", "18/12/2026 09:00", "17/01/2027 09:00", "09/02/2027 09:00"],
        ["12/03/2026 09:00", "13/02/2027 09:00"],
    ),
    "issue_day": (
        happened(*CONTRACT, until="01/05/2026", kind=e.InvoiceIssued),
        ["04/03/2026 10:00", "20/03/2026 06:00", "20/04/2026 06:00"],
        ["04/03/2026 10:00", "17/03/2026 10:00", "15/04/2026 06:00"],
    ),
    "issue_hour": (
        happened(*CONTRACT, until="21/03/2026", kind=e.InvoiceIssued),
        ["04/03/2026 10:00", "20/03/2026 06:00"],
        ["04/03/2026 10:00", "20/03/2026 08:00"],
    ),
    "credit_waits_for_month_end": (
        invoiced(
            *CONTRACT,
            act("31/03/2026 10:00", a.Settle(month="2026-04")),
            act("18/04/2026 10:00", a.RegisterUser(user="fay")),
            act("25/04/2026 10:00", a.RemoveUser(user="fay")),
            until="21/05/2026",
            month="2026-06",
        ),
        [("subscription", 24500)],
        [("subscription", 24500), ("adjustment", -4900)],
    ),
    "first_month_is_shared": (
        invoiced(
            *CONTRACT,
            act("18/03/2026 10:00", a.RegisterUser(user="fay")),
            until="21/03/2026",
            month="2026-04",
        ),
        [("subscription", 29400), ("adjustment", 2371), ("carry_over", -12645)],
        [("subscription", 29400), ("adjustment", 4900), ("carry_over", -12645)],
    ),
    "last_month_by_days": (
        invoiced(*CONTRACT, *TERM_END, until="01/03/2027", month="2027-03"),
        [("subscription", 12645)],
        [("subscription", 24500)],
    ),
    "year_costs_twelve_months": (
        invoiced(
            *in_force("04/02/2027 10:00", "17/02/2027 10:00", *FIVE),
            act("01/01/2028 10:00", a.ServeNotice(by="client")),
            until="01/02/2028",
            month="2028-02",
        ),
        [("subscription", 14000)],
        [("subscription", 13517)],
    ),
    "default_hour": (
        happened(*CONTRACT, until="02/04/2026", kind=e.DefaultRecorded),
        ["01/04/2026 09:00"],
        ["01/04/2026 10:00"],
    ),
    "suspension_hour": (
        happened(*CONTRACT, until="17/04/2026", kind=e.ServiceSuspended),
        ["16/04/2026 18:00"],
        ["16/04/2026 12:00"],
    ),
    "suspension_follows_mail": (
        happened(*CONTRACT, until="17/04/2026", kind=e.ServiceSuspended),
        ["16/04/2026 18:00"],
        ["15/04/2026 18:00"],
    ),
    "penalties_alone_suspend": (
        happened(*PAID_LATE, until="30/04/2026", kind=e.ServiceSuspended),
        [],
        ["16/04/2026 18:00"],
    ),
    "refund_starts_new_clock": (owed(*REFUNDED, at="12/05/2026 12:00"), [(0, 0)], [(249, 4000)]),
    "legal_rate_floor": (owed(*CONTRACT, at="10/04/2026 12:00"), [(125, 4000)], [(259, 4000)]),
    "indemnity_per_invoice": (
        owed(*CONTRACT, at="10/05/2026 12:00"),
        [(249, 4000), (258, 4000)],
        [(249, 4000), (258, 0)],
    ),
    "termination_follows_suspension": (
        decided(*CONTRACT, act=a.Terminate(reason="unpaid"), at="16/04/2026 10:00"),
        "termination_too_early",
        ["contract_ended", "service_closed", "credit_note_issued"],
    ),
    "late_change_waits_a_term": (
        decided(*CONTRACT, act=a.AnnouncePrice(user_month_cents=5200), at="17/02/2027 10:00"),
        ["2028-03-17"],
        ["2027-03-17"],
    ),
    "refusal_outlives_new_announcement": (
        happened(*CONTRACT, *ANNOUNCED_AGAIN, until="18/03/2027", kind=e.ContractEnded),
        ["17/03/2027 00:00"],
        [],
    ),
    "restitution_days": (
        happened(*CONTRACT, *TERM_END, until="01/07/2027", kind=e.DataDestroyed),
        ["16/04/2027 00:00"],
        ["19/05/2027 00:00"],
    ),
    "kbis_file_days": (
        kept_of_a_kbis(*CONTRACT, at="18/03/2026"),
        ["16/04/2026"],
        ["16/05/2026"],
    ),
}


def test_every_reading_of_a_contract_is_turned() -> None:
    assert TURNED.keys() == OF_A_CONTRACT.keys()


@pytest.mark.parametrize("name", TURNED)
def test_a_reading_decides(name: str) -> None:
    look, as_read, otherwise = TURNED[name]
    offer = Offer(terms_version=VERSION, legal_rates=LEGAL_RATES)
    assert look(offer) == as_read
    assert look(an_offer_turned(name, OF_A_CONTRACT[name])) == otherwise
