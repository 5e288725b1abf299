"""Invoices and credit notes of an invented company, chosen ones and random ones."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from portal.contract.amounts import gross_total, net_total, vat
from portal.contract.calendar import last_day_of_month
from portal.contract.lines import LINE_ORDER, Line, Share, line, turned
from portal.contract.vat import vat_rate
from portal.documents.invoice_facts import Address, Buyer, Cited, DirectDebit, InvoicePaper, Seller

SELLER = Seller(
    name="Éditions du Cap",
    siren="999000029",
    vat_number="FR12999000029",
    address=Address(street=("163 avenue des Exemples",), postcode="92000", city="Nanterre"),
    legal_form="SAS",
    capital="10 000 €",
    rcs_city="Nanterre",
    creditor_id="FR72ZZZ123456",
    iban="FR7630006000011234567890189",
    email="assistance@editions-cap.example",
)
BREST = Address(street=("12 rue des Tanneurs",), postcode="29200", city="Brest")
BUYER = Buyer(name="Ateliers Morvan", siren="999000011", vat_number="FR66999000011", address=BREST)
CAYENNE = replace(BUYER, vat_number="", address=Address(street=("3 quai",), postcode="97300", city="Cayenne"))

APRIL = line("subscription", "2026-04", 5, 4900, label="Abonnement, avril 2026")
CARRIED = line(
    "carry_over",
    "first",
    1,
    24500,
    label="Report du premier mois : 15 jours d’abonnement sur 31",
    share=Share(15, 31, rest=True),
    is_credit=True,
)
ADJUSTED = line(
    "adjustment",
    "2026-04",
    1,
    4900,
    label="Ajustement, avril 2026 : 6 personnes au cours du mois, 5 déjà facturées",
)
STORAGE = line("option", "2026-04", 2, 1500, label="Stockage supplémentaire, avril 2026", option="storage")


def an_invoice(*lines: Line, rate: int = 2000, **changed: Any) -> InvoicePaper:
    net = net_total(lines).cents
    tax = vat(net, rate).cents
    facts: dict[str, Any] = {
        "number": "F-2026-0042",
        "contract": "CT-2026-0042",
        "seller": SELLER,
        "buyer": BUYER,
        "issued": date(2026, 3, 20),
        "due": date(2026, 3, 31),
        "collection": date(2026, 3, 31),
        "direct_debit": DirectDebit(mandate="CT-2026-0042-M1", account="FR32 •••• •••• A09"),
        "period": (date(2026, 4, 1), date(2026, 4, 30)),
        "lines": lines,
        "net_cents": net,
        "vat_hundredths": rate,
        "vat_cents": tax,
        "gross_cents": gross_total(net, tax).cents,
    }
    return InvoicePaper(**(facts | changed))


def a_credit_note(*lines: Line, **changed: Any) -> InvoicePaper:
    facts: dict[str, Any] = {
        "number": "A-2026-0003",
        "due": None,
        "collection": None,
        "direct_debit": None,
        "cites": Cited(number="F-2026-0042", issued=date(2026, 3, 20)),
    }
    return an_invoice(*lines, **(facts | changed))


INVOICE = an_invoice(APRIL, CARRIED)
GIVEN_BACK = turned(
    line(
        "adjustment",
        "2026-04",
        -1,
        4900,
        label="Ajustement, avril 2026 : 5 personnes au cours du mois, 6 déjà facturées",
    )
)
CREDIT_NOTE = a_credit_note(GIVEN_BACK)


def random_paper(seed: int) -> InvoicePaper:
    """Return a document as the rules could issue it: a credit note where its credits exceed it."""
    random = Random(seed)  # noqa: S311 -- the same documents each time
    day = date(2026, 1, 1) + timedelta(days=random.randrange(1500))
    lines = tuple(_random_line(random, day) for _ in range(random.choice((1, 1, 2, 2, 3, 4, 6, 12))))
    postcode = random.choice(("75011", "29200", "20000", "97110", "97200", "97400", "97300", "97600"))
    rate = vat_rate(postcode)
    assert rate is not None
    facts: dict[str, Any] = {
        "rate": rate.hundredths,
        "buyer": replace(
            BUYER,
            vat_number=random.choice(("", BUYER.vat_number)),
            address=replace(
                BREST, postcode=postcode, street=("12 rue", "Bâtiment B", "Étage 3")[: random.randint(1, 3)]
            ),
        ),
        "contract": f"CT-{day.year}-{random.randrange(1, 99999):04}",
        "issued": day,
        "vat_on_debits": random.random() < 0.2,
        "period": random.choice((None, (day.replace(day=1), last_day_of_month(day)))),
    }
    number = f"{day.year}-{random.randrange(1, 999999):04}"
    if sum(one.net_cents for one in lines) < 0:
        cites = Cited(number=f"F-{number}", issued=day - timedelta(days=30))
        return a_credit_note(*map(turned, lines), number=f"A-{number}", cites=cites, **facts)
    due = last_day_of_month(day)
    invoice = an_invoice(*lines, number=f"F-{number}", due=due, collection=due, **facts)
    if random.random() < 0.1:
        invoice = replace(invoice, direct_debit=None)
    if random.random() < 0.2:
        invoice = replace(invoice, credited_cents=random.randint(0, invoice.gross_cents))
    return invoice


def _random_line(random: Random, day: date) -> Line:
    kind = random.choice((*LINE_ORDER, *LINE_ORDER[:2]))
    of = random.randint(28, 31)
    share = Share(random.randint(1, of - 1), of, rest=random.random() < 0.5)
    quantity = random.choice((1, 5, 7, random.randint(1, 400)))
    return line(
        kind,
        f"{day:%Y-%m}",
        1
        if kind == "carry_over"
        else -quantity
        if kind == "adjustment" and random.random() < 0.4
        else quantity,
        random.choice((4900, 1003, 1, 99999, random.randint(1, 60000))),
        label=f"Ligne {random.randrange(1000)} : « essai »",
        share=share if kind == "carry_over" or random.random() < 0.3 else None,
        is_credit=kind == "carry_over" or (kind == "adjustment" and random.random() < 0.2),
        option="storage" if kind == "option" else "",
    )
