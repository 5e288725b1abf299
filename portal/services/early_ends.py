"""Ends before the term, by staff: insolvency and force majeure (CGV art. 14 and 16), each with its two letters.

First a letter starts a delay: a formal demand to the insolvency administrator (mise en demeure), or the observation of a
force majeure. Then, the delay over, a second letter ends the contract on the day it is posted, as for non-payment.
"""

import uuid
from asyncio import to_thread
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any, Final

import sqlalchemy as sa
from pydantic import AfterValidator
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.decide import decide
from portal.contract.ending import DelayedEnd, delay_last_day, restitution_last_day
from portal.contract.evolve import history
from portal.contract.refusal import Refusal
from portal.contract.state import Relationship, State
from portal.documents.end_papers import EarlyEndLetter, LetterKind, early_end_pdf
from portal.records.billing_tables import letters
from portal.records.tables import contracts
from portal.services import kept_files
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.forms import Form, FormProblems, clean, kept, problem, read
from portal.services.histories import OpenHistory
from portal.services.journal import note_own_act
from portal.services.letters import PostingForm, mark_posted, must_be_of
from portal.services.parties import billed, seller_of

OPENING: Final[Mapping[DelayedEnd, LetterKind]] = MappingProxyType(
    {"insolvency": "demand_insolvency", "force_majeure": "notice_force_majeure"}
)
ENDING: Final[Mapping[DelayedEnd, LetterKind]] = MappingProxyType(
    {"insolvency": "termination_insolvency", "force_majeure": "termination_force_majeure"}
)
REASONS: Final[Mapping[str, DelayedEnd]] = MappingProxyType(
    {kind: reason for table in (OPENING, ENDING) for reason, kind in table.items()}
)
KINDS: Final = tuple(REASONS)
_LONGEST: Final = 200


def _addressee(typed: str) -> str:
    words = clean(typed)
    if not words:
        raise problem(
            "Nommez l’administrateur judiciaire à qui la lettre est adressée, comme « Maître Claire Aubin »."
        )
    if len(words) > _LONGEST:
        raise problem(f"Ce nom dépasse {_LONGEST} caractères.")
    return words


def _address(typed: str) -> str:
    words = clean(typed)
    if not words:
        raise problem("Donnez son adresse complète, comme « 3 rue du Palais, 59000 Lille ».")
    if len(words) > _LONGEST:
        raise problem(f"Cette adresse dépasse {_LONGEST} caractères.")
    return words


class AdministratorForm(Form):
    """To whom a formal demand is addressed."""

    addressee: Annotated[str, AfterValidator(_addressee)]
    address: Annotated[str, AfterValidator(_address)]


def read_administrator(form: Mapping[str, object]) -> AdministratorForm:
    """Return what was typed of an insolvency administrator; raises `FormProblems`."""
    return read(AdministratorForm, form)


def read_since(form: Mapping[str, object], today: date) -> date:
    """Return the first day of a force majeure, not one to come; raises `FormProblems`."""
    typed = kept(form, ("since",))
    try:
        since = date.fromisoformat(typed["since"])
    except ValueError:
        raise FormProblems(
            typed, {"since": "Donnez le premier jour de l’empêchement : le jour, le mois et l’année."}
        ) from None
    if since > today:
        raise FormProblems(
            typed,
            {"since": "Ce jour est à venir : un empêchement se constate une fois commencé."},
        )
    return since


# --- acts ----------------------------------------------------------------------------------------


async def demand(
    portal: Portal, viewer: Viewer, contract_id: str, to: AdministratorForm, origin: Origin
) -> str:
    """Draw the formal demand to the insolvency administrator, dated today; the same day, the same words: the same letter."""
    today = portal.today()
    until = delay_last_day(today, "insolvency").day
    return await _draw(
        portal,
        viewer,
        contract_id,
        origin,
        _Wish("demand_insolvency", today, until, (to.addressee, *_lines(to.address))),
    )


async def observe(portal: Portal, viewer: Viewer, contract_id: str, since: date, origin: Origin) -> str:
    """Draw the letter that observes a force majeure to the client, since a day."""
    until = delay_last_day(since, "force_majeure").day
    return await _draw(portal, viewer, contract_id, origin, _Wish("notice_force_majeure", since, until))


async def draw_termination(
    portal: Portal, viewer: Viewer, contract_id: str, reason: DelayedEnd, origin: Origin
) -> str:
    """Draw the letter that would end the contract today.

    Raises `NotFound`, and `Refusal`: `opening_letter_missing`, or the rules', with the day on which it opens.
    """
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        opening = await _opening(connection, contract_id, reason)
    if opening is None:
        raise _no_opening(reason)
    to = tuple((opening.addressee or "").splitlines())
    wish = _Wish(ENDING[reason], runs_from(opening), portal.today(), to)
    return await _draw(portal, viewer, contract_id, origin, wish)


async def post(portal: Portal, viewer: Viewer, letter_id: str, posting: PostingForm, origin: Origin) -> None:
    """Write down that a letter was posted today; one that ends the contract ends it now. Twice is once.

    Raises `NotFound`, and `Refusal`: `letter_of_another_day`, or the rules'.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        now, today = portal.now(), portal.today()
        row = await _letter_row(connection, letter_id)
        if row.posted_on is not None:
            return
        must_be_of(today, row)
        opened = await OpenHistory.open(portal, connection, row.contract_id, company_id=None, at=now)
        reason = REASONS[row.kind]
        if row.kind == ENDING[reason]:
            await opened.act(a.Terminate(reason=reason, since=row.since), actor=viewer.person_id, at=now)
        elif opened.state.relationship is not Relationship.ACTIVE:
            raise _not_in_force()
        await mark_posted(connection, letter_id, today, posting)
        await note_own_act(
            portal,
            connection,
            viewer,
            "early_end_letter_posted",
            origin,
            company_id=opened.company_id,
            letter=row.kind,
            tracking=posting.tracking,
        )

    await portal.transact(work)


# --- what they share -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Wish:
    """A letter to draw; `to` is a name and its lines, the client's own where it is empty."""

    kind: LetterKind
    since: date
    until: date
    to: tuple[str, ...] = ()


async def _draw(portal: Portal, viewer: Viewer, contract_id: str, origin: Origin, wish: _Wish) -> str:
    viewer.must_be_staff()

    async def facts(connection: AsyncConnection) -> EarlyEndLetter:
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
        until = wish.until
        if wish.kind in ENDING.values():
            until = _restitution_after(
                opened.state, a.Terminate(reason=REASONS[wish.kind], since=wish.since), now
            )
        elif opened.state.relationship is not Relationship.ACTIVE:
            raise _not_in_force()
        parties = (await billed(connection, {contract_id}))[contract_id]
        name, *lines = wish.to or (parties.buyer.name, *parties.buyer.address.lines)
        return EarlyEndLetter(
            kind=wish.kind,
            contract=parties.number,
            seller=seller_of(portal.settings),
            buyer=parties.buyer,
            addressee=name,
            addressee_lines=tuple(lines),
            dated=portal.today(),
            since=wish.since,
            until=until,
        )

    letter = await portal.transact(facts)
    file_key = await kept_files.keep(portal, await to_thread(early_end_pdf, letter))

    async def work(connection: AsyncConnection) -> str:
        await connection.execute(
            sa.select(contracts.c.id).where(contracts.c.id == contract_id).with_for_update()
        )
        mine = (
            letters.c.contract_id == contract_id,
            letters.c.kind == wish.kind,
            letters.c.posted_on.is_(None),
        )
        drawn = (await connection.execute(sa.select(letters).where(*mine))).first()
        if drawn is not None and drawn.file_key == file_key:
            return str(drawn.id)
        await connection.execute(sa.delete(letters).where(*mine))
        letter_id = str(uuid.uuid4())
        await connection.execute(
            sa.insert(letters).values(
                id=letter_id,
                contract_id=contract_id,
                kind=wish.kind,
                file_key=file_key,
                made_at=portal.now(),
                by_id=viewer.person_id,
                since=wish.since,
                addressee="\n".join(wish.to) or None,
                tracking="",
            )
        )
        company_id = await _company(connection, contract_id)
        await note_own_act(
            portal,
            connection,
            viewer,
            "early_end_letter_drawn",
            origin,
            company_id=company_id,
            letter=wish.kind,
        )
        return letter_id

    return await portal.transact(work)


def _restitution_after(state: State, act: a.Terminate, at: datetime) -> date:
    """Return the last day to ask for the data, were the contract ended now; raises `Refusal`."""
    after = history(state, decide(state, act, at))
    if after.ended_on is None or state.relationship is Relationship.ENDED:
        raise _not_in_force()
    return restitution_last_day(after, after.ended_on).day


def runs_from(row: sa.Row[Any]) -> date:
    """Return the day from which the delay runs: a demand's posting, a force majeure's first day."""
    found: date = row.posted_on if row.kind == "demand_insolvency" else row.since
    return found


async def _opening(connection: AsyncConnection, contract_id: str, reason: DelayedEnd) -> sa.Row[Any] | None:
    query = (
        sa.select(letters)
        .where(
            letters.c.contract_id == contract_id,
            letters.c.kind == OPENING[reason],
            letters.c.posted_on.is_not(None),
        )
        .order_by(letters.c.posted_on.desc())
        .limit(1)
    )
    return (await connection.execute(query)).first()


async def _letter_row(connection: AsyncConnection, letter_id: str) -> sa.Row[Any]:
    query = sa.select(letters).where(letters.c.id == letter_id, letters.c.kind.in_(KINDS))
    row = (await connection.execute(query.with_for_update())).first()
    if row is None:
        raise NotFound
    return row


async def _company(connection: AsyncConnection, contract_id: str) -> str | None:
    found: str | None = await connection.scalar(
        sa.select(contracts.c.company_id).where(contracts.c.id == contract_id)
    )
    return found


def _lines(address: str) -> list[str]:
    return [line.strip() for line in address.split(",") if line.strip()]


def _no_opening(reason: DelayedEnd) -> Refusal:
    what = (
        "Aucune mise en demeure n’a été postée à l’administrateur judiciaire : postez-la d’abord, il a un mois pour répondre."
        if reason == "insolvency"
        else "Aucun constat de force majeure n’a été posté au client : postez-le d’abord."
    )
    return Refusal("opening_letter_missing", clause="16" if reason == "insolvency" else "14", message=what)


def _not_in_force() -> Refusal:
    return Refusal(
        "contract_not_in_force",
        clause="16",
        message="Ce contrat n’est pas en vigueur : aucune lettre n’y met fin.",
    )
