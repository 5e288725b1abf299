"""How these tests speak: given what has happened, when something is asked, then events, a refusal or nothing.

Whatever a test looks at, every state on the way is checked: each deadline and each reminder must be
what its own explanation gives when its steps are done again, and what counting by hand gives.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.contract import events as e
from portal.contract.acts import Act
from portal.contract.because import Because, Operation, recomputed
from portal.contract.deadlines import advance, deadlines
from portal.contract.decide import decide
from portal.contract.evolve import evolve
from portal.contract.invariants import breaches, breaches_by
from portal.contract.offer import Offer
from portal.contract.policy import Policy
from portal.contract.refusal import Refusal
from portal.contract.reminders import reminders
from portal.contract.state import State
from tests.contract import naive

VERSION = "2026-01"
SIREN, OTHER_SIREN = "732829320", "552100554"
ANNE, BOB = "anne", "bob"


def le(french: str) -> datetime:
    """« 31/01/2026 10:00 », « 31/01/2026 10:00:30 » or « 31/01/2026 » (midnight): that instant in Paris."""
    shape = ("%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S")[french.count(":")]
    return datetime.strptime(french, shape).replace(tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)


_FAULTY_SPACES = re.compile(
    r"[ ][:;!?»%€]"  # a plain space before what wants a no-break one
    r"|«[ ]|[^\u00a0\d]:|[^\u202f][;!?]"  # the wrong space, or none
    r"|'|  |\.\.|[ ][,.]"
    r"|\b\d+ (?:jours?|h|mois|utilisateurs?)\b|\b1\u00a0jours"
)


def well_set(text: str) -> bool:
    """Tell whether a French sentence starts, ends and is spaced as it should."""
    return (text[0].isupper() or text[0].isdigit()) and text[-1] == "." and not _FAULTY_SPACES.search(text)


def jour(french: str) -> date:
    """« 31/01/2026 »: that day."""
    return datetime.strptime(french, "%d/%m/%Y").replace(tzinfo=UTC).date()


def an_account(at: datetime) -> tuple[e.Event, ...]:
    """The account exists and the terms are accepted."""
    return (
        e.AccountCreated(at=at, siren=SIREN, admin=ANNE),
        e.TermsAccepted(at=at, version=VERSION, by=ANNE, evidence=""),
    )


def a_trial(at: datetime, *users: str) -> tuple[e.Event, ...]:
    """A trial that starts at `at`; the administrator is among its users."""
    registered = (e.UserRegistered(at=at, user=user) for user in (ANNE, *users))
    return (*an_account(at), e.TrialStarted(at=at), e.ServiceOpened(at=at), *registered)


def an_offer(**readings: object) -> Offer:
    """The demonstration's offer, with some readings turned another way."""
    return Offer(terms_version=VERSION, policy=Policy.model_validate(readings))


@dataclass(frozen=True)
class Given:
    """A contract with a history."""

    state: State

    def when(self, act: Act, at: datetime) -> "When":
        """Ask for `act` at `at`, once all that was due by then has happened."""
        return When(self.left_alone_until(at).state, act, at)

    def left_alone_until(self, at: datetime) -> "Given":
        state, happened = advance(self.state, at)
        assert followed(self.state, happened) == lawful(self.state, happened) == state
        return Given(state)

    def by(self, at: datetime) -> tuple[e.Event, ...]:
        """What happens by itself until `at`."""
        return advance(self.state, at)[1]


@dataclass(frozen=True)
class When:
    """An act that is about to be decided."""

    state: State
    act: Act
    at: datetime

    def then(self, *expected: e.Event) -> Given:
        caused = decide(self.state, self.act, self.at)
        assert caused == expected
        assert lawful(self.state, caused) == followed(self.state, caused)
        return Given(followed(self.state, caused))

    def nothing_happens(self) -> Given:
        return self.then()

    def granted(self) -> Given:
        """It causes something; what exactly is another test's matter."""
        caused = decide(self.state, self.act, self.at)
        assert caused
        return self.then(*caused)

    def refused(self, code: str) -> Refusal:
        with pytest.raises(Refusal) as caught:
            decide(self.state, self.act, self.at)
        assert caught.value.code == code
        assert well_set(caught.value.message), caught.value.message
        return caught.value


def given(*happened: e.Event, offer: Offer | None = None) -> Given:
    return Given(followed(State(offer=offer or an_offer()), happened))


def followed(state: State, events: tuple[e.Event, ...]) -> State:
    """The state after `events`, checked after each of them."""
    for event in events:
        state = evolve(state, event)
        assert state.at == event.at
        assert e.EVENT.validate_json(e.EVENT.dump_json(event)) == event
    at = state.at or datetime.min.replace(tzinfo=UTC)
    for because in [one.because for one in deadlines(state, at)] + [why for _, why in reminders(state)]:
        assert recomputed(because) == because.result == counted_by_hand(because), because.lines()
    return state


def lawful(state: State, events: tuple[e.Event, ...]) -> State:
    """The state after `events` that the rules brought about, in which every invariant must hold."""
    for event in events:
        assert breaches_by(state, event) == ()
        state = evolve(state, event)
    assert breaches(state) == ()
    return state


def counted_by_hand(because: Because) -> date | datetime:
    """Do the steps of an explanation again, day by day, with nothing of the portal's."""
    value: date | datetime = because.start
    for step in because.steps:
        assert not isinstance(value, datetime)
        value = _by_hand(step.operation, value, step.amount)
        assert value == step.value, step.text
    return value


def _by_hand(operation: Operation, day: date, amount: int | date | None) -> date | datetime:
    match operation, amount:
        case Operation.ADD_DAYS, int(days):
            return naive.plus_days(day, days)
        case Operation.ADD_MONTHS, int(months):
            return naive.plus_months(day, months)
        case Operation.ADD_BUSINESS_DAYS, int(days):
            return naive.plus_business_days(day, days)
        case Operation.FIRST_BUSINESS_DAY, None:
            return naive.first_business_day(day)
        case Operation.LAST_BUSINESS_DAY, None:
            return naive.last_business_day(day)
        case Operation.LAST_BANKING_DAY, None:
            return naive.last_banking_day(day)
        case Operation.FIRST_DAY_OPEN_TO_BOTH, None:
            return naive.first_day_open_to_both(day)
        case Operation.MONTH_END, None:
            return naive.month_end(day)
        case Operation.A_MONTH_BEFORE, None:
            return naive.a_month_before(day)
        case Operation.START_OF_DAY, None:
            return naive.paris(day, 0)
        case Operation.LATER_OF, date():
            return sorted((day, amount))[1]
        case Operation.END_OF_DAY, None:
            return naive.end_of_day(day)
        case Operation.AT_HOUR, int(hour):
            return naive.paris(day, hour)
    raise AssertionError(operation, amount)
