"""Contracts in force, for tests that begin there: a complete dossier, its first month settled."""

from datetime import datetime, timedelta

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import FIRST, Piece
from portal.contract.calendar import paris_day
from portal.contract.deadlines import advance
from portal.contract.decide import decide
from portal.contract.offer import Offer
from portal.contract.refusal import Refusal
from portal.contract.state import State
from tests.contract.specification import ANNE, SIREN, VERSION, Given, an_offer, followed, lawful, le

MOMENT = timedelta(microseconds=1)
Step = tuple[datetime, a.Act]


def a_complete_dossier(at: datetime, *users: str) -> tuple[Step, ...]:
    """Account, terms, users, pieces accepted and identity validated, all at `at`."""
    pieces = tuple(
        a.SubmitDocument(piece=piece, document=piece, dated=paris_day(at) if piece is Piece.KBIS else None)
        for piece in Piece
    )
    wishes: tuple[a.Act, ...] = (
        a.CreateAccount(siren=SIREN, admin=ANNE),
        a.AcceptTerms(version=VERSION, by=ANNE),
        *pieces,
        *(a.RegisterUser(user=user) for user in users),
        *(a.AcceptDocument(piece=piece) for piece in Piece),
        a.ValidateIdentity(),
    )
    return tuple((at, wish) for wish in wishes)


def in_force(validated: str, settled: str, *users: str) -> tuple[Step, ...]:
    """A contract without a trial, in force on the day its first month is settled."""
    return (*a_complete_dossier(le(validated), *users), (le(settled), a.Settle(month=FIRST)))


def live(
    *steps: Step, until: datetime | None = None, offer: Offer | None = None
) -> tuple[State, tuple[e.Event, ...]]:
    """Live through acts and deadlines; a refusal fails the test."""
    state = State(offer=offer or an_offer())
    happened: list[e.Event] = []
    for at, act in steps:
        state, due = advance(state, at)
        caused = decide(state, act, at)
        assert followed(state, caused) == lawful(state, caused)
        state = lawful(state, caused)
        happened += [*due, *caused]
    if until is not None:
        state, due = advance(state, until)
        happened += due
    return state, tuple(happened)


def given_steps(*steps: Step, until: datetime | None = None, offer: Offer | None = None) -> Given:
    return Given(live(*steps, until=until, offer=offer)[0])


def refusal_of(state: State, act: a.Act, at: datetime) -> str | None:
    """The code of the refusal, or None where the act is granted."""
    try:
        decide(advance(state, at)[0], act, at)
    except Refusal as refusal:
        return refusal.code
    return None
