"""CGV art. 5.3: a service on quotation is billed once, at the price accepted, on the next monthly invoice."""

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.lines import reckoning
from portal.contract.preview import documents_to_come, preview
from portal.contract.reckoning import reckoned_again
from tests.contract.specification import a_trial, given, le, well_set
from tests.contract.subscribed import Step, given_steps, in_force, live

FIVE = ("bob", "chloe", "dan", "eve")
CONTRACT = in_force("04/03/2026 10:00", "17/03/2026 10:00", *FIVE)
AT = le("21/03/2026 10:00")
TAKEN_OVER = a.AcceptQuote(quote="q-1", label="Reprise de vos données", price_cents=120_000)
ACCEPTED: tuple[Step, ...] = (*CONTRACT, (AT, TAKEN_OVER))


def lines(document: e.InvoiceIssued | e.CreditNoteIssued) -> list[tuple[str, int, int]]:
    return [(one.label, one.quantity, one.net_cents) for one in document.lines if one.kind == "option"]


def test_an_accepted_quote_is_billed_once() -> None:
    state, _ = live(*ACCEPTED)
    may, june, _ = documents_to_come(state, AT)
    assert (may.month, lines(may)) == ("2026-05", [("Reprise de vos données", 1, 120_000)])
    assert lines(june) == []


def test_its_line_says_why() -> None:
    state, _ = live(*ACCEPTED)
    (line,) = [one for one in documents_to_come(state, AT)[0].lines if one.kind == "option"]
    why = reckoning(line)
    assert (why.clause, why.cents) == ("5.3", 120_000)
    assert reckoned_again(why) == why.value
    assert all(well_set(sentence) for sentence in why.lines())


def test_two_quotes_are_two_lines_beside_an_option_of_the_grid() -> None:
    state, _ = live(
        *ACCEPTED,
        (AT, a.AcceptQuote(quote="storage", label="Formation sur mesure", price_cents=90_000)),
        (AT, a.OrderOption(code="start")),
    )
    assert lines(documents_to_come(state, AT)[0]) == [
        ("Service démarrage", 1, 49_000),
        ("Reprise de vos données", 1, 120_000),
        ("Formation sur mesure", 1, 90_000),
    ]
    assert lines(documents_to_come(state, AT)[1]) == []


def test_accepted_twice_it_is_accepted_once() -> None:
    given_steps(*ACCEPTED).when(TAKEN_OVER, le("22/03/2026 10:00")).nothing_happens()
    billed = given_steps(*ACCEPTED, until=le("21/04/2026"))
    assert all(order.billed for order in billed.state.orders)


def test_before_accepting_its_effect_is_shown() -> None:
    state, _ = live(*CONTRACT)
    shown = preview(state, TAKEN_OVER, AT)
    assert shown.after.documents[0].net_cents - shown.before.documents[0].net_cents == 120_000
    assert shown.after.documents[1:] == shown.before.documents[1:]


def test_in_a_trial_it_waits_for_the_contract() -> None:
    trial = given(*a_trial(le("31/01/2026 10:00")))
    after = trial.when(TAKEN_OVER, le("01/02/2026 10:00")).granted()
    assert [order.billed for order in after.state.orders] == [False]


def test_at_the_contracts_end_it_is_billed_by_the_final_document() -> None:
    state, _ = live(*ACCEPTED)
    ended = preview(state, a.Terminate(reason="force_majeure"), AT)
    final = ended.events[-1]
    assert isinstance(final, e.InvoiceIssued)
    assert ("Reprise de vos données", 1, 120_000) in lines(final)
