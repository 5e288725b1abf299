"""The dossier of a subscription: what its papers will say, what was sent, what is still missing (CGV art. 8).

Facts are typed by the client until the paper that carries them is accepted. The account's number is kept
encrypted; pages show four digits of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract import events as e
from portal.contract.acts import Piece
from portal.contract.billing import first_month_users
from portal.contract.state import Document, Examination, Relationship, State
from portal.contract.subscription import BEFORE_VALIDATION, Condition, conditions
from portal.records.tables import dossiers, papers, pieces
from portal.services.context import Portal, Viewer
from portal.services.histories import OpenHistory, current_contract
from portal.services.keys import keys_of
from portal.services.piece_readings import Reading, unsealed
from portal.services.reading import Contract, any_contract, contract_within, own_contract

OPTIONS: TypeAdapter[dict[str, int]] = TypeAdapter(dict[str, int])


@dataclass(frozen=True, slots=True)
class Facts:
    """What the papers say beside the company's name and address; `options` goes from a code to how many."""

    capital: str
    rcs_city: str
    vat_number: str
    signatory_name: str
    signatory_capacity: str
    users: int
    options: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BankAccount:
    """The account to collect from, as a page may show it: `hint` is « FR76 •••• •••• 1234 »."""

    holder: str
    hint: str
    bic: str
    bank_name: str


@dataclass(frozen=True, slots=True)
class Printing:
    """The latest printing of a paper to sign."""

    edition: int
    pages: int
    printed_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a piece that the client sent.

    `document` names it in the contract's history. `examination` is None where it is not, or not any more,
    the version that counts: it waits for what could not be read (`submitted_at` None), or was replaced.
    Of a version that was refused, and perhaps replaced since, `reason` is the code and `remark` what staff added.
    `previews`: whether there was time to draw each page.
    """

    id: str
    piece: Piece
    document: str
    name: str
    size: int
    received_at: datetime
    submitted_at: datetime | None
    reading: Reading
    previews: tuple[bool, ...]
    examination: Examination | None
    examined_at: datetime | None
    reason: str
    remark: str

    @property
    def waits_for_words(self) -> bool:
        """Tell whether it was received and cannot count before the client has typed what was not read."""
        return self.submitted_at is None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A contract's dossier as a page shows it; `versions` are the newest first."""

    contract: Contract
    number: str
    facts: Facts | None
    account: BankAccount | None
    printings: Mapping[Piece, Printing]
    versions: tuple[Version, ...]
    conditions: tuple[Condition, ...]

    def current(self, piece: Piece) -> Version | None:
        """Return the version that its sender goes on with: a later one that waits for words before the one that counts.

        Not where the one that counts is accepted: nothing more is awaited.
        """
        counting, waiting = self._counting(piece), self._waiting(piece)
        if counting is None or waiting is None:
            return counting or waiting
        is_over = counting.examination is Examination.ACCEPTED or waiting.received_at <= counting.received_at
        return counting if is_over else waiting

    def examined(self, piece: Piece) -> Version | None:
        """Return the version that staff look at: one that waits for their decision before a later one that cannot count yet."""
        counting = self._counting(piece)
        return counting if counting and counting.examination is Examination.RECEIVED else self.current(piece)

    def _counting(self, piece: Piece) -> Version | None:
        return next(
            (one for one in self.versions if one.piece is piece and one.examination is not None), None
        )

    def _waiting(self, piece: Piece) -> Version | None:
        return next((one for one in self.versions if one.piece is piece and one.waits_for_words), None)

    def version(self, version_id: str) -> Version | None:
        return next((one for one in self.versions if one.id == version_id), None)

    @property
    def users(self) -> int:
        """How many users the contract is for: as many as the client says, and those its first month counts at least."""
        wished = self.facts.users if self.facts else 0
        return max(wished, first_month_users(self.contract.state))

    @property
    def is_too_late(self) -> bool:
        """Tell whether a piece that would be sent now is refused, since the data is about to be destroyed (art. 5.1)."""
        contract = self.contract
        is_over = contract.submission_end is not None and contract.at >= contract.submission_end
        return contract.state.relationship in BEFORE_VALIDATION and (is_over or contract.destruction_held)

    @property
    def has_withdrawn_options(self) -> bool:
        """Tell whether an option she chose is in the grid no more: her contract cannot order it."""
        return self.facts is not None and any(
            self.contract.state.offer.grid.option(code) is None for code in self.facts.options
        )


def may_change(state: State, piece: Piece) -> bool:
    """Tell whether the facts that a paper carries may still change: not once it is accepted.

    The account may, of a contract in force: another mandate carries it, and replaces this one once accepted.
    """
    if piece is Piece.MANDATE and state.relationship is Relationship.ACTIVE:
        return True
    document = state.documents.get(piece)
    is_accepted = document is not None and document.examination is Examination.ACCEPTED
    return state.validated_at is None and not is_accepted


def may_be_signed_again(state: State, piece: Piece) -> bool:
    """Tell whether a paper is looked at for what has changed since: not once it is accepted.

    The mandate is until the dossier is validated: it names the company and who signs, whom the contract, while it
    is not accepted, may still name otherwise.
    """
    return may_change(state, piece) or (piece is Piece.MANDATE and state.relationship in BEFORE_VALIDATION)


async def own_dossier(portal: Portal, viewer: Viewer) -> Dossier:
    """Return the viewer's own present dossier."""
    return await _dossier(portal, await own_contract(portal, viewer))


async def any_dossier(portal: Portal, viewer: Viewer, contract_id: str) -> Dossier:
    """Return any dossier, for staff; raises `NotFound`."""
    return await _dossier(portal, await any_contract(portal, viewer, contract_id))


async def dossier_within(
    portal: Portal, connection: AsyncConnection, contract_id: str, *, at: datetime | None = None
) -> Dossier:
    """Return any dossier as a transaction that holds its contract's lock sees it; raises `NotFound`.

    `at` is when the piece that it is looked at for set out.
    """
    contract = await contract_within(portal, connection, contract_id, at=at)
    return await dossier_of(portal, connection, contract)


async def own_history(
    portal: Portal,
    connection: AsyncConnection,
    viewer: Viewer,
    *,
    arrival: str | None = None,
    at: datetime | None = None,
) -> OpenHistory:
    """Open the viewer's own contract; `arrival` and `at` are those of a piece that is being received."""
    contract_id = await current_contract(connection, viewer.tenant)
    return await OpenHistory.open(
        portal, connection, contract_id, company_id=viewer.tenant, at=at or portal.now(), arrival=arrival
    )


def iban_of(portal: Portal, contract_id: str, sealed: bytes) -> str:
    """Return an account's number in the clear, for a paper or a collection, never for a page."""
    return keys_of(portal.settings).unseal(sealed, bound_to=bound_to_account(contract_id)).decode()


# --- reading -------------------------------------------------------------------------------------


async def _dossier(portal: Portal, contract: Contract) -> Dossier:
    async with portal.database.reading() as connection:
        return await dossier_of(portal, connection, contract)


async def dossier_of(portal: Portal, connection: AsyncConnection, contract: Contract) -> Dossier:
    """Return the dossier of a contract as it was just read."""
    row = (await connection.execute(sa.select(dossiers).where(dossiers.c.contract_id == contract.id))).first()
    printed = await connection.execute(
        sa.select(papers).where(papers.c.contract_id == contract.id).order_by(papers.c.edition)
    )
    printings = {Piece(one.piece): Printing(one.edition, one.pages, one.printed_at) for one in printed}
    sent = await connection.execute(
        sa.select(pieces)
        .where(pieces.c.contract_id == contract.id)
        .order_by(pieces.c.received_at.desc(), pieces.c.id)
    )
    refused = _refused(contract)
    versions = tuple(_version(portal, one, contract.state, refused) for one in sent)
    return Dossier(
        contract=contract,
        number=(row.number if row else None) or "",
        facts=_facts(row),
        account=BankAccount(row.holder, row.iban_hint, row.bic, row.bank_name) if row and row.iban else None,
        printings=MappingProxyType(printings),
        versions=versions,
        conditions=conditions(contract.state),
    )


def _facts(row: sa.Row[Any] | None) -> Facts | None:
    if row is None or not row.signatory_name:
        return None
    return Facts(
        row.capital,
        row.rcs_city,
        row.vat_number,
        row.signatory_name,
        row.signatory_capacity,
        row.users,
        MappingProxyType(OPTIONS.validate_python(row.options)),
    )


def document_name(version_id: str, revision: int) -> str:
    """Return the name of a version in the contract's history: what was corrected of it is another one."""
    return version_id if revision == 0 else f"{version_id}.{revision}"


def _refused(contract: Contract) -> dict[str, str]:
    """Return the documents that staff refused, with the codes of their reasons: also those replaced since."""
    current: dict[Piece, str] = {}
    refused: dict[str, str] = {}
    for stored in contract.events:
        match stored.event:
            case e.DocumentReceived(piece=piece, document=document):
                current[piece] = document
                refused.pop(document, None)  # sent again, it is to be examined anew
            case e.DocumentRefused(piece=piece, reason=reason):
                refused[current[piece]] = reason
            case _:
                pass
    return refused


def _version(portal: Portal, row: sa.Row[Any], state: State, refused: Mapping[str, str]) -> Version:
    piece = Piece(row.piece)
    document = document_name(row.id, row.revision)
    examined = _examined(state.documents.get(piece), document)
    return Version(
        id=row.id,
        piece=piece,
        document=document,
        name=row.name,
        size=row.size,
        received_at=row.received_at,
        submitted_at=row.submitted_at,
        reading=unsealed(portal, row.id, row.reading),
        previews=tuple(map(bool, row.previews)),
        examination=examined.examination if examined else None,
        examined_at=examined.examined_at if examined else None,
        # What comes back and waits for words is to be examined anew, whatever was said of it before.
        reason=refused.get(document, "") if row.submitted_at else "",
        remark=row.remark,
    )


def _examined(document: Document | None, name: str) -> Document | None:
    return document if document is not None and document.document == name else None


def bound_to_account(contract_id: str) -> str:
    """Return what the number of a contract's account is sealed to."""
    return f"account:{contract_id}"
