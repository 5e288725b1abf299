"""What a file of collections costs: a thousand of them, written and validated, and fifty thousand lines of the bank read.

    uv run python -m tests.bench.collections

The file is measured beside the known library's own, validated as it does, in the same run; the reading beside
the mere parsing of the same message.
"""

from datetime import UTC, date, datetime
from io import BytesIO

from lxml import etree
from sepaxml import SepaDD

from portal.payments.bank_messages import read_message
from portal.payments.collection_files import FORMAT, CollectionOrder, Creditor, Sequence, write_collections
from tests.bench.rules import best
from tests.payments.bank_files import OUR_IBAN, OUR_ICS, Detail, Entry, notification

COLLECTIONS, LINES = 1_000, 50_000
LIMIT_SECONDS = 0.150
CREDITOR = Creditor("PROMPT SAS", OUR_IBAN, "AGRIFRPP", OUR_ICS)
MADE_AT = datetime(2026, 4, 28, 4, tzinfo=UTC)


def orders() -> list[CollectionOrder]:
    return [
        CollectionOrder(
            end_to_end_id=f"F-2026-{number:04}-1",
            amount_cents=14_226 + number,
            collected_on=date(2026, 4, 30),
            sequence=Sequence.RECURRENT if number % 3 else Sequence.FIRST,
            mandate_reference=f"CT-2026-{number:04}-M1",
            signed_on=date(2026, 3, 2),
            debtor=f"Société d’Aménagement n° {number} & Cie",
            iban="FR1420041010050500013M02606",
            bic="PSSTFRPPPAR",
            wording=f"Facture F-2026-{number:04}",
        )
        for number in range(COLLECTIONS)
    ]


def ours(asked: list[CollectionOrder]) -> bytes:
    return write_collections(CREDITOR, asked, message_id="PRLV-20260430-1", created_at=MADE_AT).content


def theirs(asked: list[CollectionOrder]) -> bytes:
    """Write the same collections with sepaxml, as its documentation says."""
    file = SepaDD(
        {
            "name": CREDITOR.name,
            "IBAN": CREDITOR.iban,
            "BIC": CREDITOR.bic,
            "batch": True,
            "creditor_id": CREDITOR.identifier,
            "currency": "EUR",
            "instrument": "CORE",
        },
        schema=FORMAT,
        clean=True,
    )
    for one in asked:
        file.add_payment(
            {
                "name": one.debtor,
                "IBAN": one.iban,
                "BIC": one.bic,
                "amount": one.amount_cents,
                "type": one.sequence.value,
                "collection_date": one.collected_on,
                "mandate_id": one.mandate_reference,
                "mandate_date": one.signed_on,
                "endtoend_id": one.end_to_end_id,
                "description": one.wording,
            }
        )
    return bytes(file.export(validate=True))


def parse(content: bytes) -> None:
    for _, element in etree.iterparse(BytesIO(content), tag="{*}Ntry"):
        element.clear()


def main() -> None:
    asked = orders()
    own, reference = best(lambda: ours(asked)), best(lambda: theirs(asked), repeat=3)
    verdict = "within" if own <= LIMIT_SECONDS else "BEYOND"
    print(f"{COLLECTIONS} collections, written and validated: {own * 1000:.0f} ms")
    print(f"  sepaxml, export(validate=True):               {reference * 1000:.0f} ms")
    print(f"  {reference / own:.1f} times faster; {verdict} {LIMIT_SECONDS * 1000:.0f} ms")
    details = [
        Detail(f"F-2026-{n}-1", mandate=f"CT-{n}-M1", bank_reference=f"B{n}", wording=f"Facture F-2026-{n}")
        for n in range(LINES)
    ]
    content = notification(*(Entry([one]) for one in details))
    reading = best(lambda: read_message(content, iban=OUR_IBAN, creditor_identifier=OUR_ICS), repeat=3)
    parsing = best(lambda: parse(content), repeat=3)
    print(f"{LINES} lines of the bank, {len(content) / 1e6:.0f} MB, read and checked: {reading:.2f} s")
    print(f"  the same message parsed and thrown away:      {parsing:.2f} s ({reading / parsing:.1f} times)")


if __name__ == "__main__":
    main()
