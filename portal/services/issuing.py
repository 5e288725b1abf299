"""The month's run as staff follow it: what it will issue, looked at beforehand, and what came of the last one.

Nothing here issues anything: the calendar does (`chunks`). What is foreseen is what the rules would issue
if nobody acted any more, by the very functions that will.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.acts import FIRST
from portal.contract.because import Because
from portal.contract.calendar import add_months, month_of, paris_day
from portal.contract.issue import regular_issue
from portal.contract.policy import Policy
from portal.contract.preview import Document, documents_to_come
from portal.contract.state import Relationship, State
from portal.records.billing_tables import invoice_papers, invoices
from portal.records.tables import companies, contracts, outbox, parked, situations
from portal.services.context import Portal, Viewer
from portal.services.parties import direct_debits
from portal.services.recalling import recall

AT_A_TIME: Final = 200
_MOST_REMARKS: Final = 50
_UNUSUAL: Final = 2  # times the month before, or that part of it
_INVOICE_MAILS: Final = ("invoice_issued", "credit_note_issued")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something of a contract that a person should look at before the run."""

    contract_id: str
    legal_name: str
    text: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the next run will issue, of the contracts looked at so far; amounts in cents, a credit note's negative.

    `cursor` is the contract looked at last, and `is_whole` once none is left. `others` are contracts whose next
    document comes on another day than the run.
    """

    cursor: str = ""
    is_whole: bool = False
    seen: int = 0
    invoices: int = 0
    credit_notes: int = 0
    others: int = 0
    net_cents: int = 0
    gross_cents: int = 0
    remarks: tuple[Remark, ...] = ()
    more_remarks: int = 0


@dataclass(frozen=True, slots=True)
class Halted:
    """A contract that stands still until staff have looked."""

    contract_id: str
    legal_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run: its documents, how far each has gone, and who did not take part.

    `waiting` are contracts in force whose document of that run is still to come.
    """

    because: Because
    invoices: int
    credit_notes: int
    net_cents: int
    gross_cents: int
    rendered: int
    mailed: int
    given_up: int
    waiting: int
    halted: tuple[Halted, ...]

    @property
    def issued(self) -> int:
        return self.invoices + self.credit_notes


def next_run(at: datetime) -> Because:
    """Return the instant of the next run after `at` (art. 10.3), with its reason."""
    return next(one for one in _runs(at) if one.instant > at)


def last_run(at: datetime) -> Because:
    """Return the instant of the latest run by `at`."""
    return [one for one in _runs(at) if one.instant <= at][-1]


async def run_of(portal: Portal, viewer: Viewer, because: Because) -> Run:
    """Return what came of the run of that instant; for staff."""
    viewer.must_be_staff()
    at = because.instant
    async with portal.database.reading() as connection:
        counted = (await connection.execute(_documents_of(at))).one()
        mails = (await connection.execute(_mails_of(at))).one()
        waiting = await connection.scalar(
            sa.select(sa.func.count())
            .select_from(situations)
            .where(situations.c.relationship == Relationship.ACTIVE.value, situations.c.next_due_at <= at)
        )
        return Run(
            because,
            invoices=counted.invoices,
            credit_notes=counted.credit_notes,
            net_cents=int(counted.net),
            gross_cents=int(counted.gross),
            rendered=counted.rendered,
            mailed=mails.sent,
            given_up=mails.given_up,
            waiting=waiting or 0,
            halted=await _halted(connection),
        )


async def foresee(portal: Portal, viewer: Viewer, so_far: Foreseen) -> Foreseen:
    """Look at some more contracts in force, and return all that is foreseen by then; for staff.

    Asked again with what it returns, until `is_whole`: a hundred thousand contracts take minutes, and a person
    sees how far it is.
    """
    viewer.must_be_staff()
    now = portal.now()
    async with portal.database.reading() as connection:
        ids = list(
            await connection.scalars(
                sa.select(situations.c.contract_id)
                .where(
                    situations.c.relationship == Relationship.ACTIVE.value,
                    situations.c.contract_id > so_far.cursor,
                    situations.c.contract_id.not_in(sa.select(parked.c.contract_id)),
                )
                .order_by(situations.c.contract_id)
                .limit(AT_A_TIME)
            )
        )
        recalled = await recall(connection, ids, now)
        mandated = await direct_debits(connection, set(ids))
        names = await _names(connection, ids)
    run = next_run(now).instant
    found = so_far
    for contract_id, one in recalled.items():
        document = next(iter(documents_to_come(one.state, now, 1)), None)
        found = _added(found, document if document and document.at == run else None)
        remarks = [
            Remark(contract_id, names[contract_id], text)
            for text in _what_to_look_at(one.state, document, is_mandated=contract_id in mandated)
        ]
        found = _remarked(found, remarks)
    return replace(found, cursor=ids[-1] if ids else found.cursor, is_whole=len(ids) < AT_A_TIME)


def _added(found: Foreseen, document: Document | None) -> Foreseen:
    """Count a contract, with its document of the run if it has one."""
    found = replace(found, seen=found.seen + 1)
    match document:
        case None:
            return replace(found, others=found.others + 1)
        case e.InvoiceIssued():
            found, sign = replace(found, invoices=found.invoices + 1), 1
        case e.CreditNoteIssued():
            found, sign = replace(found, credit_notes=found.credit_notes + 1), -1
    return replace(
        found,
        net_cents=found.net_cents + sign * document.net_cents,
        gross_cents=found.gross_cents + sign * document.gross_cents,
    )


def _remarked(found: Foreseen, remarks: Sequence[Remark]) -> Foreseen:
    everything = (*found.remarks, *remarks)
    kept = everything[:_MOST_REMARKS]
    return replace(found, remarks=kept, more_remarks=found.more_remarks + len(everything) - len(kept))


def _what_to_look_at(state: State, document: Document | None, *, is_mandated: bool) -> Iterator[str]:
    """Yield what a person should look at before this contract is invoiced, in French."""
    if document is None:
        return
    if not state.offer.vat_known:
        yield "La TVA de ce client est à décider : sa facture porterait un taux que personne n’a choisi."
    if not is_mandated:
        yield "Aucun mandat utilisable : sa facture sera à régler par virement."
    if isinstance(document, e.CreditNoteIssued):
        yield "Ses crédits dépassent ce que le mois doit : un avoir sera émis."
        return
    before = next((one.net_cents for one in reversed(state.invoices) if one.month != FIRST), None)
    if before and not before <= _UNUSUAL * document.net_cents <= _UNUSUAL * _UNUSUAL * before:
        yield "Un montant deux fois plus grand, ou plus petit, que le mois d’avant."


# --- what the tables say -------------------------------------------------------------------------


def _runs(at: datetime) -> Iterator[Because]:
    """Yield the runs of the months around an instant, in order."""
    policy = Policy()
    for step in (-1, 0, 1):
        month = add_months(month_of(paris_day(at)), step)
        yield regular_issue(month, policy.issue_day, policy.issue_hour).under(policy.reading("issue_day"))


def _documents_of(at: datetime) -> sa.Select[*tuple[Any, ...]]:
    is_credit = invoices.c.kind == "credit_note"
    sign = sa.case((is_credit, -1), else_=1)
    return (
        sa.select(
            sa.func.count().filter(~is_credit).label("invoices"),
            sa.func.count().filter(is_credit).label("credit_notes"),
            sa.func.coalesce(sa.func.sum(invoices.c.net_cents * sign), 0).label("net"),
            sa.func.coalesce(sa.func.sum(invoices.c.gross_cents * sign), 0).label("gross"),
            sa.func.count().filter(invoice_papers.c.pdf_key.is_not(None)).label("rendered"),
        )
        .select_from(invoices)
        .outerjoin(invoice_papers, invoice_papers.c.number == invoices.c.number)
        .where(invoices.c.issued_at == at, invoices.c.occasion == "periodic")
    )


def _mails_of(at: datetime) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        sa.func.count().filter(outbox.c.sent_at.is_not(None)).label("sent"),
        sa.func.count()
        .filter(outbox.c.sent_at.is_(None), outbox.c.next_attempt_at.is_(None))
        .label("given_up"),
    ).where(outbox.c.template.in_(_INVOICE_MAILS), outbox.c.as_of == at)


async def _halted(connection: AsyncConnection) -> tuple[Halted, ...]:
    rows = await connection.execute(
        sa.select(parked.c.contract_id, companies.c.legal_name, parked.c.at)
        .join(contracts, contracts.c.id == parked.c.contract_id)
        .join(companies, companies.c.id == contracts.c.company_id)
        .order_by(parked.c.at)
    )
    return tuple(Halted(row.contract_id, row.legal_name, row.at) for row in rows)


async def _names(connection: AsyncConnection, contract_ids: list[str]) -> dict[str, str]:
    rows = await connection.execute(
        sa.select(contracts.c.id, companies.c.legal_name)
        .join(companies, companies.c.id == contracts.c.company_id)
        .where(contracts.c.id.in_(contract_ids))
    )
    return {row.id: row.legal_name for row in rows}
