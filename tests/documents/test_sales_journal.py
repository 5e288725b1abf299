"""The journal of sales (LPF, art. A. 47 A-1): eighteen columns, and each entry balanced to the cent."""

from collections import defaultdict
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portal.documents.sales_journal import (
    COLUMNS,
    ENCODING,
    Client,
    Receipt,
    Sale,
    header,
    receipt_entry,
    sale_entry,
)

NORD = Client("CT-2026-0001", "Atelier Nord")
INVOICE = Sale("VE-2026-000001", "F-2026-0001", "invoice", date(2026, 5, 1), NORD, 24500, 4900, 29400)


def rows_of(entry: bytes) -> list[dict[str, str]]:
    lines = entry.decode(ENCODING).split("\r\n")
    assert lines.pop() == ""
    return [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines]


def cents(amount: str) -> int:
    whole, part = amount.split(",")
    assert len(part) == 2
    return int(whole) * 100 + int(part)


def accounts(entry: bytes) -> list[tuple[str, str, str]]:
    return [(row["CompteNum"], row["Debit"], row["Credit"]) for row in rows_of(entry)]


def test_the_columns_are_those_of_the_decree() -> None:
    assert header().decode(ENCODING) == "\t".join(COLUMNS) + "\r\n"
    assert (len(COLUMNS), COLUMNS[0], COLUMNS[-1]) == (18, "JournalCode", "Idevise")


def test_an_invoice_debits_the_client_and_credits_sales_and_vat() -> None:
    assert accounts(sale_entry(INVOICE)) == [
        ("411000", "294,00", "0,00"),
        ("706000", "0,00", "245,00"),
        ("445710", "0,00", "49,00"),
    ]
    client, sales, _ = rows_of(sale_entry(INVOICE))
    assert (client["CompAuxNum"], client["CompAuxLib"], sales["CompAuxNum"]) == (
        "CT-2026-0001",
        "Atelier Nord",
        "",
    )
    assert {client[name] for name in ("EcritureDate", "PieceDate", "ValidDate")} == {"20260501"}
    assert (client["EcritureNum"], client["PieceRef"], client["EcritureLib"]) == (
        "VE-2026-000001",
        "F-2026-0001",
        "Facture F-2026-0001 Atelier Nord",
    )


def test_a_credit_note_stands_on_the_other_side_and_no_vat_has_no_line() -> None:
    credit = Sale("VE-2026-000002", "A-2026-0001", "credit_note", date(2026, 5, 1), NORD, 1000, 0, 1000)
    assert accounts(sale_entry(credit)) == [("411000", "0,00", "10,00"), ("706000", "10,00", "0,00")]


def test_an_invoice_of_nothing_has_no_entry() -> None:
    assert (
        sale_entry(Sale("VE-2026-000003", "F-2026-0009", "invoice", date(2026, 5, 1), NORD, 0, 0, 0)) == b""
    )


def test_a_payment_pays_the_client_s_account_and_what_delay_cost() -> None:
    paid = Receipt("BQ-2026-000017", "F-2026-0001", date(2026, 5, 20), NORD, 47040, 412, 4000)
    assert accounts(receipt_entry(paid)) == [
        ("512000", "514,52", "0,00"),
        ("411000", "0,00", "470,40"),
        ("763100", "0,00", "4,12"),
        ("758000", "0,00", "40,00"),
    ]
    assert {(row["EcritureNum"], row["PieceRef"]) for row in rows_of(receipt_entry(paid))} == {
        ("BQ-2026-000017", "F-2026-0001")
    }
    back = Receipt("BQ-2026-000018", "F-2026-0001", date(2026, 5, 20), NORD, 47040, taken_back=True)
    assert accounts(receipt_entry(back)) == [("512000", "0,00", "470,40"), ("411000", "470,40", "0,00")]


def test_no_name_breaks_a_line_or_a_cell() -> None:
    hostile = Client("CT-1", "Œuvre\t&\r\nFils ; « é » 漢")
    [client, *_] = rows_of(sale_entry(Sale("VE-1", "F-1", "invoice", date(2026, 5, 1), hostile, 1, 0, 1)))
    assert client["CompAuxLib"] == "Œuvre & Fils ; « é » ?"


@given(
    net=st.integers(0, 10**9),
    vat=st.integers(0, 10**8),
    kind=st.sampled_from(("invoice", "credit_note")),
    name=st.text(),
)
def test_every_entry_is_balanced(net: int, vat: int, kind: str, name: str) -> None:
    sale = Sale("VE-1", "F-1", kind, date(2026, 5, 1), Client("CT-1", name), net, vat, net + vat)  # type: ignore[arg-type]
    sides: dict[str, int] = defaultdict(int)
    for row in rows_of(sale_entry(sale)):
        for side in ("Debit", "Credit"):
            sides[side] += cents(row[side])
    assert sides["Debit"] == sides["Credit"]
