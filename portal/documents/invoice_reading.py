"""An electronic invoice read back: its terms, and what is wrong with them.

The schematrons of EN 16931 and of the French reform let through a VAT that is off by a cent, a line that
is not quantity times price, a buyer without a SIREN, a collection without a mandate, a payment without a day. Here
every sum is exact, and what the French rules or our contract want is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from lxml import etree
from stdnum.fr import siren as siren_check

from portal.contract.amounts import vat
from portal.documents.invoice_facts import InvoicePaper, charged
from portal.documents.invoice_xml import CREDIT_NOTE, DIRECT_DEBIT, INVOICE

_NAMES: Final = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
_TRADE: Final = "rsm:SupplyChainTradeTransaction"
_AGREED: Final = f"{_TRADE}/ram:ApplicableHeaderTradeAgreement"
_SETTLED: Final = f"{_TRADE}/ram:ApplicableHeaderTradeSettlement"
_SUMS: Final = f"{_SETTLED}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
_SIREN: Final = "ram:SpecifiedLegalOrganization/ram:ID[@schemeID='0002']"
_NUMBER_LENGTH: Final = 35
# Penalties, indemnity, discount: the notes that BR-FR-05 wants.
NOTES: Final = frozenset({"PMD", "PMT", "AAB"})


class Unreadable(ValueError):
    """Not an invoice that can be read: the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """A line; amounts in cents."""

    label: str
    quantity: int
    unit_cents: int
    allowance_cents: int
    charge_cents: int
    net_cents: int
    vat_hundredths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadInvoice:
    """The terms that matter, in cents and days; what is not there is empty or None."""

    number: str
    type_code: str
    issued: date | None
    due: date | None
    contract: str
    seller_siren: str
    buyer_siren: str
    buyer_name: str
    means: str
    mandate: str
    creditor_id: str
    notes: frozenset[str]
    cited: str
    cited_on: date | None
    lines: tuple[ReadLine, ...]
    vat_hundredths: int
    exemption: str
    base_cents: int
    vat_cents: int
    lines_cents: int
    net_cents: int
    vat_total_cents: int
    gross_cents: int
    prepaid_cents: int
    payable_cents: int


def read(xml: bytes) -> ReadInvoice:
    """Return the terms of a CII; raises `Unreadable` where it is none, or not in its schema's order."""
    import facturx  # as in `invoice_xml`

    try:
        facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    except Exception as error:  # the library raises bare exceptions
        raise Unreadable(str(error)) from error
    return ReadInvoice(
        number=_text(root, "rsm:ExchangedDocument/ram:ID"),
        type_code=_text(root, "rsm:ExchangedDocument/ram:TypeCode"),
        issued=_day(root, "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString"),
        due=_day(root, f"{_SETTLED}/ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString"),
        contract=_text(root, f"{_AGREED}/ram:ContractReferencedDocument/ram:IssuerAssignedID"),
        seller_siren=_text(root, f"{_AGREED}/ram:SellerTradeParty/{_SIREN}"),
        buyer_siren=_text(root, f"{_AGREED}/ram:BuyerTradeParty/{_SIREN}"),
        buyer_name=_text(root, f"{_AGREED}/ram:BuyerTradeParty/ram:Name"),
        means=_text(root, f"{_SETTLED}/ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode"),
        mandate=_text(root, f"{_SETTLED}/ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID"),
        creditor_id=_text(root, f"{_SETTLED}/ram:CreditorReferenceID"),
        notes=frozenset(
            one.text or ""
            for one in _found(root, "rsm:ExchangedDocument/ram:IncludedNote[ram:Content]/ram:SubjectCode")
        ),
        cited=_text(root, f"{_SETTLED}/ram:InvoiceReferencedDocument/ram:IssuerAssignedID"),
        cited_on=_day(
            root, f"{_SETTLED}/ram:InvoiceReferencedDocument/ram:FormattedIssueDateTime/qdt:DateTimeString"
        ),
        lines=tuple(map(_line, _found(root, f"{_TRADE}/ram:IncludedSupplyChainTradeLineItem"))),
        vat_hundredths=_hundredths(root, f"{_SETTLED}/ram:ApplicableTradeTax/ram:RateApplicablePercent"),
        exemption=_text(root, f"{_SETTLED}/ram:ApplicableTradeTax/ram:ExemptionReason"),
        base_cents=_hundredths(root, f"{_SETTLED}/ram:ApplicableTradeTax/ram:BasisAmount"),
        vat_cents=_hundredths(root, f"{_SETTLED}/ram:ApplicableTradeTax/ram:CalculatedAmount"),
        lines_cents=_hundredths(root, f"{_SUMS}/ram:LineTotalAmount"),
        net_cents=_hundredths(root, f"{_SUMS}/ram:TaxBasisTotalAmount"),
        vat_total_cents=_hundredths(root, f"{_SUMS}/ram:TaxTotalAmount"),
        gross_cents=_hundredths(root, f"{_SUMS}/ram:GrandTotalAmount"),
        prepaid_cents=_hundredths(root, f"{_SUMS}/ram:TotalPrepaidAmount"),
        payable_cents=_hundredths(root, f"{_SUMS}/ram:DuePayableAmount"),
    )


def faults(one: ReadInvoice) -> tuple[str, ...]:
    """Return what is wrong with the terms by themselves, an empty tuple where nothing is."""
    return tuple(_faults(one))


def differences(one: ReadInvoice, paper: InvoicePaper) -> tuple[str, ...]:
    """Return in which terms the document says something else than `paper`."""
    said = {
        "number": paper.number,
        "type_code": CREDIT_NOTE if paper.cites else INVOICE,
        "issued": paper.issued,
        "due": None if paper.cites else paper.due,
        "contract": paper.contract,
        "seller_siren": paper.seller.siren,
        "buyer_siren": paper.buyer.siren,
        "mandate": paper.direct_debit.mandate if paper.direct_debit and not paper.cites else "",
        "cited": paper.cites.number if paper.cites else "",
        "cited_on": paper.cites.issued if paper.cites else None,
        "vat_hundredths": paper.vat_hundredths,
        "net_cents": paper.net_cents,
        "vat_total_cents": paper.vat_cents,
        "gross_cents": paper.gross_cents,
        "prepaid_cents": paper.credited_cents,
        "payable_cents": paper.payable_cents,
        "quantities": [(charged(line).quantity, line.unit_cents, line.net_cents) for line in paper.lines],
    }
    read_ = {name: getattr(one, name) for name in said if name != "quantities"}
    read_["quantities"] = [(line.quantity, line.unit_cents, line.net_cents) for line in one.lines]
    return tuple(
        f"{name}: {read_[name]!r} is not {said[name]!r}" for name in said if read_[name] != said[name]
    )


def _faults(one: ReadInvoice) -> Iterator[str]:
    is_credit_note = one.type_code == CREDIT_NOTE
    for number, line in enumerate(one.lines, 1):
        reckoned = line.quantity * line.unit_cents - line.allowance_cents + line.charge_cents
        if reckoned != line.net_cents:
            yield f"line {number}: {line.net_cents} cents, and its quantity and price give {reckoned}"
        if line.unit_cents < 0:
            yield f"line {number}: a negative price (BR-27)"
        if line.vat_hundredths != one.vat_hundredths:
            yield f"line {number}: another VAT rate than the document's"
    sums = {
        "the lines": (one.lines_cents, sum(line.net_cents for line in one.lines)),
        "the total excluding VAT": (one.net_cents, one.lines_cents),
        "the base of the VAT": (one.base_cents, one.net_cents),
        "the VAT": (one.vat_cents, vat(one.base_cents, one.vat_hundredths).cents),
        "the total VAT": (one.vat_total_cents, one.vat_cents),
        "the total including VAT": (one.gross_cents, one.net_cents + one.vat_total_cents),
        "what is to pay": (one.payable_cents, one.gross_cents - one.prepaid_cents),
    }
    for name, (said, reckoned) in sums.items():
        if said != reckoned:
            yield f"{name}: {said} cents instead of {reckoned}"
    if one.gross_cents < 0 or one.payable_cents < 0:
        yield "a negative total: that is a credit note's"
    if not one.vat_hundredths and not one.exemption:
        yield "no VAT, and no mention of why"
    if not 0 < len(one.number) <= _NUMBER_LENGTH:
        yield "its number is missing, or longer than 35 characters"
    if not siren_check.is_valid(one.buyer_siren):
        yield f"the buyer's SIREN is missing or wrong: {one.buyer_siren!r}"
    if not one.seller_siren:
        yield "the seller's SIREN is missing"
    if not one.contract:
        yield "the contract's number is missing (art. 10.3)"
    if one.means == DIRECT_DEBIT and not (one.mandate and one.creditor_id):
        yield "a direct debit without its mandate (RUM) or its creditor (ICS)"
    if one.due is None and not is_credit_note:
        yield "no day on which it is due"
    if is_credit_note and not (one.cited and one.cited_on):
        yield "a credit note without the invoice it corrects"
    if missing := sorted(NOTES - one.notes):
        yield f"notes missing: {', '.join(missing)} (BR-FR-05)"


def _line(item: etree._Element) -> ReadLine:
    settled = "ram:SpecifiedLineTradeSettlement"
    changes = f"{settled}/ram:SpecifiedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator="
    return ReadLine(
        label=_text(item, "ram:SpecifiedTradeProduct/ram:Name"),
        quantity=int(_text(item, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity")),
        unit_cents=_hundredths(
            item, "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount"
        ),
        allowance_cents=_hundredths(item, f"{changes}'false']/ram:ActualAmount"),
        charge_cents=_hundredths(item, f"{changes}'true']/ram:ActualAmount"),
        net_cents=_hundredths(
            item, f"{settled}/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
        ),
        vat_hundredths=_hundredths(item, f"{settled}/ram:ApplicableTradeTax/ram:RateApplicablePercent"),
    )


def _found(root: etree._Element, path: str) -> list[etree._Element]:
    found = root.xpath(path, namespaces=_NAMES)
    return [one for one in found if isinstance(one, etree._Element)] if isinstance(found, list) else []  # noqa: SLF001


def _text(root: etree._Element, path: str) -> str:
    found = _found(root, path)
    return (found[0].text or "") if found else ""


def _hundredths(root: etree._Element, path: str) -> int:
    """Return the sum of the amounts there, in cents: 0 where there is none."""
    cents = sum((Decimal(one.text or "0") * 100 for one in _found(root, path)), Decimal(0))
    if cents != int(cents):
        raise Unreadable(f"a fraction of a cent at {path}")
    return int(cents)


def _day(root: etree._Element, path: str) -> date | None:
    text = _text(root, path)
    return datetime.strptime(text, "%Y%m%d").date() if text else None  # noqa: DTZ007 -- a civil day
