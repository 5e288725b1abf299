"""What is to be destroyed, when, and what holds it; the restitutions to prepare: what staff look at before they confirm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa

from portal.contract.because import Because
from portal.contract.dossier import PIECE_NAMES, unexamined_pieces
from portal.contract.ending import data_destruction, restitution_is_pending
from portal.contract.state import Data, Relationship
from portal.contract.trial import destruction
from portal.records.end_tables import certificates
from portal.records.tables import companies, contracts, dossiers, situations
from portal.services.context import Portal, Viewer
from portal.services.forms import FormProblems, clean, kept
from portal.services.reading import Contract, any_contract
from portal.services.restitutions import Restitution, of_contract

_MOST: Final = 100
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class ToDestroy:
    """Data to be destroyed: from when and why, what holds it (in words), and whether a person has to confirm it (T6)."""

    contract_id: str
    legal_name: str
    siren: str
    ended_on: date | None
    because: Because
    holds: tuple[str, ...]
    is_late: bool
    restitution: Restitution | None


@dataclass(frozen=True, slots=True)
class Attested:
    """A destruction that was attested."""

    contract_id: str
    legal_name: str
    made_at: datetime


async def to_destroy(portal: Portal, viewer: Viewer) -> tuple[ToDestroy, ...]:
    """Return what is to be destroyed: what a person has to confirm first, then by day; for staff."""
    viewer.must_be_staff()
    query = (
        sa.select(situations.c.contract_id)
        .where(
            sa.or_(
                situations.c.data == Data.RESTITUTION.value,
                situations.c.relationship == Relationship.REFLECTION.value,
            )
        )
        .order_by(situations.c.next_due_at, situations.c.contract_id)
        .limit(_MOST)
    )
    async with portal.database.reading() as connection:
        found = list(await connection.scalars(query))
    lines = [await _line(portal, await any_contract(portal, viewer, one)) for one in found]
    return tuple(
        sorted(
            (one for one in lines if one is not None),
            key=lambda one: (not one.is_late, one.because.instant, one.legal_name),
        )
    )


async def _line(portal: Portal, contract: Contract) -> ToDestroy | None:
    state = contract.state
    if state.data is Data.DESTROYED:
        return None  # it happened a moment ago
    because = data_destruction(state) if state.ended_on else destruction(state)
    if because is None:
        return None
    return ToDestroy(
        contract_id=contract.id,
        legal_name=contract.company.legal_name,
        siren=contract.company.siren,
        ended_on=state.ended_on,
        because=because,
        holds=_holds(contract),
        is_late=contract.destruction_held,
        restitution=await of_contract(portal, contract.id, state),
    )


def _holds(contract: Contract) -> tuple[str, ...]:
    """Return what keeps the data, in words; a debt keeps only what a person would have to confirm."""
    state = contract.state
    found = []
    if restitution_is_pending(state):
        found.append("restitution ouverte")
    found += [f"pièce à examiner : {PIECE_NAMES[piece]}" for piece in unexamined_pieces(state)]
    if contract.hold is not None and state.ended_on is None and not unexamined_pieces(state):
        found.append("contrat et mandat signés")
    if contract.destruction_held and (owed := [one.number for one in state.invoices if one.unpaid_cents]):
        found.append(f"impayé : {', '.join(owed)}")
    return tuple(found)


async def attested(portal: Portal, viewer: Viewer) -> tuple[Attested, ...]:
    """Return the latest destructions that were attested; for staff."""
    viewer.must_be_staff()
    query = (
        sa.select(certificates.c.contract_id, certificates.c.made_at, companies.c.legal_name)
        .join(contracts, contracts.c.id == certificates.c.contract_id)
        .join(companies, companies.c.id == contracts.c.company_id)
        .order_by(certificates.c.made_at.desc(), certificates.c.contract_id)
        .limit(_SHOWN)
    )
    async with portal.database.reading() as connection:
        rows = await connection.execute(query)
        return tuple(Attested(row.contract_id, row.legal_name, row.made_at) for row in rows)


@dataclass(frozen=True, slots=True)
class Named:
    """The contract that a number or a SIREN names: a company's latest."""

    contract_id: str
    company_id: str
    legal_name: str


async def named(portal: Portal, viewer: Viewer, form: Mapping[str, object]) -> Named:
    """Return the contract that staff name by its number, or its company's SIREN; raises `FormProblems`."""
    viewer.must_be_staff()
    typed = kept(form, ("number",))
    wanted = clean(typed["number"]).upper().replace(" ", "")
    query = (
        sa.select(contracts.c.id, contracts.c.company_id, companies.c.legal_name)
        .join(companies, companies.c.id == contracts.c.company_id)
        .outerjoin(dossiers, dossiers.c.contract_id == contracts.c.id)
        .where(sa.or_(dossiers.c.number == wanted, companies.c.siren == wanted))
        .order_by(contracts.c.opened_at.desc())
        .limit(1)
    )
    async with portal.database.reading() as connection:
        row = (await connection.execute(query)).first() if wanted else None
    if row is None:
        raise FormProblems(
            typed,
            {
                "number": "Aucun contrat ne porte ce numéro. Recopiez-le de la fiche du client, comme CT-2026-0042, ou son SIREN."
            },
        )
    return Named(row.id, row.company_id, row.legal_name)
