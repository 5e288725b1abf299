"""The changes announced to a client's own contract (CGV art. 10.1, 17): read, refused, the refusal taken back.

What a refusal brings about is shown first, by the rules that will do it, and then done on what was shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.acts import What
from portal.contract.because import Because
from portal.contract.calendar import end_of_day, paris_day
from portal.contract.changes import applies_from, refusal_end
from portal.contract.deadlines import deadlines
from portal.contract.evolve import evolve
from portal.contract.french import full_date
from portal.contract.preview import Document, why_issued
from portal.contract.refusal import Refusal
from portal.contract.replacing import replace
from portal.contract.state import Change, Relationship, State
from portal.contract.term import counted_last_day, end_because, ends_on
from portal.contract.year_ahead import YearPair, documents_until, year_of_change
from portal.documents.terms_changes import ArticleChange, compare_terms
from portal.records.billing_tables import renewal_acceptances
from portal.records.tables import acceptances, terms
from portal.services.conditions import Edition, edition
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.effects import Effect, effect, must_be_as_shown
from portal.services.histories import OpenHistory, current_contract
from portal.services.journal import note
from portal.services.reading import Contract, own_contract

# The documents at a contract's end that are shown: its last monthly invoice, and what closes the account.
_BEFORE_THE_END = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Coming:
    """A change to come: when it was announced, from when it applies and why, until when it can be refused.

    `year` compares twelve months on the client's own numbers; of terms, `articles` are what differs from `old` to
    `new`, and `moves` the names of the contract's own dates that it moves.
    """

    change: Change
    announced_at: datetime
    applies: Because
    refusal: Because
    year: YearPair
    old: Edition | None = None
    new: Edition | None = None
    articles: tuple[ArticleChange, ...] = ()
    moves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AcceptedVersion:
    """A version of the terms that binds the contract: accepted by a person, or by a renewal, which is nobody's act."""

    version: str
    sha256: str
    at: datetime
    by_renewal: bool
    announced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnChanges:
    """The viewer's own contract, the changes announced to it, and the versions of the terms that bound it."""

    contract: Contract
    coming: tuple[Coming, ...]
    accepted: tuple[AcceptedVersion, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What refusing, or taking a refusal back, would bring about.

    `ends` is the contract's last day then, None where it goes on; `last` are the documents that would still be issued
    near that day, each with the reason of its instant.
    """

    effect: Effect
    ends: Because | None
    last: tuple[tuple[Document, Because], ...]
    change: Change


async def own_changes(portal: Portal, viewer: Viewer) -> OwnChanges:
    """Return the changes announced to the viewer's own present contract, the next one first."""
    contract = await own_contract(portal, viewer)
    state = contract.state
    events = [*(stored.event for stored in contract.events), *contract.unrecorded]
    coming: list[Coming] = []
    async with portal.database.reading() as connection:
        accepted = await _accepted(connection, contract)
        if state.relationship is Relationship.ACTIVE:
            ordered = sorted(state.changes, key=lambda one: (one.applies_from, one.what))
            coming = [await _coming(connection, contract, events, change) for change in ordered]
    return OwnChanges(contract, tuple(coming), accepted)


async def _coming(
    connection: AsyncConnection, contract: Contract, events: Sequence[e.Event], change: Change
) -> Coming:
    state, announced = contract.state, _announced(contract, events, change)
    before, at = announced
    issued = [one for one in events if isinstance(one, Document)]
    told = Coming(
        change=change,
        announced_at=at,
        applies=applies_from(before, at),
        refusal=refusal_end(change),
        year=year_of_change(state, change, contract.at, issued),
    )
    if change.what == "price":
        return told
    try:
        old = await edition(connection, state.terms_version or "")
        new = await edition(connection, change.version or "")
    except NotFound:
        return told
    return Coming(
        change=told.change,
        announced_at=told.announced_at,
        applies=told.applies,
        refusal=told.refusal,
        year=told.year,
        old=old,
        new=new,
        articles=tuple(compare_terms(old.read(), new.read())),
        moves=_moved(state, change, contract.at),
    )


def _announced(contract: Contract, events: Iterable[e.Event], change: Change) -> tuple[State, datetime]:
    """Return the state that the announcement of a change met, and its instant."""
    state = State(offer=contract.state.offer)
    found: tuple[State, datetime] | None = None
    for event in events:
        if isinstance(event, e.ChangeAnnounced) and (event.what, event.applies_from) == (
            change.what,
            change.applies_from,
        ):
            found = state, event.at
        state = evolve(state, event)
    if found is None:
        raise NotFound
    return found


def _moved(state: State, change: Change, at: datetime) -> tuple[str, ...]:
    """Return which dates of the contract a change of terms moves, were it taken: the rules say, with it and without."""
    taken = replace(state, notice=None, changes=(replace(change, refused=False),))
    without = {one.name: one.at for one in deadlines(replace(taken, changes=()), at)}
    having = {one.name: one.at for one in deadlines(taken, at) if one.name != "refusal_limit"}
    return tuple(name for name in having if having[name] != without.get(name))


async def _accepted(connection: AsyncConnection, contract: Contract) -> tuple[AcceptedVersion, ...]:
    """Return the versions that bound the contract, the latest first, each with the hash of its exact text."""
    hashes = {
        row.version: row.sha256
        for row in await connection.execute(sa.select(terms.c.version, terms.c.sha256))
    }
    by_person = await connection.execute(
        sa.select(acceptances).where(acceptances.c.contract_id == contract.id)
    )
    found = [AcceptedVersion(row.version, row.text_sha256, row.at, by_renewal=False) for row in by_person]
    by_renewal = await connection.execute(
        sa.select(renewal_acceptances).where(renewal_acceptances.c.contract_id == contract.id)
    )
    announced = {stored.seq: stored.event.at for stored in contract.events}
    found += [
        AcceptedVersion(
            row.version,
            hashes.get(row.version, ""),
            row.at,
            by_renewal=True,
            announced_at=announced.get(row.announced_seq),
        )
        for row in by_renewal
    ]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


# --- deciding --------------------------------------------------------------------------------------


async def decision_of(portal: Portal, viewer: Viewer, what: What, *, refuses: bool) -> Decision:
    """Return what refusing a change, or taking its refusal back, would bring about now.

    Raises `Refusal`: what the rules say, or `refusal_too_late` for a change that applies already.
    """
    contract = await own_contract(portal, viewer)
    now = portal.now()
    _in_time(contract, what, refuses=refuses)
    return _decision(contract.state, what, now, refuses=refuses)


def _decision(state: State, what: What, at: datetime, *, refuses: bool) -> Decision:
    shown = effect(state, [_act(what, refuses=refuses)], at)
    if shown.preview.refusal:
        raise shown.preview.refusal
    after = state
    for event in shown.preview.events:
        after = evolve(after, event)
    wanted = [one for one in after.changes if one.what == what]
    change = min(wanted, key=lambda one: one.applies_from)
    end = ends_on(after)
    if end is None:
        return Decision(shown, None, (), change)
    ends = end_because(after, end)
    last = documents_until(after, at, end_of_day(end.last_day))
    near = [
        (one, why_issued(after, one)) for one in last if one.at >= end_of_day(end.last_day) - _BEFORE_THE_END
    ]
    return Decision(shown, ends, tuple(near), change)


async def decide_change(
    portal: Portal, viewer: Viewer, what: What, shown: str, origin: Origin, *, refuses: bool
) -> date | None:
    """Refuse a change, or take the refusal back, as it was shown; done again, it changes nothing more.

    Return the contract's last day, None where it goes on. Raises `EffectChanged`, and `Refusal` as `decision_of`.
    """

    async def work(connection: AsyncConnection) -> date | None:
        now = portal.now()
        contract_id = await current_contract(connection, viewer.tenant)
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=viewer.tenant, at=now)
        if _is_done(opened.state, what, refuses=refuses):
            return _last_day(opened.state)
        act = _act(what, refuses=refuses)
        now_effect = effect(opened.state, [act], now)
        if (
            now_effect.preview.refusal
            and refuses
            and (late := _late_refusal(opened.state, opened.announced(what), now))
        ):
            raise late
        must_be_as_shown(now_effect, shown)
        if await opened.act(act, actor=viewer.person_id, at=now):
            await note(
                connection,
                at=now,
                kind="change_refused" if refuses else "refusal_withdrawn",
                person_id=viewer.person_id,
                company_id=viewer.company_id,
                by_id=viewer.person_id,
                ip=origin.ip,
                details={"what": what},
            )
        return _last_day(opened.state)

    return await portal.transact(work)


def _act(what: What, *, refuses: bool) -> a.RefuseChange | a.WithdrawRefusal:
    return a.RefuseChange(what=what) if refuses else a.WithdrawRefusal(what=what)


def _is_done(state: State, what: What, *, refuses: bool) -> bool:
    """Tell whether it was decided so already: a second confirmation of the same dialog."""
    of_kind = [one for one in state.changes if one.what == what]
    if state.relationship is not Relationship.ACTIVE or not of_kind:
        return False
    next_one = min(of_kind, key=lambda one: one.applies_from)
    return next_one.refused if refuses else not any(one.refused for one in of_kind)


def _last_day(state: State) -> date | None:
    end = ends_on(state)
    return end.last_day if end else None


def _in_time(contract: Contract, what: What, *, refuses: bool) -> None:
    events = [*(stored.event for stored in contract.events), *contract.unrecorded]
    announced = [one for one in events if isinstance(one, e.ChangeAnnounced) and one.what == what]
    pending = any(one.what == what for one in contract.state.changes)
    last = announced[-1] if announced else None
    if refuses and not pending and (late := _late_refusal(contract.state, last, contract.at)):
        raise late


def _late_refusal(state: State, announced: e.ChangeAnnounced | None, at: datetime) -> Refusal | None:
    """Return what a person is told who refuses a change that applies already; None where there is none."""
    if announced is None or announced.applies_from > paris_day(at):
        return None
    last_day = counted_last_day(
        state.entered_on, announced.applies_from - timedelta(days=1), state.offer.policy
    )
    return Refusal(
        "refusal_too_late",
        clause="17",
        message=(
            f"Ce changement pouvait être refusé jusqu’à la fin du {full_date(last_day.day)} : le contrat est renouvelé depuis, et il "
            "s’y applique. Vous pouvez résilier pour la fin de la nouvelle période."
        ),
        reasons=(last_day,),
    )
