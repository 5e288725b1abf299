"""Before confirming: what an act would change, by the code that will do it."""

from datetime import date

import pytest

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.because import recomputed
from portal.contract.calendar import add_months, paris_day
from portal.contract.deadlines import advance
from portal.contract.decide import decide
from portal.contract.evolve import history
from portal.contract.preview import documents_to_come, outlook, preview, why_issued
from portal.contract.state import State
from tests.contract.specification import le
from tests.contract.subscribed import Step, a_complete_dossier, in_force, live

FIVE = ("bob", "chloe", "dan", "eve")
CONTRACT: tuple[Step, ...] = (
    *in_force("04/03/2026 10:00", "17/03/2026 10:00", *FIVE),
    (le("31/03/2026 10:00"), a.Settle(month="2026-04")),
)


def amounts(documents: tuple[e.InvoiceIssued | e.CreditNoteIssued, ...]) -> list[tuple[str, int]]:
    return [(one.month, one.net_cents) for one in documents]


def test_a_user_added_after_the_issue_is_seen_on_the_invoices_that_follow() -> None:
    state, _ = live(*CONTRACT, (le("30/04/2026 10:00"), a.Settle(month="2026-05")))
    seen = preview(state, a.RegisterUser(user="fay"), le("28/05/2026 10:00"))
    assert seen.refusal is None
    assert [one.kind for one in seen.events] == ["user_registered"]
    # June was invoiced on 20 May for five: the July invoice adds her months of May and of June.
    assert amounts(seen.before.documents) == [("2026-07", 24500), ("2026-08", 24500), ("2026-09", 24500)]
    assert amounts(seen.after.documents) == [("2026-07", 39200), ("2026-08", 29400), ("2026-09", 29400)]


def test_a_notice_takes_the_renewal_away_and_shortens_the_last_invoice() -> None:
    state, _ = live(*CONTRACT)
    seen = preview(state, a.ServeNotice(by="client"), le("01/02/2027 10:00"))
    assert [one.name for one in seen.before.deadlines] == ["notice_limit", "next_invoice", "term_end"]
    assert [one.name for one in seen.after.deadlines] == ["next_invoice", "term_end"]
    assert amounts(seen.before.documents)[0] == ("2027-03", 24500)
    assert amounts(seen.after.documents) == [("2027-03", 12645)]


def test_what_is_refused_changes_nothing_and_says_why() -> None:
    state, _ = live(*CONTRACT)
    seen = preview(state, a.RemoveUser(user="bob"), le("01/04/2026 10:00"))
    assert seen.refusal
    assert seen.refusal.code == "minimum_users"
    assert seen.events == ()
    assert seen.before == seen.after


def test_a_preview_first_lives_through_what_is_due() -> None:
    state, _ = live(*CONTRACT)
    at = le("21/05/2026 10:00")
    seen = preview(state, a.SettleEverything(), at)
    caught_up, _ = advance(state, at)
    assert seen.before == outlook(caught_up, at)
    assert seen.before.dues
    assert [due.total_cents for due in seen.before.dues] == [29400 + 258 + 4000]
    assert seen.after.dues == ()


def test_without_a_legal_rate_what_is_due_is_not_told() -> None:
    state, _ = live(*CONTRACT)
    assert preview(state, a.AnnouncePrice(user_month_cents=5200), le("02/07/2026 10:00")).before.dues is None


def test_after_the_end_no_document_is_to_come() -> None:
    state, _ = live(*CONTRACT, (le("02/04/2026 10:00"), a.Terminate(reason="force_majeure")))
    assert documents_to_come(state, le("03/04/2026 10:00")) == ()


def whys(state: State, at: str) -> list[tuple[str, date, str]]:
    """Each document to come by its month, with the day of its issue and why it is that one."""
    found = []
    for document in documents_to_come(state, le(at)):
        because = why_issued(state, document)
        assert recomputed(because) == because.result
        found.append((document.month, paris_day(document.at), because.start_label))
    return found


def test_each_document_to_come_says_why_it_is_issued_that_day() -> None:
    usual = "le 20 du mois"
    waits = live(*a_complete_dossier(le("30/03/2026 10:00"), *FIVE))[0]
    assert whys(waits, "30/03/2026 10:00") == [
        ("first", date(2026, 4, 1), "premier jour du mois qui suit la validation du dossier")
    ]
    contract, _ = live(*CONTRACT)
    assert whys(contract, "01/04/2026 10:00") == [
        ("2026-05", date(2026, 4, 20), usual),
        ("2026-06", date(2026, 5, 20), usual),
        ("2026-07", date(2026, 6, 19), usual),
    ]
    served = (le("10/04/2026 10:00"), a.ServeNotice(by="client"))
    months = [add_months(date(2026, 5, 1), number) for number in range(10)]
    paid = ((le(f"{add_months(one, -1):28/%m/%Y} 10:00"), a.Settle(month=f"{one:%Y-%m}")) for one in months)
    joined = (le("25/02/2027 10:00"), a.RegisterUser(user="fay"))
    ending, _ = live(*CONTRACT, served, *paid, joined)
    assert whys(ending, "25/02/2027 10:00") == [("2027-03", date(2027, 3, 17), "fin du contrat")]


ACTS: list[tuple[str, a.Act]] = [
    ("18/05/2026 10:00", a.RegisterUser(user="fay")),
    ("19/05/2026 10:00", a.OrderOption(code="storage", quantity=2)),
    ("19/05/2026 10:00", a.OrderOption(code="start")),
    ("21/04/2026 10:00", a.ServeNotice(by="client")),
    ("21/04/2026 10:00", a.AnnouncePrice(user_month_cents=5200)),
    ("10/06/2026 10:00", a.SettleEverything()),
    ("10/06/2026 10:00", a.Terminate(reason="insolvency")),
]


@pytest.mark.parametrize(("at", "act"), ACTS, ids=[type(act).__name__ for _, act in ACTS])
def test_a_preview_is_its_effect(at: str, act: a.Act) -> None:
    """The invoices announced are those issued, to the line, once the act is done and time has passed."""
    state, _ = live(*CONTRACT)
    seen = preview(state, act, le(at))
    state, _ = advance(state, le(at))
    caused = decide(state, act, le(at))
    assert seen.events == caused
    after = history(state, caused)
    _, happened = advance(after, le("01/03/2027"))
    issued = [one for one in happened if isinstance(one, e.InvoiceIssued | e.CreditNoteIssued)]
    assert tuple(issued[: len(seen.after.documents)]) == seen.after.documents
