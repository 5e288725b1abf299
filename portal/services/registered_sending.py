"""Depositing electronic registered letters, and following them (CGV art. 16; art. L. 100 CPCE).

A letter is asked for in a transaction and deposited after it, by the jobs, under the same key each time: the provider
may be down, or answer twice, it is one letter. The contract is told of the provider's own day: that of the deposit
for the client's notice, that of the first presentation for ours. Nothing is pretended before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.calendar import paris_day
from portal.contract.refusal import Refusal
from portal.documents.invoice_facts import Address
from portal.outside.registered_letters import (
    FINAL,
    Code,
    Followed,
    LetterStatus,
    LettersUnavailable,
    Outgoing,
    Postal,
)
from portal.outside.unavailable import Unavailable
from portal.records.billing_tables import letters, notices, registered_deposits, registered_statuses
from portal.records.tables import accounts, contracts, persons
from portal.records.upserts import insert_once
from portal.services import kept_files
from portal.services.consequences import post
from portal.services.context import Portal
from portal.services.histories import OpenHistory
from portal.services.letters import CLIENT_NOTICE, VENDOR_NOTICE
from portal.services.parties import billed, seller_of
from portal.services.retries import PROBLEM_LENGTH, delay_after, settle, try_all_due

log = structlog.get_logger()

ACTOR: Final = "registered_letters"
# How often a letter that was deposited is asked after.
_FOLLOWED_EVERY: Final = timedelta(hours=1)
_BATCH: Final = 20
_OUTCOMES: Final = {Code.DELIVERED: "delivered", Code.REFUSED: "refused", Code.UNCLAIMED: "unclaimed"}
# The day that counts: of posting for the client, of the first presentation for us (rules of article 16).
_COUNTS: Final = {CLIENT_NOTICE: Code.DEPOSITED, VENDOR_NOTICE: Code.PRESENTED}


@dataclass(frozen=True, slots=True)
class _Told:
    """A status as it is kept: its proof is in the storage."""

    code: Code
    at: datetime
    proof_key: str | None


async def ask_for_deposit(
    portal: Portal, connection: AsyncConnection, letter_id: str, person_id: str
) -> None:
    """Put a letter among those that the provider is asked to deposit, once; one that was stopped goes on."""
    machine_now = portal.machine_now()
    await insert_once(
        connection,
        registered_deposits,
        letter_id=letter_id,
        key=f"letter:{letter_id}",
        asked_at=portal.now(),
        by_id=person_id,
        attempts=0,
        next_attempt_at=machine_now,
        problem="",
    )
    await connection.execute(
        sa.update(registered_deposits)
        .where(registered_deposits.c.letter_id == letter_id, registered_deposits.c.closed_at.is_not(None))
        .values(closed_at=None, next_attempt_at=machine_now, attempts=0, problem="")
    )


async def stop_asking(connection: AsyncConnection, letter_id: str, now: datetime) -> None:
    """Ask no more for a deposit that has not been confirmed; what the provider took all the same still counts."""
    await connection.execute(
        sa.update(registered_deposits)
        .where(
            registered_deposits.c.letter_id == letter_id,
            registered_deposits.c.provider_id.is_(None),
            registered_deposits.c.closed_at.is_(None),
        )
        .values(closed_at=now, next_attempt_at=None)
    )


async def send_registered(portal: Portal) -> int:
    """Deposit what waits, follow what was deposited; return of how many letters the provider answered."""
    if not portal.registered_letters.is_open:
        return 0
    return await try_all_due(portal, registered_deposits, _due, _attempt)


async def _attempt(portal: Portal, row: sa.Row[Any]) -> bool:
    """Ask the provider about one letter; tell whether it answered."""
    try:
        if row.provider_id is None:
            followed = await portal.registered_letters.deposit(await _outgoing(portal, row))
        else:
            followed = await portal.registered_letters.follow(row.provider_id)
        told = [await _kept(portal, one) for one in followed.statuses]
    except LettersUnavailable as reason:
        return await _failed(portal, row, str(reason))
    except Unavailable:
        return await _failed(portal, row, "La lettre ou sa preuve n’a pas pu être lue ou gardée.")
    except Exception:
        log.exception("registered.failed", letter=row.letter_id)
        return await _failed(portal, row, "La lettre n’a pas pu être transmise.")
    await _write_down(portal, row, followed, told)
    await _tell_contract(portal, row)
    return True


async def _failed(portal: Portal, row: sa.Row[Any], problem: str) -> bool:
    """Try again later; whoever believes that her letter has left is written to, once."""
    later = portal.machine_now() + delay_after(row.attempts)
    await settle(portal, registered_deposits, row.id, next_attempt_at=later, problem=problem[:PROBLEM_LENGTH])
    if row.provider_id is None:
        await portal.transact(lambda connection: _say_not_deposited(portal, connection, row))
    return False


async def _say_not_deposited(portal: Portal, connection: AsyncConnection, row: sa.Row[Any]) -> None:
    letter = (await connection.execute(sa.select(letters).where(letters.c.id == row.letter_id))).one()
    if letter.kind != CLIENT_NOTICE:
        return
    now = portal.now()
    opened = await OpenHistory.open(portal, connection, letter.contract_id, company_id=None, at=now)
    await post(
        connection,
        key=f"mail:letter:{row.letter_id}:{row.asked_at.isoformat()}:letter_not_deposited",
        template="letter_not_deposited",
        person_id=row.by_id,
        contract_id=letter.contract_id,
        params={"seq": opened.seq},
        as_of=now,
        machine_now=portal.machine_now(),
    )


async def _kept(portal: Portal, status: LetterStatus) -> _Told:
    key = await kept_files.keep(portal, status.proof) if status.proof else None
    at = status.at
    if portal.settings.demo:  # its clock runs ahead of the provider's
        at += portal.now() - portal.machine_now()
    return _Told(status.code, at, key)


async def _write_down(portal: Portal, row: sa.Row[Any], followed: Followed, told: Sequence[_Told]) -> None:
    """Keep what the provider said, each thing as it was said first."""

    async def work(connection: AsyncConnection) -> None:
        for one in told:
            await insert_once(
                connection,
                registered_statuses,
                letter_id=row.letter_id,
                code=one.code.value,
                at=one.at,
                proof_key=one.proof_key,
            )
        said = await _statuses(connection, row.letter_id)
        deposited, presented = said.get(Code.DEPOSITED), said.get(Code.PRESENTED)
        last = next((said[code] for code in _OUTCOMES if code in said), None)
        delivered = said.get(Code.DELIVERED)
        values: dict[str, Any] = {
            "posted_on": paris_day(deposited.at) if deposited else None,
            "deposit_key": deposited.proof_key if deposited else None,
            "presented_on": paris_day(presented.at) if presented else None,
            "delivered_on": paris_day(delivered.at) if delivered else None,
            "outcome": _OUTCOMES[last.code] if last else "",
            "proof_key": last.proof_key if last else None,
            "tracking": followed.id.upper()[:40],
        }
        # What was entered by hand meanwhile is not emptied.
        known = {name: value for name, value in values.items() if value}
        await connection.execute(sa.update(letters).where(letters.c.id == row.letter_id).values(**known))
        now = portal.machine_now()
        await connection.execute(
            sa.update(registered_deposits)
            .where(registered_deposits.c.id == row.id)
            .values(
                provider_id=row.provider_id or followed.id,
                deposited_at=deposited.at if deposited else None,
                attempts=row.attempts if deposited is None else 0,
                next_attempt_at=now + (_FOLLOWED_EVERY if deposited else delay_after(row.attempts)),
                problem="" if deposited else "Le prestataire a la lettre et ne l’a pas encore déposée.",
            )
        )

    await portal.transact(work)


async def _tell_contract(portal: Portal, row: sa.Row[Any]) -> None:
    """Let the notice count from the provider's day, once; what the rules refuse now is tried again later."""
    now = portal.now()

    async def work(connection: AsyncConnection) -> None:
        said = await _statuses(connection, row.letter_id)
        is_over = bool(FINAL & said.keys())
        letter = (await connection.execute(sa.select(letters).where(letters.c.id == row.letter_id))).one()
        counting = said.get(_COUNTS[letter.kind])
        deposit = registered_deposits.c.id == row.id
        if counting is not None and not await connection.scalar(
            sa.select(registered_deposits.c.recorded_at).where(deposit)
        ):
            await _serve(portal, connection, letter, counting.at, now)
            await connection.execute(sa.update(registered_deposits).where(deposit).values(recorded_at=now))
        if is_over:
            await connection.execute(
                sa.update(registered_deposits).where(deposit).values(closed_at=now, next_attempt_at=None)
            )

    try:
        await portal.transact(work)
    except Refusal as refusal:
        log.warning("registered.not_recorded", letter=row.letter_id, code=refusal.code)
        await settle(portal, registered_deposits, row.id, problem=refusal.message[:PROBLEM_LENGTH])


async def _serve(
    portal: Portal, connection: AsyncConnection, letter: sa.Row[Any], counts_at: datetime, now: datetime
) -> None:
    party: a.Party = "client" if letter.kind == CLIENT_NOTICE else "vendor"
    opened = await OpenHistory.open(portal, connection, letter.contract_id, company_id=None, at=now)
    await opened.act(a.ServeNotice(by=party, posted=paris_day(counts_at)), actor=ACTOR, at=now)
    # It may have been given up while it was on its way: it has left all the same.
    await connection.execute(
        sa.update(notices)
        .where(
            notices.c.contract_id == letter.contract_id,
            notices.c.party == party,
            notices.c.closed_at.is_(None),
            notices.c.letter_id != letter.id,
        )
        .values(closed_at=now)
    )
    await connection.execute(
        sa.update(notices).where(notices.c.letter_id == letter.id).values(closed_at=None)
    )
    await connection.execute(
        sa.update(notices)
        .where(notices.c.letter_id == letter.id, notices.c.served_at.is_(None))
        .values(served_at=now)
    )


async def _statuses(connection: AsyncConnection, letter_id: str) -> dict[Code, _Told]:
    rows = await connection.execute(
        sa.select(registered_statuses).where(registered_statuses.c.letter_id == letter_id)
    )
    return {Code(row.code): _Told(Code(row.code), row.at, row.proof_key) for row in rows}


async def _outgoing(portal: Portal, row: sa.Row[Any]) -> Outgoing:
    async with portal.database.reading() as connection:
        letter = (await connection.execute(sa.select(letters).where(letters.c.id == row.letter_id))).one()
        parties = (await billed(connection, {letter.contract_id}))[letter.contract_id]
        is_client = letter.kind == CLIENT_NOTICE
        address = await _address_of(connection, letter.contract_id, row.by_id if is_client else None)
    seller = seller_of(portal.settings)
    client = _postal(parties.buyer.name, parties.buyer.address, address)
    vendor = _postal(seller.name, seller.address, seller.email)
    return Outgoing(
        key=row.key,
        reference=parties.number,
        sender=client if is_client else vendor,
        recipient=vendor if is_client else client,
        pdf=await kept_files.read(portal, letter.file_key),
    )


async def _address_of(connection: AsyncConnection, contract_id: str, person_id: str | None) -> str:
    """Return the e-mail of a person of the client's, or of the one who signed up first."""
    query = (
        sa.select(accounts.c.email)
        .join(persons, persons.c.id == accounts.c.person_id)
        .join(contracts, contracts.c.company_id == persons.c.company_id)
        .where(contracts.c.id == contract_id, accounts.c.confirmed_at.is_not(None))
        .order_by(accounts.c.person_id != (person_id or ""), accounts.c.created_at, accounts.c.person_id)
        .limit(1)
    )
    return await connection.scalar(query) or ""


def _postal(name: str, address: Address, email: str) -> Postal:
    return Postal(name=name, lines=tuple(address.lines), email=email)


async def _due(portal: Portal) -> list[int]:
    async with portal.database.reading() as connection:
        query = (
            sa.select(registered_deposits.c.id)
            .where(registered_deposits.c.next_attempt_at <= portal.machine_now())
            .order_by(registered_deposits.c.id)
            .limit(_BATCH)
        )
        return list(await connection.scalars(query))
