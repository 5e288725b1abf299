"""The cross-check of a dossier: account, contract, mandate, K-bis and register, side by side (CGV art. 8)."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.acts import Piece
from portal.documents.crosscheck import Row, Said, What, cross_check, said_by_extract
from portal.documents.dossier_papers import MandatePaper
from portal.outside.register import Company as Registered
from portal.services.context import Portal, Viewer
from portal.services.dossiers import Dossier
from portal.services.papers import printed


async def of_dossier(portal: Portal, viewer: Viewer, dossier: Dossier) -> tuple[Row, ...]:
    """Return what each source says of the client; for staff. The register is asked, within its two seconds."""
    viewer.must_be_staff()
    registered = await portal.register.find(dossier.contract.company.siren, portal.machine_now())
    async with portal.database.reading() as connection:
        return cross_check(
            _account(dossier),
            await _printed(portal, connection, dossier, Piece.CONTRACT),
            await _printed(portal, connection, dossier, Piece.MANDATE),
            _kbis(dossier),
            _register(registered) if registered else None,
        )


def _account(dossier: Dossier) -> Said:
    company, facts, account = dossier.contract.company, dossier.facts, dossier.account
    return Said(
        siren=company.siren,
        name=company.legal_name,
        legal_form=company.legal_form,
        address=f"{company.street}, {company.postcode} {company.city}",
        signatory=facts.signatory_name if facts else "",
        holder=account.holder if account else "",
    )


async def _printed(
    portal: Portal, connection: AsyncConnection, dossier: Dossier, piece: Piece
) -> Said | None:
    """Return what the paper that came back says: its codes name its printing, known exactly; None where none was read."""
    version = dossier.examined(piece)
    if version is None or version.reading.edition is None:
        return None
    facts = await printed(portal, connection, dossier.contract.id, piece, version.reading.edition)
    if facts is None:
        return None
    client = facts.client
    return Said(
        siren=client.siren,
        name=client.legal_name,
        legal_form=client.legal_form,
        address=", ".join(client.address),
        signatory=facts.signatory.name,
        holder=facts.holder if isinstance(facts, MandatePaper) else "",
    )


def _kbis(dossier: Dossier) -> Said | None:
    """Return what the K-bis says, as read; the client may have typed its number or the company's name."""
    version = dossier.examined(Piece.KBIS)
    if version is None:
        return None
    reading = version.reading
    said = said_by_extract(reading.extract, "\n".join(reading.texts)) if reading.extract else Said()
    typed: set[What] = set()
    if reading.siren is not None and reading.siren != said.siren:
        said, typed = replace(said, siren=reading.siren), {What.SIREN}
    if reading.company:
        said, typed = replace(said, name=reading.company), {*typed, What.NAME}
    return replace(said, typed=frozenset(typed))


def _register(company: Registered) -> Said:
    return Said(
        siren=company.siren,
        name=company.legal_name,
        legal_form=company.legal_form,
        address=f"{company.street}, {company.postcode} {company.city}",
    )
