"""A kept state says, word for word, what the whole history says."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given

from portal.contract.events import EVENT, Event, RestitutionCompleted, RestitutionRequested
from portal.contract.evolve import evolve
from portal.contract.offer import Grid, Offer
from portal.contract.policy import Policy
from portal.contract.replay import replay
from portal.contract.scenario import read_scenario
from portal.contract.state import Data, State
from portal.records import keeping
from tests.contract.lives import STORIES, Story, lived, so_many
from tests.contract.random_lives import lives, toml

OFFER = Offer(terms_version="2026-01")


def words(state: State) -> str:
    """A state in words that tell an enumeration from its text, a tuple from a list; sets have no order."""
    return repr(replace(state, reminders=frozenset(), documents={})) + repr(
        [sorted(state.reminders), list(state.documents.items())]
    )


def kept(state: State) -> set[str]:
    """Keep a state and read it again; return what of it had something to keep."""
    read = keeping.state_told(keeping.told(state), state.offer)
    assert read == state
    assert words(read) == words(state)
    assert type(read.documents) is type(state.documents), "nobody may write into it"
    empty = State(offer=state.offer)
    return {one.name for one in fields(state) if getattr(state, one.name) != getattr(empty, one.name)}


def stored(event: Event) -> Event:
    return EVENT.validate_json(EVENT.dump_json(event))


def holds_at_every_event(offer: Offer, events: tuple[Event, ...]) -> set[str]:
    state, seen = State(offer=offer), set[str]()
    for event in events:
        state = evolve(state, stored(event))
        seen |= kept(state)
        if state.data is Data.RESTITUTION:
            # Lives go on without it: nobody in them asks for the data.
            asked = evolve(state, stored(RestitutionRequested(at=event.at)))
            seen |= kept(asked) | kept(evolve(asked, stored(RestitutionCompleted(at=event.at))))
    return seen


@pytest.mark.parametrize(
    "count", [30, pytest.param(1000, marks=[pytest.mark.long, pytest.mark.timeout(1800)])]
)
def test_any_life_is_kept_at_any_of_its_events(count: int) -> None:
    seen: set[str] = set()

    @so_many(count)
    @given(story=STORIES)
    def before(story: Story) -> None:
        life = lived(story)
        seen.update(holds_at_every_event(life.offer, life.events))

    @so_many(count)
    @given(scenario=lives())
    def within(scenario: dict[str, Any]) -> None:
        result = replay(read_scenario(toml(scenario)))
        seen.update(holds_at_every_event(result.state.offer, result.events))

    before()
    within()
    everything = {one.name for one in fields(State)} - {"offer"}
    assert seen == everything, "no part of a state is left out"


@pytest.mark.parametrize(
    "other",
    [
        replace(OFFER, terms_version="2027-01"),
        replace(OFFER, grid=replace(OFFER.grid, vat_hundredths=850)),
        replace(OFFER, grid=Grid(user_month_cents=5200)),
        replace(OFFER, policy=Policy(issue_day=21)),
        replace(OFFER, legal_rates={**OFFER.legal_rates, "2026-2": 262}),
        replace(OFFER, vat_known=False),
    ],
)
def test_another_offer_has_another_fingerprint(other: Offer) -> None:
    assert keeping.fingerprint(other) != keeping.fingerprint(OFFER)


def test_equal_offers_have_one_fingerprint_in_whatever_order_their_rates_came() -> None:
    turned = dict(sorted(OFFER.legal_rates.items(), reverse=True))
    assert keeping.fingerprint(replace(OFFER, legal_rates=turned)) == keeping.fingerprint(OFFER)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"relationship": "widowed"}', '{"terms": "many"}'])
def test_what_cannot_be_read_is_said_to_be_so(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        keeping.state_told(text, OFFER)
