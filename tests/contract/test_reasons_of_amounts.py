"""Why each amount is what it is, word for word: article, rule, starting amount, steps, readings."""

from collections.abc import Callable
from textwrap import dedent

import pytest

from portal.contract import acts as a
from portal.contract import quotation
from portal.contract.amounts import document_total, gross_total, net_total, owed_total, percent, vat
from portal.contract.arrears import penalties
from portal.contract.lines import LineKind, Share, line, reckoning
from portal.contract.offer import Grid
from portal.contract.preview import documents_to_come
from portal.contract.reckoning import Reckoning
from portal.contract.recurring import unit_price, whole_month
from portal.contract.state import State
from tests.contract.specification import jour, le
from tests.contract.subscribed import Step, in_force, live
from tests.contract.test_refusals import without_no_break

GRID = Grid()
CONTRACT = in_force("04/03/2026 10:00", "17/03/2026 10:00", "bob", "chloe", "dan", "eve")
PAID: tuple[Step, ...] = (*CONTRACT, (le("31/03/2026 10:00"), a.Settle(month="2026-04")))


def of_the_line(
    kind: LineKind, quantity: int, unit_cents: int, share: Share | None = None, *, is_credit: bool = False
) -> Reckoning:
    return reckoning(line(kind, "2026-05", quantity, unit_cents, label="", share=share, is_credit=is_credit))


def unpaid_in_may() -> State:
    return live(*PAID, until=le("21/05/2026"))[0]


def with_two_storages() -> State:
    ordered = (le("19/03/2026 10:00"), a.OrderOption(code="storage", quantity=2))
    trained = (le("19/03/2026 10:00"), a.OrderOption(code="training"))
    return live(*CONTRACT, ordered, trained)[0]


def of_april_and_may() -> Reckoning:
    return net_total(
        (
            line("subscription", "2026-05", 6, 4900, label="Abonnement, mai 2026"),
            line("adjustment", "2026-04", 1, 4900, label="Ajustement, avril 2026"),
        )
    )


REASONS: dict[str, tuple[Callable[[], Reckoning], str]] = {
    "a month of subscription": (
        lambda: of_the_line("subscription", 6, 4900),
        """
        Article 10.1 des CGV : l’abonnement d’un mois est dû pour chaque personne inscrite à l’émission, et au moins pour le minimum du contrat.
        Point de départ : prix par utilisateur et par mois, 49,00 €.
        Pour 6 utilisateurs : 294,00 €.
        """,
    ),
    "the first days of a month": (
        lambda: of_the_line("subscription", 5, 4900, Share(15, 31)),
        """
        Article 10.1 des CGV : l’abonnement d’un mois est dû pour chaque personne inscrite à l’émission, et au moins pour le minimum du contrat.
        Point de départ : prix par utilisateur et par mois, 49,00 €.
        Pour 5 utilisateurs : 245,00 €.
        15 jours sur 31, arrondi au centime : 118,55 €.
        """,
    ),
    "an adjustment of one person": (
        lambda: of_the_line("adjustment", 1, 4900),
        """
        Article 10.1 des CGV : une personne inscrite à un moment du mois en doit la redevance entière ; ce qui a déjà été facturé pour ce mois est déduit.
        Point de départ : prix par utilisateur et par mois, 49,00 €.
        Pour 1 utilisateur de plus ou de moins que facturé : 49,00 €.
        """,
    ),
    "an adjustment given back": (
        lambda: of_the_line("adjustment", 5, 4900, Share(16, 31), is_credit=True),
        """
        Article 10.1 des CGV : une personne inscrite à un moment du mois en doit la redevance entière ; ce qui a déjà été facturé pour ce mois est déduit.
        Point de départ : prix par utilisateur et par mois, 49,00 €.
        Pour 5 utilisateurs de plus ou de moins que facturé : 245,00 €.
        16 jours sur 31, arrondi au centime : 126,45 €.
        En votre faveur : −126,45 €.
        """,
    ),
    "what is carried over": (
        lambda: of_the_line("carry_over", 1, 24500, Share(15, 31, rest=True), is_credit=True),
        """
        Article 10.3 des CGV : ce que vous avez payé pour le premier mois, moins la part des jours d’abonnement, est reporté sur la facture suivante.
        Point de départ : montant hors taxes payé pour le premier mois, 245,00 €.
        Une fois : 245,00 €.
        Moins la part déjà comptée (15 jours sur 31), arrondie au centime : 126,45 €.
        En votre faveur : −126,45 €.
        """,
    ),
    "an option": (
        lambda: of_the_line("option", 2, 1500),
        """
        Article 10.1 des CGV : les options commandées sont facturées à la mensualité suivante, au prix de la grille.
        Point de départ : prix de l’option, 15,00 €.
        Pour une quantité de 2 : 30,00 €.
        """,
    ),
    "the total excluding tax": (
        of_april_and_may,
        """
        Article 10.1 des CGV : le total hors taxes est la somme des lignes.
        Point de départ : avant la première ligne, 0,00 €.
        Abonnement, mai 2026 : 294,00 €.
        Ajustement, avril 2026 : 343,00 €.
        """,
    ),
    "the VAT": (
        lambda: vat(34300, 2000),
        """
        Article 10.1 des CGV : la TVA se calcule une fois, sur le total hors taxes du document.
        Point de départ : total hors taxes, 343,00 €.
        TVA à 20 %, arrondie au centime : 68,60 €.
        """,
    ),
    "the VAT of La Réunion": (
        lambda: vat(24500, 850),
        """
        Article 10.1 des CGV : la TVA se calcule une fois, sur le total hors taxes du document.
        Point de départ : total hors taxes, 245,00 €.
        TVA à 8,5 %, arrondie au centime : 20,83 €.
        """,
    ),
    "the total including tax": (
        lambda: gross_total(34300, 6860),
        """
        Article 10.1 des CGV : les prix s’entendent hors taxes ; la TVA s’y ajoute.
        Point de départ : total hors taxes, 343,00 €.
        Plus la TVA : 411,60 €.
        """,
    ),
    "the penalties, in the second month": (
        lambda: penalties(unpaid_in_may(), unpaid_in_may().invoices_of("2026-05")[0], jour("01/06/2026")),
        """
        Article 10.4 des CGV : chaque mois commencé après l’échéance porte intérêt sur le montant hors taxes impayé, au taux légal majoré de dix points.
        Point de départ : avant toute pénalité, 0,00 €.
        Mois commencé le 1er mai 2026, taux annuel de 12,62 %, pour un douzième : 2,5766 €.
        Mois commencé le 1er juin 2026, taux annuel de 12,62 %, pour un douzième : 5,1532 €.
        Arrondi au centime : 5,15 €.
        Lectures : legal_rate_floor.
        """,
    ),
    "all that is owed": (
        lambda: owed_total(47040, 412, 4000),
        """
        Article 10.3 des CGV : pour rétablir le service, tout ce qui est dû se règle : facture, pénalités et indemnité.
        Point de départ : impayé de la facture, TTC, 470,40 €.
        Plus les pénalités de retard, sans TVA : 474,52 €.
        Plus l’indemnité forfaitaire de recouvrement, sans TVA : 514,52 €.
        """,
    ),
    "a month, announced": (
        lambda: quotation.month(GRID, 3).net,
        """
        Article 10.1 des CGV : l’abonnement est dû pour chaque utilisateur, et pour 5 utilisateurs au moins.
        Point de départ : prix par utilisateur et par mois, 49,00 €.
        Pour 5 utilisateurs : 245,00 €.
        """,
    ),
    "a year, announced": (
        lambda: quotation.year(GRID, 6).net,
        """
        Article 10.1 des CGV : l’abonnement est dû pour chaque utilisateur, et pour 5 utilisateurs au moins.
        Point de départ : prix par utilisateur et par mois, 49,00 €.
        Pour 6 utilisateurs : 294,00 €.
        Douze mois : 3 528,00 €.
        """,
    ),
    "a document, down to its lines": (
        lambda: document_total(documents_to_come(live(*PAID)[0], le("01/04/2026 10:00"))[0].lines, 4900),
        """
        Article 10.1 des CGV : le total hors taxes est la somme des lignes.
        Point de départ : avant la première ligne, 0,00 €.
        Abonnement, mai 2026 : 245,00 €.
        Plus la TVA : 294,00 €.
        """,
    ),
    "a user, as the contract stands": (
        lambda: unit_price(with_two_storages(), le("20/03/2026 10:00")),
        """
        Article 10.1 des CGV : le prix par utilisateur et par mois est celui de la grille du contrat ; il ne change qu’à un renouvellement.
        Point de départ : prix par utilisateur et par mois, 49,00 €.
        """,
    ),
    "a whole month, as the contract stands": (
        lambda: whole_month(with_two_storages(), le("20/03/2026 10:00")),
        """
        Article 10.1 des CGV : le prix par utilisateur et par mois est celui de la grille du contrat ; il ne change qu’à un renouvellement.
        Point de départ : prix par utilisateur et par mois, 49,00 €.
        Pour 5 utilisateurs : 245,00 €.
        Plus l’option Stockage supplémentaire (2) : 275,00 €.
        """,
    ),
    "an option, announced": (
        lambda: quotation.option(GRID, GRID.options[2], 2).net,
        """
        Article 5.2 des CGV : une option se paie au prix de la grille.
        Point de départ : prix de l’option, 15,00 €.
        Pour une quantité de 2 : 30,00 €.
        """,
    ),
}


def told(amount: Reckoning) -> str:
    lines = [line for line in amount.lines() if not line.startswith("Lecture retenue")]
    readings = ", ".join(reading.name for reading in amount.readings)
    return without_no_break("\n".join([*lines, f"Lectures : {readings}."] if readings else lines))


@pytest.mark.parametrize(("amount", "expected"), REASONS.values(), ids=REASONS)
def test_why_an_amount_is_what_it_is(amount: Callable[[], Reckoning], expected: str) -> None:
    assert told(amount()) == dedent(expected).strip()


@pytest.mark.parametrize(
    ("hundredths", "expected"),
    [(2000, "20 %"), (850, "8,5 %"), (1262, "12,62 %"), (1005, "10,05 %"), (0, "0 %")],
)
def test_a_rate_in_words(hundredths: int, expected: str) -> None:
    assert without_no_break(percent(hundredths)) == expected
