"""Any life of a contract: acts and waits in any order, under any readings, for the property tests."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.deadlines import advance, next_due
from portal.contract.decide import decide
from portal.contract.evolve import history
from portal.contract.offer import Offer
from portal.contract.policy import Policy
from portal.contract.refusal import Refusal
from portal.contract.state import State
from tests.contract.specification import ANNE, OTHER_SIREN, SIREN, VERSION, le

PEOPLE = (ANNE, "bob", "chloe", "dan", "eve", "fay", "gus")
BIRTH = le("28/02/2026 10:00")
MOMENT = timedelta(microseconds=1)

_people = st.sampled_from(PEOPLE)
_pieces = st.sampled_from(Piece)
_DOSSIER: tuple[st.SearchStrategy[a.Act], ...] = (
    st.builds(
        a.SubmitDocument,
        piece=_pieces,
        document=st.sampled_from(("sha-1", "sha-2", "sha-3")),
        signed=st.sampled_from((True, True, True, False)),
        dated=st.none() | st.dates(date(2026, 1, 1), date(2026, 5, 1)),
        siren=st.sampled_from((None, None, None, SIREN, OTHER_SIREN)),
    ),
    st.builds(
        a.SubmitDocument,
        piece=st.sampled_from((Piece.CONTRACT, Piece.MANDATE)),
        document=st.integers(4, 10**6).map("sha-{}".format),
    ),
    st.builds(a.AcceptDocument, piece=_pieces),
    st.builds(a.RefuseDocument, piece=_pieces, reason=st.sampled_from(("illegible", "wrong page", ""))),
)
ACTS: st.SearchStrategy[a.Act] = st.one_of(
    st.builds(a.RegisterUser, user=_people),
    st.builds(a.RemoveUser, user=_people),
    st.builds(a.OrderOption, code=st.sampled_from(("start", "yacht")), quantity=st.integers(0, 2)),
    *_DOSSIER,
    *_DOSSIER,
    st.builds(a.AcceptTerms, version=st.sampled_from((VERSION, VERSION, "2025-01")), by=_people),
    st.builds(
        a.StartTrial,
        users=st.lists(_people, max_size=6).map(tuple),
        earlier_trials=st.sampled_from((0, 0, 0, 1)),
        allowed_trials=st.integers(0, 1),
    ),
    st.builds(a.CreateAccount, siren=st.just(SIREN), admin=_people),
    st.builds(a.ConfirmDestruction),
)

# How long until the next act: any time, or right around what the calendar brings next.
WAITS: st.SearchStrategy[timedelta | str] = st.one_of(
    st.just(timedelta()),
    st.timedeltas(timedelta(), timedelta(hours=30)),
    st.timedeltas(timedelta(), timedelta(days=25)),
    st.sampled_from(("just before what is due", "when it is due", "just after")),
)

POLICIES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "start_day_counts": st.booleans(),
        "administrator_counts": st.booleans(),
        "destruction_waits_for_business_day": st.booleans(),
        "unexamined_document_holds": st.booleans(),
        "pending_dossier_stays_open": st.booleans(),
        "destruction_follows_examination": st.booleans(),
        "correction_days": st.integers(1, 40),
        "trial_reminder_days": st.lists(st.integers(1, 40), max_size=4),
        "archive_reminder_days": st.lists(st.integers(1, 40), max_size=4),
        "reminder_hour": st.integers(3, 23),
    },
)


@dataclass(frozen=True)
class Story:
    """What people do, when, and under which readings."""

    readings: dict[str, Any]
    steps: list[tuple[timedelta | str, a.Act]]

    def offer(self) -> Offer:
        return Offer(terms_version=VERSION, policy=Policy.model_validate(self.readings))


# Most lives start with a trial, some with a dossier in its days of reflection, some anyhow.
_A_TRIAL: list[tuple[timedelta | str, a.Act]] = [
    (timedelta(), a.CreateAccount(siren=SIREN, admin=ANNE)),
    (timedelta(), a.AcceptTerms(version=VERSION, by=ANNE)),
    (timedelta(), a.StartTrial()),
]
_A_MANDATE: list[tuple[timedelta | str, a.Act]] = [
    *_A_TRIAL,
    (timedelta(days=44), a.SubmitDocument(piece=Piece.MANDATE, document="sha-0")),
]
_A_LATE_REFUSAL: list[tuple[timedelta | str, a.Act]] = [
    *_A_MANDATE,
    (timedelta(days=5), a.RefuseDocument(piece=Piece.MANDATE, reason="illegible")),
]
STORIES = st.builds(
    lambda readings, start, steps: Story(readings, start + steps),
    readings=st.just({}) | POLICIES,
    start=st.sampled_from((_A_TRIAL, _A_TRIAL, _A_MANDATE, _A_LATE_REFUSAL, [])),
    steps=st.lists(st.tuples(WAITS, ACTS), max_size=14),
)


@dataclass(frozen=True)
class Moment:
    """One act of a life: the state that met it, what came of it."""

    at: datetime
    act: a.Act
    before: State
    due: tuple[e.Event, ...]
    caused: tuple[e.Event, ...]
    refusal: Refusal | None
    after: State


@dataclass(frozen=True)
class Life:
    offer: Offer
    moments: tuple[Moment, ...]
    state: State
    at: datetime

    @property
    def events(self) -> tuple[e.Event, ...]:
        return tuple(event for one in self.moments for event in (*one.due, *one.caused))


def lived(story: Story) -> Life:
    offer = story.offer()
    state, at = State(offer=offer), BIRTH
    moments = []
    for wait, act in story.steps:
        at += wait if isinstance(wait, timedelta) else _around_the_next(state, at, wait)
        state, due = advance(state, at)
        before, refused = state, None
        caused: tuple[e.Event, ...] = ()
        try:
            caused = decide(state, act, at)
        except Refusal as refusal:
            refused = refusal
        state = history(state, caused)
        moments.append(Moment(at, act, before, due, caused, refused, state))
    return Life(offer, tuple(moments), state, at)


def _around_the_next(state: State, at: datetime, wait: str) -> timedelta:
    due = next_due(state)
    if due is None:
        return timedelta(days=1)
    offset = {"just before what is due": -MOMENT, "when it is due": timedelta(), "just after": MOMENT}[wait]
    return max(due.at + offset - at, timedelta())


def so_many(count: int) -> settings:
    """Look at that many lives, the same ones each time, however long they take."""
    return settings(
        max_examples=count,
        database=None,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
