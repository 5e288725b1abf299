"""The accounting export: the sales of a period and, where asked, what was paid, for the vendor's books.

A period gives the same bytes each time: what is issued is never edited, what is paid is an event, and the number of an
entry stays (`entry_numbers`).
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import BeforeValidator
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.refusal import Refusal
from portal.documents.sales_journal import Client, Receipt, Sale, header, receipt_entry, sale_entry
from portal.records.billing_tables import accounting_entries, invoices
from portal.records.tables import companies, contracts, dossiers, events
from portal.services.context import Origin, Portal, Viewer
from portal.services.entry_numbers import AT_A_TIME, BANK, SALES, number_payments, number_sales
from portal.services.forms import Form, clean, read
from portal.services.journal import note_own_act
from portal.services.typed_figures import Day


class PeriodForm(Form):
    """The days of an export, both included; `payments` is « oui » where what was paid is wanted too."""

    first_day: Day
    last_day: Day
    payments: Annotated[bool, BeforeValidator(lambda typed: clean(typed) == "oui")]


@dataclass(frozen=True, slots=True)
class Export:
    """An export that is about to be handed over: its name, and its bytes as they come."""

    name: str
    parts: AsyncIterator[bytes]


def read_period(form: Mapping[str, object]) -> PeriodForm:
    """Return a period; raises `FormProblems`."""
    return read(PeriodForm, form)


async def export_sales(portal: Portal, viewer: Viewer, period: PeriodForm, origin: Origin) -> Export:
    """Return the journal of a period, its entries numbered, and note who took it.

    Raises `Refusal`: `period_reversed`, `period_not_over` for one that still goes on: a second export would differ.
    """
    viewer.must_be_staff()
    if period.last_day < period.first_day:
        raise Refusal(
            "period_reversed",
            clause="10.3",
            message="Le dernier jour vient avant le premier : échangez-les.",
        )
    if period.last_day >= portal.today():
        raise Refusal(
            "period_not_over",
            clause="10.3",
            message=(
                "Cette période n’est pas finie : d’autres factures peuvent s’y ajouter. Choisissez-en une qui finit hier au "
                "plus tard."
            ),
        )

    async def work(connection: AsyncConnection) -> None:
        await number_sales(connection, period.first_day, period.last_day)
        if period.payments:
            await number_payments(connection, period.first_day, period.last_day)
        await note_own_act(
            portal,
            connection,
            viewer,
            "sales_exported",
            origin,
            first_day=period.first_day.isoformat(),
            last_day=period.last_day.isoformat(),
        )

    await portal.transact(work)
    name = f"{portal.settings.vendor_siren}-ventes-{period.first_day:%Y%m%d}-{period.last_day:%Y%m%d}.csv"
    return Export(name, _parts(portal, period))


async def _parts(portal: Portal, period: PeriodForm) -> AsyncIterator[bytes]:
    yield header()
    async with portal.database.reading() as connection:
        async for row in _streamed(connection, _sales(period)):
            yield sale_entry(_sale(row))
        if period.payments:
            async for row in _streamed(connection, _receipts(period)):
                yield receipt_entry(_receipt(row))


async def _streamed(connection: AsyncConnection, query: sa.Select[Any]) -> AsyncIterator[sa.Row[Any]]:
    """Yield the rows as they come, never all in memory."""
    async with connection.stream(query.execution_options(yield_per=AT_A_TIME)) as rows:
        async for row in rows:
            yield row


def _sales(period: PeriodForm) -> sa.Select[Any]:
    return _entries(sa.select(invoices), invoices, SALES, period)


def _receipts(period: PeriodForm) -> sa.Select[Any]:
    return _entries(sa.select(events.c.body), events, BANK, period)


def _entries(query: sa.Select[Any], source: sa.Table, journal: str, period: PeriodForm) -> sa.Select[Any]:
    """Select the numbered entries of a journal in a period with what each is of, in the order of their numbers."""
    entries = accounting_entries.c
    return (
        _with_client(query, source.c.contract_id)
        .add_columns(entries.year, entries.number.label("nth"), entries.entered_on)
        .join(
            accounting_entries,
            sa.and_(entries.contract_id == source.c.contract_id, entries.seq == source.c.seq),
        )
        .where(entries.journal == journal, entries.entered_on.between(period.first_day, period.last_day))
        .order_by(entries.year, entries.number)
    )


def _with_client(query: sa.Select[Any], contract_id: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return (
        query.add_columns(
            companies.c.siren, companies.c.legal_name, dossiers.c.number.label("contract_number")
        )
        .join(contracts, contracts.c.id == contract_id)
        .join(companies, companies.c.id == contracts.c.company_id)
        .outerjoin(dossiers, dossiers.c.contract_id == contracts.c.id)
    )


def _client(row: sa.Row[Any]) -> Client:
    # The contract's number never changes, and is on each of its invoices.
    return Client(row.contract_number or row.siren, row.legal_name)


def _entry(row: sa.Row[Any], journal: str) -> str:
    return f"{journal}-{row.year}-{row.nth:06}"


def _sale(row: sa.Row[Any]) -> Sale:
    return Sale(
        entry=_entry(row, SALES),
        number=row.number,
        kind=row.kind,
        issued=row.issued_on,
        client=_client(row),
        net_cents=row.net_cents,
        vat_cents=row.vat_cents,
        gross_cents=row.gross_cents,
    )


def _receipt(row: sa.Row[Any]) -> Receipt:
    event = e.EVENT.validate_json(row.body)
    match event:
        case e.PaymentSettled():
            return Receipt(
                entry=_entry(row, BANK),
                invoice=event.number,
                on=row.entered_on,
                client=_client(row),
                invoice_cents=event.amount_cents,
                penalties_cents=event.penalties_cents,
                indemnity_cents=event.indemnity_cents,
            )
        case e.PaymentReturned():
            return Receipt(
                entry=_entry(row, BANK),
                invoice=event.number,
                on=row.entered_on,
                client=_client(row),
                invoice_cents=event.amount_cents,
                taken_back=True,
            )
        case _:
            raise AssertionError(f"{event.kind} is no payment")
