"""Layouts of extracts, from the greffes' own to the attestation of the RNE; each gives a PDF with text.

All carry what sets a hurried reader wrong: the day of printing, days of birth and of registration,
numbers of other companies where an extract has them.
"""

import textwrap
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from stdnum import luhn

from portal.contract.french import long_date, short_date
from tests.documents.extracts.companies import OTHERS, Company, grouped
from tests.documents.extracts.sheet import BOLD, SERIF, SERIF_BOLD, TYPEWRITER, Sheet, pdf_of

Layout = Callable[[Company, date], bytes]
Rows = Sequence[tuple[str, str]]


def words_of(day: date) -> str:
    return long_date(day).replace("\u00a0", " ")


def infogreffe(company: Company, dated: date) -> bytes:
    """Two columns, label and value, as most extracts of today."""
    sheet = Sheet()
    top = _modern_head(sheet, company, dated)
    top = _rows(sheet, top, "IDENTIFICATION DE LA PERSONNE MORALE", _identity(company))
    top = _rows(
        sheet, top, "GESTION, DIRECTION, ADMINISTRATION, CONTROLE, ASSOCIES OU MEMBRES", _person(company)
    )
    top = _rows(sheet, top, _ACTIVITY, _activity(company))
    _modern_foot(sheet, company, dated, 1, 1)
    return pdf_of(sheet)


def columns_apart(company: Company, dated: date) -> bytes:
    """The same page from a program that writes all labels first, then all values."""
    sheet = Sheet(font=SERIF, size=10.5)
    sheet.write(15, 18, f"Greffe du Tribunal de Commerce de {company.greffe}", font=SERIF_BOLD)
    sheet.write(75, 40, "EXTRAIT K BIS", font=SERIF_BOLD, size=15)
    sheet.write(32, 48, "IMMATRICULATION PRINCIPALE AU REGISTRE DU COMMERCE ET DES SOCIETES", size=9.5)
    sheet.write(78, 55, f"À jour au {words_of(dated)}", font=SERIF_BOLD)
    rows = (("IDENTIFICATION DE LA PERSONNE MORALE", ""), *_identity(company), ("EUID", company.euid),
            ("ADMINISTRATION", ""), *_person(company))  # fmt: skip
    for number, (label, _) in enumerate(rows):
        sheet.write(15, 70 + 6.5 * number, label)
    for number, (_, value) in enumerate(rows):
        sheet.write(90, 70 + 6.5 * number, value)
    sheet.write(15, 270, f"Pour extrait certifié conforme, délivré le {words_of(dated + timedelta(days=2))}")
    sheet.write(150, 280, "Le greffier")
    return pdf_of(sheet)


def older_greffe(company: Company, dated: date) -> bytes:
    """The typewriter of an older greffe: upper case, dotted leaders, the number behind « R.C.S. »."""
    sheet = Sheet(font=TYPEWRITER, size=10)
    printed = dated + timedelta(days=3)
    lines = [
        f"GREFFE DU TRIBUNAL DE COMMERCE DE {company.greffe.upper()}",
        f"N° DE GESTION : {company.management[:4]} {company.management[4]} {company.management[5:]}",
        "",
        "                        EXTRAIT K-BIS",
        "   IMMATRICULATION AU REGISTRE DU COMMERCE ET DES SOCIETES",
        f"                    A JOUR AU {short_date(dated)}",
        "",
        "-- IDENTIFICATION DE LA PERSONNE MORALE --",
        f"NUMERO D'IDENTIFICATION ........ : {company.number} R.C.S. {company.greffe.upper()}",
        f"DATE D'IMMATRICULATION ......... : {short_date(company.registered)}",
        f"DENOMINATION SOCIALE ........... : {company.name}",
        *_wrapped("FORME JURIDIQUE ................ : ", _ascii(company.legal_form)),
        f"CAPITAL ........................ : {company.capital.upper()}",
        f"ADRESSE DU SIEGE ............... : {_ascii(company.street)}",
        f"                                   {_ascii(company.town)}",
        f"DUREE .......................... : JUSQU'AU {short_date(company.registered.replace(year=2089))}",
        "",
        "-- ADMINISTRATION --",
        f"GERANT ......................... : {company.head}",
        "DATE DE NAISSANCE .............. : 17/04/1968",
        "COMMISSAIRE AUX COMPTES ........ : " + OTHERS[2][0],
        f"                                   {grouped(OTHERS[2][1])} R.C.S. PARIS",
        "",
        "-- ACTIVITE --",
        f"DEBUT D'EXPLOITATION ........... : {short_date(company.registered)}",
        f"SIREN .......................... : {company.number}",
        "",
        f"                     DELIVRE A {company.greffe.upper()}, LE {short_date(printed)}",
        "                     LE GREFFIER",
    ]
    for number, line in enumerate(lines):
        sheet.write(18, 22 + 6.2 * number, line)
    return pdf_of(sheet)


def sole_trader(company: Company, dated: date) -> bytes:
    """An extrait K: a person, not a company."""
    sheet = Sheet(font=SERIF, size=10.5)
    top = _modern_head(sheet, company, dated, title="Extrait K")
    top = _rows(
        sheet, top, "IDENTIFICATION DE LA PERSONNE PHYSIQUE",
        (
            ("Immatriculation au RCS, numéro", f"{company.number} R.C.S. {company.greffe}"),
            ("Date d'immatriculation", short_date(company.registered)),
            ("Nom, prénoms", company.head),
            ("Date et lieu de naissance", "Le 14/02/1981 à Quimper (29)"),
            ("Nationalité", "Française"),
            ("Domicile personnel", "4 impasse des Lilas 35000 Rennes"),
        ),
    )  # fmt: skip
    top = _rows(
        sheet, top, _ACTIVITY,
        (
            ("Adresse de l'établissement", company.address),
            ("Nom commercial", company.name),
            ("Date de commencement d'activité", short_date(company.registered)),
            ("Origine du fonds ou de l'activité", "Achat"),
            ("Précédent exploitant", OTHERS[3][0]),
            ("Immatriculation au RCS, numéro", f"{grouped(OTHERS[3][1])} R.C.S. {company.greffe}"),
        ),
    )  # fmt: skip
    _modern_foot(sheet, company, dated, 1, 1)
    return pdf_of(sheet)


def foreign_branch(company: Company, dated: date) -> bytes:
    """A company of another country with an establishment in France; its own register's number looks French."""
    sheet = Sheet()
    top = _modern_head(sheet, company, dated)
    top = _rows(sheet, top, "IDENTIFICATION DE LA PERSONNE MORALE", _identity(company))
    top = _rows(
        sheet, top, "IMMATRICULATION HORS DE FRANCE",
        (
            ("Registre étranger", "Handelsregister, Amtsgericht Freiburg im Breisgau"),
            ("Numéro d'immatriculation", f"HRB {grouped(OTHERS[1][1])}"),
        ),
    )  # fmt: skip
    top = _rows(sheet, top, "GESTION, DIRECTION, ADMINISTRATION, CONTROLE", _person(company))
    top = _rows(sheet, top, "RENSEIGNEMENTS RELATIFS A L'ETABLISSEMENT EN FRANCE", _activity(company))
    _modern_foot(sheet, company, dated, 1, 1)
    return pdf_of(sheet)


def two_pages(company: Company, dated: date) -> bytes:
    """Companies among the directors, on a second page that begins as the first."""
    first, second = Sheet(), Sheet()
    top = _modern_head(first, company, dated)
    top = _rows(first, top, "IDENTIFICATION DE LA PERSONNE MORALE", _identity(company))
    _rows(first, top, "GESTION, DIRECTION, ADMINISTRATION, CONTROLE, ASSOCIES OU MEMBRES", _person(company))
    _modern_foot(first, company, dated, 1, 2)
    top = _modern_head(second, company, dated)
    name, number = OTHERS[1]
    top = _rows(
        second, top, "Directeur général",
        (
            ("Dénomination", name),
            ("Forme juridique", "Société à responsabilité limitée"),
            ("Adresse", "40 quai de la Fosse 44000 Nantes"),
            ("Immatriculation au RCS, numéro", f"{grouped(number)} R.C.S. Nantes"),
        ),
    )  # fmt: skip
    name, number = OTHERS[2]
    top = _rows(
        second, top, "Commissaire aux comptes titulaire",
        (("Dénomination", name), ("SIREN", grouped(number))),
    )  # fmt: skip
    top = _rows(second, top, _ACTIVITY, _activity(company))
    _rows(
        second, top, "OBSERVATIONS ET RENSEIGNEMENTS COMPLEMENTAIRES",
        (("- Mention n° 7 du 09/01/2020", "Statuts à jour au 2 janvier 2020 déposés au greffe"),),
    )  # fmt: skip
    _modern_foot(second, company, dated, 2, 2)
    return pdf_of(first, second)


def domiciled(company: Company, dated: date) -> bytes:
    """A company lodged by another, that took over a third one and had another number before."""
    sheet = Sheet(size=9)
    top = _modern_head(sheet, company, dated)
    number, registered, *rest = _identity(company)
    rows = [
        number,
        registered,
        ("Précédemment immatriculée", f"sous le numéro {grouped(OTHERS[3][1])} R.C.S. Bobigny"),
        *rest[:4],
        ("Domiciliation en commun", OTHERS[0][0]),
        ("Immatriculation au RCS, numéro", f"{grouped(OTHERS[0][1])} R.C.S. Paris"),
        *rest[4:],
    ]
    top = _rows(sheet, top, "IDENTIFICATION DE LA PERSONNE MORALE", rows)
    president = (
        ("Président", OTHERS[1][0]),
        ("Immatriculation au RCS, numéro", f"{grouped(OTHERS[1][1])} R.C.S. Lyon"),
    )
    top = _rows(sheet, top, "GESTION, DIRECTION, ADMINISTRATION, CONTROLE, ASSOCIES OU MEMBRES", president)
    _rows(sheet, top, _ACTIVITY, _activity(company))
    _modern_foot(sheet, company, dated, 1, 1)
    return pdf_of(sheet)


def rne(company: Company, dated: date) -> bytes:
    """The free attestation of the national register of companies (RNE)."""
    sheet = Sheet(size=10)
    sheet.write(15, 20, "INSTITUT NATIONAL DE LA PROPRIÉTÉ INDUSTRIELLE", size=8)
    sheet.write(35, 36, "ATTESTATION D'IMMATRICULATION", font=BOLD, size=15)
    sheet.write(35, 44, "AU REGISTRE NATIONAL DES ENTREPRISES", font=BOLD, size=13)
    sheet.write(35, 52, f"Situation à jour au {words_of(dated)}")
    _rows(
        sheet, 66, "IDENTITÉ DE L'ENTREPRISE",
        (
            ("Dénomination", company.name),
            ("SIREN", company.number),
            ("SIRET du siège", f"{company.number} {nic(company.siren)}"),
            ("Forme juridique", company.legal_form),
            ("Capital social", company.capital),
            ("Date d'immatriculation au RNE", short_date(date(2023, 1, 1))),
            ("Début d'activité", short_date(company.registered)),
            ("Adresse du siège", company.address),
        ),
    )  # fmt: skip
    _rows(
        sheet, 140, "REPRÉSENTANTS",
        (("Président", OTHERS[1][0]), ("SIREN", grouped(OTHERS[1][1]))),
    )  # fmt: skip
    sheet.write(15, 280, f"Attestation éditée le {short_date(dated + timedelta(days=5))} à 11:42", size=8)
    return pdf_of(sheet)


LAYOUTS = (
    infogreffe, columns_apart, older_greffe, sole_trader, foreign_branch, two_pages, domiciled, rne,
)  # fmt: skip

_ACTIVITY = "RENSEIGNEMENTS RELATIFS A L'ACTIVITE ET A L'ETABLISSEMENT PRINCIPAL"


def _identity(company: Company) -> Rows:
    return (
        ("Immatriculation au RCS, numéro", f"{company.number} R.C.S. {company.greffe}"),
        ("Date d'immatriculation", short_date(company.registered)),
        ("Dénomination ou raison sociale", company.name),
        ("Forme juridique", company.legal_form),
        ("Capital social", company.capital),
        ("Adresse du siège", company.address),
        ("Activités principales", "Conseil, conception et vente de tous produits"),
        ("Durée de la personne morale", f"Jusqu'au {short_date(company.registered.replace(year=2089))}"),
        ("Date de clôture de l'exercice social", "31 décembre"),
    )


def _person(company: Company) -> Rows:
    return (
        ("Nom, prénoms", company.head),
        ("Date et lieu de naissance", "Le 17/04/1968 à Brest (29)"),
        ("Nationalité", "Française"),
    )


def _activity(company: Company) -> Rows:
    return (
        ("Adresse de l'établissement", company.address),
        ("Activité(s) exercée(s)", "Conseil, conception et vente de tous produits"),
        ("Date de commencement d'activité", short_date(company.registered)),
        ("Mode d'exploitation", "Exploitation directe"),
    )


def _modern_head(sheet: Sheet, company: Company, dated: date, title: str = "Extrait Kbis") -> float:
    bold = SERIF_BOLD if sheet.font == SERIF else BOLD
    sheet.write(15, 15, f"Greffe du Tribunal de Commerce de {company.greffe}", size=8.5)
    sheet.write(15, 19, "1 place du Palais", size=8.5)
    sheet.write(130, 15, "Code de vérification : aB3xTl9QzK", size=8.5)
    sheet.write(15, 25, f"N° de gestion {company.management}", size=8.5)
    sheet.write(92, 36, title, font=bold, size=14)
    sheet.write(
        35, 44, "EXTRAIT D'IMMATRICULATION PRINCIPALE AU REGISTRE DU COMMERCE ET DES SOCIETES", size=8.5
    )
    sheet.write(84, 50, f"à jour au {words_of(dated)}", font=bold, size=10)
    return 60


def _modern_foot(sheet: Sheet, company: Company, dated: date, page: int, pages: int) -> None:
    printed = short_date(dated + timedelta(days=1))
    sheet.write(15, 278, "Le greffier", size=8.5)
    sheet.rule(281)
    sheet.write(15, 286, f"{company.number} R.C.S. {company.greffe} - {printed} - 08:12:31", size=8.5)
    sheet.write(175, 286, f"page {page}/{pages}", size=8.5)


def _rows(sheet: Sheet, top: float, title: str, rows: Rows) -> float:
    bold = SERIF_BOLD if sheet.font == SERIF else BOLD
    sheet.write(15, top, title, font=bold, size=9)
    sheet.rule(top + 1.5)
    top += 8
    for label, value in rows:
        sheet.write(17, top, label)
        sheet.write(85, top, value)
        top += 6
    return top + 4


def _wrapped(label: str, value: str) -> Sequence[str]:
    """Return the value behind its label, its second line under the first."""
    first, *others = textwrap.wrap(value, 44)
    return (label + first, *(" " * len(label) + other for other in others))


def _ascii(text: str) -> str:
    return text.upper().translate(str.maketrans("ÀÂÇÉÈÊËÎÏÔÖÛÜ’", "AACEEEEIIOOUU'"))


def nic(siren: str) -> str:
    """Return five digits that make a true SIRET of `siren`."""
    return "0001" + luhn.calc_check_digit(siren + "0001")
