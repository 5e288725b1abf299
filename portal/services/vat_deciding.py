"""The VAT of a client whose place does not tell it (CGV art. 10.1): staff decide, with the reason.

Until then its dossier is not validated (see `contract.decisions.pieces`). What was invoiced stays as it was
issued: a decision counts from the next invoice on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

import sqlalchemy as sa
from pydantic import AfterValidator
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.french import typeset
from portal.contract.refusal import Refusal
from portal.contract.state import Relationship
from portal.contract.vat import vat_rate
from portal.records.billing_tables import vat_decisions
from portal.records.tables import companies, contracts, situations
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.forms import Form, FormProblems, kept, read, text_of
from portal.services.journal import note_own_act
from portal.services.names import names_of
from portal.services.typed_figures import Percent

_HIGHEST: Final = 20_00  # no French rate is above the normal one
_OVER: Final = (Relationship.LAPSED.value, Relationship.ENDED.value)


@dataclass(frozen=True, slots=True)
class VatToDecide:
    """A client whose place does not tell its VAT; the decision, once there is one."""

    company_id: str
    contract_id: str
    legal_name: str
    siren: str
    place: str
    hundredths: int | None
    mention: str
    reason: str
    at: datetime | None
    by: str


class VatForm(Form):
    """A decision as staff type it; the mention is what the invoice says where it bears no VAT."""

    rate: Percent
    mention: Annotated[str, AfterValidator(text_of("", "La mention", 200))]
    reason: Annotated[
        str, AfterValidator(text_of("Écrivez la raison : elle reste au dossier.", "La raison", 500))
    ]


def read_vat(form: Mapping[str, object]) -> VatForm:
    """Return a decision; raises `FormProblems`."""
    read_form = read(VatForm, form)
    errors: dict[str, str] = {}
    if read_form.rate > _HIGHEST:
        errors["rate"] = "Aucun taux français ne dépasse 20\u00a0%\u00a0: vérifiez."
    if not read_form.rate and not read_form.mention:
        errors["mention"] = typeset(
            "Une facture sans TVA doit dire pourquoi : écrivez la mention, avec l’article de loi."
        )
    if errors:
        raise FormProblems(kept(form, tuple(VatForm.model_fields)), errors)
    return read_form


async def decide_vat(
    portal: Portal, viewer: Viewer, company_id: str, wished: VatForm, origin: Origin
) -> None:
    """Keep the VAT of a client; the same decision twice is once, another one replaces it and is journaled.

    Raises `NotFound`, and `Refusal` `vat_told_by_place` where there is nothing to decide.
    """
    viewer.must_be_staff()

    async def work(connection: AsyncConnection) -> None:
        company = (
            await connection.execute(
                sa.select(companies).where(companies.c.id == company_id).with_for_update()
            )
        ).first()
        if company is None:
            raise NotFound
        if vat_rate(company.postcode) is not None:
            raise Refusal(
                "vat_told_by_place",
                clause="10.1",
                message="L’adresse de ce client dit sa TVA : il n’y a rien à décider. Corrigez l’adresse si elle est fausse.",
            )
        own = vat_decisions.c.company_id == company_id
        before = (await connection.execute(sa.select(vat_decisions).where(own))).first()
        said = {"hundredths": wished.rate, "mention": wished.mention, "reason": wished.reason}
        if before is not None and all(getattr(before, name) == value for name, value in said.items()):
            return
        values = {**said, "at": portal.now(), "by_id": viewer.person_id}
        if before is None:
            await connection.execute(sa.insert(vat_decisions).values(company_id=company_id, **values))
        else:
            await connection.execute(sa.update(vat_decisions).where(own).values(**values))
        await note_own_act(
            portal,
            connection,
            viewer,
            "vat_decided",
            origin,
            company_id=company_id,
            before=before.hundredths if before else None,
            after=wished.rate,
        )

    await portal.transact(work)


async def vats_to_decide(portal: Portal, viewer: Viewer) -> tuple[VatToDecide, ...]:
    """Return the clients whose place does not tell their VAT: first those that still wait."""
    viewer.must_be_staff()
    in_france = sa.func.substr(companies.c.postcode, 1, 2).between("01", "95")
    query = (
        sa.select(
            companies.c.id,
            companies.c.legal_name,
            companies.c.siren,
            companies.c.postcode,
            companies.c.city,
            contracts.c.id.label("contract_id"),
            vat_decisions.c.hundredths,
            vat_decisions.c.mention,
            vat_decisions.c.reason,
            vat_decisions.c.at,
            vat_decisions.c.by_id,
        )
        .join(contracts, contracts.c.company_id == companies.c.id)
        .join(situations, situations.c.contract_id == contracts.c.id)
        .outerjoin(vat_decisions, vat_decisions.c.company_id == companies.c.id)
        .where(sa.not_(in_france), situations.c.relationship.not_in(_OVER))
        .order_by(companies.c.legal_name, contracts.c.id)
    )
    async with portal.database.reading() as connection:
        rows = [row for row in await connection.execute(query) if vat_rate(row.postcode) is None]
        names = await names_of(connection, {row.by_id for row in rows})
    found = (
        VatToDecide(
            company_id=row.id,
            contract_id=row.contract_id,
            legal_name=row.legal_name,
            siren=row.siren,
            place=f"{row.postcode} {row.city}",
            hundredths=row.hundredths,
            mention=row.mention or "",
            reason=row.reason or "",
            at=row.at,
            by=names.get(row.by_id, ""),
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda one: one.hundredths is not None))
