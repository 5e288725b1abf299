"""An invoice for machines: Cross Industry Invoice of the EN 16931, with the French rules (BR-FR) of the reform.

`factur-x` knows the places of its terms (BT-…) and their order. It is never let validate by itself: where
its validation server is missing it says nothing, and calls the document valid.
"""

from typing import Any, Final

from lxml import etree

from portal.contract.french import long_date
from portal.contract.lines import Line
from portal.documents.invoice_facts import Address, InvoicePaper, charged, vat_mention
from portal.documents.invoice_words import DISCOUNT, INDEMNITY, PENALTIES, days_left_out, explained
from portal.documents.typesetting import printable

INVOICE: Final = "380"
CREDIT_NOTE: Final = "381"
DIRECT_DEBIT: Final = "59"
CREDIT_TRANSFER: Final = "30"
SIREN_SCHEME: Final = "0002"
ADDRESS_SCHEME: Final = "0225"  # of the French directory of e-invoicing addresses: a SIREN is one
_SERVICES: Final = "S1"  # an invoice of services, not paid yet (BR-FR-08)
_ONE: Final = "C62"
_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def invoice_xml(paper: InvoicePaper) -> bytes:
    """Return the document as CII; the same facts give the same bytes."""
    # It brings PDF and web libraries along: a second of start for whoever draws no invoice.
    import facturx

    raw = facturx.generate_xml(
        _terms(paper), flavor="factur-x", level="en16931", check_xsd=False, check_schematron=False
    )
    root = etree.fromstring(raw)
    # A subscription delivers nothing; factur-x 7.8 then writes a nil element, which the schema forbids.
    for element in root.iter():
        element.attrib.pop(_NIL, None)
    etree.cleanup_namespaces(root)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return document


def _terms(paper: InvoicePaper) -> dict[str, Any]:
    seller, buyer, direct_debit = paper.seller, paper.buyer, paper.direct_debit
    terms: dict[str, Any] = {
        "BT-1": paper.number,
        "BT-2": paper.issued,
        "BT-3": CREDIT_NOTE if paper.cites else INVOICE,
        "BT-5": "EUR",
        "BT-8": "invoice" if paper.vat_on_debits else "payment",
        "BT-12": paper.contract,
        "BT-20": printable(_payment_terms(paper)),
        "BT-23": _SERVICES,
        "BG-1": [
            {"BT-21": code, "BT-22": words}
            for code, words in (("PMD", PENALTIES), ("PMT", INDEMNITY), ("AAB", DISCOUNT))
        ],
        "BG-4": {
            **_party(seller.name, seller.siren, seller.vat_number, seller.address),
            "legal_info": printable(
                f"{seller.legal_form} au capital de {seller.capital}, RCS {seller.rcs_city} {seller.siren}"
            ),
        },
        "BG-7": _party(buyer.name, buyer.siren, buyer.vat_number, buyer.address),
        "BG-23": [
            {
                "BT-116": _euros(paper.net_cents),
                "BT-117": _euros(paper.vat_cents),
                **dict(zip(("BT-118", "BT-119"), _vat(paper), strict=True)),
                **({"BT-120": vat_mention(paper)} if not paper.vat_hundredths else {}),
            }
        ],
        "BT-106": _euros(paper.net_cents),
        "BT-109": _euros(paper.net_cents),
        "BT-110": _euros(paper.vat_cents),
        "BT-112": _euros(paper.gross_cents),
        "BT-115": _euros(paper.payable_cents),
        "BG-25": [_line(paper, line, number) for number, line in enumerate(paper.lines, 1)],
    }
    if paper.credited_cents:
        terms["BT-113"] = _euros(paper.credited_cents)
    if paper.period:
        terms["BT-73"], terms["BT-74"] = paper.period
    if paper.cites:
        terms["BG-3"] = [{"BT-25": paper.cites.number, "BT-26": paper.cites.issued}]
        return terms
    terms["BT-9"] = paper.due
    if direct_debit:
        terms |= {"BT-81": DIRECT_DEBIT, "BT-89": direct_debit.mandate, "BT-90": seller.creditor_id}
    else:
        terms |= {"BT-81": CREDIT_TRANSFER, "BT-84": seller.iban, "BT-83": paper.number}
    return terms


def _party(name: str, siren: str, vat_number: str, address: Address) -> dict[str, str]:
    keys = ("addr_l1", "addr_l2", "addr_l3")
    party = {
        "name": printable(name),
        "legal_identifier": siren,
        "legal_identifier_schemeid": SIREN_SCHEME,
        "einvoicing_addr": siren,
        "einvoicing_addr_schemeid": ADDRESS_SCHEME,
        **{key: printable(line) for key, line in zip(keys, address.street, strict=False)},
        "postcode": address.postcode,
        "city": printable(address.city),
        "country_code": "FR",
    }
    return {**party, "vat_identifier": vat_number} if vat_number else party


def _line(paper: InvoicePaper, line: Line, number: int) -> dict[str, Any]:
    counted = charged(line)
    category, rate = _vat(paper)
    terms: dict[str, Any] = {
        "BT-126": str(number),
        "BT-129": str(counted.quantity),
        "BT-130": _ONE,
        "BT-131": _euros(line.net_cents),
        "BT-146": _euros(counted.unit_cents),
        "BT-151": category,
        "BT-152": rate,
        "BT-153": printable(line.label),
    }
    if line.option:
        terms["BT-155"] = line.option
    if reason := explained(line):
        terms["BT-154"] = " ".join(reason)
    for group, cents in (("BG-27", counted.allowance_cents), ("BG-28", counted.charge_cents)):
        if cents and line.share:
            terms[group] = [{"amount": _euros(cents), "reason": days_left_out(line.share)}]
    return terms


def _vat(paper: InvoicePaper) -> tuple[str, str]:
    """Return category and percentage: S, or E (exempt) where no VAT is due, with its mention in BT-120."""
    whole, rest = divmod(paper.vat_hundredths, 100)
    return "S" if paper.vat_hundredths else "E", f"{whole}.{rest:02}"


def _payment_terms(paper: InvoicePaper) -> str:
    if paper.cites:
        return f"Avoir sur la facture {paper.cites.number} : déduit de ce qui reste à régler."
    if paper.direct_debit and paper.collection:
        return f"Prélèvement SEPA le {long_date(paper.collection)}."
    due = f" avant le {long_date(paper.due)} inclus" if paper.due else ""
    return f"Virement{due}, avec la référence {paper.number}."


def _euros(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole}.{rest:02}"
