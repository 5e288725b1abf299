"""The papers to sign: printed once for each set of facts, kept, handed over again (CGV art. 8 and 10.2).

Whatever is printed can come back signed: an edition is never changed, and its pages name it. Other
facts, the account's or the signatory's, make another edition.
"""

import hashlib
import tempfile
from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.acts import Piece
from portal.contract.calendar import paris_day
from portal.contract.refusal import Refusal
from portal.contract.state import Examination
from portal.contract.subscription import accepted_terms_are_old
from portal.documents.dossier_papers import (
    Codes,
    ContractPaper,
    MandatePaper,
    Paper,
    contract_pdf,
    mandate_pdf,
)
from portal.documents.page_codes import PageCode, minted
from portal.documents.signature_box import SignatureBox
from portal.payments.mandates import mandate_reference
from portal.records.billing_tables import mandates
from portal.records.tables import dossiers, papers
from portal.records.upserts import insert_once
from portal.services import paper_facts
from portal.services.conditions import edition as terms_edition
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.dossiers import (
    Dossier,
    any_dossier,
    dossier_within,
    iban_of,
    may_be_signed_again,
    own_dossier,
    own_history,
)
from portal.services.histories import OpenHistory
from portal.services.journal import note
from portal.services.keys import keys_of
from portal.services.numbering import next_number
from portal.services.opening import workspace_of

PRINTED: Final = (Piece.CONTRACT, Piece.MANDATE)
Printed = ContractPaper | MandatePaper
_FACTS: Final = TypeAdapter[Printed](Printed)
BOX: Final = TypeAdapter(SignatureBox)
_NAMES: Final = {Piece.CONTRACT: "contrat", Piece.MANDATE: "mandat"}


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A paper as it is handed over: the name to save it under, and the PDF."""

    name: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Expected:
    """A printing of a paper, as one that comes back signed is compared with it."""

    edition: int
    pages: int
    box: SignatureBox


@dataclass(frozen=True, slots=True)
class _Order:
    """A paper to print: nothing of it is kept yet."""

    contract_id: str
    piece: Piece
    number: str
    edition: int
    facts: Printed
    digest: str


async def paper(portal: Portal, viewer: Viewer, piece: Piece, origin: Origin) -> PaperFile:
    """Print the viewer's own contract or mandate, or hand over again what says the same, or what was signed for good.

    Raises `Refusal` where a fact is missing, `NotFound` for a piece that we do not print, `Unavailable`.
    """
    if piece not in PRINTED:
        raise NotFound
    dossier = await own_dossier(portal, viewer)
    if piece in dossier.printings and not may_be_signed_again(dossier.contract.state, piece):
        accepted = dossier.current(piece)
        edition = accepted.reading.edition if accepted else None
        return await _handed_over(portal, viewer, dossier, piece, edition, origin)

    async def ordered(connection: AsyncConnection) -> _Order | None:
        opened = await own_history(portal, connection, viewer)
        number = await _number(connection, opened.contract_id, portal.now())
        return await _order(portal, connection, dossier, piece, number)

    order = await portal.transact(ordered)
    if order is not None and not await _print(portal, order):
        # Another edition came first: printed from a second tab, with other facts.
        return await paper(portal, viewer, piece, origin)
    return await _handed_over(portal, viewer, dossier, piece, None, origin)


async def paper_of(
    portal: Portal, viewer: Viewer, contract_id: str, piece: Piece, edition: int, origin: Origin
) -> PaperFile:
    """Hand over any printing, for staff; raises `NotFound`."""
    dossier = await any_dossier(portal, viewer, contract_id)
    return await _handed_over(portal, viewer, dossier, piece, edition, origin)


async def expected(
    portal: Portal, connection: AsyncConnection, contract_id: str, piece: Piece
) -> tuple[Expected, ...]:
    """Return the printings that a signed paper may be of: the latest, then those before it that say the same to sign."""
    found = await connection.execute(
        sa.select(papers, dossiers.c.users)
        .join(dossiers, dossiers.c.contract_id == papers.c.contract_id)
        .where(papers.c.contract_id == contract_id, papers.c.piece == piece.value)
        .order_by(papers.c.edition.desc())
    )
    # What another mandate has replaced is not taken up again by an old scan of it.
    replaced = sa.select(mandates.c.edition).where(
        mandates.c.contract_id == contract_id, mandates.c.replaced_at.is_not(None)
    )
    over = set(await connection.scalars(replaced)) if piece is Piece.MANDATE else set()
    rows = [one for one in found if one.edition not in over]
    said = [_said(portal, contract_id, piece, one.edition, one.facts) for one in rows]
    return tuple(
        Expected(one.edition, one.pages, BOX.validate_python(one.signature))
        for one, its in zip(rows, said, strict=True)
        if paper_facts.signs_the_same(its, said[0], one.users)
    )


async def printed(
    portal: Portal, connection: AsyncConnection, contract_id: str, piece: Piece, edition: int
) -> Printed | None:
    """Return what a printing says; None where there is no such edition."""
    sealed = await connection.scalar(
        sa.select(papers.c.facts).where(
            papers.c.contract_id == contract_id, papers.c.piece == piece.value, papers.c.edition == edition
        )
    )
    return None if sealed is None else _said(portal, contract_id, piece, edition, sealed)


async def is_outdated(
    portal: Portal, connection: AsyncConnection, dossier: Dossier, piece: Piece, edition: int | None
) -> bool:
    """Tell whether a printing, the latest where `edition` is None, says otherwise than the dossier by now.

    What is collected from, ordered and charged is what the dossier says: a signature under anything else is none
    under it.
    """
    facts = dossier.facts
    if facts is None or dossier.account is None or piece not in dossier.printings:
        return False
    edition = edition or dossier.printings[piece].edition
    said = await printed(portal, connection, dossier.contract.id, piece, edition)
    if said is None:
        return False
    try:
        now = await _facts(portal, connection, dossier, piece, dossier.number, edition)
    except Refusal:
        # It could not be printed any more: an option has left the grid, or other terms are to be accepted first.
        return True
    return not paper_facts.signs_the_same(said, now, facts.users)


async def outdated_papers(portal: Portal, dossier: Dossier) -> frozenset[Piece]:
    """Return the papers to print and sign again: what they say, as they came back or were printed, has changed."""
    found: set[Piece] = set()
    async with portal.database.reading() as connection:
        for piece in PRINTED:
            if await must_be_signed_again(portal, connection, dossier, piece):
                found.add(piece)
    return frozenset(found)


async def must_be_signed_again(
    portal: Portal, connection: AsyncConnection, dossier: Dossier, piece: Piece
) -> bool:
    """Tell whether what a paper says, as it came back or was printed, has changed; see `may_be_signed_again`."""
    if not may_be_signed_again(dossier.contract.state, piece):
        return False
    version = dossier.current(piece)
    edition = version.reading.edition if version else None
    return await is_outdated(portal, connection, dossier, piece, edition)


async def accepted_mandate_must_hold(
    portal: Portal, connection: AsyncConnection, opened: OpenHistory
) -> None:
    """Raise `Refusal` where the accepted mandate names another company or signatory than the dossier by now."""
    mandate = opened.state.documents.get(Piece.MANDATE)
    if mandate is None or mandate.examination is not Examination.ACCEPTED:
        return
    dossier = await dossier_within(portal, connection, opened.contract_id)
    if await must_be_signed_again(portal, connection, dossier, Piece.MANDATE):
        raise Refusal(
            "mandate_outdated",
            clause="10.2",
            message=(
                "Le mandat accepté ne dit plus ce que dit le dossier : le client a changé le nom de l’entreprise ou le "
                "signataire depuis. Sa page lui demande de le signer de nouveau : acceptez le nouveau, puis continuez."
            ),
        )


async def outdated_printings(portal: Portal, dossier: Dossier) -> frozenset[Piece]:
    """Return the papers to print again: their latest printing says otherwise than the dossier by now."""
    async with portal.database.reading() as connection:
        return frozenset(
            [piece for piece in PRINTED if await is_outdated(portal, connection, dossier, piece, None)]
        )


def _said(portal: Portal, contract_id: str, piece: Piece, edition: int, sealed: bytes) -> Printed:
    bound = _bound(contract_id, piece, edition)
    return _FACTS.validate_json(keys_of(portal.settings).unseal(sealed, bound_to=bound))


def codes_key(portal: Portal) -> bytes:
    """Return the key that seals the codes of our pages."""
    return keys_of(portal.settings).digest("page codes", "")


# --- printing ------------------------------------------------------------------------------------


async def _number(connection: AsyncConnection, contract_id: str, now: datetime) -> str:
    """Return the contract's number, given with its first paper: « CT-2026-0042 »."""
    query = sa.select(dossiers.c.number).where(dossiers.c.contract_id == contract_id)
    known: str | None = await connection.scalar(query)
    if known is None:
        year = paris_day(now).year
        known = f"CT-{year}-{await next_number(connection, f'CT-{year}'):04}"
        await connection.execute(
            sa.update(dossiers).where(dossiers.c.contract_id == contract_id).values(number=known)
        )
    return known


async def _order(
    portal: Portal, connection: AsyncConnection, dossier: Dossier, piece: Piece, number: str
) -> _Order | None:
    """Return the paper to print; None where the latest printing says the same."""
    contract_id = dossier.contract.id
    latest = await _latest(connection, contract_id, piece)
    edition = latest.edition + 1 if latest else 1
    facts = await _facts(portal, connection, dossier, piece, number, edition)
    digest = hashlib.sha256(_FACTS.dump_json(_without_reference(facts))).hexdigest()
    if latest is not None and latest.facts_sha256 == digest:
        return None
    if piece is Piece.CONTRACT and accepted_terms_are_old(dossier.contract.state):
        # One is received already under the terms before: what says otherwise is signed under those in force.
        wished = dossier.facts.users if dossier.facts else 0
        if latest is None or not paper_facts.signs_the_same(
            _said(portal, contract_id, piece, latest.edition, latest.facts), facts, wished
        ):
            raise paper_facts.terms_to_accept()
        return None
    return _Order(contract_id, piece, number, edition, facts, digest)


async def _facts(
    portal: Portal, connection: AsyncConnection, dossier: Dossier, piece: Piece, number: str, edition: int
) -> Printed:
    state = dossier.contract.state
    if piece is Piece.CONTRACT:
        accepted = state.acceptance.version if state.acceptance else state.offer.terms_version
        terms = await terms_edition(connection, accepted)
        return paper_facts.contract_paper(portal.settings, dossier, number, terms)
    query = sa.select(dossiers.c.iban).where(dossiers.c.contract_id == dossier.contract.id)
    sealed: bytes | None = await connection.scalar(query)
    iban = iban_of(portal, dossier.contract.id, sealed) if sealed else ""
    return paper_facts.mandate_paper(portal.settings, dossier, number, edition, iban)


def _without_reference(facts: Printed) -> Printed:
    """The reference counts the editions: it is no reason for another one."""
    return replace(facts, reference="") if isinstance(facts, MandatePaper) else facts


async def _print(portal: Portal, order: _Order) -> bool:
    """Print and keep an edition; return False where another had the same number meanwhile."""
    now = portal.now()
    made = await to_thread(_set, order, codes_key(portal), now)
    with tempfile.TemporaryDirectory(dir=workspace_of(portal.settings)) as folder:
        path = Path(folder) / "paper.pdf"
        await to_thread(path.write_bytes, made.pdf)
        key = await portal.files.put(path)
    bound = _bound(order.contract_id, order.piece, order.edition)

    async def keep(connection: AsyncConnection) -> bool:
        await insert_once(
            connection,
            papers,
            contract_id=order.contract_id,
            piece=order.piece.value,
            edition=order.edition,
            facts=keys_of(portal.settings).seal(_FACTS.dump_json(order.facts), bound_to=bound),
            facts_sha256=order.digest,
            printed_at=now,
            pages=made.pages,
            signature=BOX.dump_python(made.signature),
            file_key=key,
        )
        latest = await _latest(connection, order.contract_id, order.piece)
        return latest is not None and latest.facts_sha256 == order.digest

    return await portal.transact(keep)


def _set(order: _Order, key: bytes, at: datetime) -> Paper:
    codes = _codes(order, key)
    if isinstance(order.facts, ContractPaper):
        return contract_pdf(order.facts, codes, at=at)
    return mandate_pdf(order.facts, codes, at=at)


def _codes(order: _Order, key: bytes) -> Codes:
    def mint(pages: int) -> Sequence[str]:
        return [
            minted(PageCode(order.number, order.piece, order.edition, page, pages), key)
            for page in range(1, pages + 1)
        ]

    return mint


async def _latest(connection: AsyncConnection, contract_id: str, piece: Piece) -> sa.Row[Any] | None:
    found = await connection.execute(
        sa.select(papers)
        .where(papers.c.contract_id == contract_id, papers.c.piece == piece.value)
        .order_by(papers.c.edition.desc())
        .limit(1)
    )
    return found.first()


# --- handing over --------------------------------------------------------------------------------


async def _handed_over(
    portal: Portal, viewer: Viewer, dossier: Dossier, piece: Piece, edition: int | None, origin: Origin
) -> PaperFile:
    """Return a printing, the latest where `edition` is None, and write it in the journal."""
    contract_id = dossier.contract.id

    async def work(connection: AsyncConnection) -> tuple[str, str]:
        query = (
            sa.select(papers.c.edition, papers.c.file_key, dossiers.c.number)
            .join(dossiers, dossiers.c.contract_id == papers.c.contract_id)
            .where(papers.c.contract_id == contract_id, papers.c.piece == piece.value)
            .order_by(papers.c.edition.desc())
        )
        if edition is not None:
            query = query.where(papers.c.edition == edition)
        row = (await connection.execute(query.limit(1))).first()
        if row is None:
            raise NotFound
        await note(
            connection,
            at=portal.now(),
            kind="paper_taken",
            person_id=viewer.person_id,
            company_id=dossier.contract.company.id,
            by_id=viewer.person_id,
            ip=origin.ip,
            details={"contract": contract_id, "piece": piece.value, "edition": row.edition},
        )
        name = row.number if piece is Piece.CONTRACT else mandate_reference(row.number, row.edition)
        return str(row.file_key), f"{_NAMES[piece]}-{name}.pdf"

    key, name = await portal.transact(work)
    return PaperFile(name, b"".join([part async for part in portal.files.get(key)]))


def _bound(contract_id: str, piece: Piece, edition: int) -> str:
    return f"paper:{contract_id}:{piece.value}:{edition}"
