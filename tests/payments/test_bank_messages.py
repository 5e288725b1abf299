"""What the bank sends back: pain.002, camt.053 and camt.054, and the files that are none of ours."""

from datetime import date

import pytest

from portal.contract.refusal import Refusal
from portal.payments.bank_lines import BankLine, LineKind
from portal.payments.bank_messages import BankMessage, MessageKind, read_message
from tests.payments.bank_files import (
    BOOKED_ON,
    OUR_IBAN,
    OUR_ICS,
    Detail,
    Entry,
    GroupStatus,
    Status,
    notification,
    statement,
    status_report,
)

OURS = "PRLV-F-2026-0007-1"


def read(content: bytes) -> BankMessage:
    return read_message(content, iban=OUR_IBAN, creditor_identifier=OUR_ICS)


def lines(content: bytes) -> list[BankLine]:
    return [line for _, line in read(content).lines]


def keys(content: bytes) -> list[str]:
    return [key for key, _ in read(content).lines]


def refused(content: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(content)
    assert caught.value.clause == "10.2"
    return caught.value


# --- collections ---------------------------------------------------------------------------------


def test_a_collection_credited() -> None:
    content = statement(Entry([Detail(OURS, bank_reference="B7", mandate="CT-2026-0007-M1")]))
    message = read(content)
    assert (message.kind, message.message_id, message.created_on) == (
        MessageKind.STATEMENT,
        "RELEVE-1",
        date(2026, 5, 4),
    )
    assert lines(content) == [
        BankLine(
            kind=LineKind.SETTLED,
            end_to_end_id=OURS,
            batch="",
            amount_cents=14226,
            booked_on=BOOKED_ON,
            reason="",
            wording=OURS,
            party="",
            bank_reference="B7",
        )
    ]


@pytest.mark.parametrize(
    "version", ["camt.054.001.02", "camt.054.001.04", "camt.054.001.08", "camt.054.001.13"]
)
def test_every_version_is_read(version: str) -> None:
    [line] = lines(
        notification(Entry([Detail(OURS, old_amount=True)], status="<Sts>BOOK</Sts>"), version=version)
    )
    assert (line.kind, line.end_to_end_id, line.amount_cents) == (LineKind.SETTLED, OURS, 14226)


def test_the_only_detail_of_an_entry_has_its_amount() -> None:
    content = statement(Entry([Detail(OURS)], cents=14226)).replace(
        b'<TxDtls><Refs><EndToEndId>PRLV-F-2026-0007-1</EndToEndId></Refs><Amt Ccy="EUR">142.26</Amt></TxDtls>',
        b"<TxDtls><Refs><EndToEndId>PRLV-F-2026-0007-1</EndToEndId></Refs></TxDtls>",
    )
    assert [one.amount_cents for one in lines(content)] == [14226]


def test_a_collection_is_known_by_its_mandate_where_the_bank_uses_codes_of_its_own() -> None:
    [line] = lines(statement(Entry([Detail(OURS, mandate="CT-2026-0007-M1")], family="")))
    assert line.kind is LineKind.SETTLED


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("AM04", LineKind.RETURNED),
        ("AC04", LineKind.RETURNED),
        ("MD06", LineKind.REFUNDED),
        ("MD01", LineKind.REFUNDED),
    ],
)
def test_a_collection_taken_back_says_by_whom(reason: str, kind: LineKind) -> None:
    [line] = lines(notification(Entry([Detail(OURS, reason=reason)], side="DBIT")))
    assert (line.kind, line.reason, line.end_to_end_id) == (kind, reason, OURS)


def test_what_comes_back_is_the_collection_without_the_charges_of_the_other_bank() -> None:
    [line] = lines(
        notification(Entry([Detail(OURS, cents=15426, instructed_cents=14226, reason="AM04")], side="DBIT"))
    )
    assert line.amount_cents == 14226


def test_a_group_booked_in_one_line_is_named() -> None:
    [line] = lines(statement(Entry(cents=500_00, batch="PRLV-20260430-1-2", bank_reference="LOT")))
    assert (line.kind, line.batch, line.end_to_end_id, line.amount_cents) == (
        LineKind.SETTLED,
        "PRLV-20260430-1-2",
        "",
        500_00,
    )


def test_a_file_booked_in_one_line_is_named() -> None:
    [line] = lines(statement(Entry(cents=500_00, batch_file="PRLV-20260430-1")))
    assert (line.kind, line.batch) == (LineKind.SETTLED, "PRLV-20260430-1")


def test_the_details_of_a_group_come_one_by_one() -> None:
    details = [Detail(f"PRLV-{n}", group="G") for n in range(3)]
    found = lines(statement(Entry(details, batch="G")))
    assert [(one.end_to_end_id, one.batch) for one in found] == [
        ("PRLV-0", ""),
        ("PRLV-1", ""),
        ("PRLV-2", ""),
    ]


def test_a_rejection_names_the_collection_and_the_reason() -> None:
    content = status_report(
        GroupStatus("PRLV-20260430-1-1", [Status(OURS), Status("PRLV-OK", status="ACSP")])
    )
    assert lines(content) == [
        BankLine(
            kind=LineKind.REJECTED,
            end_to_end_id=OURS,
            batch="",
            amount_cents=14226,
            booked_on=date(2026, 5, 4),
            reason="AC01",
            wording="",
            party="",
            bank_reference="PRLV-20260430-1-1",
        )
    ]


def test_a_rejection_without_an_amount_is_still_one() -> None:
    [line] = lines(status_report(GroupStatus("G", [Status(OURS, cents=None)])))
    assert (line.kind, line.amount_cents) == (LineKind.REJECTED, None)


def test_a_whole_file_or_a_whole_group_may_be_rejected() -> None:
    [file] = lines(status_report(group_status="RJCT", reason="FF01"))
    assert (file.kind, file.batch, file.reason) == (LineKind.REJECTED, "PRLV-20260430-1", "FF01")
    [group] = lines(status_report(GroupStatus("PRLV-20260430-1-2", status="RJCT", reason="DT01")))
    assert (group.kind, group.batch, group.reason) == (LineKind.REJECTED, "PRLV-20260430-1-2", "DT01")


# --- money received ------------------------------------------------------------------------------


def test_a_transfer_keeps_what_the_payer_wrote_wherever() -> None:
    detail = Detail(
        "F-2026-0007",
        wording="Règlement facture",
        structured="RF18F20260007",
        payer="ATELIER",
        bank_reference="V1",
    )
    [line] = lines(statement(Entry([detail], family="RCDT")))
    assert line.kind is LineKind.TRANSFER
    assert line.wording == "Règlement facture RF18F20260007 F-2026-0007"
    assert line.party == "ATELIER"


def test_what_is_not_booked_yet_is_not_read() -> None:
    for status in ("<Sts><Cd>PDNG</Cd></Sts>", "<Sts>INFO</Sts>"):
        assert lines(statement(Entry([Detail(OURS)], status=status))) == []


def test_charges_and_other_debits_are_left_out() -> None:
    assert lines(statement(Entry([Detail(wording="Frais")], side="DBIT", family="CCHG"))) == []


def test_a_credit_that_reverses_a_debit_is_looked_at_by_a_person() -> None:
    [line] = lines(statement(Entry([Detail(OURS)], reversal=True)))
    assert line.kind is LineKind.UNKNOWN


def test_another_currency_is_looked_at_by_a_person() -> None:
    [line] = lines(statement(Entry([Detail(OURS, currency="USD")], family="RCDT", currency="USD")))
    assert (line.kind, line.amount_cents) == (LineKind.UNKNOWN, None)


# --- what a line is recognised by ----------------------------------------------------------------


def test_one_movement_has_one_key_in_a_notification_and_in_the_statement() -> None:
    entry = Entry([Detail("F-2026-0007", bank_reference="V1")], family="RCDT")
    assert keys(notification(entry)) == keys(statement(entry))
    assert keys(statement(entry, message_id="RELEVE-2")) == keys(statement(entry))


def test_without_the_bank_s_reference_the_message_tells_them_apart() -> None:
    entry = Entry([Detail("F-2026-0007")], family="RCDT")
    assert keys(statement(entry)) == keys(statement(entry))
    assert keys(statement(entry)) != keys(statement(entry, message_id="RELEVE-2"))


def test_equal_lines_of_one_message_are_several() -> None:
    entry = Entry([Detail("F-2026-0007", bank_reference="V1")], family="RCDT")
    assert len(set(keys(statement(entry, entry, entry)))) == 3


@pytest.mark.parametrize(
    "other",
    [
        Detail("F-2026-0008", bank_reference="V1"),
        Detail("F-2026-0007", bank_reference="V2"),
        Detail("F-2026-0007", bank_reference="V1", cents=1),
        Detail("F-2026-0007", bank_reference="V1", wording="x"),
    ],
)
def test_another_movement_has_another_key(other: Detail) -> None:
    one = Entry([Detail("F-2026-0007", bank_reference="V1")], family="RCDT")
    assert keys(statement(one)) != keys(statement(Entry([other], family="RCDT")))


# --- files that are none of ours -----------------------------------------------------------------


WHOLE = statement(Entry([Detail(OURS)]), Entry([Detail("AUTRE")]))


@pytest.mark.parametrize("content", [b"", b"   \n"])
def test_an_empty_file(content: bytes) -> None:
    assert refused(content).code == "bank_file_empty"


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 ...", b"0130006    00001", b"PK\x03\x04", "é;ù".encode("latin-1")]
)
def test_a_file_that_is_not_xml_says_which_one_to_ask_for(content: bytes) -> None:
    refusal = refused(content)
    assert refusal.code == "bank_file_not_xml"
    assert "camt.053" in refusal.message


@pytest.mark.parametrize("share", range(20, 100, 10))
def test_a_file_that_was_cut_counts_for_nothing(share: int) -> None:
    refusal = refused(WHOLE[: len(WHOLE) * share // 100])
    assert refusal.code in {"bank_file_damaged", "bank_file_not_xml"}
    assert "de nouveau" in refusal.message or "Demandez" in refusal.message


def test_a_declaration_of_types_is_refused_before_it_is_used() -> None:
    bomb = b'<!DOCTYPE D [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    assert refused(WHOLE.replace(b"?>", b"?>" + bomb, 1)).code == "bank_file_doctype"
    outside = b'<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd">'
    assert refused(WHOLE.replace(b"?>", b"?>" + outside, 1)).code == "bank_file_doctype"
    wide = (
        WHOLE.decode().replace('encoding="UTF-8"?>', 'encoding="UTF-16"?>' + bomb.decode()).encode("utf-16")
    )
    assert refused(wide).code == "bank_file_doctype"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (WHOLE.replace(b"BkToCstmrStmt>", b"BkToCstmrAcctRpt>"), "BkToCstmrAcctRpt"),
        (b"<html><body>Connexion</body></html>", "body"),
        (b"<Document><BkToCstmrStmt/></Document>".replace(b"Document", b"Envelope"), "BkToCstmrStmt"),
        (status_report(answers="pain.001.001.09"), "pain.001.001.09"),
    ],
)
def test_another_kind_of_file_is_named(content: bytes, named: str) -> None:
    refusal = refused(content)
    assert refusal.code == "bank_file_kind"
    assert named in refusal.message


def test_the_statement_of_another_account_is_refused_and_no_number_is_shown_whole() -> None:
    other = "FR1420041010050500013M02606"
    refusal = refused(statement(Entry([Detail(OURS)]), iban=other))
    assert refusal.code == "bank_file_account"
    assert "FR14" in refusal.message
    assert other not in refusal.message
    assert OUR_IBAN not in refusal.message
    assert refused(status_report(GroupStatus("G", [Status(OURS, iban=other)]))).code == "bank_file_account"


def test_of_a_file_of_several_accounts_ours_is_read() -> None:
    ours = statement(Entry([Detail(OURS)]))
    other = b"<Stmt><Id>1</Id><Acct><Id><IBAN>FR1420041010050500013M02606</IBAN></Id></Acct>"
    other += Entry([Detail("AUTRE")]).xml().encode() + b"</Stmt>"
    for content in (
        ours.replace(b"</Stmt>", b"</Stmt>" + other, 1),
        ours.replace(b"<Stmt>", other + b"<Stmt>", 1),
    ):
        assert [one.end_to_end_id for one in lines(content)] == [OURS]


def test_the_collections_of_another_creditor_are_refused() -> None:
    refusal = refused(status_report(GroupStatus("G", [Status(OURS), Status("X", ics="DE98ZZZ09999999999")])))
    assert refusal.code == "bank_file_creditor"
    assert "DE98ZZZ09999999999" in refusal.message


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (b'<Amt Ccy="EUR">142.26</Amt>', b'<Amt Ccy="EUR">142,26</Amt>', "142,26"),
        (b'<Amt Ccy="EUR">142.26</Amt>', b'<Amt Ccy="EUR">-142.26</Amt>', "-142.26"),
        (b'<Amt Ccy="EUR">142.26</Amt>', b'<Amt Ccy="EUR">1e9</Amt>', "1e9"),
        (b"<Dt>2026-04-30</Dt>", b"<Dt>30/04/2026</Dt>", "30/04/2026"),
        (b"<CdtDbtInd>CRDT</CdtDbtInd>", b"<CdtDbtInd>?</CdtDbtInd>", "?"),
        (b"2026-05-04T06:30:00+02:00", b"hier", "hier"),
    ],
)
def test_a_value_that_cannot_be_read_is_shown_with_its_line(before: bytes, after: bytes, says: str) -> None:
    refusal = refused(WHOLE.replace(before, after))
    assert refusal.code == "bank_file_unreadable"
    assert says in refusal.message
    assert "Ligne 1" in refusal.message


def test_a_message_without_its_header_is_damaged() -> None:
    assert refused(b"<Document><BkToCstmrStmt></BkToCstmrStmt></Document>").code == "bank_file_damaged"
    headless = b"<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>" + OUR_IBAN.encode()
    headless += (
        b"</IBAN></Id></Acct>" + Entry([Detail(OURS)]).xml().encode() + b"</Stmt></BkToCstmrStmt></Document>"
    )
    assert refused(headless).code == "bank_file_unreadable"


def test_elements_nested_without_end_are_refused() -> None:
    deep = WHOLE.replace(b"<Stmt>", b"<Stmt>" + b"<a>" * 100_000, 1)
    assert refused(deep).code == "bank_file_damaged"


def test_a_damaged_file_never_raises_anything_else() -> None:
    for position in range(0, len(WHOLE), 7):
        broken = WHOLE[:position] + b"\x00" + WHOLE[position + 1 :]
        with pytest.raises(Refusal):
            read(broken)


def test_fifty_thousand_lines_are_read_in_order() -> None:
    content = notification(*(Entry([Detail(f"PRLV-{n}", bank_reference=f"B{n}")]) for n in range(50_000)))
    found = read(content).lines
    assert [line.end_to_end_id for _, line in found] == [f"PRLV-{n}" for n in range(50_000)]
    assert len({key for key, _ in found}) == 50_000
