"""The demonstration's clients: invented companies whose trials began on well-chosen days before today.

They are not written into the tables: each lives through the very acts and deadlines that a real client
would, at the instants of the past, so that every date, mail and order is the one the rules give.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.calendar import PARIS, paris_day, paris_instant
from portal.contract.deadlines import next_due
from portal.records import store
from portal.records.tables import accounts, companies, persons
from portal.services.calendar import bring_up_to_date
from portal.services.conditions import in_force
from portal.services.context import Origin, Portal, Role, Viewer
from portal.services.histories import OpenHistory
from portal.services.passwords import hash_password
from portal.services.reading import own_contract
from portal.services.trials import NewUser, accept_and_start, register_user

PASSWORD = "essai-sans-surprise"  # noqa: S105 -- printed for whoever looks at the demonstration
_ORIGIN = Origin("192.0.2.10", "Démonstration")


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented client; `days_ago` is when its trial began, None where it has not."""

    siren: str
    legal_name: str
    legal_form: str
    street: str
    postcode: str
    city: str
    admin: NewUser
    days_ago: int | None
    colleagues: tuple[NewUser, ...] = ()
    submits: tuple[a.Piece, ...] = ()


def _at(domain: str, *names: str) -> tuple[NewUser, ...]:
    people = (name.split(" ", 1) for name in names)
    return tuple(
        NewUser(first, last, f"{first}.{last}@{domain}.example".lower().replace(" ", "-").replace("é", "e"))
        for first, last in people
    )


# No company has, or will have for years, a SIREN that begins with 999.
CLIENTS = (
    Invented("999120348", "Atelier Nord", "SAS", "14 rue du Port", "59140", "Dunkerque",
             _at("atelier-nord", "Anne Leroy")[0], days_ago=3,
             colleagues=_at("atelier-nord", "Hugo Petit", "Salima Benali")),
    Invented("999205172", "Menuiserie Carpentier", "SARL", "3 chemin des Scieries", "88200", "Remiremont",
             _at("carpentier", "Luc Carpentier")[0], days_ago=28,
             colleagues=_at("carpentier", "Nina Vogel", "Paul Arnoux", "Ines Roche", "Marc Thomas")),
    Invented("999312085", "Les Serres de Provence", "SCEA", "Route de Cavaillon", "84300", "Cavaillon",
             _at("serres-provence", "Claire Fabre")[0], days_ago=34, colleagues=_at("serres-provence", "Yanis Moulin")),
    Invented("999407612", "Imprimerie Vauban", "SA", "27 quai Vauban", "25000", "Besançon",
             _at("vauban", "Denis Girard")[0], days_ago=44),
    Invented("999521909", "Cabinet Delmas Conseil", "SELARL", "8 place de la Bourse", "33000", "Bordeaux",
             _at("delmas", "Sophie Delmas")[0], days_ago=40, colleagues=_at("delmas", "Karim Haddad"),
             submits=(a.Piece.CONTRACT, a.Piece.MANDATE)),
    Invented("999633746", "Transports Kerouac", "SAS", "Zone de Kergaradec", "29200", "Brest",
             _at("kerouac", "Erwan Kerouac")[0], days_ago=75, colleagues=_at("kerouac", "Maud Le Gall")),
    Invented("999748056", "Brasserie du Lac", "SARL", "2 avenue du Lac", "74000", "Annecy",
             _at("brasserie-lac", "Julie Perrin")[0], days_ago=None),
)  # fmt: skip


class _StillClock:
    """A clock that stands at an instant of the past while a client lives through it."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant


async def furnish(portal: Portal) -> None:
    """Make the invented clients, once; whatever is there already stays as it is."""
    async with portal.database.reading() as connection:
        if await connection.scalar(sa.select(sa.func.count()).select_from(companies)):
            return
    password_hash = await hash_password(PASSWORD)
    for client in CLIENTS:
        await _live(portal, client, password_hash)
    portal.settings.demonstration_marker.write_text(_accounts(), encoding="utf-8")


def _accounts() -> str:
    lines = [f"Mot de passe de tous les comptes : {PASSWORD}"]
    lines += [f"{client.admin.email}  ({client.legal_name})" for client in CLIENTS]
    return "\n".join(lines) + "\n"


async def _live(portal: Portal, client: Invented, password_hash: str) -> None:
    now = portal.now()
    began = _morning(now, client.days_ago if client.days_ago is not None else 1)
    clock = _StillClock(began)
    past = replace(portal, clock=clock)
    viewer, contract_id = await _open(past, client, password_hash)
    if client.days_ago is None:
        return
    clock.instant = began + timedelta(minutes=12)
    async with past.database.reading() as connection:
        version = (await in_force(connection, past.now())).version
    await accept_and_start(past, viewer, version, _ORIGIN)
    for index, colleague in enumerate(client.colleagues):
        clock.instant = began + timedelta(hours=2, minutes=17 * index)
        await register_user(past, viewer, colleague, _ORIGIN)
    if client.submits:
        await _until(past, clock, viewer, contract_id, now - timedelta(days=3))
        await past.transact(_submission(past, contract_id, viewer, client.submits))
    await _until(past, clock, viewer, contract_id, now)


async def _until(portal: Portal, clock: _StillClock, viewer: Viewer, contract_id: str, end: datetime) -> None:
    """Let a client live on to `end`, stopping at each deadline as a clock that never stopped would."""
    while True:
        due = next_due((await own_contract(portal, viewer)).state)
        if due is None or due.at > end:
            break
        clock.instant = due.at
        await bring_up_to_date(portal, contract_id)
    clock.instant = end


async def _open(portal: Portal, client: Invented, password_hash: str) -> tuple[Viewer, str]:
    company_id, person_id, contract_id = (str(uuid.uuid4()) for _ in range(3))
    now = portal.now()

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.insert(companies).values(
                id=company_id,
                siren=client.siren,
                legal_name=client.legal_name,
                legal_form=client.legal_form,
                street=client.street,
                postcode=client.postcode,
                city=client.city,
                created_at=now,
            )
        )
        await connection.execute(
            sa.insert(persons).values(
                id=person_id,
                company_id=company_id,
                email=client.admin.email,
                first_name=client.admin.first_name,
                last_name=client.admin.last_name,
                created_at=now,
            )
        )
        await connection.execute(
            sa.insert(accounts).values(
                person_id=person_id,
                email=client.admin.email,
                role=Role.CLIENT.value,
                password_hash=password_hash,
                confirmed_at=now,
                created_at=now,
            )
        )
        await store.open_contract(connection, contract_id=contract_id, company_id=company_id, at=now)
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=company_id, at=now)
        await opened.act(a.CreateAccount(siren=client.siren, admin=person_id), actor=person_id, at=now)

    await portal.transact(work)
    return Viewer(person_id, Role.CLIENT, company_id, "demonstration"), contract_id


def _submission(
    portal: Portal, contract_id: str, viewer: Viewer, pieces: tuple[a.Piece, ...]
) -> Callable[[AsyncConnection], Awaitable[None]]:
    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=viewer.tenant, at=now)
        for piece in pieces:
            await opened.act(
                a.SubmitDocument(piece=piece, document=f"{piece}-1"), actor=viewer.person_id, at=now
            )

    return work


def _morning(now: datetime, days_ago: int) -> datetime:
    """Return ten past nine, Paris time, so many days ago: nobody signs up at night."""
    morning = paris_instant(paris_day(now) - timedelta(days=days_ago), time(9, 10))
    return min(morning, now.astimezone(PARIS))
