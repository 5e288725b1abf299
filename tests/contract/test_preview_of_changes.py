"""What is shown before a change is what is invoiced after it: a thousand random changes, one by one or several."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.deadlines import advance
from portal.contract.decide import decide_all
from portal.contract.decisions.users import replacement
from portal.contract.evolve import history
from portal.contract.offer import Grid, Offer
from portal.contract.preview import outlook, preview_all
from portal.contract.refusal import Refusal
from portal.contract.state import State
from tests.contract.specification import ANNE, VERSION
from tests.contract.subscribed import a_complete_dossier, live

USERS = tuple(f"u{n}" for n in range(9))
CHANGES_A_LIFE = 4

_user = st.sampled_from((ANNE, *USERS))
_one = st.one_of(
    st.builds(lambda user: a.RegisterUser(user=user), _user),
    st.builds(lambda user: a.RemoveUser(user=user), _user),
    st.builds(lambda user: a.SuspendUser(user=user), _user),
    st.builds(lambda user: a.RestoreUser(user=user), _user),
    st.builds(lambda user: a.NameAdministrator(user=user), _user),
    st.builds(
        lambda code, quantity: a.OrderOption(code=code, quantity=quantity),
        st.sampled_from(("start", "training", "storage")),
        st.integers(1, 3),
    ),
    st.builds(
        lambda quote, cents: a.AcceptQuote(quote=quote, label="Sur devis", price_cents=cents),
        st.sampled_from(("q1", "q2", "q3")),
        st.integers(1, 500_000),
    ),
)
# A wish is some acts, or the replacement of one person by another, whose order depends on the contract.
_wish = st.lists(_one, min_size=1, max_size=3) | st.tuples(_user, _user)
_later = st.timedeltas(timedelta(), timedelta(days=45))


def acts_of(state: State, wish: list[a.Act] | tuple[str, str]) -> tuple[a.Act, ...]:
    return replacement(state, *wish) if isinstance(wish, tuple) else tuple(wish)


@st.composite
def contracts(draw: st.DrawFn) -> tuple[State, datetime]:
    """A contract of some users that came into force on any day of two years, at prices that do not divide well."""
    grid = Grid(
        minimum_users=draw(st.integers(1, 6)),
        user_month_cents=draw(st.sampled_from((4_900, 3_333, 101))),
        vat_hundredths=draw(st.sampled_from((2_000, 850, 0))),
    )
    asked = datetime(2026, 1, 2, 8, tzinfo=UTC) + draw(st.timedeltas(timedelta(), timedelta(days=710)))
    users = draw(st.lists(st.sampled_from(USERS), max_size=8, unique=True))
    # Validated late in a month, the first invoice waits for the 1st and is paid after it.
    entered = asked + timedelta(days=40)
    steps = (*a_complete_dossier(asked, *users), (entered, a.Settle(month=FIRST)))
    state, _ = live(*steps, offer=Offer(terms_version=VERSION, grid=grid))
    return state, entered


def shown_is_done(contract: tuple[State, datetime], changes: list[tuple[timedelta, object]]) -> None:
    state, at = contract
    for later, wish in changes:
        at += later
        state, _ = advance(state, at)
        acts = acts_of(state, wish)  # type: ignore[arg-type]
        shown = preview_all(state, acts, at)
        assert shown.before == outlook(state, at)
        if shown.refusal:
            assert (refusal_of(state, acts, at), shown.events) == (shown.refusal.code, ())
            continue
        caused = decide_all(state, acts, at)
        assert shown.events == caused
        state = history(state, caused)
        _, to_come = advance(state, at + timedelta(days=400))
        issued = [one for one in to_come if isinstance(one, e.InvoiceIssued | e.CreditNoteIssued)]
        assert list(shown.after.documents) == issued[: len(shown.after.documents)]
        assert shown.after.documents


def refusal_of(state: State, acts: tuple[a.Act, ...], at: datetime) -> str:
    with pytest.raises(Refusal) as refused:
        decide_all(state, acts, at)
    return refused.value.code


@settings(
    max_examples=1_000 // CHANGES_A_LIFE,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[*HealthCheck],
)
@for_all(
    contract=contracts(),
    changes=st.lists(st.tuples(_later, _wish), min_size=CHANGES_A_LIFE, max_size=CHANGES_A_LIFE),
)
def test_a_thousand_random_changes_cost_what_was_shown(
    contract: tuple[State, datetime], changes: list[tuple[timedelta, object]]
) -> None:
    shown_is_done(contract, changes)
