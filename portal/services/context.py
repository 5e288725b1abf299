"""What a service works with: the portal's parts, and who is asking."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.clock import Clock
from portal.contract.calendar import paris_day
from portal.outside.e_invoicing import Platform
from portal.outside.mail import Mailer
from portal.outside.provisioning import Provisioning
from portal.outside.register import CompanyRegister
from portal.outside.registered_letters import ByHand, RegisteredLetters
from portal.outside.sealed_files import SealedFiles
from portal.outside.virus_scan import VirusScan
from portal.records.database import Database
from portal.services import parking
from portal.settings import Settings

_TRIES = 6
_PATIENCE_SECONDS = 8  # less than SQLite's own, so that its wait is not repeated
Result = TypeVar("Result")


class NotFound(LookupError):
    """Not there, or not this viewer's: the same answer, a 404."""


class Role(StrEnum):
    """What an account may do: a client's own affairs, or the vendor's."""

    CLIENT = "client"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, kept as evidence."""

    ip: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking, as the session says: never what the browser says."""

    person_id: str
    role: Role
    company_id: str | None
    session_id: str

    @property
    def tenant(self) -> str:
        """The company whose objects this viewer may touch; staff have none of their own."""
        if self.role is not Role.CLIENT or self.company_id is None:
            raise NotFound
        return self.company_id

    def must_be_staff(self) -> None:
        """Raise `NotFound` for everyone but the vendor's staff: they do not learn that there is a page."""
        if self.role is not Role.STAFF:
            raise NotFound


@dataclass(frozen=True, slots=True)
class Portal:
    """The parts that services work with; built once by the process that runs them."""

    settings: Settings
    clock: Clock
    database: Database
    mailer: Mailer
    files: SealedFiles
    scan: VirusScan
    register: CompanyRegister
    provisioning: Provisioning
    platform: Platform
    machine: Clock
    registered_letters: RegisteredLetters = field(default_factory=ByHand)
    # Set after each commit: there may be mails to send. The jobs of this process wait for it.
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> datetime:
        """Return the contract's instant: in a demonstration it can be moved forward."""
        return self.clock.now()

    def today(self) -> date:
        return paris_day(self.now())

    def machine_now(self) -> datetime:
        """Return the machine's instant, for what a moved clock must not end: sessions, links, retries."""
        return self.machine.now()

    async def transact(
        self,
        work: Callable[[AsyncConnection], Awaitable[Result]],
        *,
        has_changed: Callable[[Result], bool] = lambda _: True,
    ) -> Result:
        """Run `work` in one transaction; a lost race is run again on what the winner left.

        `has_changed` tells from its result whether there may be something to do after it: jobs that look, and find
        nothing, would else wake themselves for ever.

        What would break an invariant of a contract is not recorded: the contract is parked instead, and the
        person is refused.

        `work` may run several times, so it does nothing but read and write through its connection. A database
        that another writer holds is waited for once: somebody is looking at the page.
        """
        clock = asyncio.get_running_loop()
        began = clock.time()
        for tries_left in reversed(range(_TRIES)):
            try:
                async with self.database.transaction() as connection:
                    result = await work(connection)
                if has_changed(result):
                    self.changed.set()
            except parking.Breach as breach:
                async with self.database.transaction() as connection:
                    await parking.park(connection, breach, at=self.now(), machine_now=self.machine_now())
                self.changed.set()
                raise parking.refusal() from breach
            except DBAPIError as error:
                waited = clock.time() - began > _PATIENCE_SECONDS
                if tries_left == 0 or waited or not _is_a_lost_race(error):
                    raise
                await asyncio.sleep(0.02 + secrets.randbelow(80) / 1000)
            else:
                return result
        raise AssertionError("the last try returns or raises")


_SERIALIZATION_FAILURE, _DEADLOCK = "40001", "40P01"


def _is_a_lost_race(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return True
    state = getattr(error.orig, "sqlstate", None)
    return state in {_SERIALIZATION_FAILURE, _DEADLOCK} or "database is locked" in str(error.orig)
