"""Every date and amount that is shown of the future is what happens, if nobody does anything any more.

A life of any kind is stopped at an instant of it. What is foretold then, each deadline, each warning and the next
documents, is held against what the calendar brings afterwards, or against what may still be done until that instant
and not from it on. What happens without having been foretold is found too.
"""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as for_all

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.calendar import paris_day
from portal.contract.changes import pending
from portal.contract.deadlines import Deadline, DeadlineName, advance, deadlines
from portal.contract.decide import decide
from portal.contract.dossier import SAVING_PIECES, destruction_hold
from portal.contract.preview import documents_to_come
from portal.contract.refusal import Refusal
from portal.contract.reminders import reminders
from portal.contract.replay import replay
from portal.contract.scenario import read_scenario
from portal.contract.state import Data, Examination, Payment, Relationship, State
from portal.contract.term import current_last_day
from tests.contract.lives import MOMENT, STORIES, Story, lived
from tests.contract.random_lives import lives, toml

# Further than any deadline lies: two terms, and what follows an end.
FAR = timedelta(days=900)
Events = tuple[e.Event, ...]


# --- what each deadline announces --------------------------------------------------------------------------


def brings(*kinds: type[e.Event]) -> Callable[[State, Deadline, Events], bool]:
    """The deadline announces that one of these happens at its very instant."""

    def check(_state: State, deadline: Deadline, happened: Events) -> bool:
        return any(isinstance(one, kinds) and one.at == deadline.at for one in happened)

    return check


def until_then(act: Callable[[State], a.Act]) -> Callable[[State, Deadline, Events], bool]:
    """The deadline is the last chance of an act: granted just before, refused from then on."""

    def check(state: State, deadline: Deadline, _happened: Events) -> bool:
        wish = act(state)
        return is_granted(state, wish, deadline.at - MOMENT) and not is_granted(state, wish, deadline.at)

    return check


def is_granted(state: State, act: a.Act, at: datetime) -> bool:
    return bool(caused(state, act, at))


def caused(state: State, act: a.Act, at: datetime) -> Events:
    """What an act causes at an instant, all that fell due before having happened; () where it is refused."""
    try:
        return decide(advance(state, at)[0], act, at)
    except Refusal:
        return ()


def notice_counts_until_then(state: State, deadline: Deadline, _happened: Events) -> bool:
    """Notice served before the instant ends this term; from then on the next one."""
    in_time = ends_on_notice(state, deadline.at - MOMENT)
    late = ends_on_notice(state, deadline.at)
    return in_time == current_last_day(state) and late != in_time


def ends_on_notice(state: State, at: datetime) -> object:
    (served,) = (
        one for one in caused(state, a.ServeNotice(by="client"), at) if isinstance(one, e.NoticeServed)
    )
    return served.ends


def a_change_can_be_refused_until_then(state: State, deadline: Deadline, _happened: Events) -> bool:
    """The change that applies on the day after is pending just before, and is not from then on."""
    applies_from = paris_day(deadline.at)

    def is_pending(at: datetime) -> bool:
        then = advance(state, at)[0]
        if then.relationship is not Relationship.ACTIVE:
            return False
        changes = (pending(then, what, at) for what in ("price", "terms"))
        return any(one is not None and one.applies_from == applies_from for one in changes)

    return is_pending(deadline.at - MOMENT) and not is_pending(deadline.at)


def an_extract_is_good_until_then(state: State, deadline: Deadline, _happened: Events) -> bool:
    """The K-bis that was sent could be sent again until then; from then on it is too old."""
    dated = state.documents[Piece.KBIS].dated
    act = a.SubmitDocument(piece=Piece.KBIS, document="sent-again", dated=dated)
    return "kbis_too_old" in {code_of(state, act, deadline.at), "kbis_too_old"} and code_of(
        state, act, deadline.at - MOMENT
    ) not in {"kbis_too_old", "kbis_in_future"}


def code_of(state: State, act: a.Act, at: datetime) -> str:
    try:
        decide(advance(state, at)[0], act, at)
    except Refusal as refusal:
        return refusal.code
    return ""


def a_piece_saves_until_then(state: State, deadline: Deadline, _happened: Events) -> bool:
    """What is missing, contract or mandate, is taken just before, and not from then on; one that is examined holds."""
    missing = next(one for one in SAVING_PIECES if not is_accepted(state, one))
    piece = a.SubmitDocument(piece=missing, document="one-more")
    then = advance(state, deadline.at)[0]
    is_closed = not is_granted(state, piece, deadline.at)
    return is_granted(state, piece, deadline.at - MOMENT) and (
        is_closed or destruction_hold(then) is not None
    )


def is_accepted(state: State, piece: Piece) -> bool:
    document = state.documents.get(piece)
    return document is not None and document.examination is Examination.ACCEPTED


ANNOUNCES: dict[DeadlineName, Callable[[State, Deadline, Events], bool]] = {
    "trial_end": brings(e.ServiceSuspended),
    "archive_end": a_piece_saves_until_then,
    "correction_end": a_piece_saves_until_then,
    "destruction": brings(e.DataDestroyed),
    "kbis_expiry": an_extract_is_good_until_then,
    "next_invoice": brings(e.InvoiceIssued, e.CreditNoteIssued),
    "notice_limit": notice_counts_until_then,
    "refusal_limit": a_change_can_be_refused_until_then,
    "term_end": brings(e.ContractRenewed, e.ContractEnded),
    "suspension": brings(e.ServiceSuspended),
    "termination_open": lambda state, deadline, _: (
        not is_granted(state, a.Terminate(reason="unpaid"), deadline.at - MOMENT)
        and is_granted(state, a.Terminate(reason="unpaid"), deadline.at)
    ),
    "restitution_end": until_then(lambda _: a.RequestRestitution()),
}


# --- and what happens without ------------------------------------------------------------------------------


def foretold(state: State, at: datetime) -> list[str]:
    """What is wrong with what is shown at `at` of the future: nothing, in a portal that keeps its word."""
    shown = deadlines(state, at)
    _, happened = advance(state, at + FAR)
    happened = tuple(one for one in happened if one.at > at)
    wrong = [f"{one.name} at {one.at}" for one in shown if not ANNOUNCES[one.name](state, one, happened)]
    issued = [one for one in happened if isinstance(one, e.InvoiceIssued | e.CreditNoteIssued)]
    coming = documents_to_come(state, at)
    if list(coming) != issued[: len(coming)]:
        wrong.append("documents")
    announced = {one.at for one in shown}
    wrong += [
        f"unannounced {one.kind} at {one.at}" for one in _firsts(state, happened) if one.at not in announced
    ]
    warned: set[tuple[datetime, str, int]] = {
        (one.at, one.about, one.days) for one, _ in reminders(state) if one.at > at
    }
    wrong += [f"reminder {one}" for one in warned ^ _reminded_before_anything_turns(state, happened, warned)]
    return wrong


def _firsts(state: State, happened: Events) -> list[e.Event]:
    """The first of each thing that a page announces: those after it depend on what came before."""
    kinds: list[tuple[type[e.Event], ...]] = [(e.InvoiceIssued, e.CreditNoteIssued)]
    match state.relationship:
        case Relationship.ACTIVE:
            kinds += [(e.ContractRenewed, e.ContractEnded)]
            # A default to come may be paid before: only one that is recorded announces a suspension.
            if any(one.suspension_at and one.payment is Payment.IN_DEFAULT for one in state.invoices):
                kinds += [(e.ServiceSuspended,)]
        case Relationship.ENDED if state.data is Data.RESTITUTION:
            kinds += [(e.DataDestroyed,)]
        case Relationship.TRIAL | Relationship.REFLECTION:
            kinds += [(e.ServiceSuspended,), (e.DataDestroyed,)]
        case _:
            pass
    firsts = (next((one for one in happened if isinstance(one, kind)), None) for kind in kinds)
    # A final invoice comes with the end that is announced, at its instant.
    return [one for one in firsts if one is not None]


def _reminded_before_anything_turns(
    state: State, happened: Events, warned: set[tuple[datetime, str, int]]
) -> set[tuple[datetime, str, int]]:
    """The reminders sent until the term is over, when others take their place; those of a trial, all of them."""
    turn = next((one.at for one in happened if isinstance(one, e.ContractRenewed | e.ContractEnded)), None)
    return {
        (one.at, one.about, one.days)
        for one in happened
        if isinstance(one, e.ReminderSent)
        and (turn is None or one.at < turn)
        and ((one.at, one.about, one.days) in warned or state.invoices or one.about != "first_payment")
    }


def check(number_of_lives: int, *, derandomize: bool) -> int:
    """Return how many deadlines were held against what happened."""
    held = 0

    @settings(
        max_examples=number_of_lives,
        deadline=None,
        derandomize=derandomize,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @for_all(scenario=lives())
    def contracts_keep_their_word(scenario: dict[str, object]) -> None:
        nonlocal held
        stopped = replay(read_scenario(toml(scenario)))
        assert foretold(stopped.state, stopped.last) == [], toml(scenario)
        held += len(stopped.deadlines)

    @settings(
        max_examples=number_of_lives,
        deadline=None,
        derandomize=derandomize,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @for_all(story=STORIES)
    def trials_keep_theirs(story: Story) -> None:
        nonlocal held
        life = lived(story)
        assert foretold(life.state, life.at) == []
        held += len(deadlines(life.state, life.at))

    contracts_keep_their_word()
    trials_keep_theirs()
    return held


@pytest.mark.no_cover
def test_what_is_shown_of_the_future_is_what_happens() -> None:
    assert check(30, derandomize=True) > 30


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_what_is_shown_of_the_future_is_what_happens_in_a_thousand_lives() -> None:
    held = check(1_000, derandomize=False)
    sys.stdout.write(f"{held} deadlines held\n")
    assert held > 1_000
