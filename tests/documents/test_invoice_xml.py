"""The invoice for machines (EN 16931, Factur-X 1.0, the French reform): valid, exact, and every fault seen.

What the schematrons let through was found by mutations; each has its test here, and is refused by our own reading.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.contract.french import NBSP
from portal.contract.lines import Share, line, turned
from portal.documents.invoice_facts import InvoicePaper, charged
from portal.documents.invoice_reading import Unreadable, differences, faults, read
from portal.documents.invoice_xml import invoice_xml
from tests.documents.invoices import (
    ADJUSTED,
    APRIL,
    BUYER,
    CAYENNE,
    CREDIT_NOTE,
    GIVEN_BACK,
    INVOICE,
    STORAGE,
    a_credit_note,
    an_invoice,
    random_paper,
)
from tests.documents.schematron import broken_rules

BY_TRANSFER = replace(INVOICE, direct_debit=None)
PART_CREDITED = a_credit_note(
    turned(
        line("carry_over", "first", 1, 24500, label="Report", share=Share(15, 31, rest=True), is_credit=True)
    )
)
CHOSEN = {
    "the first monthly invoice": INVOICE,
    "an adjustment and an option": an_invoice(APRIL, ADJUSTED, STORAGE),
    "a credit note": CREDIT_NOTE,
    "a credit note of a part of a month": PART_CREDITED,
    "without VAT in Guyane": an_invoice(APRIL, rate=0, buyer=CAYENNE),
    "8,5 %": an_invoice(APRIL, rate=850),
    "by transfer": BY_TRANSFER,
    "partly paid by a credit note": replace(INVOICE, credited_cents=5880),
    "covered by credit notes": replace(INVOICE, credited_cents=INVOICE.gross_cents),
    "nothing to pay": an_invoice(APRIL, replace(APRIL, is_credit=True, net_cents=-APRIL.net_cents)),
    "VAT on debits, no month": replace(INVOICE, vat_on_debits=True, period=None),
    "a name with markup": replace(INVOICE, buyer=replace(BUYER, name="<b>A & B</b> ]]> \x01 😀")),
}


def mutated(paper: InvoicePaper, pattern: str, becomes: str) -> bytes:
    """Return the XML of a paper with every match replaced; there must be one."""
    text, count = re.subn(pattern, becomes, invoice_xml(paper).decode())
    assert count, pattern
    return text.encode()


# --- valid -----------------------------------------------------------------------------------------


def test_chosen_documents_satisfy_the_schema_the_european_and_the_french_rules(tmp_path: Path) -> None:
    for name, paper in CHOSEN.items():
        (tmp_path / f"{name.replace(' ', '-').replace(',', '')}.xml").write_bytes(invoice_xml(paper))
    for number in range(30):
        (tmp_path / f"random-{number}.xml").write_bytes(invoice_xml(random_paper(number)))
    found = broken_rules(tmp_path)
    assert len(found) == len(CHOSEN) + 30
    assert {name: rules for name, rules in found.items() if rules} == {}


@pytest.mark.long
@pytest.mark.timeout(900)
def test_five_hundred_random_documents_satisfy_them_too(tmp_path: Path) -> None:
    for number in range(500):
        (tmp_path / f"{number}.xml").write_bytes(invoice_xml(random_paper(1000 + number)))
    found = broken_rules(tmp_path)
    assert len(found) == 500
    assert {name: rules for name, rules in found.items() if rules} == {}


def test_the_schematron_does_see_what_it_should(tmp_path: Path) -> None:
    (tmp_path / "total.xml").write_bytes(mutated(INVOICE, ">142.26<", ">144.26<"))
    (tmp_path / "note.xml").write_bytes(mutated(INVOICE, "<ram:SubjectCode>PMT<", "<ram:SubjectCode>AAI<"))
    (tmp_path / "cited.xml").write_bytes(
        mutated(CREDIT_NOTE, r"(?s)<ram:InvoiceReferencedDocument>.*</ram:InvoiceReferencedDocument>", "")
    )
    found = broken_rules(tmp_path)
    assert "BR-CO-15" in found["total.xml"]
    assert any(rule.startswith("BR-FR-05") for rule in found["note.xml"])
    assert any(rule.startswith("BR-FR-CO-05") for rule in found["cited.xml"])


# --- read back -------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", CHOSEN.values(), ids=CHOSEN)
def test_what_is_read_back_is_what_the_document_says(paper: InvoicePaper) -> None:
    found = read(invoice_xml(paper))
    assert faults(found) == ()
    assert differences(found, paper) == ()


def read_back_to_the_cent(numbers: range) -> None:
    for number in numbers:
        paper = random_paper(number)
        found = read(invoice_xml(paper))
        assert (faults(found), differences(found, paper)) == ((), ()), number


def test_a_thousand_random_documents_are_read_back_to_the_cent() -> None:
    read_back_to_the_cent(range(1000))


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("tenth", range(10))
def test_a_hundred_thousand_random_documents_are_read_back_to_the_cent(tenth: int) -> None:
    read_back_to_the_cent(range(tenth * 10_000, (tenth + 1) * 10_000))


def test_another_document_reads_otherwise() -> None:
    found = read(invoice_xml(INVOICE))
    other = replace(INVOICE, number="F-2026-0043", gross_cents=14227, lines=(APRIL,))
    assert [one.partition(":")[0] for one in differences(found, other)] == [
        "number",
        "gross_cents",
        "payable_cents",
        "quantities",
    ]


def test_the_same_facts_give_the_same_bytes() -> None:
    assert invoice_xml(INVOICE) == invoice_xml(replace(INVOICE))


def test_a_carry_over_is_a_negative_quantity_of_a_positive_price() -> None:
    """In force on 17/03/2026: 245,00 paid, of which 15 days of 31 are used; the month's other days come back."""
    (carried,) = [one for one in read(invoice_xml(INVOICE)).lines if "Report" in one.label]
    assert (carried.quantity, carried.unit_cents, carried.charge_cents) == (-1, 24500, 11855)
    assert carried.net_cents == -12645
    assert f"<ram:Reason>15{NBSP}jours sur 31 non comptés</ram:Reason>" in invoice_xml(INVOICE).decode()


@pytest.mark.parametrize("number", range(200))
def test_a_line_is_quantity_times_price_less_its_allowance_plus_its_charge(number: int) -> None:
    for one in random_paper(number).lines:
        counted = charged(one)
        reckoned = counted.quantity * counted.unit_cents - counted.allowance_cents + counted.charge_cents
        assert reckoned == one.net_cents
        assert counted.unit_cents >= 0
        assert not (counted.allowance_cents and counted.charge_cents)
        assert one.share or not (counted.allowance_cents or counted.charge_cents)


def test_vat_is_due_on_collection_unless_the_vendor_chose_debits() -> None:
    assert "<ram:DueDateTypeCode>72<" in invoice_xml(INVOICE).decode()
    assert "<ram:DueDateTypeCode>5<" in invoice_xml(replace(INVOICE, vat_on_debits=True)).decode()


def test_a_document_without_vat_says_why() -> None:
    found = read(invoice_xml(CHOSEN["without VAT in Guyane"]))
    assert found.exemption == "TVA non applicable, article 294-1 du CGI"


# --- what the schematrons do not see ----------------------------------------------------------------


def _mutations() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    yield (
        "the VAT off by a cent everywhere",
        lambda: invoice_xml(replace(INVOICE, vat_cents=2370, gross_cents=14225)),
        "the VAT: 2370 cents instead of 2371",
    )
    yield (
        "a line that is not quantity times price",
        lambda: mutated(INVOICE, r'(<ram:BilledQuantity unitCode="C62">)5<', r"\g<1>4<"),
        "line 1: 24500 cents, and its quantity and price give 19600",
    )
    yield (
        "no SIREN of the buyer",
        lambda: mutated(INVOICE, r'<ram:ID schemeID="0002">999000011</ram:ID>', ""),
        "the buyer's SIREN is missing or wrong: ''",
    )
    yield (
        "a SIREN whose key is wrong",
        lambda: mutated(INVOICE, r'("0002">)999000011<', r"\g<1>999000012<"),
        "the buyer's SIREN is missing or wrong: '999000012'",
    )
    yield (
        "a direct debit without its mandate",
        lambda: mutated(INVOICE, r"<ram:DirectDebitMandateID>.*</ram:DirectDebitMandateID>", ""),
        "a direct debit without its mandate (RUM) or its creditor (ICS)",
    )
    yield (
        "a direct debit without its creditor",
        lambda: mutated(INVOICE, r"<ram:CreditorReferenceID>.*</ram:CreditorReferenceID>", ""),
        "a direct debit without its mandate (RUM) or its creditor (ICS)",
    )
    yield (
        "no due day",
        lambda: mutated(INVOICE, r"(?s)<ram:DueDateDateTime>.*</ram:DueDateDateTime>", ""),
        "no day on which it is due",
    )
    yield (
        "no number of the contract",
        lambda: mutated(
            INVOICE, r"(?s)<ram:ContractReferencedDocument>.*</ram:ContractReferencedDocument>", ""
        ),
        "the contract's number is missing (art. 10.3)",
    )
    yield (
        "a credit note of nothing in particular",
        lambda: mutated(
            CREDIT_NOTE, r"(?s)<ram:InvoiceReferencedDocument>.*</ram:InvoiceReferencedDocument>", ""
        ),
        "a credit note without the invoice it corrects",
    )
    yield (
        "no seller's SIREN",
        lambda: mutated(INVOICE, r'<ram:ID schemeID="0002">999000029</ram:ID>', ""),
        "the seller's SIREN is missing",
    )
    yield (
        "no mention of why there is no VAT",
        lambda: mutated(
            CHOSEN["without VAT in Guyane"], r"<ram:ExemptionReason>.*</ram:ExemptionReason>", ""
        ),
        "no VAT, and no mention of why",
    )
    yield (
        "no note about penalties",
        lambda: mutated(INVOICE, "<ram:SubjectCode>PMD<", "<ram:SubjectCode>AAI<"),
        "notes missing: PMD (BR-FR-05)",
    )
    yield (
        "a number that is too long",
        lambda: mutated(INVOICE, "F-2026-0042", "F" * 36),
        "its number is missing, or longer than 35 characters",
    )
    yield (
        "a negative price",
        lambda: mutated(INVOICE, ">49.00<", ">-49.00<"),
        "line 1: a negative price (BR-27)",
    )
    yield (
        "another rate on a line",
        lambda: invoice_xml(INVOICE).replace(b">20.00<", b">10.00<", 1),
        "line 1: another VAT rate than the document's",
    )
    yield (
        "a negative total",
        lambda: invoice_xml(a_credit_note(turned(GIVEN_BACK), cites=None, due=INVOICE.due)),
        "a negative total: that is a credit note's",
    )
    yield (
        "a part that is paid and does not reduce what is to pay",
        lambda: mutated(CHOSEN["partly paid by a credit note"], ">83.46<", ">142.26<"),
        "what is to pay: 14226 cents instead of 8346",
    )


@pytest.mark.parametrize(
    ("made", "fault"), [(made, fault) for _, made, fault in _mutations()], ids=[n for n, _, _ in _mutations()]
)
def test_a_fault_is_seen(made: Callable[[], bytes], fault: str) -> None:
    assert fault in faults(read(made()))


def test_what_is_no_invoice_is_unreadable() -> None:
    for content in (b"", b"<a/>", b"not xml", mutated(INVOICE, "<ram:TypeCode>380</ram:TypeCode>", "")):
        with pytest.raises(Unreadable):
            read(content)
    with pytest.raises(Unreadable, match="fraction of a cent"):
        read(mutated(INVOICE, ">142.26<", ">142.265<"))
