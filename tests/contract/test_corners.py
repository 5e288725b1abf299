"""The rare turns of a contract's life, and histories that no rule can have written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.because import Because, recomputed
from portal.contract.billing import monthly_document
from portal.contract.calendar import FIRST_DAY, OutsideCalendar, last_open_day
from portal.contract.deadlines import advance, deadlines
from portal.contract.decide import decide
from portal.contract.ending import data_destruction
from portal.contract.evolve import evolve, history
from portal.contract.explanations import timeline
from portal.contract.invariants import breaches, breaches_by
from portal.contract.lines import line
from portal.contract.reckoning import Reckoning
from portal.contract.refusal import ImpossibleHistory, Refusal
from portal.contract.state import Data, Payment, Relationship, Service, State
from portal.contract.subscription import first_issue_waits
from portal.contract.vat import VatRate, vat_rate
from tests.contract.specification import BOB, a_trial, an_offer, given, jour, le
from tests.contract.subscribed import Step, given_steps, in_force, live

FIVE = ("bob", "chloe", "dan", "eve")
CONTRACT = in_force("04/03/2026 10:00", "17/03/2026 10:00", *FIVE)
PAID: tuple[Step, ...] = (*CONTRACT, (le("31/03/2026 10:00"), a.Settle(month="2026-04")))


def of(events: tuple[e.Event, ...], *kinds: type[e.Event]) -> list[e.Event]:
    return [event for event in events if isinstance(event, kinds)]


def lines_of(event: e.Event) -> list[tuple[str, str, int]]:
    assert isinstance(event, e.InvoiceIssued | e.CreditNoteIssued)
    return [(one.kind, one.month, one.net_cents) for one in event.lines]


# --- rare turns ----------------------------------------------------------------------------------------------


def test_a_contract_ended_in_the_first_hours_of_a_month_not_yet_invoiced_owes_its_first_day() -> None:
    """In force on 31 March: April is invoiced on the 1st at 6 h. An end at 1 h comes before it."""
    _, events = live(
        *in_force("24/03/2026 10:00", "31/03/2026 12:00", *FIVE),
        (le("31/03/2026 13:00"), a.OrderOption(code="storage")),
        (le("01/04/2026 01:00"), a.Terminate(reason="force_majeure")),
        until=le("02/04/2026"),
    )
    (note,) = of(events, e.CreditNoteIssued)
    # March: 1 day of 31 of 245,00 paid; April: 1 day of 30, as the option.
    assert lines_of(note) == [
        ("subscription", "2026-04", -817),
        ("carry_over", "first", 23710),
        ("option", "2026-04", -50),
    ]


def test_a_contract_that_ends_in_its_first_month_owes_its_days_only() -> None:
    _, events = live(*CONTRACT, (le("19/03/2026 10:00"), a.Terminate(reason="insolvency")))
    (note,) = of(events, e.CreditNoteIssued)
    assert lines_of(note) == [("carry_over", "first", 24500 - 2371)]


def test_the_share_of_a_first_month_already_carried_over_is_corrected() -> None:
    """Ended on 25 March: April is given back whole, and March goes from 15 days to 9."""
    _, events = live(*CONTRACT, (le("25/03/2026 10:00"), a.Terminate(reason="insolvency")))
    (note,) = of(events, e.CreditNoteIssued)
    assert lines_of(note) == [
        ("adjustment", "first", 11855),
        ("adjustment", "first", -7113),
        ("adjustment", "2026-04", 24500),
    ]


def test_a_month_invoiced_in_part_is_completed_when_the_refusal_is_withdrawn() -> None:
    """The refusal makes March 2027 the last month, for its days; taken back on 1 March, the rest is owed."""
    _, events = live(
        *CONTRACT,
        (le("18/03/2026 10:00"), a.OrderOption(code="storage")),
        (le("01/06/2026 10:00"), a.SettleEverything()),
        (le("02/06/2026 10:00"), a.AnnouncePrice(user_month_cents=5200)),
        (le("03/06/2026 10:00"), a.RefuseChange(what="price")),
        (le("01/03/2027 10:00"), a.WithdrawRefusal(what="price")),
        until=le("20/03/2027"),
    )
    issued = of(events, e.InvoiceIssued)
    assert lines_of(issued[-2]) == [("subscription", "2027-03", 12645), ("option", "2027-03", 774)]
    assert lines_of(issued[-1]) == [
        ("subscription", "2027-04", 26000),
        ("adjustment", "2027-03", 11855),
        ("option", "2027-03", 726),
        ("option", "2027-04", 1500),
    ]


def test_known_to_end_by_its_term_then_ended_sooner_the_last_month_is_counted_again() -> None:
    _, events = live(
        *CONTRACT,
        (le("01/02/2027 10:00"), a.ServeNotice(by="client")),
        (le("10/03/2027 10:00"), a.Terminate(reason="force_majeure")),
    )
    (note,) = of(events, e.CreditNoteIssued)
    # 16 days of 31, the complement of the first month, were invoiced; 10 are owed.
    assert lines_of(note) == [("adjustment", "2027-03", 12645), ("adjustment", "2027-03", -7903)]


def test_a_refusal_after_the_last_invoice_is_seen_in_a_final_credit_note() -> None:
    _, events = live(
        *CONTRACT,
        (le("02/06/2026 10:00"), a.AnnounceTerms(version="2026-09")),
        (le("10/03/2027 10:00"), a.RefuseChange(what="terms")),
        until=le("18/03/2027"),
    )
    assert [type(one) for one in of(events, e.ContractEnded, e.CreditNoteIssued)] == [
        e.ContractEnded,
        e.CreditNoteIssued,
    ]
    (note,) = of(events, e.CreditNoteIssued)
    assert lines_of(note) == [("adjustment", "2027-03", 11855)]


def test_the_invoice_missed_during_a_refusal_is_issued_when_it_is_withdrawn() -> None:
    """In force on 1 April: the term ends with March, and April was not invoiced on 19 March."""
    _, events = live(
        *in_force("24/03/2026 10:00", "01/04/2026 10:00", *FIVE),
        (le("02/06/2026 10:00"), a.AnnounceTerms(version="2026-09")),
        (le("03/06/2026 10:00"), a.RefuseChange(what="terms")),
        (le("30/03/2027 10:00"), a.WithdrawRefusal(what="terms")),
        until=le("02/04/2027"),
    )
    last = of(events, e.InvoiceIssued)[-1]
    assert isinstance(last, e.InvoiceIssued)
    # Two business days before a collection on 31 March are no longer there: it is due in April.
    assert (last.at, last.month, last.due) == (le("30/03/2027 10:00"), "2027-04", jour("30/04/2027"))


def test_a_part_payment_is_kept_and_the_rest_is_still_due() -> None:
    state, _ = live(
        *CONTRACT,
        (le("31/03/2026 10:00"), a.Settle(month="2026-04", amount_cents=10000)),
        (le("01/04/2026 10:00"), a.Settle(month="2026-04")),
    )
    april = state.invoices[-1]
    assert (april.payment, april.paid_cents, april.unpaid_cents) == (Payment.SETTLED, 14226, 0)


def test_a_payment_pays_the_last_month_s_invoice_then_the_final_one() -> None:
    """Both charge March 2027: the last monthly invoice, and the final one with what was ordered since."""
    before = (
        *CONTRACT,
        (le("01/02/2027 10:00"), a.SettleEverything()),
        (le("01/02/2027 11:00"), a.ServeNotice(by="client")),
        (le("26/02/2027 10:00"), a.OrderOption(code="start")),
    )
    offer = replace(an_offer(), legal_rates={"2026-1": 262, "2026-2": 262, "2027-1": 262})
    state, _ = live(*before, until=le("18/03/2027"), offer=offer)
    last, final = state.invoices_of("2027-03")
    assert (last.gross_cents, final.gross_cents) == (15174, 58800)
    paid = decide(state, a.Settle(month="2027-03", amount_cents=20000), le("18/03/2027 10:00"))
    assert [(one.number, one.amount_cents) for one in paid if isinstance(one, e.PaymentSettled)] == [
        (last.number, 15174),
        (final.number, 4826),
    ]
    after = history(state, paid)
    rest = decide(after, a.Settle(month="2027-03"), le("18/03/2027 11:00"))
    assert [(one.number, one.amount_cents) for one in rest if isinstance(one, e.PaymentSettled)] == [
        (final.number, 53974)
    ]


def test_an_administrator_who_named_herself_is_registered_once() -> None:
    _, events = live(*in_force("04/03/2026 10:00", "17/03/2026 10:00", "anne", *FIVE))
    assert [one.user for one in events if isinstance(one, e.UserRegistered)].count("anne") == 1


def test_ended_early_on_the_last_day_of_february_the_whole_month_is_owed() -> None:
    """In force on 29 February 2028, the term's last month was invoiced for 28 days of 29."""
    _, events = live(
        *in_force("15/02/2028 10:00", "29/02/2028 10:00", *FIVE),
        (le("10/01/2029 10:00"), a.ServeNotice(by="client")),
        (le("28/02/2029 10:00"), a.Terminate(reason="force_majeure")),
    )
    assert lines_of(of(events, e.InvoiceIssued)[-2]) == [("subscription", "2029-02", 24500 - 845)]
    assert lines_of(of(events, e.InvoiceIssued)[-1]) == [("adjustment", "2029-02", 845)]


def test_a_month_that_is_owed_whole_is_not_given_back() -> None:
    offer = an_offer(last_month_by_days=False)
    _, events = live(*PAID, (le("10/04/2026 10:00"), a.Terminate(reason="insolvency")), offer=offer)
    assert of(events, e.CreditNoteIssued) == []


def test_before_the_validation_no_first_invoice_waits() -> None:
    assert first_issue_waits(given(*a_trial(NOW)).state) is None


def test_the_mail_about_a_default_that_failed_holds_the_suspension_and_the_termination() -> None:
    failed = given_steps(
        *CONTRACT,
        (le("01/04/2026 10:00"), a.ReportDefaultMail(month="2026-04", sent=False)),
        until=le("29/04/2026"),
    )
    assert failed.state.service is Service.OPEN
    assert {"suspension", "termination_open"}.isdisjoint(
        one.name for one in deadlines(failed.state, le("29/04/2026"))
    )
    failed.when(a.Terminate(reason="unpaid"), le("29/04/2026 10:00")).refused("termination_not_open")
    sent = failed.when(a.ReportDefaultMail(month="2026-04", sent=True), le("29/04/2026 10:00")).granted()
    # 1, 8 and 14 May are closed: ten business days lead to 18 May.
    assert [one.at for one in deadlines(sent.state, le("29/04/2026 10:00")) if one.name == "suspension"] == [
        le("18/05/2026 18:00")
    ]


def test_a_bank_takes_nothing_back_of_an_invoice_that_a_credit_note_settled() -> None:
    state, _ = live(
        *in_force("02/02/2026 10:00", "09/02/2026 10:00", *FIVE),
        (le("21/12/2026 00:00:01"), a.Terminate(reason="insolvency")),
    )
    january = state.invoices_of("2027-01")[-1]
    assert (january.payment, january.paid_cents) == (Payment.SETTLED, 0)
    with pytest.raises(Refusal) as refused:
        decide(state, a.ReturnPayment(month="2027-01", kind="refund"), le("05/03/2027 08:00"))
    assert refused.value.code == "payment_missing"


def test_a_new_mandate_replaces_the_old_one_of_a_contract_in_force() -> None:
    new = given_steps(
        *PAID,
        (le("02/04/2026 10:00"), a.SubmitDocument(piece=Piece.MANDATE, document="new account")),
        (le("03/04/2026 10:00"), a.AcceptDocument(piece=Piece.MANDATE)),
    ).state
    assert new.mandate == "valid"
    assert new.documents[Piece.MANDATE].document == "new account"


def test_an_identity_is_not_validated_once_the_trial_has_lapsed() -> None:
    lapsed = given(*a_trial(le("31/01/2026 10:00"))).left_alone_until(le("19/03/2026"))
    lapsed.when(a.ValidateIdentity(), le("19/03/2026 10:00")).refused("data_destroyed")


def test_a_destruction_that_waited_for_a_person_after_a_contract_takes_the_data_only() -> None:
    state, _ = live(*PAID, (le("02/04/2026 10:00"), a.Terminate(reason="force_majeure")))
    at = le("20/05/2026 10:00")
    assert decide(state, a.ConfirmDestruction(), at) == (e.DataDestroyed(at=at),)


def test_a_restitution_handed_over_late_pushes_the_destruction() -> None:
    state, _ = live(
        *PAID,
        (le("02/04/2026 10:00"), a.Terminate(reason="force_majeure")),
        (le("03/04/2026 10:00"), a.RequestRestitution()),
        (le("13/05/2026 10:00"), a.CompleteRestitution()),
    )
    because = data_destruction(state)
    # Thursday 14 May is Ascension Day; the data was handed over on Wednesday the 13th, a business day.
    assert because.result == recomputed(because) == le("14/05/2026")
    unhurried = replace(state, offer=an_offer(destruction_waits_for_business_day=False))
    assert data_destruction(unhurried).result == le("14/05/2026")


# --- histories that cannot be -------------------------------------------------------------------------------------

STATE, EVENTS = live(*PAID)
INVOICE = next(one for one in EVENTS if isinstance(one, e.InvoiceIssued))
NOW = le("01/04/2026 10:00")


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (replace(INVOICE, at=NOW), "the number F-2026-0001 was given already"),
        (
            e.PaymentSettled(at=NOW, month="first", number="F-0", amount_cents=1),
            "no invoice has the number F-0",
        ),
        (
            e.PaymentSettled(at=NOW, month="first", number="F-2026-0001", amount_cents=1),
            "F-2026-0001 is paid beyond what it owes",
        ),
        (
            e.ChangeRefused(at=NOW, what="price", applies_from=jour("17/03/2027")),
            "no change of price applies from 2027-03-17",
        ),
        (e.UserSuspended(at=NOW, user="zoe"), "zoe is not registered"),
    ],
)
def test_an_event_that_cannot_follow_is_a_damaged_history(event: e.Event, why: str) -> None:
    with pytest.raises(ImpossibleHistory, match=why):
        evolve(STATE, event)


def test_nothing_is_in_force_before_its_first_month_is_invoiced() -> None:
    # Renamed by hand: a dossier that awaits its first payment, without the invoice of it.
    awaiting = replace(STATE, relationship=Relationship.AWAITING_PAYMENT, billed=())
    with pytest.raises(ImpossibleHistory, match="in force before its first month was invoiced"):
        evolve(awaiting, e.ContractInForce(at=NOW, last_day=jour("31/03/2027")))


def test_a_question_that_only_a_contract_in_force_can_answer() -> None:
    trial = given(*a_trial(le("31/01/2026 10:00"))).state
    with pytest.raises(ImpossibleHistory, match="not in force yet"):
        _ = trial.entered_on
    with pytest.raises(ImpossibleHistory, match="not in force yet"):
        _ = trial.entered_at
    with pytest.raises(ImpossibleHistory, match="has not ended"):
        data_destruction(STATE)
    with pytest.raises(ValueError, match="no month is left"):
        monthly_document(trial, NOW)


def test_an_amount_that_ends_on_a_fraction_of_a_cent_has_no_cents() -> None:
    third = Reckoning("10.1", "règle.", "départ", Fraction(100)).plus(Fraction(1, 3), "un tiers de centime")
    with pytest.raises(TypeError):
        _ = third.cents
    assert third.lines()[-1].endswith("1,0033\u00a0€.")
    assert Reckoning("10.1", "règle.", "départ", Fraction(-1, 3)).lines()[1].endswith("−0,0033\u00a0€.")


def test_the_calendar_ends_before_its_first_open_day() -> None:
    with pytest.raises(OutsideCalendar):
        last_open_day(FIRST_DAY)


# --- the invariants find what they look for ---------------------------------------------------------------------


def _with_first(state: State, **changes: object) -> State:
    first, *others = state.invoices
    return replace(state, invoices=(replace(first, **changes), *others))  # type: ignore[arg-type]


BROKEN: list[tuple[Callable[[], State], str]] = [
    (lambda: replace(STATE, service=Service.CLOSED), "active avec service closed et données live"),
    (
        lambda: replace(STATE, admins=("zoe",)),
        "aucun administrateur parmi les utilisateurs du contrat en vigueur",
    ),
    (
        lambda: replace(
            STATE,
            in_force_on=None,
            relationship=Relationship.AWAITING_PAYMENT,
            notice=None,
            ended_on=jour("01/04/2026"),
            data=Data.DESTROYED,
        ),
        "awaiting_payment avec service open et données destroyed",
    ),
    (
        lambda: replace(given(*a_trial(NOW)).state, in_force_on=jour("01/04/2026")),
        "trial avec une entrée en vigueur le 2026-04-01",
    ),
    (
        lambda: replace(STATE, credit_cents=5),
        "le solde -5 n’est pas factures 43626 − avoirs 0 − règlements 43626",
    ),
    (lambda: _with_first(STATE, paid_cents=0), "facture F-2026-0001 : settled avec 29400 impayés"),
    (lambda: _with_first(STATE, paid_cents=30000), "facture F-2026-0001 : -600 impayés sur 29400"),
    (
        lambda: replace(live(*CONTRACT, until=le("21/03/2026"))[0], credit_cents=5),
        "un avoir attend alors qu’une facture est impayée",
    ),
    (
        lambda: replace(STATE, billed=(replace(STATE.billed[0], quantity=4), STATE.billed[1])),
        "first facturé pour 4 utilisateurs, sous le minimum de 5",
    ),
    (
        lambda: replace(STATE, billed=(*STATE.billed, STATE.billed[1])),
        "un mois est facturé deux fois : first, 2026-04, 2026-04",
    ),
    (
        lambda: replace(STATE, invoices=(STATE.invoices[0], STATE.invoices[0])),
        "un numéro est donné deux fois : F-2026-0001, F-2026-0001",
    ),
    (
        lambda: replace(given(*a_trial(NOW)).state, trial_started_at=None),
        "trial : aucune échéance ne suit",
    ),
]


@pytest.mark.parametrize(("broken", "sentence"), BROKEN, ids=[one[1] for one in BROKEN])
def test_a_broken_state_is_found(broken: Callable[[], State], sentence: str) -> None:
    assert sentence in breaches(broken())


ENDED, _ = live(*PAID, (le("02/04/2026 10:00"), a.Terminate(reason="force_majeure")))
GONE, _ = advance(ENDED, le("01/06/2026"))
ASKED, _ = live(
    *PAID,
    (le("02/04/2026 10:00"), a.Terminate(reason="force_majeure")),
    (le("03/04/2026 10:00"), a.RequestRestitution()),
)
HELD = (
    given(*a_trial(le("31/01/2026 10:00")))
    .left_alone_until(le("04/03/2026"))
    .when(a.SubmitDocument(piece=Piece.CONTRACT, document="sha"), le("05/03/2026"))
)
ONE = line("subscription", "2026-04", 5, 4900, label="Abonnement")
TWICE = replace(INVOICE, at=NOW, number="F-9", month="2026-04", lines=(ONE,))

BREACHES: list[tuple[State, e.Event, str]] = [
    (GONE, e.UserRegistered(at=NOW, user=BOB), "user_registered après la destruction"),
    (ENDED, e.DataDestroyed(at=NOW), "une destruction avant son heure"),
    (ASKED, e.DataDestroyed(at=le("01/06/2026")), "une destruction alors qu’elle est retenue"),
    (
        HELD.granted().state,
        e.DataDestroyed(at=le("18/03/2026")),
        "une destruction alors qu’elle est retenue",
    ),
    (given(*a_trial(NOW)).state, e.DataDestroyed(at=NOW), "une destruction avant son heure"),
    (
        STATE,
        e.ContractEnded(at=NOW, reason="unpaid", last_day=jour("01/04/2026")),
        "une résiliation pour impayé sans suspension",
    ),
    (
        STATE,
        e.ServiceSuspended(at=NOW, reason="unpaid"),
        "une suspension pour impayé avant celle qui a été annoncée",
    ),
    (STATE, replace(TWICE, net_cents=1), "les lignes de F-9 ne font pas son total"),
    (STATE, replace(TWICE, vat_cents=0), "le total de F-9 n’est pas son montant hors taxes et sa TVA"),
    (STATE, TWICE, "F-9 facture un mois déjà facturé"),
    (STATE, replace(TWICE, month="first", due=date(2026, 3, 1)), "F-9 est à payer avant d’être émise"),
]


@pytest.mark.parametrize(("before", "event", "sentence"), BREACHES, ids=[one[2] for one in BREACHES])
def test_an_event_that_breaks_an_invariant_is_found(before: State, event: e.Event, sentence: str) -> None:
    assert sentence in breaches_by(before, event)


# --- VAT by place (art. 10.1; CGI art. 294 and 296) ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("postcode", "rate"),
    [
        ("59140", VatRate(2000)),
        ("01000", VatRate(2000)),
        ("20000", VatRate(2000)),
        ("95999", VatRate(2000)),
        ("97110", VatRate(850)),
        ("97200", VatRate(850)),
        ("97400", VatRate(850)),
        ("97300", VatRate(0, "TVA non applicable, article 294-1 du CGI")),
        ("97600", VatRate(0, "TVA non applicable, article 294-1 du CGI")),
        ("97133", None),
        ("97150", None),
        ("97500", None),
        ("98000", None),
        ("00100", None),
        ("96000", None),
        ("99000", None),
        ("5914", None),
        ("59140 ", None),
        ("ABCDE", None),
        ("7A012", None),
        ("97A00", None),
        ("٥٩١٤٠", None),
        ("", None),
    ],
)
def test_the_vat_of_a_place(postcode: str, rate: VatRate | None) -> None:
    assert vat_rate(postcode) == rate


# --- explanations ---------------------------------------------------------------------------------------------------


def test_a_limit_on_a_closed_day_advises_the_business_day_before() -> None:
    state, _ = live(*in_force("10/03/2026 10:00", "31/03/2026 10:00", *FIVE))
    (limit,) = (one.because for one in deadlines(state, le("01/04/2026")) if one.name == "notice_limit")
    assert limit.lines()[-1].replace("\u00a0", " ") == (
        "Ce jour n’est pas ouvré : postez au plus tard le vendredi 26 février 2027."
    )
    (advised,) = limit.advised
    assert tuple(line.replace("\u00a0", " ") for line in advised.lines()) == (
        "Article 16 des CGV : un jour fermé reste la limite, mais rien ne se poste ce jour-là.",
        "Point de départ : dernier jour pour poster la résiliation, le dimanche 28 février 2027.",
        "Dernier jour ouvré qui le précède : vendredi 26 février 2027.",
        "Jours non comptés : samedi 27 février 2027, dimanche 28 février 2027.",
    )


@pytest.mark.parametrize(
    ("because", "expected"),
    [
        (Because("9", "r.", "d", jour("08/05/2026")).last_business_day("x"), jour("07/05/2026")),
        (Because("9", "r.", "d", jour("31/05/2026")).last_banking_day("x"), jour("29/05/2026")),
        (Because("9", "r.", "d", jour("08/05/2026")).first_day_open_to_both("x"), jour("11/05/2026")),
        (Because("9", "r.", "d", jour("26/12/2025")).first_day_open_to_both("x"), jour("29/12/2025")),
        (Because("9", "r.", "d", jour("03/04/2026")).first_day_open_to_both("x"), jour("07/04/2026")),
        (Because("9", "r.", "d", jour("10/02/2028")).month_end("x"), jour("29/02/2028")),
        (Because("9", "r.", "d", jour("28/02/2027")).a_month_before("x"), jour("31/01/2027")),
        (Because("9", "r.", "d", jour("30/03/2027")).a_month_before("x"), jour("28/02/2027")),
        (Because("9", "r.", "d", jour("29/03/2026")).start_of_day(), le("29/03/2026")),
    ],
)
def test_each_step_recomputes(because: Because, expected: object) -> None:
    assert because.result == recomputed(because) == expected


def test_penalties_cannot_be_counted_without_their_rate() -> None:
    state, _ = live(*CONTRACT, until=le("02/07/2026"))
    with pytest.raises(Refusal):
        decide(state, a.SettleEverything(), le("02/07/2026"))
    # A month's payment is still taken; nothing is said to be cleared while the penalties are unknown.
    paid = decide(state, a.Settle(month="2026-04"), le("02/07/2026"))
    assert [one.kind for one in paid] == ["payment_settled"]


def test_two_changes_are_refused_until_one_instant_or_until_two() -> None:
    announced = (
        *PAID,
        (le("02/06/2026 10:00"), a.AnnouncePrice(user_month_cents=5200)),
        (le("03/06/2026 10:00"), a.AnnounceTerms(version="2026-09")),
    )
    state, events = live(*announced)
    limits = [one.at for one in deadlines(state, le("04/06/2026")) if one.name == "refusal_limit"]
    assert limits == [le("17/03/2027")]
    late, events = live(*announced, (le("20/02/2027 10:00"), a.AnnouncePrice(user_month_cents=5300)))
    names = [
        one.name for one in timeline(late, events, le("21/02/2027")) if one.name.startswith("refusal_limit")
    ]
    assert names == ["refusal_limit", "refusal_limit-2"]
