"""What an invoice (facture) or a credit note (avoir) says, as it stood when it was issued (CGV art. 10).

Nothing here is looked up again: a paper printed ten years later from the same facts is the same paper.
Amounts arrive reckoned, in cents; the lines are the contract's own.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.contract.company import in_groups
from portal.contract.french import NBSP
from portal.contract.lines import Line, Share

NO_VAT: Final = "TVA non applicable, article 294-1 du CGI"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address in France: the lines of the street, then postcode and city."""

    street: tuple[str, ...]
    postcode: str
    city: str

    @property
    def lines(self) -> list[str]:
        return [*self.street, f"{self.postcode} {self.city}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """The vendor (Prestataire), with what a company must print on its invoices (C. com. R. 123-237, R. 123-238).

    `creditor_id` is its SEPA identifier (ICS), `iban` where a transfer is awaited.
    """

    name: str
    siren: str
    vat_number: str
    address: Address
    legal_form: str
    capital: str
    rcs_city: str
    creditor_id: str
    iban: str
    email: str

    @property
    def legal_mention(self) -> str:
        """The line at the foot of every page."""
        where = ", ".join(self.address.lines)
        return f"{self.name}, {self.legal_form} au capital de {self.capital}, {where}, RCS {self.rcs_city} {in_groups(self.siren)}"

    @property
    def iban_in_fours(self) -> str:
        return NBSP.join(self.iban[start : start + 4] for start in range(0, len(self.iban), 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """The client; `vat_number` is empty where it has none."""

    name: str
    siren: str
    vat_number: str
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectDebit:
    """The mandate by which an invoice is collected: its reference (RUM), and the account as it may be shown."""

    mandate: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """The invoice that a credit note corrects."""

    number: str
    issued: date


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePaper:
    """All that an invoice says; a credit note where it has `cites`, and then no day on which to pay.

    `period` are the first and the last day of what it charges, where that is a month; `direct_debit` is
    None where it is paid by transfer. `credited_cents` of the total are paid by credit notes that waited for
    it. `exemption` is the mention of a document without VAT. `vat_on_debits`: the vendor has chosen to owe the VAT when it invoices, not when it is paid.
    `closes` is the last day of the contract whose account the document closes (facture ou avoir de clôture).
    """

    number: str
    contract: str
    seller: Seller
    buyer: Buyer
    issued: date
    due: date | None
    collection: date | None
    direct_debit: DirectDebit | None
    period: tuple[date, date] | None
    lines: tuple[Line, ...]
    net_cents: int
    vat_hundredths: int
    vat_cents: int
    gross_cents: int
    credited_cents: int = 0
    cites: Cited | None = None
    exemption: str = ""
    vat_on_debits: bool = False
    closes: date | None = None

    @property
    def payable_cents(self) -> int:
        """What is to pay or, of a credit note, what is given back."""
        return self.gross_cents - self.credited_cents


@dataclass(frozen=True, slots=True)
class Charged:
    """A line as a trade document counts it: signed quantity, positive price, and what a part of a month changes.

    A credit is a negative quantity (EN 16931 BR-27: a price is never negative). Where a part of the month is
    owed, quantity and price stay those that the client knows, and the line has an allowance (remise) for
    the days that are not owed; a credit of a part has a charge for those that are. So, always:
    net = quantity x unit - allowance + charge, to the cent.
    """

    quantity: int
    unit_cents: int
    allowance_cents: int
    charge_cents: int


def charged(line: Line) -> Charged:
    quantity = -line.quantity if line.is_credit else line.quantity
    beyond = quantity * line.unit_cents - line.net_cents
    return Charged(quantity, line.unit_cents, max(beyond, 0), max(-beyond, 0))


def days_of(share: Share) -> int:
    """Return how many days of its month a share stands for."""
    return share.of - share.days if share.rest else share.days


def vat_mention(paper: InvoicePaper) -> str:
    """Return the mention that a document without VAT must carry, else an empty string (CGI, ann. II, art. 242 nonies A)."""
    return "" if paper.vat_hundredths else paper.exemption or NO_VAT
