"""CGV art. 10.2: the file of collections that the bank is given (pain.008.001.08, SEPA Core)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from portal.contract.refusal import Refusal
from portal.payments.collection_files import (
    FORMAT,
    Address,
    CollectionOrder,
    Creditor,
    InvalidFile,
    Sequence,
    group_id,
    verify,
    write_collections,
)

NS = f"{{urn:iso:std:iso:20022:tech:xsd:{FORMAT}}}"
CREDITOR = Creditor("PROMPT SAS", "FR7630006000011234567890189", "AGRIFRPP", "FR72ZZZ123456")
MADE_AT = datetime(2026, 4, 28, 4, 0, tzinfo=UTC)


def an_order(number: int = 7, /, **changes: object) -> CollectionOrder:
    order = CollectionOrder(
        end_to_end_id=f"PRLV-F-2026-{number:04}-1",
        amount_cents=14226,
        collected_on=date(2026, 4, 30),
        sequence=Sequence.RECURRENT,
        mandate_reference=f"CT-2026-{number:04}-M1",
        signed_on=date(2026, 3, 2),
        debtor="Société d’Aménagement & Cie",
        iban="FR1420041010050500013M02606",
        bic="PSSTFRPPPAR",
        wording=f"Facture F-2026-{number:04}",
    )
    return replace(order, **changes)  # type: ignore[arg-type]  # the test names the fields


def written(*orders: CollectionOrder, creditor: Creditor = CREDITOR) -> bytes:
    return write_collections(creditor, orders, message_id="PRLV-20260430-1", created_at=MADE_AT).content


def read(*orders: CollectionOrder) -> etree._Element:
    return etree.fromstring(written(*orders))


def texts(document: etree._Element, path: str) -> list[str]:
    return [
        one.text or ""
        for one in document.iterfind(".//" + "/".join(f"{NS}{name}" for name in path.split("/")))
    ]


def refused(order: CollectionOrder) -> Refusal:
    with pytest.raises(Refusal) as caught:
        written(order)
    assert caught.value.clause == "10.2"
    return caught.value


def test_a_collection_is_written_whole() -> None:
    document = read(an_order())
    assert texts(document, "GrpHdr/MsgId") == ["PRLV-20260430-1"]
    assert texts(document, "CreDtTm") == ["2026-04-28T06:00:00"]  # as clocks in Paris show it
    assert texts(document, "LclInstrm/Cd") == ["CORE"]
    assert texts(document, "SeqTp") == ["RCUR"]
    assert texts(document, "ReqdColltnDt") == ["2026-04-30"]
    assert texts(document, "CdtrAcct/Id/IBAN") == ["FR7630006000011234567890189"]
    assert texts(document, "CdtrSchmeId/Id/PrvtId/Othr/Id") == ["FR72ZZZ123456"]
    assert texts(document, "EndToEndId") == ["PRLV-F-2026-0007-1"]
    assert texts(document, "InstdAmt") == ["142.26"]
    assert texts(document, "MndtId") == ["CT-2026-0007-M1"]
    assert texts(document, "DtOfSgntr") == ["2026-03-02"]
    assert texts(document, "DbtrAgt/FinInstnId/BICFI") == ["PSSTFRPPPAR"]
    assert texts(document, "DbtrAcct/Id/IBAN") == ["FR1420041010050500013M02606"]
    assert texts(document, "Ustrd") == ["Facture F-2026-0007"]


def test_names_are_written_in_the_characters_that_every_bank_takes() -> None:
    assert texts(read(an_order()), "Dbtr/Nm") == ["Societe d'Amenagement + Cie"]
    assert texts(read(an_order(debtor="Œuvre n° 1 « Αθήνα » // Fils")), "Dbtr/Nm") == [
        "OEuvre no 1 Athena / Fils"
    ]
    assert texts(read(an_order(debtor="É" * 90)), "Dbtr/Nm") == ["E" * 70]


def test_without_a_bic_the_iban_is_enough() -> None:
    document = read(an_order(bic=""))
    assert texts(document, "DbtrAgt/FinInstnId/Othr/Id") == ["NOTPROVIDED"]
    assert texts(document, "BICFI") == ["AGRIFRPP"]


def test_an_address_is_in_parts_or_not_there() -> None:
    document = read(an_order(address=Address("1 rue de l’Église", "75001", "Paris")))
    assert texts(document, "StrtNm") == ["1 rue de l'Eglise"]
    assert texts(document, "PstCd") == ["75001"]
    assert texts(document, "TwnNm") == ["Paris"]
    assert texts(document, "PstlAdr/Ctry") == ["FR"]
    assert texts(document, "AdrLine") == []
    assert texts(read(an_order(address=Address("", "", ""))), "PstlAdr") == []
    assert texts(read(an_order(address=Address("", "", "Paris"))), "TwnNm") == ["Paris"]


def test_each_day_and_each_sequence_is_a_group_with_its_own_totals() -> None:
    first = an_order(1, sequence=Sequence.FIRST, amount_cents=100)
    second = an_order(2, amount_cents=250)
    third = an_order(3, collected_on=date(2026, 5, 29), amount_cents=1)
    document = read(third, second, first)
    assert texts(document, "PmtInf/PmtInfId") == [group_id("PRLV-20260430-1", one) for one in (1, 2, 3)]
    assert texts(document, "PmtInf/PmtTpInf/SeqTp") == ["FRST", "RCUR", "RCUR"]
    assert texts(document, "PmtInf/ReqdColltnDt") == ["2026-04-30", "2026-04-30", "2026-05-29"]
    assert texts(document, "PmtInf/CtrlSum") == ["1.00", "2.50", "0.01"]
    assert texts(document, "GrpHdr/CtrlSum") == ["3.51"]
    assert texts(document, "GrpHdr/NbOfTxs") == ["3"]


def test_the_same_collections_in_any_order_make_the_same_bytes() -> None:
    orders = [an_order(number) for number in range(1, 30)]
    assert written(*orders) == written(*reversed(orders))


@given(st.lists(st.integers(1, 99_999_999_999), min_size=1, max_size=40), st.text(min_size=1, max_size=90))
@settings(max_examples=60, deadline=None)
def test_whatever_the_amounts_and_the_names_the_totals_are_those_of_the_lines(
    amounts: list[int], name: str
) -> None:
    orders = [an_order(n, amount_cents=cents, debtor=f"A {name}") for n, cents in enumerate(amounts, start=1)]
    file = write_collections(CREDITOR, orders, message_id="PRLV-1", created_at=MADE_AT)
    document = etree.fromstring(file.content)
    assert (file.count, file.total_cents) == (len(amounts), sum(amounts))
    assert Decimal(texts(document, "GrpHdr/CtrlSum")[0]) * 100 == sum(amounts)
    assert all(one.isascii() for one in texts(document, "Dbtr/Nm"))


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"amount_cents": 0}, "collection_amount", "d’un centime"),
        ({"amount_cents": -1}, "collection_amount", "PRLV-F-2026-0007-1"),
        ({"amount_cents": 100_000_000_000}, "collection_amount", "moins d’un milliard"),
        ({"collected_on": date(2026, 5, 1)}, "collection_day", "Fête du Travail"),
        ({"collected_on": date(2026, 5, 31)}, "collection_day", "dimanche"),
        ({"collected_on": date(2026, 4, 3)}, "collection_day", "Vendredi saint"),
        ({"end_to_end_id": ""}, "collection_id", "35"),
        ({"end_to_end_id": "é"}, "collection_id", "accent"),
        ({"end_to_end_id": "A" * 36}, "collection_id", "35"),
        ({"end_to_end_id": "/A"}, "collection_id", "/A"),
        ({"mandate_reference": "RUM/é"}, "collection_mandate", "RUM"),
        ({"mandate_reference": ""}, "collection_mandate", "RUM"),
        ({"signed_on": date(2026, 5, 2)}, "collection_mandate", "signé après"),
        ({"debtor": " "}, "collection_debtor", "titulaire"),
        ({"debtor": "« »"}, "collection_debtor", "titulaire"),
        ({"iban": "FR1420041010050500013M02607"}, "iban_check_digits", "clé"),
        ({"iban": "US64SVBKUS6S3300958879"}, "iban_country", "US"),
        ({"bic": "X"}, "bic_invalid", "BIC"),
    ],
)
def test_what_no_bank_would_take_is_refused_with_what_to_mend(
    changes: dict[str, object], code: str, says: str
) -> None:
    refusal = refused(an_order(**changes))
    assert refusal.code == code
    assert says in refusal.message


def test_good_friday_is_a_french_business_day_and_no_banking_day() -> None:
    assert refused(an_order(collected_on=date(2026, 4, 3))).code == "collection_day"


def test_14_july_is_a_holiday_on_which_banks_collect() -> None:
    assert texts(read(an_order(collected_on=date(2026, 7, 14))), "ReqdColltnDt") == ["2026-07-14"]


def test_a_file_of_nothing_is_not_made() -> None:
    with pytest.raises(Refusal) as caught:
        written()
    assert caught.value.code == "collections_missing"


def test_a_collection_is_asked_for_once_in_a_file() -> None:
    with pytest.raises(Refusal) as caught:
        written(an_order(), an_order(amount_cents=1))
    assert caught.value.code == "collection_twice"
    assert "PRLV-F-2026-0007-1" in caught.value.message


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": ""}, "creditor_name"),
        ({"iban": ""}, "iban_missing"),
        ({"bic": "NOTABIC"}, "bic_invalid"),
        ({"identifier": "FR73ZZZ123456"}, "creditor_identifier_invalid"),
    ],
)
def test_a_creditor_that_the_bank_does_not_know_makes_no_file(changes: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        written(an_order(), creditor=replace(CREDITOR, **changes))
    assert caught.value.code == code


@pytest.mark.parametrize("name", ["", "é", "A" * 31, "a b", "/a", "a//b"])
def test_a_file_has_a_name_that_leaves_room_for_its_groups(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        write_collections(CREDITOR, [an_order()], message_id=name, created_at=MADE_AT)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<CtrlSum>142.26</CtrlSum>", b"<CtrlSum>142.27</CtrlSum>"),
        (b"<NbOfTxs>1</NbOfTxs>", b"<NbOfTxs>2</NbOfTxs>"),
        (b"RCUR", b"ALL"),
        (b"<ChrgBr>SLEV</ChrgBr>", b"<ChrgBr>SLEV</ChrgBr><ChrgBr>SLEV</ChrgBr>"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_never_offered(before: bytes, after: bytes) -> None:
    content = written(an_order())
    verify(content)
    with pytest.raises(InvalidFile):
        verify(content.replace(before, after, 1))
