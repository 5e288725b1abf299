"""The totals of a document and of what is due, each with the sum that gives it (CGV art. 10.1, 10.3, 10.4)."""

from collections.abc import Iterable
from fractions import Fraction

from portal.contract.french import NBSP
from portal.contract.lines import Line
from portal.contract.reckoning import Reckoning

_HUNDREDTHS = 10_000


def net_total(lines: Iterable[Line]) -> Reckoning:
    """Return the total excluding tax: the lines, one after the other."""
    amount = Reckoning(
        clause="10.1",
        rule="le total hors taxes est la somme des lignes.",
        start_label="avant la première ligne",
        start=Fraction(0),
    )
    for line in lines:
        amount = amount.plus(Fraction(line.net_cents), line.label)
    return amount


def vat(net_cents: int, rate_hundredths: int) -> Reckoning:
    """Return the VAT of a document: once, on its total excluding tax, half up; 2000 hundredths are 20 %.

    Never per line: three lines of 10,03 € bear 6,02 €, not 6,03 €.
    """
    rate = Fraction(rate_hundredths, _HUNDREDTHS)
    return Reckoning(
        clause="10.1",
        rule="la TVA se calcule une fois, sur le total hors taxes du document.",
        start_label="total hors taxes",
        start=Fraction(net_cents),
    ).part(rate, f"TVA à {percent(rate_hundredths)}, arrondie au centime")


def without_tax(gross_cents: int, rate_hundredths: int) -> int:
    """Return the largest net amount that, with its tax, does not exceed a gross one; both in cents."""
    net_cents = gross_cents * _HUNDREDTHS // (_HUNDREDTHS + rate_hundredths)
    # The tax is rounded down as often as up: one cent more may still fit.
    more = net_cents + 1
    return more if more + vat(more, rate_hundredths).cents <= gross_cents else net_cents


def gross_total(net_cents: int, vat_cents: int) -> Reckoning:
    """Return the total including tax."""
    return Reckoning(
        clause="10.1",
        rule="les prix s’entendent hors taxes ; la TVA s’y ajoute.",
        start_label="total hors taxes",
        start=Fraction(net_cents),
    ).plus(Fraction(vat_cents), "plus la TVA")


def document_total(lines: Iterable[Line], vat_cents: int) -> Reckoning:
    """Return the total of a document including tax, down to its lines."""
    return net_total(lines).plus(Fraction(vat_cents), "plus la TVA")


def owed_total(invoice_cents: int, penalties_cents: int, indemnity_cents: int) -> Reckoning:
    """Return what an invoice owes in all: what is unpaid of it, its penalties, its indemnity."""
    return (
        Reckoning(
            clause="10.3",
            rule="pour rétablir le service, tout ce qui est dû se règle : facture, pénalités et indemnité.",
            start_label="impayé de la facture, TTC",
            start=Fraction(invoice_cents),
        )
        .plus(Fraction(penalties_cents), "plus les pénalités de retard, sans TVA")
        .plus(Fraction(indemnity_cents), "plus l’indemnité forfaitaire de recouvrement, sans TVA")
    )


def percent(hundredths: int) -> str:
    """Return « 20 % », « 8,5 % » or « 12,62 % »."""
    whole, rest = divmod(hundredths, 100)
    decimals = f",{rest:02}".rstrip("0") if rest else ""
    return f"{whole}{decimals}{NBSP}%"
