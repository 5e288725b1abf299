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
from portal.contract.decide import decide, decide_all
from portal.contract.decisions.users import replacement
from portal.contract.evolve import history
from portal.contract.offer import Grid, Offer
from portal.contract.preview import outlook, preview_all
from portal.contract.refusal import Refusal
from portal.contract.state import State
from tests.contract.specification import VERSION
from tests.contract.subscribed import a_complete_dossier, live

USERS = tuple(f"u{n}" for n in range(9))
CHANGES_A_LIFE = 4

# A wish names persons by number: newcomers are any, those who are removed or named are among the users there are.
Wish = tuple[str, int, int]
_wish = st.tuples(
    st.sampled_from(
        (
            "register",
            "register",
            "remove",
            "remove",
            "suspend",
            "restore",
            "name",
            "replace",
            "order",
            "accept",
        )
    ),
    st.integers(0, 8),
    st.integers(1, 500_000),
)
_OPTIONS = ("start", "training", "storage")
_later = st.timedeltas(timedelta(), timedelta(days=45))


def acts_of(state: State, wish: Wish) -> tuple[a.Act, ...]:
    kind, number, amount = wish
    someone = state.users[number % len(state.users)]
    match kind:
        case "register":
            return (a.RegisterUser(user=USERS[number]),)
        case "remove":
            return (a.RemoveUser(user=someone),)
        case "suspend":
            return (a.SuspendUser(user=someone),)
        case "restore":
            return (a.RestoreUser(user=someone),)
        case "name":
            return (a.NameAdministrator(user=someone),)
        case "replace":
            return replacement(state, someone, USERS[(number + amount) % len(USERS)])
        case "order":
            return (a.OrderOption(code=_OPTIONS[number % 3], quantity=1 + number),)
        case _:
            return (a.AcceptQuote(quote=f"q{number}", label="Sur devis", price_cents=amount),)


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
    rates = {f"{year}-{half}": 262 for year in range(2026, 2030) for half in (1, 2)}
    state, _ = live(*steps, offer=Offer(terms_version=VERSION, grid=grid, legal_rates=rates))
    return state, entered


def shown_is_done(contract: tuple[State, datetime], changes: list[tuple[timedelta, list[Wish]]]) -> None:
    state, at = contract
    for later, wishes in changes:
        at += later
        state, _ = advance(state, at)
        # She pays: while the service is suspended nothing could be added.
        state = history(state, decide(state, a.SettleEverything(), at))
        acts = tuple(act for wish in wishes for act in acts_of(state, wish))
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


@pytest.mark.no_cover
@pytest.mark.parametrize("count", [250, pytest.param(1_000, marks=pytest.mark.long)])
def test_random_changes_cost_what_was_shown(count: int) -> None:
    @settings(
        max_examples=count // CHANGES_A_LIFE,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @for_all(
        contract=contracts(),
        changes=st.lists(
            st.tuples(_later, st.lists(_wish, min_size=1, max_size=2)),
            min_size=CHANGES_A_LIFE,
            max_size=CHANGES_A_LIFE,
        ),
    )
    def agree(contract: tuple[State, datetime], changes: list[tuple[timedelta, list[Wish]]]) -> None:
        shown_is_done(contract, changes)

    agree()
