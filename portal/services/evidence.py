"""The evidence file of a contract: its chain of events, what was accepted, its papers, and what verifies them.

It says nothing that is not recorded, and no instant of its own: the same records give the same bytes. What has been
erased is missing from it and named as such; the chain, which holds no personal data, is verified all the same.
"""

import json
from asyncio import to_thread
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.calendar import paris_day
from portal.contract.company import in_groups
from portal.contract.events import EVENT
from portal.contract.french import full_instant, hour, long_date, typeset
from portal.contract.offer import Grid
from portal.contract.refusal import Refusal
from portal.contract.story import told
from portal.documents.evidence.archive import VERIFIER, EvidenceArchive, verifier
from portal.documents.evidence.index import index_html
from portal.documents.evidence.verify import EVENTS, FIRST_PREVIOUS
from portal.records.tables import companies, contracts, dossiers, events, persons
from portal.services import evidence_contents as contents
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.histories import CALENDAR, current_contract
from portal.services.invoice_files import Handed
from portal.services.journal import note
from portal.services.offers import grid_at
from portal.services.reading import any_contract, contract_of

PERSONS: Final = "personnes.json"


@dataclass(frozen=True, slots=True)
class EvidenceName:
    """A contract as its evidence file is named: its number where it has one, and its id."""

    contract_id: str
    number: str

    @property
    def file(self) -> str:
        return f"preuve-{self.number or self.contract_id}.zip"


@dataclass(frozen=True, slots=True)
class _Records:
    """What the records hold of a contract: read at once, so that all of it is of one instant."""

    name: EvidenceName
    company: sa.Row[Any]
    events: Sequence[sa.Row[Any]]
    people: Mapping[str, tuple[str, str]]
    grid: Grid
    kept: contents.Kept

    @property
    def head(self) -> str:
        return str(self.events[-1].hash) if self.events else FIRST_PREVIOUS


async def evidence_file(portal: Portal, contract_id: str) -> bytes:
    """Return the evidence file of a contract; whoever asks has been authorised by the caller.

    Raises `NotFound`, `Unavailable` where the stored files are out of reach.
    """
    records = await _records(portal, contract_id)
    archive = EvidenceArchive()
    archive.add(EVENTS, _chain(records), "La chaîne des événements, un par ligne")
    await contents.write(portal, archive, [json.loads(row.body) for row in records.events], records.kept)
    people = [{"id": one, "name": name, "email": email} for one, (name, email) in records.people.items()]
    archive.add(PERSONS, contents.as_json(people), "Les personnes du client encore connues, par identifiant")
    archive.add(VERIFIER, await to_thread(verifier), "Le vérificateur, un programme Python")
    archive.add("index.html", index_html(_index(portal, records, archive)), "Cette page")
    contract = {
        "id": records.name.contract_id,
        "number": records.name.number,
        "siren": records.company.siren,
        "company": records.company.legal_name,
        "vendor": portal.settings.vendor_name,
    }
    return await to_thread(archive.sealed, contract=contract, events=len(records.events), head=records.head)


async def own_evidence(
    portal: Portal, viewer: Viewer, origin: Origin, contract_id: str | None = None
) -> Handed:
    """Hand over the evidence of the viewer's own contract, the present one where none is named; its administrators'.

    Raises `NotFound` for another's, `Refusal` `not_administrator`, `Unavailable`.
    """
    if contract_id is None:
        async with portal.database.reading() as connection:
            contract_id = await current_contract(connection, viewer.tenant)
    contract = await contract_of(portal, viewer, contract_id)
    must_administer(contract.state.admins, viewer)
    return await _handed(portal, viewer, contract_id, contract.company.id, origin)


async def evidence_of(portal: Portal, viewer: Viewer, contract_id: str, origin: Origin) -> Handed:
    """Hand over the evidence of any contract, to staff; raises `NotFound`, `Unavailable`."""
    contract = await any_contract(portal, viewer, contract_id)
    return await _handed(portal, viewer, contract_id, contract.company.id, origin)


def must_administer(admins: Sequence[str], viewer: Viewer) -> None:
    """Raise `Refusal` where the viewer is not one who administers the contract."""
    if viewer.person_id not in admins:
        raise Refusal(
            "not_administrator",
            clause="2",
            message=(
                "Seul un administrateur du contrat peut le faire. Demandez-le à l’un d’eux, ou faites-vous désigner "
                "administrateur."
            ),
        )


async def evidence_names(portal: Portal, named: str | None) -> tuple[EvidenceName, ...]:
    """Return every contract in the order of its opening; of an id or a number, that contract. For the command."""
    query = (
        sa.select(contracts.c.id, dossiers.c.number)
        .outerjoin(dossiers, dossiers.c.contract_id == contracts.c.id)
        .order_by(contracts.c.opened_at, contracts.c.id)
    )
    if named is not None:
        query = query.where(sa.or_(contracts.c.id == named.lower(), dossiers.c.number == named.upper()))
    async with portal.database.reading() as connection:
        return tuple(EvidenceName(row.id, row.number or "") for row in await connection.execute(query))


async def _handed(
    portal: Portal, viewer: Viewer, contract_id: str, company_id: str, origin: Origin
) -> Handed:
    [name] = await evidence_names(portal, contract_id)
    content = await evidence_file(portal, contract_id)

    async def work(connection: AsyncConnection) -> None:
        await note(
            connection,
            at=portal.now(),
            kind="evidence_taken",
            person_id=viewer.person_id,
            company_id=company_id,
            by_id=viewer.person_id,
            ip=origin.ip,
            details={"contract": contract_id},
        )

    await portal.transact(work)
    return Handed(name.file, "application/zip", content)


async def _records(portal: Portal, contract_id: str) -> _Records:
    async with portal.database.reading() as connection:
        found = await connection.execute(
            sa.select(companies, dossiers.c.number)
            .select_from(contracts)
            .join(companies, companies.c.id == contracts.c.company_id)
            .outerjoin(dossiers, dossiers.c.contract_id == contracts.c.id)
            .where(contracts.c.id == contract_id)
        )
        company = found.first()
        if company is None:
            raise NotFound
        chain = await connection.execute(
            sa.select(events).where(events.c.contract_id == contract_id).order_by(events.c.seq)
        )
        recorded = chain.all()
        known = await connection.execute(
            sa.select(persons).where(persons.c.company_id == company.id).order_by(persons.c.id)
        )
        return _Records(
            name=EvidenceName(contract_id, company.number or ""),
            company=company,
            events=recorded,
            people={row.id: (f"{row.first_name} {row.last_name}", row.email) for row in known},
            # Of its own time: what is published since changes no word of it.
            grid=await grid_at(connection, recorded[-1].recorded_at) if recorded else Grid(),
            kept=await contents.kept(connection, contract_id, company.id),
        )


def _chain(records: _Records) -> bytes:
    """Return the events as they are recorded, each with all that its hash is made of."""
    lines = [
        {
            "contract_id": row.contract_id,
            "seq": row.seq,
            "at": json.loads(row.body)["at"],
            "kind": row.kind,
            "body": row.body,
            "recorded_at": row.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": row.actor,
            "previous_hash": row.previous_hash,
            "hash": row.hash,
        }
        for row in records.events
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _index(portal: Portal, records: _Records, archive: EvidenceArchive) -> dict[str, object]:
    return {
        "name": records.name.number or records.name.contract_id,
        "company": records.company,
        "siren": in_groups(records.company.siren),
        "vendor": portal.settings.vendor_name,
        "updated": full_instant(records.events[-1].recorded_at) if records.events else "",
        "head": records.head,
        "files": archive.files,
        "absences": archive.absences,
        "events": [
            {
                "seq": row.seq,
                "at": f"Le {long_date(paris_day(row.at))} à {hour(row.at)}",
                "told": _told(row, records.grid),
                "by": _by(row.actor, records.people),
                "hash": row.hash,
            }
            for row in records.events
        ],
    }


def _told(row: sa.Row[Any], grid: Grid) -> str:
    try:
        return told(EVENT.validate_json(row.body), grid)
    except ValidationError:
        return typeset(f"Un événement que le portail ne sait plus dire en mots : {row.kind}.")


def _by(actor: str, people: Mapping[str, tuple[str, str]]) -> str:
    if actor in people:
        return people[actor][0]
    return "Le calendrier" if actor == CALENDAR else f"L’éditeur, ou une personne effacée ({actor[:8]})"
