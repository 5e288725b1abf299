"""The accounting export: the sales of a period and, where asked, what was paid, for the vendor's books.

A period gives the same bytes each time: what is issued is never edited, and what is paid is an event.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated, Any, Final

import sqlalchemy as sa
from pydantic import BeforeValidator
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.calendar import paris_day, paris_instant
from portal.contract.french import full_date
from portal.contract.refusal import Refusal
from portal.documents.sales_journal import Client, Receipt, Sale, header, receipt_entry, sale_entry
from portal.records.billing_tables import IN_ORDER_OF_NUMBERS, invoices
from portal.records.tables import companies, contracts, dossiers, events
from portal.services.context import Origin, Portal, Viewer
from portal.services.forms import Form, clean, read
from portal.services.journal import note_own_act
from portal.services.typed_figures import Day

_AT_A_TIME: Final = 1000
_PAYMENTS: Final = ("payment_settled", "payment_returned")


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
    """Return the journal of a period, and note who took it.

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
                f"Le {full_date(period.last_day)} n’est pas fini : d’autres factures peuvent s’y ajouter. Choisissez une "
                "période qui finit hier au plus tard."
            ),
        )

    async def work(connection: AsyncConnection) -> None:
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
                if receipt := _receipt(row):
                    yield receipt_entry(receipt)


async def _streamed(connection: AsyncConnection, query: sa.Select[Any]) -> AsyncIterator[sa.Row[Any]]:
    """Yield the rows as they come, never all in memory."""
    async with connection.stream(query.execution_options(yield_per=_AT_A_TIME)) as rows:
        async for row in rows:
            yield row


def _sales(period: PeriodForm) -> sa.Select[Any]:
    return (
        _with_client(sa.select(invoices), invoices.c.contract_id)
        .where(invoices.c.issued_on.between(period.first_day, period.last_day))
        .order_by(invoices.c.issued_on, *IN_ORDER_OF_NUMBERS)
    )


def _receipts(period: PeriodForm) -> sa.Select[Any]:
    begins = paris_instant(period.first_day, time())
    ends = paris_instant(period.last_day + timedelta(days=1), time())
    return (
        _with_client(sa.select(events.c.seq, events.c.body), events.c.contract_id)
        .where(events.c.kind.in_(_PAYMENTS), events.c.at >= begins, events.c.at < ends)
        .order_by(events.c.at, events.c.contract_id, events.c.seq)
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


def _sale(row: sa.Row[Any]) -> Sale:
    return Sale(
        number=row.number,
        kind=row.kind,
        issued=row.issued_on,
        client=_client(row),
        net_cents=row.net_cents,
        vat_cents=row.vat_cents,
        gross_cents=row.gross_cents,
    )


def _receipt(row: sa.Row[Any]) -> Receipt | None:
    """Return a payment, or one taken back; None for a collection that never brought anything."""
    event = e.EVENT.validate_json(row.body)
    client = _client(row)
    match event:
        case e.PaymentSettled():
            return Receipt(
                number=f"{client.number}-{row.seq}",
                invoice=event.number,
                on=paris_day(event.at),
                client=client,
                invoice_cents=event.amount_cents,
                penalties_cents=event.penalties_cents,
                indemnity_cents=event.indemnity_cents,
            )
        case e.PaymentReturned() if event.amount_cents:
            return Receipt(
                number=f"{client.number}-{row.seq}",
                invoice=event.number,
                on=paris_day(event.at),
                client=client,
                invoice_cents=event.amount_cents,
                taken_back=True,
            )
        case _:
            return None
