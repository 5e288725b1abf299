"""Every date and every amount in the sentence of an event has its reason: the reckoning that the rules made it by."""

import re
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as for_all

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.because import Because, recomputed
from portal.contract.explanations import Explained, explained, timeline
from portal.contract.offer import Offer
from portal.contract.reckoning import Reason, reckoned_again
from portal.contract.replay import replay
from portal.contract.scenario import read_scenario
from portal.contract.story import told
from tests.contract.random_lives import lives, toml
from tests.contract.specification import an_offer, le
from tests.contract.subscribed import Step, in_force, live
from tests.contract.test_refusals import without_no_break
from tests.contract.test_whole_life import EVENTS, FROM_A_TRIAL, WITH_A_CREDIT_NOTE

DATED_OR_PRICED = re.compile(r"(?:1er|\d{1,2}) [a-zûé]+ \d{4}|\d[\d ]*,\d{2} €")
CONTRACT = in_force("04/03/2026 10:00", "17/03/2026 10:00", "bob", "chloe", "dan", "eve")


def values(text: str) -> set[str]:
    return set(DATED_OR_PRICED.findall(without_no_break(text)))


def unnamed(offer: Offer, events: Iterable[e.Event]) -> list[str]:
    """Return the sentences with a date or an amount that no reason of theirs names."""
    found = []
    for one in explained(offer, events):
        sentence = told(one.event, offer.grid)
        reasons = " ".join(line for reason in (one.because, *one.told) for line in reason.lines())
        if values(sentence) - values(reasons):
            found.append(f"{sentence} {sorted(values(sentence) - values(reasons))}")
    return found


def last(kind: type[e.Event], *steps: Step, until: str = "") -> Explained:
    """Return the last event of a kind in a life, explained."""
    offer = an_offer()
    events = live(*CONTRACT, *steps, until=le(until) if until else None, offer=offer)[1]
    return [one for one in explained(offer, events) if isinstance(one.event, kind)][-1]


def in_words(reasons: Iterable[Reason]) -> list[str]:
    return [without_no_break(" ".join(one.lines())) for one in reasons]


@pytest.mark.parametrize(
    "events", [EVENTS, FROM_A_TRIAL, WITH_A_CREDIT_NOTE], ids=["life", "trial", "credit"]
)
def test_nothing_of_a_sentence_goes_without_its_reason(events: tuple[e.Event, ...]) -> None:
    assert unnamed(an_offer(), events) == []


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[*HealthCheck],
    derandomize=True,
    database=None,
    phases=[Phase.generate],
)
@for_all(scenario=lives())
def test_nothing_of_any_life_goes_without_its_reason(scenario: dict[str, object]) -> None:
    result = replay(read_scenario(toml(scenario)))
    assert unnamed(result.scenario.offer(), result.events) == []


def test_the_reasons_of_a_sentence_are_done_again_from_their_start() -> None:
    for one in explained(an_offer(), EVENTS):
        for reason in one.told:
            if isinstance(reason, Because):
                assert recomputed(reason) == reason.result
            else:
                assert reckoned_again(reason) == reason.value


def test_an_invoice_is_explained_line_by_line_and_so_is_its_due_day() -> None:
    invoice = last(e.InvoiceIssued, until="21/03/2026 10:00")
    assert "142,26 € TTC, à payer au plus tard le mardi 31 mars 2026" in without_no_break(
        told(invoice.event, an_offer().grid)
    )
    total, due = in_words(invoice.told)
    assert total.startswith("Article 10.1 des CGV : le total hors taxes est la somme des lignes.")
    assert "Abonnement, avril 2026 : 245,00 €." in total
    assert total.endswith("Plus la TVA : 142,26 €.")
    assert due.startswith("Article 10.3 des CGV : une facture est payable au plus tard le dernier jour")
    assert due.endswith("Dernier jour de ce mois : mardi 31 mars 2026.")


def test_a_part_of_an_invoice_paid_is_what_was_left_of_it_less_what_still_is() -> None:
    payment = last(
        e.PaymentSettled,
        (le("31/03/2026 10:00"), a.Settle(month="2026-04", amount_cents=10000)),
    )
    (amount,) = in_words(payment.told)
    assert amount.endswith(
        "Point de départ : total TTC de la facture, 142,26 €. Moins ce qui en reste à payer : 100,00 €."
    )


def test_what_a_delay_cost_is_explained_beside_what_was_paid() -> None:
    payment = last(
        e.PaymentSettled,
        (le("31/03/2026 10:00"), a.Settle(month="2026-04")),
        (le("20/05/2026 10:00"), a.SettleEverything()),
    )
    sentence = without_no_break(told(payment.event, an_offer().grid))
    amount, penalties, indemnity = in_words(payment.told)
    assert "de pénalités et 40,00 € d’indemnité." in sentence
    assert amount.startswith("Article 10.3")
    assert "mois commencé le 1er mai 2026" in penalties.lower()
    assert indemnity.endswith("Point de départ : indemnité forfaitaire, 40,00 €.")


def test_a_moment_of_the_timeline_brings_the_reasons_of_its_title() -> None:
    state, events = live(*CONTRACT, until=le("21/03/2026 10:00"))
    moments = timeline(state, events, le("21/03/2026 10:00"))
    told_of = {one.title: one.told for one in moments}
    assert [len(told_of[title]) for title in told_of if title.startswith("Facture")] == [2, 2]
    assert all(not reasons for title, reasons in told_of.items() if not values(title))
