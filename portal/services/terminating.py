"""Termination for non-payment (CGV art. 10.3, 16): the letter first, then the decision, on the day it is posted.

The letter says the day on which the contract ends. So a contract is ended on the day its letter is posted, never
before; a letter of another day is drawn again. The proof of its reception is kept beside it.
"""

import re
import uuid
from asyncio import to_thread
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final

import sqlalchemy as sa
from pydantic import AfterValidator
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.arrears import dues
from portal.contract.calendar import paris_day, start_of_day
from portal.contract.decide import decide
from portal.contract.ending import restitution_last_day
from portal.contract.evolve import history
from portal.contract.french import full_date
from portal.contract.refusal import Refusal
from portal.contract.state import Payment, State
from portal.documents.arrears_papers import TerminationLetter, termination_pdf
from portal.documents.intake import format_of
from portal.records.billing_tables import letters
from portal.records.tables import companies, contracts
from portal.services import kept_files
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.forms import Form, clean, problem, read
from portal.services.histories import OpenHistory
from portal.services.journal import note_own_act
from portal.services.parties import billed, seller_of
from portal.services.pieces import Sent, must_be_clean

KIND: Final = "termination_unpaid"
_SHOWN: Final = 50
_TRACKING = re.compile(r"[A-Z0-9]{8,30}")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter; `posted_on` is None while it has to be posted, and its contract goes on until then."""

    id: str
    contract_id: str
    legal_name: str
    made_at: datetime
    posted_on: date | None
    tracking: str
    has_proof: bool


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A letter, or its proof, as it is handed over."""

    name: str
    media_type: str
    content: bytes


def _tracking(typed: str) -> str:
    number = clean(typed).upper().replace(" ", "")
    if not _TRACKING.fullmatch(number):
        raise problem(
            "Recopiez le numéro de suivi de la lettre recommandée : 8 à 30 chiffres et lettres, comme 1A 234 567 8901 2."
        )
    return number


class PostingForm(Form):
    """What is known of a registered letter once it is posted."""

    tracking: Annotated[str, AfterValidator(_tracking)]


def read_posting(form: Mapping[str, object]) -> PostingForm:
    """Return what was typed of a posting; raises `FormProblems`."""
    return read(PostingForm, form)


async def draw_letter(portal: Portal, viewer: Viewer, contract_id: str, origin: Origin) -> str:
    """Draw the letter that would end a contract today, and return its id; the same day, it is the same letter.

    Raises `NotFound`, and the `Refusal` of the rules where the termination is not open, or cannot be reckoned.
    """
    viewer.must_be_staff()

    async def facts(connection: AsyncConnection) -> TerminationLetter:
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
        return await _facts(portal, connection, contract_id, opened.state, now)

    letter = await portal.transact(facts)
    file_key = await kept_files.keep(portal, await to_thread(termination_pdf, letter))

    async def work(connection: AsyncConnection) -> str:
        await _lock(connection, contract_id)
        drawn = await _unposted(connection, contract_id)
        if drawn is not None and drawn.file_key == file_key:
            return str(drawn.id)
        if drawn is not None:
            await connection.execute(sa.delete(letters).where(letters.c.id == drawn.id))
        letter_id = str(uuid.uuid4())
        await connection.execute(
            sa.insert(letters).values(
                id=letter_id,
                contract_id=contract_id,
                kind=KIND,
                file_key=file_key,
                made_at=portal.now(),
                by_id=viewer.person_id,
                tracking="",
            )
        )
        company_id = await _company(connection, contract_id)
        await note_own_act(
            portal, connection, viewer, "termination_letter_drawn", origin, company_id=company_id
        )
        return letter_id

    return await portal.transact(work)


async def terminate_unpaid(
    portal: Portal, viewer: Viewer, letter_id: str, posting: PostingForm, origin: Origin
) -> None:
    """End a contract for non-payment, its letter having been posted today; twice is once.

    Raises `NotFound`, and `Refusal`: `letter_of_another_day`, or the rules', where it was paid meanwhile.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        now, today = portal.now(), portal.today()
        row = await _letter(connection, letter_id)
        if row.posted_on is not None:
            return
        if paris_day(row.made_at) != today:
            raise Refusal(
                "letter_of_another_day",
                clause="16",
                message=(
                    f"Cette lettre met fin au contrat le {full_date(paris_day(row.made_at))}, et ce jour est passé. "
                    "Préparez-la de nouveau, puis postez-la aujourd’hui."
                ),
            )
        opened = await OpenHistory.open(portal, connection, row.contract_id, company_id=None, at=now)
        await opened.act(a.Terminate(reason="unpaid"), actor=viewer.person_id, at=now)
        await connection.execute(
            sa.update(letters)
            .where(letters.c.id == letter_id)
            .values(posted_on=today, tracking=posting.tracking)
        )
        await note_own_act(
            portal,
            connection,
            viewer,
            "contract_terminated",
            origin,
            company_id=opened.company_id,
            tracking=posting.tracking,
        )

    await portal.transact(work)


async def keep_proof(portal: Portal, viewer: Viewer, letter_id: str, sent: Sent, origin: Origin) -> None:
    """Keep the proof of a letter's reception, a PDF or a photo, as it is; another one replaces it.

    Raises `NotFound`, `Unacceptable`, and `Refusal` `letter_not_posted`.
    """
    viewer.must_be_staff()
    await to_thread(format_of, sent.path, sent.name)
    await must_be_clean(portal, [sent])
    proof_key = await portal.files.put(sent.path)

    async def work(connection: AsyncConnection) -> None:
        row = await _letter(connection, letter_id)
        if row.posted_on is None:
            raise Refusal(
                "letter_not_posted",
                clause="16",
                message="Cette lettre n’est pas encore postée : sa preuve vient après.",
            )
        if row.proof_key == proof_key:
            return
        await connection.execute(
            sa.update(letters).where(letters.c.id == letter_id).values(proof_key=proof_key)
        )
        company_id = await _company(connection, row.contract_id)
        await note_own_act(portal, connection, viewer, "letter_proof_kept", origin, company_id=company_id)

    await portal.transact(work)


# --- reads ---------------------------------------------------------------------------------------


async def letters_sent(portal: Portal, viewer: Viewer) -> tuple[Letter, ...]:
    """Return the letters, those to be posted today first, then the latest posted."""
    viewer.must_be_staff()
    query = (
        sa.select(letters, companies.c.legal_name)
        .join(contracts, contracts.c.id == letters.c.contract_id)
        .join(companies, companies.c.id == contracts.c.company_id)
        .where(
            letters.c.kind == KIND,
            sa.or_(letters.c.posted_on.is_not(None), letters.c.made_at >= start_of_day(portal.today())),
        )
        .order_by(letters.c.posted_on.is_not(None), letters.c.made_at.desc(), letters.c.id)
        .limit(_SHOWN)
    )
    async with portal.database.reading() as connection:
        rows = list(await connection.execute(query))
    return tuple(
        Letter(
            id=row.id,
            contract_id=row.contract_id,
            legal_name=row.legal_name,
            made_at=row.made_at,
            posted_on=row.posted_on,
            tracking=row.tracking,
            has_proof=row.proof_key is not None,
        )
        for row in rows
    )


async def letter_file(portal: Portal, viewer: Viewer, letter_id: str) -> LetterFile:
    """Return a letter as it is printed; raises `NotFound`."""
    row = await _read(portal, viewer, letter_id)
    content = await kept_files.read(portal, row.file_key)
    return LetterFile(f"resiliation-{paris_day(row.made_at):%Y-%m-%d}.pdf", "application/pdf", content)


async def proof_file(portal: Portal, viewer: Viewer, letter_id: str) -> LetterFile:
    """Return the proof of a letter, as it was received; raises `NotFound`."""
    row = await _read(portal, viewer, letter_id)
    if row.proof_key is None:
        raise NotFound
    content = await kept_files.read(portal, row.proof_key)
    # It is saved, never shown: what a stranger's file holds is not opened here.
    return LetterFile(f"preuve-{row.tracking}", "application/octet-stream", content)


async def _read(portal: Portal, viewer: Viewer, letter_id: str) -> sa.Row[Any]:
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        return await _letter(connection, letter_id, lock=False)


async def _letter(connection: AsyncConnection, letter_id: str, *, lock: bool = True) -> sa.Row[Any]:
    query = sa.select(letters).where(letters.c.id == letter_id, letters.c.kind == KIND)
    row = (await connection.execute(query.with_for_update() if lock else query)).first()
    if row is None:
        raise NotFound
    return row


async def _unposted(connection: AsyncConnection, contract_id: str) -> sa.Row[Any] | None:
    query = sa.select(letters).where(
        letters.c.contract_id == contract_id, letters.c.kind == KIND, letters.c.posted_on.is_(None)
    )
    return (await connection.execute(query)).first()


async def _lock(connection: AsyncConnection, contract_id: str) -> None:
    await connection.execute(sa.select(contracts.c.id).where(contracts.c.id == contract_id).with_for_update())


async def _company(connection: AsyncConnection, contract_id: str) -> str | None:
    found: str | None = await connection.scalar(
        sa.select(contracts.c.company_id).where(contracts.c.id == contract_id)
    )
    return found


async def _facts(
    portal: Portal, connection: AsyncConnection, contract_id: str, state: State, now: datetime
) -> TerminationLetter:
    """Return what the letter says, as the rules would end the contract now; raises `Refusal`."""
    after = history(state, decide(state, a.Terminate(reason="unpaid"), now))
    parties = (await billed(connection, {contract_id}))[contract_id]
    today = paris_day(now)
    late = [one for one in state.invoices if one.payment is Payment.IN_DEFAULT]
    suspended_at = state.suspended_at
    if suspended_at is None or after.ended_on is None:
        raise AssertionError("a termination for non-payment follows a suspension")
    return TerminationLetter(
        contract=parties.number,
        seller=seller_of(portal.settings),
        buyer=parties.buyer,
        dated=today,
        last_day=after.ended_on,
        suspended_at=suspended_at,
        mailed=tuple((one.number, paris_day(one.mailed_at)) for one in late if one.mailed_at),
        dues=tuple(one for one in dues(state, now) if one.invoice in late),
        restitution=restitution_last_day(after, after.ended_on).day,
    )
