"""The file of collections that the bank is given: ISO 20022 pain.008.001.08, SEPA Core (CGV art. 10.2).

The same collections make the same bytes, so that a file may be written again and compared. Nothing leaves
here that the standard's own schema refuses, or whose totals are not those of its lines. The writer is ours
because the known library (sepaxml, whose wheel brings the schema) puts a clock and chance into each file.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import groupby

from lxml import etree

from portal.contract.calendar import PARIS, Closing, closing_reason
from portal.contract.refusal import Refusal
from portal.payments.accounts import read_bic, read_iban
from portal.payments.latin import in_latin
from portal.payments.mandates import check_creditor_identifier, is_mandate_reference

FORMAT = "pain.008.001.08"

_CLAUSE = "10.2"
_NAMESPACE = f"urn:iso:std:iso:20022:tech:xsd:{FORMAT}"
_LARGEST_CENTS = 99_999_999_999  # EPC: 999 999 999,99 €
# EPC, SDD Core Implementation Guidelines: the banks' characters; no slash at either end, never two together.
_ID = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9/\-?:().,'+ ]{1,35}(?<!/)")
_MESSAGE_ID = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9/\-?:().,'+]{1,30}(?<!/)")  # « -1 », « -2 » follow it


class Sequence(StrEnum):
    """Whether a mandate is used for the first time: some banks ask to be told."""

    FIRST = "FRST"
    RECURRENT = "RCUR"


@dataclass(frozen=True, slots=True)
class Creditor:
    """Who collects: the vendor, its account, its SEPA identifier (ICS); `bic` may be empty."""

    name: str
    iban: str
    bic: str
    identifier: str


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address in parts: banks of some countries ask for it, and none takes free lines any more."""

    street: str
    postcode: str
    city: str
    country: str = "FR"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionOrder:
    """One collection: what is taken, when, from whom, under which mandate, and for what.

    `end_to_end_id` is ours, of 35 characters at most: the bank gives it back with all that becomes of the
    collection. `wording` is what the debtor reads on the statement.
    """

    end_to_end_id: str
    amount_cents: int
    collected_on: date
    sequence: Sequence
    mandate_reference: str
    signed_on: date
    debtor: str
    iban: str
    bic: str
    wording: str
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class CollectionFile:
    """A file for the bank, with its own totals."""

    content: bytes
    count: int
    total_cents: int


class InvalidFile(Exception):
    """What was written is not what the standard asks for: a bug of ours, never a person's mistake."""


def group_id(message_id: str, position: int) -> str:
    """Return the name of the file's group at `position`, from 1: the bank may book a group in one line."""
    return f"{message_id}-{position}"


def grouped(orders: Iterable[CollectionOrder]) -> list[list[CollectionOrder]]:
    """Return the groups of a file, in its order: those of one day and one sequence."""
    ordered = sorted(orders, key=lambda one: (one.collected_on, one.sequence, one.end_to_end_id))
    return [list(group) for _, group in groupby(ordered, key=lambda one: (one.collected_on, one.sequence))]


def write_collections(
    creditor: Creditor, orders: Iterable[CollectionOrder], *, message_id: str, created_at: datetime
) -> CollectionFile:
    """Return the file that asks for these collections; in which order they come changes nothing.

    Raises the `Refusal` of `check_order` for the first collection that no bank would take, those of
    the creditor's own account and identifier, and `collections_missing` for a file of nothing.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"{message_id!r} is no name of a file that a bank takes")
    groups = grouped(orders)
    if not groups:
        raise _refused("collections_missing", "Il n’y a aucun prélèvement à mettre dans ce fichier.")
    creditor = _checked(creditor)
    whole = [one for group in groups for one in group]
    for one in whole:
        check_order(one)
    if twice := _first_twice(one.end_to_end_id for one in whole):
        raise _refused(
            "collection_twice",
            f"Le prélèvement {twice} figure deux fois : un fichier ne demande jamais deux fois la même somme.",
        )
    document = etree.Element(_tag("Document"), nsmap={None: _NAMESPACE})
    message = _put(document, "CstmrDrctDbtInitn")
    header = _put(message, "GrpHdr")
    _put(header, "MsgId", message_id)
    _put(header, "CreDtTm", created_at.astimezone(PARIS).strftime("%Y-%m-%dT%H:%M:%S"))
    _put_totals(header, whole)
    _put(header, "InitgPty/Nm", creditor.name)
    for position, group in enumerate(groups, start=1):
        _put_group(message, creditor, group, group_id(message_id, position))
    content = etree.tostring(document, xml_declaration=True, encoding="UTF-8")
    verify(content)
    return CollectionFile(content, len(whole), sum(one.amount_cents for one in whole))


def check_order(order: CollectionOrder) -> None:
    """Raise `Refusal` where no bank would take this collection, with what to mend.

    `collection_id`, `collection_amount`, `collection_day`, `collection_mandate`, `collection_debtor`,
    or the refusal of its IBAN or BIC.
    """
    which = f"Prélèvement « {order.end_to_end_id} »"
    if not _ID.fullmatch(order.end_to_end_id):
        raise _refused(
            "collection_id",
            f"{which} : cette référence n’est pas de celles que les banques acceptent (35 caractères au plus, sans accent).",
        )
    if not 1 <= order.amount_cents <= _LARGEST_CENTS:
        raise _refused(
            "collection_amount",
            f"{which} : son montant n’est pas de ceux que les banques acceptent, d’un centime à moins d’un milliard d’euros.",
        )
    if reason := closing_reason(order.collected_on, Closing.BANKING):
        raise _refused("collection_day", f"{which} : les banques sont fermées ce jour-là ({reason}).")
    if not is_mandate_reference(order.mandate_reference):
        raise _refused(
            "collection_mandate",
            f"{which} : la référence du mandat (RUM) n’est pas de celles que les banques acceptent.",
        )
    if order.signed_on > order.collected_on:
        raise _refused(
            "collection_mandate",
            f"{which} : le mandat est signé après le jour du prélèvement. Vérifiez sa date.",
        )
    if not in_latin(order.debtor, _LONGEST_NAME):
        raise _refused(
            "collection_debtor",
            f"{which} : le nom du titulaire du compte manque, ou n’a aucune lettre que les banques lisent.",
        )
    read_iban(order.iban)
    read_bic(order.bic)


def verify(content: bytes) -> None:
    """Read a written file again: its schema, and every total from its lines. Raises `InvalidFile`."""
    document = etree.fromstring(content, _parser())
    schema = _schema()
    if not schema.validate(document):
        raise InvalidFile(str(schema.error_log.last_error))
    [header] = document.iter(_tag("GrpHdr"))
    for summed, lines in ((header, document), *((group, group) for group in document.iter(_tag("PmtInf")))):
        amounts = [Decimal(one.text or "0") for one in lines.iter(_tag("InstdAmt"))]
        stated = (summed.findtext(_tag("NbOfTxs")), Decimal(summed.findtext(_tag("CtrlSum")) or "-1"))
        if stated != (str(len(amounts)), sum(amounts)):
            raise InvalidFile(f"the totals {stated} are not those of {len(amounts)} lines")


# --- the parts of the file -----------------------------------------------------------------------

_LONGEST_NAME, _LONGEST_WORDING, _LONGEST_STREET, _LONGEST_POSTCODE, _LONGEST_CITY = 70, 140, 70, 16, 35


def _put_group(message: etree._Element, creditor: Creditor, orders: list[CollectionOrder], name: str) -> None:
    group = _put(message, "PmtInf")
    _put(group, "PmtInfId", name)
    _put(group, "PmtMtd", "DD")
    _put(group, "BtchBookg", "true")
    _put_totals(group, orders)
    kind = _put(group, "PmtTpInf")
    _put(kind, "SvcLvl/Cd", "SEPA")
    _put(kind, "LclInstrm/Cd", "CORE")
    _put(kind, "SeqTp", orders[0].sequence.value)
    _put(group, "ReqdColltnDt", orders[0].collected_on.isoformat())
    _put(group, "Cdtr/Nm", creditor.name)
    _put(group, "CdtrAcct/Id/IBAN", creditor.iban)
    _put_bank(group, "CdtrAgt", creditor.bic)
    _put(group, "ChrgBr", "SLEV")
    identifier = _put(group, "CdtrSchmeId/Id/PrvtId/Othr")
    _put(identifier, "Id", creditor.identifier)
    _put(identifier, "SchmeNm/Prtry", "SEPA")
    for order in orders:
        _put_order(group, order)


def _put_order(group: etree._Element, order: CollectionOrder) -> None:
    line = _put(group, "DrctDbtTxInf")
    _put(line, "PmtId/EndToEndId", order.end_to_end_id)
    _put(line, "InstdAmt", _decimal(order.amount_cents)).set("Ccy", "EUR")
    mandate = _put(line, "DrctDbtTx/MndtRltdInf")
    _put(mandate, "MndtId", order.mandate_reference)
    _put(mandate, "DtOfSgntr", order.signed_on.isoformat())
    _put_bank(line, "DbtrAgt", order.bic)
    debtor = _put(line, "Dbtr")
    _put(debtor, "Nm", in_latin(order.debtor, _LONGEST_NAME))
    if order.address:
        _put_address(debtor, order.address)
    _put(line, "DbtrAcct/Id/IBAN", order.iban)
    if wording := in_latin(order.wording, _LONGEST_WORDING):
        _put(line, "RmtInf/Ustrd", wording)


def _put_address(debtor: etree._Element, address: Address) -> None:
    """Write the address, where its town is known: the standard asks for the town and the country."""
    city = in_latin(address.city, _LONGEST_CITY)
    if not city:
        return
    written = _put(debtor, "PstlAdr")
    if street := in_latin(address.street, _LONGEST_STREET):
        _put(written, "StrtNm", street)
    if postcode := in_latin(address.postcode, _LONGEST_POSTCODE):
        _put(written, "PstCd", postcode)
    _put(written, "TwnNm", city)
    _put(written, "Ctry", address.country)


def _put_bank(parent: etree._Element, name: str, bic: str) -> None:
    bank = _put(parent, f"{name}/FinInstnId")
    if bic:
        _put(bank, "BICFI", bic)
    else:
        _put(bank, "Othr/Id", "NOTPROVIDED")


def _put_totals(parent: etree._Element, orders: list[CollectionOrder]) -> None:
    _put(parent, "NbOfTxs", str(len(orders)))
    _put(parent, "CtrlSum", _decimal(sum(one.amount_cents for one in orders)))


def _put(parent: etree._Element, path: str, text: str | None = None) -> etree._Element:
    """Add the elements of `path` below `parent`, one in the other; return the last, with its text."""
    for name in path.split("/"):
        parent = etree.SubElement(parent, _tag(name))
    parent.text = text
    return parent


@cache
def _tag(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _decimal(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


# --- checks --------------------------------------------------------------------------------------


def _checked(creditor: Creditor) -> Creditor:
    name = in_latin(creditor.name, _LONGEST_NAME)
    if not name:
        raise _refused(
            "creditor_name",
            "Le nom du prestataire manque (PORTAL_VENDOR_NAME) : aucun fichier ne peut partir.",
        )
    return Creditor(
        name=name,
        iban=read_iban(creditor.iban),
        bic=read_bic(creditor.bic),
        identifier=check_creditor_identifier(creditor.identifier),
    )


def _first_twice(names: Iterable[str]) -> str:
    seen = set[str]()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


@cache
def _schema() -> etree.XMLSchema:
    """Return the standard's schema, read once."""
    schema = files("sepaxml").joinpath("schemas", f"{FORMAT}.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(schema, _parser()))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True)


def _refused(code: str, message: str) -> Refusal:
    return Refusal(code, clause=_CLAUSE, message=message)
