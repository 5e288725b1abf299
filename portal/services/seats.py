"""The named users of a contract (CGV art. 2, 7, 10.1): added, removed, suspended, replaced; administrators named.

What is wished is shown first, by the rules that will do it, and then done in one transaction, decided anew
under lock: of two administrators who act at once, the second is shown what has changed, or refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.decisions.users import replacement
from portal.contract.refusal import Refusal
from portal.contract.state import State
from portal.records.tables import accounts
from portal.services.consequences import post
from portal.services.context import Origin, Portal, Viewer
from portal.services.effects import Effect, effect, must_be_as_shown
from portal.services.histories import OpenHistory, current_contract
from portal.services.invitations import close_access, invite
from portal.services.journal import note
from portal.services.named_persons import NewUser, known_person, must_be_of, person_named
from portal.services.reading import own_contract

Deed = Literal["register", "remove", "suspend", "restore", "name", "relieve"]


@dataclass(frozen=True, slots=True)
class Add:
    """Register new users, all of them or none."""

    users: tuple[NewUser, ...]


@dataclass(frozen=True, slots=True)
class Replace:
    """Register someone in the place of a user."""

    person_id: str
    by: NewUser


@dataclass(frozen=True, slots=True)
class OfUser:
    """Do something with someone who is known; to register her again undoes her removal."""

    deed: Deed
    person_id: str


Wish = Add | Replace | OfUser

_ACTS: dict[Deed, type[a.RegisterUser | a.RemoveUser | a.SuspendUser | a.RestoreUser | a.NameAdministrator]]
_ACTS = {
    "register": a.RegisterUser,
    "remove": a.RemoveUser,
    "suspend": a.SuspendUser,
    "restore": a.RestoreUser,
    "name": a.NameAdministrator,
}
_JOURNAL: dict[type[e.Event], str] = {
    e.UserRegistered: "user_registered",
    e.UserRemoved: "user_removed",
    e.UserSuspended: "user_suspended",
    e.UserRestored: "user_restored",
    e.AdministratorNamed: "administrator_named",
    e.AdministratorRelieved: "administrator_relieved",
}


async def effect_of(portal: Portal, viewer: Viewer, wish: Wish) -> Effect:
    """Return what a wish would change of the viewer's contract; raises `NotFound` for another's person."""
    contract = await own_contract(portal, viewer)
    async with portal.database.reading() as connection:
        coming = [
            await known_person(connection, viewer.tenant, user.email) or f"new:{nth}"
            for nth, user in enumerate(_coming(wish))
        ]
        await _must_be_ours(connection, viewer, wish)
    return effect(contract.state, _acts(contract.state, wish, coming), portal.now())


async def register_user(portal: Portal, viewer: Viewer, user: NewUser, origin: Origin) -> None:
    """Register a named user, as a trial does: nothing is invoiced; someone who is registered changes nothing."""
    await carry_out(portal, viewer, Add((user,)), None, origin)


async def remove_user(portal: Portal, viewer: Viewer, person_id: str, origin: Origin) -> None:
    """Remove a user, as a trial does; raises `NotFound` for a person of another company."""
    await carry_out(portal, viewer, OfUser("remove", person_id), None, origin)


async def carry_out(portal: Portal, viewer: Viewer, wish: Wish, shown: str | None, origin: Origin) -> None:
    """Do what was wished and shown; asked again, it changes nothing more. None: it has no effect to be shown.

    Raises `EffectChanged` where its effect is not the one shown any more, `Refusal` where a rule forbids it,
    `NotFound` for another's person.
    """

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        await _must_be_ours(connection, viewer, wish)
        contract_id = await current_contract(connection, viewer.tenant)
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=viewer.tenant, at=now)
        coming = [await person_named(connection, viewer.tenant, user, now) for user in _coming(wish)]
        acts = _acts(opened.state, wish, coming)
        if shown is not None:
            must_be_as_shown(effect(opened.state, acts, now), shown)
        for act in acts:
            for event in await opened.act(act, actor=viewer.person_id, at=now):
                await _follow(portal, connection, opened, viewer, event, origin)

    await portal.transact(work)


async def invite_again(portal: Portal, viewer: Viewer, person_id: str, origin: Origin) -> None:
    """Send an administrator who has not come in yet another link; the one before is worth nothing any more."""

    async def work(connection: AsyncConnection) -> None:
        await must_be_of(connection, viewer.tenant, person_id)
        contract_id = await current_contract(connection, viewer.tenant)
        opened = await OpenHistory.open(
            portal, connection, contract_id, company_id=viewer.tenant, at=portal.now()
        )
        if person_id in opened.state.admins and not await signs_in(connection, (person_id,)):
            await _invited(portal, connection, opened, person_id)
            await _note(connection, viewer, "administrator_invited", person_id, portal.now(), origin)

    await portal.transact(work)


async def signs_in(connection: AsyncConnection, persons: Iterable[str]) -> frozenset[str]:
    """Return those of them who have an account of the portal, confirmed."""
    found = await connection.scalars(
        sa.select(accounts.c.person_id).where(
            accounts.c.person_id.in_(tuple(persons)), accounts.c.confirmed_at.is_not(None)
        )
    )
    return frozenset(found)


def _coming(wish: Wish) -> tuple[NewUser, ...]:
    match wish:
        case Add(users):
            return users
        case Replace(_, by):
            return (by,)
        case OfUser():
            return ()
        case _:
            assert_never(wish)


def _acts(state: State, wish: Wish, coming: list[str]) -> tuple[a.Act, ...]:
    """Return the acts of a wish; `coming` are the persons that it brings, in order."""
    match wish:
        case Add():
            return tuple(a.RegisterUser(user=person_id) for person_id in coming)
        case Replace(leaving, _):
            return replacement(state, leaving, coming[0])
        case OfUser("relieve", person_id):
            return (a.RelieveAdministrator(user=person_id),)
        case OfUser(deed, person_id):
            return (_ACTS[deed](user=person_id),)
        case _:
            assert_never(wish)


async def _must_be_ours(connection: AsyncConnection, viewer: Viewer, wish: Wish) -> None:
    if isinstance(wish, Replace | OfUser):
        await must_be_of(connection, viewer.tenant, wish.person_id)


async def _must_sign_in(connection: AsyncConnection, admins: tuple[str, ...]) -> None:
    """Refuse to let the last administrator go who can sign in: those who are only invited could not act yet."""
    if not await signs_in(connection, admins):
        raise Refusal(
            "administrator_not_in_yet",
            clause="2",
            message=(
                "L’autre administrateur n’a pas encore ouvert son accès avec le lien reçu par e-mail : personne ne "
                "pourrait plus agir pour l’entreprise. Attendez qu’il l’ait fait, ou renvoyez-lui son invitation."
            ),
        )


async def _follow(
    portal: Portal,
    connection: AsyncConnection,
    opened: OpenHistory,
    viewer: Viewer,
    event: e.Event,
    origin: Origin,
) -> None:
    """Write an event about a user into the journal, and open or close the portal to an administrator."""
    match event:
        case e.AdministratorNamed():
            await _invited(portal, connection, opened, event.user)
        case e.AdministratorRelieved():
            await _must_sign_in(connection, opened.state.admins)
            await close_access(portal, connection, event.user)
        case e.UserRegistered() | e.UserRemoved() | e.UserSuspended() | e.UserRestored():
            pass
        case _:
            return
    await _note(connection, viewer, _JOURNAL[type(event)], event.user, event.at, origin)


async def _invited(portal: Portal, connection: AsyncConnection, opened: OpenHistory, person_id: str) -> None:
    link_id = await invite(portal, connection, person_id)
    await post(
        connection,
        key=f"mail:administrator_named:{link_id}",
        template="administrator_named",
        person_id=person_id,
        contract_id=opened.contract_id,
        params={"link_id": link_id, "seq": opened.seq},
        as_of=portal.now(),
        machine_now=portal.machine_now(),
    )


async def _note(
    connection: AsyncConnection, viewer: Viewer, kind: str, user: str, now: datetime, origin: Origin
) -> None:
    await note(
        connection,
        at=now,
        kind=kind,
        person_id=viewer.person_id,
        company_id=viewer.tenant,
        by_id=viewer.person_id,
        ip=origin.ip,
        details={"user": user},
    )
