"""Registered letters, whoever sends them: where each stands, its four dates, its proofs (CGV art. 10.3, 16).

A letter is written, deposited, first presented, and delivered or not. Which of these days counts is the rules'
business; here they are kept, with the slips that prove them, as they were received.
"""

import re
from asyncio import to_thread
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import sqlalchemy as sa
from pydantic import AfterValidator
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.calendar import paris_day, start_of_day
from portal.contract.refusal import Refusal
from portal.documents.intake import format_of
from portal.records.billing_tables import letters, registered_deposits
from portal.records.tables import companies, contracts
from portal.services import kept_files
from portal.services.context import NotFound, Origin, Portal, Role, Viewer
from portal.services.forms import Form, clean, problem, read
from portal.services.journal import note_own_act
from portal.services.piece_keeping import Sent, must_be_clean

TERMINATION: Final = "termination_unpaid"
CLIENT_NOTICE: Final = "notice_client"
VENDOR_NOTICE: Final = "notice_vendor"
EARLY_ENDS: Final = (
    "demand_insolvency",
    "termination_insolvency",
    "notice_force_majeure",
    "termination_force_majeure",
)
# They say a day, and are drawn again on another one.
OF_THE_DAY: Final = (TERMINATION, *EARLY_ENDS)
OURS: Final = (VENDOR_NOTICE, *OF_THE_DAY)

Proof = Literal["deposit", "receipt"]
_COLUMNS: Final[Mapping[Proof, str]] = {"deposit": "deposit_key", "receipt": "proof_key"}
_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(OF_THE_DAY, "resiliation"),
    "demand_insolvency": "mise-en-demeure",
    CLIENT_NOTICE: "denonciation",
    VENDOR_NOTICE: "denonciation",
}
_SHOWN: Final = 100
_TRACKING = re.compile(r"[A-Z0-9]{8,30}")
# The post keeps a registered letter fifteen days; a slip that has not come a week later is looked for.
_PROOF_AWAITED: Final = timedelta(days=22)


class Stage(StrEnum):
    """Where a letter stands; `MISSING` is a proof that should have come."""

    TO_POST = "to_post"
    DEPOSITING = "depositing"
    IN_TRANSIT = "in_transit"
    MISSING = "missing"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter; `posted_on` is None while it has to be posted. `outcome` is delivered, refused, unclaimed or "".

    `is_electronic` where a provider deposits it; `problem` is why it has not been, `deposited_at` the provider's own
    instant.
    """

    id: str
    contract_id: str
    legal_name: str
    made_at: datetime
    posted_on: date | None
    tracking: str
    has_proof: bool
    kind: str = TERMINATION
    has_deposit_proof: bool = False
    presented_on: date | None = None
    delivered_on: date | None = None
    outcome: str = ""
    is_electronic: bool = False
    asked_at: datetime | None = None
    deposited_at: datetime | None = None
    problem: str = ""

    def stage(self, today: date) -> Stage:
        if self.posted_on is None:
            return Stage.DEPOSITING if self.is_electronic else Stage.TO_POST
        if self.has_proof:
            return Stage.DONE
        if self.outcome or today > self.posted_on + _PROOF_AWAITED:
            return Stage.MISSING
        return Stage.IN_TRANSIT


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A letter, or its proof, as it is handed over."""

    name: str
    media_type: str
    content: bytes


def tracking_number(typed: str) -> str:
    """Return the number of a registered letter as the post prints it."""
    number = clean(typed).upper().replace(" ", "")
    if not _TRACKING.fullmatch(number):
        raise problem(
            "Recopiez le numéro de suivi de la lettre recommandée : 8 à 30 chiffres et lettres, comme 1A 234 567 8901 2."
        )
    return number


Tracking = Annotated[str, AfterValidator(tracking_number)]


class PostingForm(Form):
    """What is known of a registered letter once it is posted."""

    tracking: Tracking


def read_posting(form: Mapping[str, object]) -> PostingForm:
    """Return what was typed of a posting; raises `FormProblems`."""
    return read(PostingForm, form)


def must_be_of(today: date, letter: sa.Row[Any]) -> None:
    """Raise `Refusal` `letter_of_another_day` where a letter that says its day is not posted on it."""
    day = paris_day(letter.made_at)
    if day != today:
        raise Refusal(
            "letter_of_another_day",
            clause="16",
            message=(
                "Cette lettre est datée d’un jour qui est passé. "
                "Préparez-la de nouveau, puis postez-la aujourd’hui."
            ),
        )


async def mark_posted(connection: AsyncConnection, letter_id: str, today: date, posting: PostingForm) -> None:
    """Write down that a letter was posted today, under which number."""
    await connection.execute(
        sa.update(letters).where(letters.c.id == letter_id).values(posted_on=today, tracking=posting.tracking)
    )


async def keep_proof(
    portal: Portal, viewer: Viewer, letter_id: str, sent: Sent, origin: Origin, which: Proof = "receipt"
) -> None:
    """Keep the proof of a letter's deposit or reception, a PDF or a photo, as it is; another one replaces it.

    Raises `NotFound`, `Unacceptable`, and `Refusal` `letter_not_posted`.
    """
    async with portal.database.reading() as connection:
        await letter_row(connection, viewer, letter_id, own_only=True)
    await to_thread(format_of, sent.path, sent.name)
    await must_be_clean(portal, [sent])
    proof_key = await portal.files.put(sent.path)

    async def work(connection: AsyncConnection) -> None:
        row = await letter_row(connection, viewer, letter_id, own_only=True, lock=True)
        if row.posted_on is None:
            raise Refusal(
                "letter_not_posted",
                clause="16",
                message="Cette lettre n’est pas encore postée : sa preuve vient après.",
            )
        if _proof_key(row, which) == proof_key:
            return
        await connection.execute(
            sa.update(letters).where(letters.c.id == letter_id).values({_COLUMNS[which]: proof_key})
        )
        kind = "letter_proof_kept" if which == "receipt" else "letter_deposit_proof_kept"
        await note_own_act(portal, connection, viewer, kind, origin, company_id=row.company_id)

    await portal.transact(work)


# --- reads ---------------------------------------------------------------------------------------


def _query() -> sa.Select[Any]:
    return (
        sa.select(
            letters,
            companies.c.legal_name,
            contracts.c.company_id,
            registered_deposits.c.id.label("deposit_id"),
            registered_deposits.c.asked_at,
            registered_deposits.c.deposited_at,
            registered_deposits.c.problem,
            registered_deposits.c.closed_at,
        )
        .join(contracts, contracts.c.id == letters.c.contract_id)
        .join(companies, companies.c.id == contracts.c.company_id)
        .outerjoin(registered_deposits, registered_deposits.c.letter_id == letters.c.id)
    )


async def letters_sent(
    portal: Portal, viewer: Viewer, kinds: tuple[str, ...] = (TERMINATION,)
) -> tuple[Letter, ...]:
    """Return letters for staff, those to be posted first, then the latest posted.

    A letter that says its day and was not posted on it is drawn again: it is not among them.
    """
    viewer.must_be_staff()
    stale = sa.and_(
        letters.c.kind.in_(OF_THE_DAY),
        letters.c.posted_on.is_(None),
        letters.c.made_at < start_of_day(portal.today()),
    )
    query = (
        _query()
        .where(letters.c.kind.in_(kinds), sa.not_(stale))
        .order_by(letters.c.posted_on.is_not(None), letters.c.made_at.desc(), letters.c.id)
        .limit(_SHOWN)
    )
    async with portal.database.reading() as connection:
        return tuple(letter_of(row) for row in await connection.execute(query))


async def find_letter(connection: AsyncConnection, letter_id: str) -> Letter | None:
    """Return a letter whoever asks: the caller has found it through what is hers."""
    row = (await connection.execute(_query().where(letters.c.id == letter_id))).first()
    return letter_of(row) if row is not None else None


def letter_of(row: sa.Row[Any]) -> Letter:
    is_electronic = row.deposit_id is not None and (row.closed_at is None or row.deposited_at is not None)
    return Letter(
        id=row.id,
        contract_id=row.contract_id,
        legal_name=row.legal_name,
        made_at=row.made_at,
        posted_on=row.posted_on,
        tracking=row.tracking,
        has_proof=row.proof_key is not None,
        kind=row.kind,
        has_deposit_proof=row.deposit_key is not None,
        presented_on=row.presented_on,
        delivered_on=row.delivered_on,
        outcome=row.outcome,
        is_electronic=is_electronic,
        asked_at=row.asked_at if is_electronic else None,
        deposited_at=row.deposited_at,
        problem=(row.problem or "") if is_electronic else "",
    )


async def letter_file(portal: Portal, viewer: Viewer, letter_id: str) -> LetterFile:
    """Return a letter as it is printed; raises `NotFound`."""
    async with portal.database.reading() as connection:
        row = await letter_row(connection, viewer, letter_id)
    content = await kept_files.read(portal, row.file_key)
    name = f"{_NAMES[row.kind]}-{paris_day(row.made_at):%Y-%m-%d}.pdf"
    return LetterFile(name, "application/pdf", content)


async def proof_file(portal: Portal, viewer: Viewer, letter_id: str, which: Proof = "receipt") -> LetterFile:
    """Return the proof of a letter, as it was received; raises `NotFound`."""
    async with portal.database.reading() as connection:
        row = await letter_row(connection, viewer, letter_id, own_only=True)
    key = _proof_key(row, which)
    if key is None:
        raise NotFound
    content = await kept_files.read(portal, key)
    # It is saved, never shown: what a stranger's file holds is not opened here.
    name = "preuve" if which == "receipt" else "depot"
    return LetterFile(f"{name}-{row.tracking or row.id[:8]}", "application/octet-stream", content)


def _proof_key(row: sa.Row[Any], which: Proof) -> str | None:
    key: str | None = row.deposit_key if which == "deposit" else row.proof_key
    return key


async def letter_row(
    connection: AsyncConnection, viewer: Viewer, letter_id: str, *, own_only: bool = False, lock: bool = False
) -> sa.Row[Any]:
    """Return a letter that the viewer may see, with its company; raises `NotFound`.

    Staff see all; a client what she sends, and, but for `own_only`, what was sent to her.
    """
    query = (
        sa.select(letters, contracts.c.company_id)
        .join(contracts, contracts.c.id == letters.c.contract_id)
        .where(letters.c.id == letter_id)
    )
    if viewer.role is not Role.STAFF:
        hers = letters.c.kind == CLIENT_NOTICE
        ours = sa.and_(letters.c.kind == VENDOR_NOTICE, letters.c.posted_on.is_not(None))
        seen = hers if own_only else sa.or_(hers, ours)
        query = query.where(contracts.c.company_id == viewer.tenant, seen)
    row = (await connection.execute(query.with_for_update(of=letters) if lock else query)).first()
    if row is None:
        raise NotFound
    return row
