"""Credit notes with four eyes (CGV art. 10.3): one member of the staff proposes, another decides.

An issued invoice is never edited. A proposal changes nothing; accepted, it becomes a credit note of the rules'
own, numbered in the transaction of the decision.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

import sqlalchemy as sa
from pydantic import AfterValidator, BeforeValidator
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import acts as a
from portal.contract import events as e
from portal.contract.billing import still_creditable
from portal.contract.decide import decide
from portal.contract.refusal import Refusal
from portal.records.billing_tables import credit_proposals, invoices
from portal.records.tables import companies, contracts
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.forms import Form, clean, read, text_of
from portal.services.histories import OpenHistory
from portal.services.journal import note_own_act
from portal.services.names import names_of
from portal.services.typed_figures import price_of

_SHOWN: Final = 50


def _amount(typed: object) -> int | None:
    return price_of(typed) if clean(typed) else None


class CreditForm(Form):
    """A credit note as staff propose it; without an amount, all that is left of the invoice."""

    invoice: Annotated[
        str, AfterValidator(text_of("Indiquez le numéro de la facture, comme F-2026-0007.", "Le numéro", 40))
    ]
    amount: Annotated[int | None, BeforeValidator(_amount)]
    label: Annotated[
        str,
        AfterValidator(text_of("Écrivez ce que le client lira sur l’avoir.", "Le libellé", 200)),
    ]
    reason: Annotated[
        str,
        AfterValidator(text_of("Écrivez pourquoi : qui décide doit le comprendre.", "Le motif", 500)),
    ]


@dataclass(frozen=True, slots=True)
class CreditProposal:
    """A proposal and what became of it; `accepted` is None while it waits, `number` that of the credit note."""

    id: str
    contract_id: str
    legal_name: str
    cites: str
    net_cents: int
    label: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    is_own: bool
    accepted: bool | None
    decided_by: str
    decided_at: datetime | None
    number: str


def read_credit(form: Mapping[str, object]) -> CreditForm:
    """Return a proposal; raises `FormProblems`."""
    return read(CreditForm, form)


async def propose_credit(portal: Portal, viewer: Viewer, wished: CreditForm, origin: Origin) -> str:
    """Keep a proposal and return its id; the same one twice, while it waits, is once.

    Raises `Refusal`: `unknown_invoice`, `credit_out_of_range` (what the rules would say now), `credit_pending`.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> str:
        number = wished.invoice.upper()
        invoice = (
            await connection.execute(
                sa.select(invoices.c.contract_id, invoices.c.company_id).where(
                    invoices.c.number == number, invoices.c.kind == "invoice"
                )
            )
        ).first()
        if invoice is None:
            raise Refusal(
                "unknown_invoice",
                clause="10.3",
                message=f"Aucune facture ne porte le numéro « {number} » : recopiez-le, comme F-2026-0007.",
            )
        now = portal.now()
        opened = await OpenHistory.open(portal, connection, invoice.contract_id, company_id=None, at=now)
        cited = next(one for one in opened.state.invoices if one.number == number)
        net_cents = wished.amount or still_creditable(opened.state, cited).cents
        # What the rules would refuse is refused now, not to the one who decides.
        decide(opened.state, a.IssueCreditNote(cites=number, net_cents=net_cents, label=wished.label), now)
        if waiting := await _waiting_for(connection, number):
            return _same_or_refused(waiting, viewer, net_cents, wished.label)
        proposal_id = str(uuid.uuid4())
        await connection.execute(
            sa.insert(credit_proposals).values(
                id=proposal_id,
                contract_id=invoice.contract_id,
                cites=number,
                net_cents=net_cents,
                label=wished.label,
                reason=wished.reason,
                proposed_by=viewer.person_id,
                proposed_at=now,
            )
        )
        await _note(
            portal, connection, viewer, "credit_proposed", origin, invoice.company_id, number, net_cents
        )
        return proposal_id

    return await portal.transact(work)


async def decide_credit(
    portal: Portal, viewer: Viewer, proposal_id: str, *, accepted: bool, origin: Origin
) -> str:
    """Accept or decline a proposal of someone else's; return the number of the credit note, "" where declined.

    Decided twice the same way, it is decided once. Raises `NotFound`, and `Refusal`: `four_eyes` for who proposed it,
    `credit_decided` for another decision, or what the rules say of the credit note now.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> str:
        row = await _proposal(connection, proposal_id)
        if row.decided_at is not None:
            return _decided_already(row, accepted=accepted)
        if row.proposed_by == viewer.person_id and accepted:
            raise Refusal(
                "four_eyes",
                clause="10.3",
                message=(
                    "Vous avez proposé cet avoir : une autre personne de l’équipe le décide. Vous pouvez le retirer."
                ),
            )
        now, number = portal.now(), ""
        company_id = await connection.scalar(
            sa.select(contracts.c.company_id).where(contracts.c.id == row.contract_id)
        )
        if accepted:
            opened = await OpenHistory.open(portal, connection, row.contract_id, company_id=None, at=now)
            act = a.IssueCreditNote(cites=row.cites, net_cents=row.net_cents, label=row.label)
            caused = await opened.act(act, actor=viewer.person_id, at=now)
            number = next(one.number for one in caused if isinstance(one, e.CreditNoteIssued))
        await connection.execute(
            sa.update(credit_proposals)
            .where(credit_proposals.c.id == proposal_id)
            .values(decided_by=viewer.person_id, decided_at=now, accepted=accepted, number=number)
        )
        kind = "credit_accepted" if accepted else "credit_declined"
        await _note(portal, connection, viewer, kind, origin, company_id, row.cites, row.net_cents)
        return number

    return await portal.transact(work)


async def credit_proposals_of(portal: Portal, viewer: Viewer, *, waiting: bool) -> tuple[CreditProposal, ...]:
    """Return the proposals that wait, the oldest first; or those decided last, the latest first."""
    viewer.must_be_staff()
    query = (
        sa.select(credit_proposals, companies.c.legal_name)
        .join(contracts, contracts.c.id == credit_proposals.c.contract_id)
        .join(companies, companies.c.id == contracts.c.company_id)
        .limit(_SHOWN)
    )
    if waiting:
        query = query.where(credit_proposals.c.decided_at.is_(None)).order_by(
            credit_proposals.c.proposed_at, credit_proposals.c.id
        )
    else:
        query = query.where(credit_proposals.c.decided_at.is_not(None)).order_by(
            credit_proposals.c.decided_at.desc(), credit_proposals.c.id
        )
    async with portal.database.reading() as connection:
        rows = list(await connection.execute(query))
        names = await names_of(connection, {one for row in rows for one in (row.proposed_by, row.decided_by)})
    return tuple(_shown(row, viewer, names) for row in rows)


def _shown(row: sa.Row[Any], viewer: Viewer, names: Mapping[str, str]) -> CreditProposal:
    return CreditProposal(
        id=row.id,
        contract_id=row.contract_id,
        legal_name=row.legal_name,
        cites=row.cites,
        net_cents=row.net_cents,
        label=row.label,
        reason=row.reason,
        proposed_by=names.get(row.proposed_by, ""),
        proposed_at=row.proposed_at,
        is_own=row.proposed_by == viewer.person_id,
        accepted=row.accepted,
        decided_by=names.get(row.decided_by, ""),
        decided_at=row.decided_at,
        number=row.number or "",
    )


async def _waiting_for(connection: AsyncConnection, number: str) -> sa.Row[Any] | None:
    query = sa.select(credit_proposals).where(
        credit_proposals.c.cites == number, credit_proposals.c.decided_at.is_(None)
    )
    return (await connection.execute(query)).first()


def _same_or_refused(waiting: sa.Row[Any], viewer: Viewer, net_cents: int, label: str) -> str:
    """Return the id of the proposal that waits where it is this very one."""
    if (waiting.proposed_by, waiting.net_cents, waiting.label) == (viewer.person_id, net_cents, label):
        return str(waiting.id)
    raise Refusal(
        "credit_pending",
        clause="10.3",
        message=(f"Un avoir attend déjà une décision pour la facture {waiting.cites}. Décidez-le d’abord."),
    )


async def _proposal(connection: AsyncConnection, proposal_id: str) -> sa.Row[Any]:
    row = (
        await connection.execute(
            sa.select(credit_proposals).where(credit_proposals.c.id == proposal_id).with_for_update()
        )
    ).first()
    if row is None:
        raise NotFound
    return row


def _decided_already(row: sa.Row[Any], *, accepted: bool) -> str:
    if row.accepted == accepted:
        return row.number or ""
    raise Refusal(
        "credit_decided",
        clause="10.3",
        message=(
            f"Cet avoir vient d’être accepté : c’est l’avoir {row.number}."
            if row.accepted
            else "Cet avoir vient d’être écarté. Proposez-le de nouveau s’il est dû."
        ),
    )


async def _note(
    portal: Portal,
    connection: AsyncConnection,
    viewer: Viewer,
    kind: str,
    origin: Origin,
    company_id: str | None,
    invoice: str,
    net_cents: int,
) -> None:
    await note_own_act(
        portal,
        connection,
        viewer,
        kind,
        origin,
        company_id=company_id,
        invoice=invoice,
        net_cents=net_cents,
    )
