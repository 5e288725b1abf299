"""What the page of the users shows: who they are, what each costs, what removing one saves, what can be undone."""

from dataclasses import dataclass

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.decide import decide
from portal.contract.preview import Document, documents_to_come
from portal.contract.reckoning import Reckoning
from portal.contract.refusal import Refusal
from portal.contract.seats import Saving, cost_this_month, saving_of_removal, undoable, unused_seats
from portal.contract.state import State
from portal.services.context import Portal, Viewer
from portal.services.reading import Contract, names_of, own_contract
from portal.services.seats import signs_in


@dataclass(frozen=True, slots=True)
class Undo:
    """A change since the last invoice that can be undone until the next."""

    event: e.UserRegistered | e.UserRemoved
    name: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The users of a contract. `closed` says why nobody can be added, None where someone can.

    `saving` is what removing any one of them saves, the last administrator apart: the price is the same for
    all. `not_in_yet` are the administrators who have not opened their access.
    """

    contract: Contract
    closed: Refusal | None
    unused: int
    cost: Reckoning | None
    saving: Saving | Refusal | None
    undo: tuple[Undo, ...]
    next_document: Document | None
    not_in_yet: frozenset[str]


async def overview(portal: Portal, viewer: Viewer) -> Overview:
    """Return what the viewer is shown of the users of her contract."""
    contract = await own_contract(portal, viewer)
    state, at = contract.state, contract.at
    changes = undoable(state, (stored.event for stored in contract.events))
    async with portal.database.reading() as connection:
        names = await names_of(connection, viewer.tenant, (one.user for one in changes))
        are_in = await signs_in(connection, state.admins)
    removable = next((user for user in state.users if state.admins != (user,)), None)
    coming = documents_to_come(state, at, count=1)
    return Overview(
        contract=contract,
        closed=_why_closed(contract),
        unused=unused_seats(state),
        cost=cost_this_month(state, at),
        saving=saving_of_removal(state, removable, at) if removable else None,
        undo=tuple(Undo(one, names[one.user]) for one in changes if _is_still_so(state, one)),
        next_document=coming[0] if coming else None,
        not_in_yet=frozenset(state.admins) - are_in,
    )


def _why_closed(contract: Contract) -> Refusal | None:
    """Return what refuses a new user now; a trial that is full is one of the reasons."""
    try:
        decide(contract.state, a.RegisterUser(user="someone new"), contract.at)
    except Refusal as refusal:
        return refusal
    return None


def _is_still_so(state: State, event: e.UserRegistered | e.UserRemoved) -> bool:
    """Leave out the last administrator, whose coming cannot be undone."""
    return state.admins != (event.user,)
