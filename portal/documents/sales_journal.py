"""The journal of sales in the eighteen columns of the French accounting file (fichier des écritures comptables, FEC).

LPF, art. L. 47 A I and A. 47 A-1: tabs between columns, CR LF after lines, days as AAAAMMJJ, amounts with a comma,
ISO 8859-15. An entry is a document or a payment: its lines share a number, and their debits equal their credits. The
numbers of a journal's entries follow each other (`EcritureNum`); what an entry is of is its piece (`PieceRef`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

COLUMNS: Final = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
ENCODING: Final = "iso8859-15"
SALES, BANK = ("VE", "Ventes"), ("BQ", "Banque")
CLIENTS, REVENUE, VAT, MONEY, INTEREST, INDEMNITIES = (
    ("411000", "Clients"),
    ("706000", "Prestations de services"),
    ("445710", "TVA collectée"),
    ("512000", "Banque"),
    ("763100", "Pénalités de retard"),
    ("758000", "Indemnités de recouvrement"),
)


@dataclass(frozen=True, slots=True)
class Client:
    """A client in the auxiliary ledger (compte auxiliaire): a number that never changes, and a name."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Sale:
    """An invoice or a credit note, in cents, as issued: never negative; `entry` is its number in the journal."""

    entry: str
    number: str
    kind: Literal["invoice", "credit_note"]
    issued: date
    client: Client
    net_cents: int
    vat_cents: int
    gross_cents: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a client paid of an invoice, penalties and indemnity beside it; or, `taken_back`, what the bank took back.

    `entry` is its number in the journal.
    """

    entry: str
    invoice: str
    on: date
    client: Client
    invoice_cents: int
    penalties_cents: int = 0
    indemnity_cents: int = 0
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an entry: an amount on one side of an account."""

    account: tuple[str, str]
    debit: int = 0
    credit: int = 0


def header() -> bytes:
    """Return the first line: the names of the columns, as the decree writes them."""
    return _encoded(COLUMNS)


def sale_entry(sale: Sale) -> bytes:
    """Return the lines of an invoice; those of a credit note stand on the other side."""
    lines = (
        Line(CLIENTS, debit=sale.gross_cents),
        Line(REVENUE, credit=sale.net_cents),
        Line(VAT, credit=sale.vat_cents),
    )
    is_invoice = sale.kind == "invoice"
    label = f"{'Facture' if is_invoice else 'Avoir'} {sale.number} {sale.client.name}"
    return b"".join(
        _rows(
            SALES,
            sale.entry,
            sale.number,
            sale.issued,
            label,
            sale.client,
            _sided(lines, turned=not is_invoice),
        )
    )


def receipt_entry(receipt: Receipt) -> bytes:
    """Return the lines of a payment, or of one that the bank took back."""
    total = receipt.invoice_cents + receipt.penalties_cents + receipt.indemnity_cents
    lines = (
        Line(MONEY, debit=total),
        Line(CLIENTS, credit=receipt.invoice_cents),
        Line(INTEREST, credit=receipt.penalties_cents),
        Line(INDEMNITIES, credit=receipt.indemnity_cents),
    )
    label = f"{'Impayé' if receipt.taken_back else 'Règlement'} {receipt.invoice} {receipt.client.name}"
    return b"".join(
        _rows(
            BANK,
            receipt.entry,
            receipt.invoice,
            receipt.on,
            label,
            receipt.client,
            _sided(lines, turned=receipt.taken_back),
        )
    )


def _sided(lines: tuple[Line, ...], *, turned: bool) -> Iterator[Line]:
    """Yield the lines that have an amount, on the other side where the entry is `turned`."""
    for one in lines:
        if one.debit or one.credit:
            yield Line(one.account, debit=one.credit, credit=one.debit) if turned else one


def _rows(
    journal: tuple[str, str],
    number: str,
    piece: str,
    day: date,
    label: str,
    client: Client,
    lines: Iterator[Line],
) -> Iterator[bytes]:
    for one in lines:
        auxiliary = (client.number, client.name) if one.account == CLIENTS else ("", "")
        yield _encoded(
            (
                *journal,
                number,
                f"{day:%Y%m%d}",
                *one.account,
                *auxiliary,
                piece,
                f"{day:%Y%m%d}",
                label,
                _amount(one.debit),
                _amount(one.credit),
                "",
                "",
                f"{day:%Y%m%d}",
                "",
                "",
            )
        )


def _amount(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02}"


def _encoded(cells: tuple[str, ...]) -> bytes:
    """Return a line; what would end a cell or a line is a space, what the encoding lacks a question mark."""
    plain = (" ".join(cell.split()) for cell in cells)
    return ("\t".join(plain) + "\r\n").encode(ENCODING, errors="replace")
