"""Invented companies and persons; their numbers have a true key and stand for nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stdnum import luhn


def siren(first_eight: str) -> str:
    """Return the SIREN that begins so: its key added."""
    return first_eight + luhn.calc_check_digit(first_eight)


@dataclass(frozen=True, slots=True)
class Company:
    siren: str
    name: str
    legal_form: str
    capital: str
    street: str
    town: str
    greffe: str
    greffe_code: str
    management: str
    head: str
    registered: date

    @property
    def address(self) -> str:
        return f"{self.street} {self.town}"

    @property
    def number(self) -> str:
        """« 518 452 750 »."""
        return grouped(self.siren)

    @property
    def euid(self) -> str:
        return f"FR{self.greffe_code}.{self.siren}"


def grouped(number: str) -> str:
    return " ".join((number[:3], number[3:6], number[6:]))


COMPANIES: Sequence[Company] = (
    Company(
        siren("85160347"), "ATELIER DES QUATRE VENTS", "Société par actions simplifiée", "10 000,00 Euros",
        "12 rue des Tanneurs", "92000 Nanterre", "Nanterre", "9201", "2019B04718",
        "MARCHAND Élodie, Anne", date(2019, 6, 3),
    ),
    Company(
        siren("44907158"), "MENUISERIE BRÉVAL ET FILS", "Société à responsabilité limitée", "7 622,45 Euros",
        "3 bis avenue du Général Leclerc", "69003 Lyon", "Lyon", "6901", "2003B01162",
        "BRÉVAL Jean-Noël", date(2003, 7, 15),
    ),
    Company(
        siren("91837264"), "L’HERBE FOLLE", "Société par actions simplifiée (société à associé unique)",
        "1 000,00 Euros", "Lieu-dit Le Moulin Neuf", "56370 Sarzeau", "Vannes", "5602", "2022B00391",
        "KERVELLA Maëlle, Françoise", date(2022, 11, 28),
    ),
    Company(
        siren("39560812"), "TRANSPORTS DU HAUT-DOUBS", "Société anonyme à conseil d'administration",
        "305 000,00 Euros", "Zone artisanale des Sapins", "25300 Pontarlier", "Besançon", "2501", "1994B00207",
        "ŒUVRARD Gérard", date(1994, 2, 1),
    ),
    Company(
        siren("80641957"), "KLEINER MASCHINENBAU GMBH", "Société à responsabilité limitée de droit étranger",
        "25 000,00 Euros", "Hafenstraße 118", "77694 Kehl Allemagne", "Strasbourg", "6752", "2014B02230",
        "KLEINER Jürgen", date(2014, 10, 9),
    ),
    Company(
        siren("53318690"), "SOLS ET JARDINS DE L'OUEST", "Société civile d'exploitation agricole",
        "38 112,25 Euros", "15 place de l'Église", "44330 Vallet", "Nantes", "4401", "2011D00871",
        "LE GOFF Yann", date(2011, 9, 23),
    ),
    Company(
        siren("90275531"), "C2I SYSTÈMES 31", "Entreprise unipersonnelle à responsabilité limitée",
        "5 000,00 Euros", "8 boulevard de Strasbourg", "31000 Toulouse", "Toulouse", "3102", "2021B05563",
        "BIANCHI Ilona", date(2021, 8, 31),
    ),
    Company(
        siren("37819006"), "PAPETERIE SAINT-OUEN", "Société en nom collectif", "15 244,90 Euros",
        "101 rue de la République", "76000 Rouen", "Rouen", "7608", "1990B00618",
        "SAINT-AUBIN Chloé", date(1990, 5, 11),
    ),
)  # fmt: skip

# Companies that an extract mentions and that are not its own.
OTHERS: Sequence[tuple[str, str]] = (
    ("CENTRE D'AFFAIRES DU PARC", siren("42098713")),
    ("HOLDING BELLERIVE", siren("82715604")),
    ("CABINET NORD AUDIT", siren("33390251")),
    ("BOULANGERIE DU PONT", siren("50246378")),
)
