"""Accounts: finding one, confirming its address, and doing as much for one that is not there.

An account is confirmed by its mailbox: by the link of the sign-up, or by that of a new password. The
company's history begins then, not before: until it is confirmed nothing has happened.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.records.tables import accounts, companies, persons
from portal.services.context import Origin, Portal, Role
from portal.services.histories import OpenHistory, current_contract
from portal.services.journal import note


@dataclass(frozen=True, slots=True)
class Account:
    """An account as signing in needs it."""

    person_id: str
    company_id: str | None
    email: str
    role: Role
    password_hash: str
    is_confirmed: bool
    has_second_factor: bool
    # What others know of her, which her password must not be made of.
    known_words: tuple[str, ...]


async def account_with(connection: AsyncConnection, email: str) -> Account | None:
    """Return the account with that address, typed in whatever case."""
    return await _account(connection, accounts.c.email == email.lower())


async def account_of(connection: AsyncConnection, person_id: str | None) -> Account | None:
    return await _account(connection, accounts.c.person_id == person_id)


async def confirm(portal: Portal, connection: AsyncConnection, person_id: str, origin: Origin) -> None:
    """Confirm an address, and with it begin the history of its company; once, however often it is asked."""
    now = portal.now()
    confirmed = await connection.execute(
        sa.update(accounts)
        .where(accounts.c.person_id == person_id, accounts.c.confirmed_at.is_(None))
        .values(confirmed_at=now)
    )
    if not confirmed.rowcount:
        return
    account = await account_of(connection, person_id)
    if account and account.company_id:
        contract_id = await current_contract(connection, account.company_id)
        opened = await OpenHistory.open(
            portal, connection, contract_id, company_id=account.company_id, at=now
        )
        siren = await connection.scalar(
            sa.select(companies.c.siren).where(companies.c.id == account.company_id)
        )
        await opened.act(a.CreateAccount(siren=siren or "", admin=person_id), actor=person_id, at=now)
        await note(
            connection,
            at=now,
            kind="address_confirmed",
            person_id=person_id,
            company_id=account.company_id,
            by_id=person_id,
            ip=origin.ip,
        )


@asynccontextmanager
async def kept_only_if(connection: AsyncConnection, wanted: bool) -> AsyncIterator[None]:  # noqa: FBT001 -- it reads so
    """Keep what is written inside where `wanted`, else undo it.

    An answer must take as long for an address that has no account: the same statements run, and are
    then taken back.
    """
    savepoint = await connection.begin_nested()
    yield
    await (savepoint.commit() if wanted else savepoint.rollback())


async def _account(connection: AsyncConnection, whose: sa.ColumnElement[bool]) -> Account | None:
    row: Any = (
        await connection.execute(
            sa.select(
                accounts,
                persons.c.company_id,
                persons.c.first_name,
                persons.c.last_name,
                companies.c.legal_name,
                companies.c.siren,
            )
            .join(persons, persons.c.id == accounts.c.person_id)
            .outerjoin(companies, companies.c.id == persons.c.company_id)
            .where(whose)
        )
    ).first()
    if row is None:
        return None
    return Account(
        person_id=row.person_id,
        company_id=row.company_id,
        email=row.email,
        role=Role(row.role),
        password_hash=row.password_hash,
        is_confirmed=row.confirmed_at is not None,
        has_second_factor=row.totp_confirmed_at is not None,
        known_words=known_words(
            row.first_name, row.last_name, row.email, row.legal_name or "", row.siren or ""
        ),
    )


def known_words(*texts: str) -> tuple[str, ...]:
    """Return the words that others know, of an address only what stands before the @."""
    return tuple(text.partition("@")[0] for text in texts if text)
