"""Notice by the client (dénonciation, CGV art. 9 and 16): prepared, posted and told, or deposited by a provider.

Nothing counts before the letter is posted or deposited: that day decides when the contract ends. What is confirmed
is what was shown; the reason is asked of nobody and kept beside the contract, never in its history.
"""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.calendar import paris_day, paris_instant
from portal.contract.french import full_date
from portal.contract.notice_effect import NoticeEffect, notice_effect
from portal.contract.refusal import Refusal
from portal.contract.state import State
from portal.contract.term import counted_last_day
from portal.records.billing_tables import letters, notices
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.forms import FormProblems, clean, kept
from portal.services.histories import OpenHistory, current_contract
from portal.services.journal import note_own_act
from portal.services.letters import Letter, find_letter
from portal.services.notice_forms import NoticeForm, PostedForm
from portal.services.notice_letters import drawn, insert_letter, letter_facts
from portal.services.parties import billed
from portal.services.reading import Contract, own_contract
from portal.services.registered_sending import ask_for_deposit, stop_asking


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice of the client's that lives: prepared, on its way, or served."""

    id: str
    reason: str
    words: str
    prepared_at: datetime
    served_at: datetime | None
    letter: Letter
    waived: bool


@dataclass(frozen=True, slots=True)
class OwnNotice:
    """All that the page of the viewer's notice shows."""

    contract: Contract
    number: str
    draft: Draft | None
    vendor_letter: Letter | None
    is_administrator: bool
    may_send: bool


class NoticeChanged(Exception):
    """Meanwhile something has changed: `effect` is what the same notice would bring about now."""

    def __init__(self, effect: NoticeEffect) -> None:
        super().__init__("the effect is not the one that was shown")
        self.effect = effect


def shown_of(effect: NoticeEffect) -> str:
    """Return what stands for an effect in what is confirmed."""
    documents = [(one.kind, one.month, one.at.isoformat(), one.gross_cents) for one in effect.documents]
    told = (effect.last_day.day, effect.is_late, effect.already, documents, effect.destruction.instant)
    return hashlib.sha256(repr(told).encode()).hexdigest()


def effect_on(state: State, day: date, now: datetime) -> NoticeEffect | Refusal:
    """Return what notice posted on `day` would bring about; a day to come is looked at as if it were there."""
    planned = day > paris_day(now)
    at = paris_instant(day, time(12)) if planned else now
    return notice_effect(state, a.ServeNotice(by="client", posted=day), at)


def effect_posted(state: State, day: date, now: datetime) -> NoticeEffect | Refusal:
    """Return what notice brings about whose letter was posted on `day`: a day to come is refused."""
    return notice_effect(state, a.ServeNotice(by="client", posted=day), now)


async def own_notice(portal: Portal, viewer: Viewer) -> OwnNotice:
    """Return the viewer's contract and where its notice stands."""
    async with portal.database.reading() as connection:
        # Before its contract: what the provider says meanwhile is then at worst in the contract already.
        row = await _living(connection, await current_contract(connection, viewer.tenant))
    contract = await own_contract(portal, viewer)
    async with portal.database.reading() as connection:
        is_over = row is not None and row.served_at is not None and contract.state.notice is None
        draft = await _draft(connection, row) if row is not None and not is_over else None
        vendors = await connection.scalar(
            sa.select(notices.c.letter_id).where(
                notices.c.contract_id == contract.id,
                notices.c.party == "vendor",
                notices.c.served_at.is_not(None),
                notices.c.closed_at.is_(None),
            )
        )
        return OwnNotice(
            contract=contract,
            number=(await billed(connection, {contract.id}))[contract.id].number,
            draft=draft,
            vendor_letter=await find_letter(connection, vendors) if vendors else None,
            is_administrator=viewer.person_id in contract.state.admins,
            may_send=portal.registered_letters.is_open,
        )


async def prepare(portal: Portal, viewer: Viewer, wished: NoticeForm, origin: Origin) -> None:
    """Draw the letter for the day it will be posted; again, it takes the place of the one before.

    Raises `Refusal`: the rules', `notice_running` where it is served or on its way, `administrators_only`.
    """

    async def facts(connection: AsyncConnection) -> tuple[str, Any]:
        opened = await _opened(portal, connection, viewer)
        _must_be_possible(opened.state, wished.day, portal.now())
        told = await letter_facts(
            portal, connection, opened.contract_id, opened.state, by="client", counts_on=wished.day
        )
        return opened.contract_id, told

    _, told = await portal.transact(facts)
    file_key = await drawn(portal, told)

    async def work(connection: AsyncConnection) -> None:
        opened = await _opened(portal, connection, viewer)
        _must_be_possible(opened.state, wished.day, portal.now())
        row = await _living(connection, opened.contract_id, lock=True)
        if row is not None and row.served_at is not None:
            # Withdrawn otherwise than on this page: nothing of it runs any more.
            await _close(connection, row.id, portal.now())
            row = None
        if row is not None:
            await _must_be_a_draft(connection, row)
            await connection.execute(
                sa.update(letters)
                .where(letters.c.id == row.letter_id)
                .values(file_key=file_key, made_at=portal.now(), by_id=viewer.person_id)
            )
            await connection.execute(
                sa.update(notices)
                .where(notices.c.id == row.id)
                .values(reason=wished.reason, words=wished.words, prepared_at=portal.now())
            )
            return
        letter_id = await insert_letter(
            portal,
            connection,
            opened.contract_id,
            by="client",
            file_key=file_key,
            person_id=viewer.person_id,
        )
        await connection.execute(
            sa.insert(notices).values(
                id=str(uuid.uuid4()),
                contract_id=opened.contract_id,
                party="client",
                reason=wished.reason,
                words=wished.words,
                letter_id=letter_id,
                prepared_by=viewer.person_id,
                prepared_at=portal.now(),
                waiver="",
            )
        )
        await note_own_act(portal, connection, viewer, "notice_prepared", origin, company_id=viewer.tenant)

    await portal.transact(work)


async def tell_posted(portal: Portal, viewer: Viewer, posted: PostedForm, shown: str, origin: Origin) -> None:
    """Record that the letter was posted that day: the notice counts from it. Told twice, it is once.

    Raises `NoticeChanged` where its effect is not the one shown, `Refusal`, `NotFound` without a letter.
    """

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened = await _opened(portal, connection, viewer)
        row = await _must_be_living(connection, opened.contract_id)
        if row.served_at is not None:
            return
        _must_be_as_shown(effect_posted(opened.state, posted.day, now), shown)
        await opened.act(a.ServeNotice(by="client", posted=posted.day), actor=viewer.person_id, at=now)
        await connection.execute(
            sa.update(letters)
            .where(letters.c.id == row.letter_id)
            .values(posted_on=posted.day, tracking=posted.tracking)
        )
        await connection.execute(sa.update(notices).where(notices.c.id == row.id).values(served_at=now))
        await stop_asking(connection, row.letter_id, now)
        await note_own_act(
            portal,
            connection,
            viewer,
            "notice_posted",
            origin,
            company_id=viewer.tenant,
            posted=posted.day.isoformat(),
            tracking=posted.tracking,
        )

    await portal.transact(work)


async def send_electronically(portal: Portal, viewer: Viewer, shown: str, origin: Origin) -> None:
    """Ask that the provider deposit the letter: it counts from the deposit, which jobs make after this. Twice is once.

    Raises `NoticeChanged`, `Refusal`, and `NotFound` without a letter or a provider.
    """
    if not portal.registered_letters.is_open:
        raise NotFound

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened = await _opened(portal, connection, viewer)
        row = await _must_be_living(connection, opened.contract_id)
        if row.served_at is not None:
            return
        _must_be_as_shown(effect_posted(opened.state, paris_day(now), now), shown)
        await ask_for_deposit(portal, connection, row.letter_id, viewer.person_id)
        await note_own_act(
            portal, connection, viewer, "notice_sending_asked", origin, company_id=viewer.tenant
        )

    await portal.transact(work)


async def give_up(portal: Portal, viewer: Viewer, origin: Origin) -> None:
    """Put away a letter that was not posted; where the provider is still asked for it, it no longer is."""

    async def work(connection: AsyncConnection) -> None:
        opened = await _opened(portal, connection, viewer)
        row = await _living(connection, opened.contract_id, lock=True)
        if row is None or row.served_at is not None:
            return
        await stop_asking(connection, row.letter_id, portal.now())
        await _close(connection, row.id, portal.now())
        await note_own_act(portal, connection, viewer, "notice_given_up", origin, company_id=viewer.tenant)

    await portal.transact(work)


async def withdraw(portal: Portal, viewer: Viewer, form: Mapping[str, object], origin: Origin) -> None:
    """Take the notice back: the contract goes on. Who asks has copied the contract's number.

    Raises `FormProblems` for another number, and the `Refusal` of the rules once the limit has passed.
    """

    async def work(connection: AsyncConnection) -> None:
        opened = await _opened(portal, connection, viewer)
        number = (await billed(connection, {opened.contract_id}))[opened.contract_id].number
        if clean(form.get("number")).upper() != number.upper():
            raise FormProblems(
                kept(form, ("number",)),
                {"number": f"Recopiez le numéro du contrat, {number}\u00a0: c’est votre confirmation."},
            )
        await opened.act(a.WithdrawNotice(by="client"), actor=viewer.person_id, at=portal.now())
        row = await _living(connection, opened.contract_id, lock=True)
        if row is not None:
            await _close(connection, row.id, portal.now())
        await note_own_act(portal, connection, viewer, "notice_withdrawn", origin, company_id=viewer.tenant)

    await portal.transact(work)


# --- what they share -----------------------------------------------------------------------------


async def _opened(portal: Portal, connection: AsyncConnection, viewer: Viewer) -> OpenHistory:
    contract_id = await current_contract(connection, viewer.tenant)
    opened = await OpenHistory.open(
        portal, connection, contract_id, company_id=viewer.tenant, at=portal.now()
    )
    if viewer.person_id not in opened.state.admins:
        raise Refusal(
            "administrators_only",
            clause="2",
            message=(
                "Seul un administrateur de l’entreprise peut résilier le contrat. Demandez à l’un d’eux, ou demandez-lui de "
                "vous désigner."
            ),
        )
    return opened


def _must_be_possible(state: State, day: date, now: datetime) -> None:
    effect = effect_on(state, day, now)
    if isinstance(effect, Refusal):
        raise effect
    if state.notice is not None:
        raise Refusal(
            "notice_running",
            clause="16",
            message=(
                f"Une résiliation est déjà notifiée : le contrat finit le {full_date(state.notice.ends)}. Il n’y a rien à "
                "ajouter."
            ),
            reasons=(counted_last_day(state.entered_on, state.notice.ends, state.offer.policy),),
        )


def _must_be_as_shown(effect: NoticeEffect | Refusal, shown: str) -> None:
    if isinstance(effect, Refusal):
        raise effect
    if shown_of(effect) != shown:
        raise NoticeChanged(effect)


async def _living(connection: AsyncConnection, contract_id: str, *, lock: bool = False) -> sa.Row[Any] | None:
    query = sa.select(notices).where(
        notices.c.contract_id == contract_id, notices.c.party == "client", notices.c.closed_at.is_(None)
    )
    row: sa.Row[Any] | None = (await connection.execute(query.with_for_update() if lock else query)).first()
    return row


async def _must_be_living(connection: AsyncConnection, contract_id: str) -> sa.Row[Any]:
    row = await _living(connection, contract_id, lock=True)
    if row is None:
        raise NotFound
    return row


async def _must_be_a_draft(connection: AsyncConnection, row: sa.Row[Any]) -> None:
    """Refuse to draw anew a letter that has left, or is about to."""
    letter = await find_letter(connection, row.letter_id)
    if letter is not None and letter.is_electronic:
        raise Refusal(
            "notice_running",
            clause="16",
            message=(
                "Votre lettre est en cours d’envoi : elle ne change plus. Renoncez d’abord à cet envoi pour en préparer une "
                "autre."
            ),
        )


async def _draft(connection: AsyncConnection, row: sa.Row[Any]) -> Draft:
    letter = await find_letter(connection, row.letter_id)
    if letter is None:
        raise AssertionError("a client's notice has its letter")
    return Draft(
        id=row.id,
        reason=row.reason,
        words=row.words,
        prepared_at=row.prepared_at,
        served_at=row.served_at,
        letter=letter,
        waived=row.waived_at is not None,
    )


async def _close(connection: AsyncConnection, notice_id: str, now: datetime) -> None:
    await connection.execute(sa.update(notices).where(notices.c.id == notice_id).values(closed_at=now))
