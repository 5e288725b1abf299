"""The first month paid by transfer, as staff record it from the vendor's account (CGV art. 10.2 and 10.3)."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract.acts import FIRST
from portal.contract.calendar import paris_day
from portal.contract.refusal import Refusal
from portal.contract.state import State
from portal.contract.subscription import first_issue_waits
from portal.records.tables import contracts, journal
from portal.services.context import Origin, Portal, Viewer
from portal.services.first_month import first_invoice
from portal.services.histories import OpenHistory
from portal.services.journal import note_own_act


async def record_transfer(
    portal: Portal, viewer: Viewer, contract_id: str, received_on: date, origin: Origin
) -> None:
    """Record that the whole first month arrived by transfer on `received_on`; the contract comes into force now.

    Now and not on that day: until then the service was as the trial left it, and the year that is paid for would
    begin before it. Raises `Refusal` for a day to come, before the invoice, or where another payment settled it;
    recorded twice, it is paid once.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, contract_id, company_id=None, at=now)
        invoice = first_invoice(opened.state)
        if invoice is not None and opened.state.in_force_at is not None:
            if await _transfer(connection, contract_id) != received_on:
                raise Refusal(
                    "first_month_settled",
                    clause="10.3",
                    message=(
                        "Le premier mois est déjà réglé et le contrat en vigueur : rien n’est enregistré. Si ce virement "
                        "est un second paiement, traitez-le avec les lignes de la banque (Facturation)."
                    ),
                )
            return
        if invoice is None:
            raise _not_invoiced(opened.state)
        _check_received_on(received_on, invoice.issued, paris_day(now))
        await opened.act(a.Settle(month=FIRST), actor=viewer.person_id, at=now)
        await note_own_act(
            portal,
            connection,
            viewer,
            "transfer_recorded",
            origin,
            company_id=opened.company_id,
            contract=contract_id,
            received_on=received_on.isoformat(),
            invoice=invoice.number,
        )

    await portal.transact(work)


async def transfer_received_on(portal: Portal, viewer: Viewer, contract_id: str) -> date | None:
    """Return the day on which the transfer of the first month arrived; None where none was recorded."""
    viewer.must_be_staff()
    async with portal.database.reading() as connection:
        return await _transfer(connection, contract_id)


def _not_invoiced(state: State) -> Refusal:
    waits = first_issue_waits(state)
    message = (
        "Le dossier est validé et sa facture n’est pas encore émise : elle le sera le 1er du mois prochain. "
        "Enregistrez le virement ensuite."
        if waits
        else "Le premier mois n’est pas encore facturé : validez d’abord le dossier."
    )
    return Refusal("first_month_not_invoiced", clause="10.3", message=message)


async def _transfer(connection: AsyncConnection, contract_id: str) -> date | None:
    """Return the day on which the transfer of the first month arrived, as it was recorded."""
    recorded = await connection.scalar(
        sa.select(journal.c.details)
        .join(contracts, contracts.c.company_id == journal.c.company_id)
        .where(
            contracts.c.id == contract_id,
            journal.c.kind == "transfer_recorded",
            journal.c.details["contract"].as_string() == contract_id,
        )
        .limit(1)
    )
    return date.fromisoformat(recorded["received_on"]) if recorded else None


def _check_received_on(received_on: date, issued: date, today: date) -> None:
    if received_on > today:
        raise Refusal(
            "received_in_future",
            clause="10.3",
            message="Ce jour est à venir : indiquez celui où le virement est arrivé.",
        )
    if received_on < issued:
        raise Refusal(
            "received_before_invoice",
            clause="10.3",
            message=(
                "Ce jour vient avant l’émission de la facture : un virement arrivé avant n’est pas le sien. "
                "Vérifiez la date de valeur."
            ),
        )
