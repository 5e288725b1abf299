"""The cross-check (CGV art. 8): five papers side by side, and a difference that never passes as the same."""

import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.contract.french import NARROW, NBSP
from portal.documents.crosscheck import (
    Agreement,
    Cell,
    Row,
    Said,
    Source,
    What,
    cross_check,
    said_by_extract,
)
from portal.documents.kbis import Extract, extract_from
from portal.documents.page_text import texts_of
from tests.documents.extracts.companies import COMPANIES, Company, siren
from tests.documents.extracts.layouts import LAYOUTS, Layout, domiciled, rne, sole_trader

SAME, CLOSE, DIFFERENT = Agreement.SAME, Agreement.CLOSE, Agreement.DIFFERENT
OWN, OTHER = siren("85160347"), siren("44907158")

# Judged by hand; each pair is compared both ways round.
NAMES = [
    ("Atelier des Quatre Vents", "Atelier des Quatre Vents", SAME),
    ("Atelier  des\u00a0Quatre Vents ", "Atelier des Quatre Vents", SAME),
    ("L’Herbe folle", "L'Herbe folle", SAME),
    ("Atelier des Quatre Vents", "ATELIER DES QUATRE VENTS", CLOSE),
    ("Menuiserie Bréval et Fils", "MENUISERIE BREVAL & FILS", CLOSE),
    ("Œuvrard Transports", "OEUVRARD TRANSPORTS", CLOSE),
    ("Durand SARL", "Durand", CLOSE),
    ("SARL Durand", "DURAND S.A.R.L.", CLOSE),
    ("Durand (SAS)", "DURAND", CLOSE),
    ("Durand SASU", "Durand SAS", CLOSE),
    ("Société à responsabilité limitée Durand", "DURAND", CLOSE),
    ("Sté Nouvelle Garnier", "SOCIETE NOUVELLE GARNIER", CLOSE),
    ("Ets Garnier", "Établissements Garnier", CLOSE),
    ("Papeterie St-Ouen", "PAPETERIE SAINT OUEN", CLOSE),
    ("Durand et Cie", "DURAND & COMPAGNIE", CLOSE),
    ("L’ATELIER", "Atelier", CLOSE),
    ("L’Atelier", "L ATELIER", CLOSE),
    ("Durand Menuiserie", "Menuiserie Durand", CLOSE),
    ("Transport Dupont", "Transports Dupont", CLOSE),
    ("Quatre Vents", "QUATREVENTS", CLOSE),
    ("C2I Systèmes 31", "C2I SYSTEMES 31", CLOSE),
    ("Menuiserie Bréval", "MENUISERlE BREVAL", CLOSE),
    ("Boulangerie du Pont", "BOULANGENE DU PONT", DIFFERENT),
    ("Boulangerie du Pont", "BOULANGERIE DU P0NT", DIFFERENT),
    ("Fournil Marchand", "FOURNIL MARCHAN", CLOSE),
    ("Pizza 🍕 Roma", "Pizza Roma", CLOSE),
    ("🍕", "🍔", DIFFERENT),
    ("🍕", "🍕", SAME),
    ("Durand & Associés", "DURAND ASSOCIES", CLOSE),
    ("Le Fournil", "LA FOURNIL", CLOSE),
    ("Lilas", "SCI du Lilas", CLOSE),
    ("Rhône Étancheité", "RHONE ETANCHEITE SARL", CLOSE),
    ("Boulangerie Marin", "BOULANGERIE MARLN", CLOSE),
    ("Cordonnerie Fournier", "CORDONNERIE FOUMIER", CLOSE),
    ("Durand2", "Durand²", CLOSE),
    ("1001 Nuits", "1001 NUITS S A R L", CLOSE),
    ("Durand SARL", "Durand & Fils SARL", DIFFERENT),
    ("Durand Père et Fils", "Durand et Fils", DIFFERENT),
    ("Société Durand", "Durand", DIFFERENT),
    ("SCI Les Lilas", "SCI Les Lilas 2", DIFFERENT),
    ("Les 3 Lilas", "Les trois Lilas", DIFFERENT),
    ("Garage Marchand", "GARAGE MARECHALAND", DIFFERENT),
    ("Limited Edition", "LIMITED EDITION SAS", CLOSE),
    ("Marchand Fournier Conseil", "FOUMIER MARCHAUD CONSEIL", CLOSE),
    ("Alpin Morel", "ALPLN MAREL", DIFFERENT),
    ("Brun Conseil", "BRNN CONSEIL", DIFFERENT),
    ("Laurent Conseil", "AURENT CONSEIL", DIFFERENT),
    ("Atelier Aquarelliste", "ATELIER QUARRELLISTE", DIFFERENT),
    ("AB Conseil", "BA Conseil", DIFFERENT),
    ("Compagnie Maritime du Ponant", "COMPAGNLE MARITIRNE DU PONAUT", DIFFERENT),
    ("Durand SARL", "Durand SAS", DIFFERENT),
    ("Durand", "Durant", DIFFERENT),
    ("Morel Conseil", "Borel Conseil", DIFFERENT),
    ("Garage du Lac", "Garage du Parc", DIFFERENT),
    ("Groupe Alma 2", "Groupe Alma 3", DIFFERENT),
    ("Groupe Alma 2", "Groupe Alma", DIFFERENT),
    ("C2I Systèmes 31", "C2I Systèmes 13", DIFFERENT),
    ("Pharmacie de l’Est", "Pharmacie de l’Ouest", DIFFERENT),
    ("D. L. Conseil", "Conseil", DIFFERENT),
    ("A+ Services", "A Services", DIFFERENT),
    ("Le SAS", "Le", DIFFERENT),
    ("Holding Bellerive", "Bellerive", DIFFERENT),
    ("Martin Paul", "Martin Paule", DIFFERENT),
    ("東京 Conseil", "大阪 Conseil", DIFFERENT),
]
FORMS = [
    ("SAS", "SAS", SAME),
    ("SAS", "sas", CLOSE),
    ("SAS", "S.A.S.", CLOSE),
    ("SAS", "Société par actions simplifiée", CLOSE),
    ("SASU", "Société par actions simplifiée (société à associé unique)", CLOSE),
    ("SARL", "SOCIETE A RESPONSABILITE LIMITEE", CLOSE),
    ("EURL", "Entreprise unipersonnelle à responsabilité limitée", CLOSE),
    ("SA", "Société anonyme à conseil d'administration", CLOSE),
    ("SARL", "SOCIÉTÉ À RESPONSABIUTÉ LIMITÉE", DIFFERENT),
    ("SARL", "SOCIETE A RESPONSABlLITE LIMITEE", CLOSE),
    ("SAS", "SAS au capital de 10 000,00 euros", CLOSE),
    ("Entreprise individuelle", "Entrepreneur individuel", CLOSE),
    ("Fondation", "FONDATION", CLOSE),
    ("SAS", "SA", DIFFERENT),
    ("SAS", "SARL", DIFFERENT),
    ("SARL", "SELARL", DIFFERENT),
    ("SAS", "Société d'exercice libéral par actions simplifiée", DIFFERENT),
    ("SCI", "Société civile", DIFFERENT),
    ("SARL", "Société à responsabilité limitée de droit étranger", DIFFERENT),
    ("Fondation", "Association", DIFFERENT),
]
ADDRESSES = [
    ("12 rue des Tanneurs 92000 Nanterre", "12 rue des Tanneurs 92000 Nanterre", SAME),
    ("12, rue des Tanneurs, 92000 Nanterre", "12 RUE DES TANNEURS 92000 NANTERRE", CLOSE),
    ("12 rue de l’Église 44330 Vallet", "12 R DE L EGLISE 44330 VALLET", CLOSE),
    ("3 bis avenue du Général Leclerc 69003 Lyon", "3 BIS AV DU GAL LECLERC 69003 LYON", CLOSE),
    ("3 bis avenue du Général Leclerc 69003 Lyon", "3B avenue du Général Leclerc 69003 Lyon", CLOSE),
    ("8 bd de Strasbourg 31000 Toulouse", "8 boulevard de Strasbourg 31000 Toulouse", CLOSE),
    ("5 place Saint-Aubin 35000 Rennes", "5 PL ST AUBIN 35000 RENNES", CLOSE),
    ("4 rue Ste-Anne 75008 Paris", "4 rue Sainte-Anne 75008 Paris 8e arrondissement", CLOSE),
    ("4 rue Sainte-Anne 75008 Paris", "4 rue Sainte-Anne 75008 PARIS 08", CLOSE),
    ("Z.A. des Sapins 25300 Pontarlier", "ZA des Sapins 25300 Pontarlier", CLOSE),
    ("Zone artisanale des Sapins 25300 Pontarlier", "ZA DES SAPINS 25300 PONTARLIER", CLOSE),
    ("Lieu-dit Le Moulin Neuf 56370 Sarzeau", "LD LE MOULIN NEUF 56370 SARZEAU", CLOSE),
    ("15 rue de la Paix 44000 Nantes", "15 rue de Paix 44000 Nantes", CLOSE),
    ("12 rue des Tanneurs 92000 Nanterre", "12 rue des Tanneurs 92000 Nanterre France", CLOSE),
    ("12 rue des Tanneurs 92000 Nanterre", "12 rue des Tanneus 92000 Nanterre", CLOSE),
    ("12 rue des Tanneurs 92000 Nanterre", "12 rue des Tanneurs 92000 Nanterre Cedex", CLOSE),
    ("1 rue d’Alsace 13008 Marseille", "1 rue Alsace 13008 Marseille 8", CLOSE),
    ("12-14 quai Voltaire 75007 Paris", "12 14 Q VOLTAIRE 75007 PARIS", CLOSE),
    ("12 place du 8 Mai 1945 35000 Rennes", "8 place du 12 Mai 1945 35000 Rennes", DIFFERENT),
    ("5 rue Foch 67000 Strasbourg", "5 rue Foch BP 12 67000 Strasbourg", DIFFERENT),
    ("5 rue Haute 67000 Strasbourg", "5 rue Basse 67000 Strasbourg", DIFFERENT),
    ("12 rue des Tanneurs 92000 Nanterre", "12 bis rue des Tanneurs 92000 Nanterre", DIFFERENT),
    ("12 bis rue des Tanneurs 92000 Nanterre", "12 ter rue des Tanneurs 92000 Nanterre", DIFFERENT),
    ("12 A rue Foch bâtiment B 67000 Strasbourg", "12 B rue Foch bâtiment A 67000 Strasbourg", DIFFERENT),
    ("12 rue des Tanneurs 92000 Nanterre", "21 rue des Tanneurs 92000 Nanterre", DIFFERENT),
    ("12 rue des Tanneurs 92000 Nanterre", "12 rue des Tanneurs 92100 Nanterre", DIFFERENT),
    ("12 rue des Tanneurs 92000 Nanterre", "12 avenue des Tanneurs 92000 Nanterre", DIFFERENT),
    ("12 rue des Tanneurs 92000 Nanterre", "rue des Tanneurs 92000 Nanterre", DIFFERENT),
    ("12 rue du Moulin 44000 Nantes", "12 rue des Moulins 44000 Nantes", DIFFERENT),
    ("4 rue Sainte-Anne 75008 Paris", "4 rue Sainte-Anne 75009 Paris", DIFFERENT),
    ("4 rue Sainte-Anne 75008 Paris", "4 rue Sainte-Anne 75008 Paris 9", DIFFERENT),
    ("101 rue de la République 76000 Rouen", "101 rue de la République 76000 Le Havre", DIFFERENT),
    ("1 12 rue Foch 67000 Strasbourg", "112 rue Foch 67000 Strasbourg", DIFFERENT),
]
PERSONS = [
    ("Camille Durand", "Camille Durand", SAME),
    ("Camille Durand", "DURAND Camille", CLOSE),
    ("Camille Durand", "Camille Marie DURAND", CLOSE),
    ("Camille Durand", "DURAND Camille, Marie", CLOSE),
    ("Camille Durand", "DURAND CAMILLE MARIE", CLOSE),
    ("Durand Camille", "DURAND Camille, Marie", CLOSE),
    ("Mme Élodie Marchand", "MARCHAND Elodie", CLOSE),
    ("Élodie Marchand", "MARCHAND Élodie, Anne", CLOSE),
    ("Jean-Noël Bréval", "BREVAL Jean Noel", CLOSE),
    ("C. Durand", "Camille Durand", CLOSE),
    ("J.-P. Martin", "Jean-Pierre Martin", CLOSE),
    ("MME C DURAND", "Camille Durand", CLOSE),
    ("Yann Le Goff", "LE GOFF Yann", CLOSE),
    ("Yann Le Goff", "LE GOFF YANN, PIERRE", CLOSE),
    ("Anne de La Tour", "DE LA TOUR Anne, Sophie", CLOSE),
    ("Camille Martin", "DURAND épouse MARTIN Camille", CLOSE),
    ("Camille Durand", "DURAND Camille, nom d’usage MARTIN", CLOSE),
    ("Maëlle Kervella", "KERVELA Maëlle", CLOSE),
    ("Camille Durand", "DURAN Camille", CLOSE),
    ("Gérard Œuvrard", "OEUVRARD Gerard", CLOSE),
    ("Pierre d’Orsel", "D'ORSEL Pierre", CLOSE),
    ("José Garcia Lopez", "GARCIA LOPEZ José", CLOSE),
    ("Camille Durand", "DURAND Canille", CLOSE),
    ("Dr Paul Roux", "ROUX Paul, Émile", CLOSE),
    ("Jeanne Dupont", "Jean Dupont", DIFFERENT),
    ("Claude Petit", "Claudie Petit", DIFFERENT),
    ("Lucie Petit", "Lucile Petit", DIFFERENT),
    ("Camille Durand", "DURAND-PETIT Camille", DIFFERENT),
    ("Camille Marchand", "MARCHAUD Canille", DIFFERENT),
    ("Martin Paul", "Martin Paule", DIFFERENT),
    ("André Martin", "Andrée Martin", DIFFERENT),
    ("Lucie Bernard", "Lucien Bernard", DIFFERENT),
    ("Michel Bernard", "Michèle Bernard", DIFFERENT),
    ("Daniel Bernard", "BERNARD Danielle", DIFFERENT),
    ("Camille Durand", "DURANT Camille", DIFFERENT),
    ("Paul Martin", "Paul Martins", DIFFERENT),
    ("Jean Martin", "DUPONT Jean, Martin", DIFFERENT),
    ("Jean Martin", "Jean Martin Dupont", DIFFERENT),
    ("DURAND Camille", "CAMILLE Durand", DIFFERENT),
    ("Camille Durand", "DURAND Paul", DIFFERENT),
    ("Camille Durand", "MARTIN Camille", DIFFERENT),
    ("Camille Durand", "Durand", DIFFERENT),
    ("C. Durand", "P. Durand", DIFFERENT),
    ("Camille Durand", "M. et Mme DURAND Camille", DIFFERENT),
    ("Camille Durand", "DURAND Camille ou DURAND Paul", DIFFERENT),
    ("Camille Durand 2", "Camille Durand 3", DIFFERENT),
    ("Camille 2 Durand", "Camille 23 Durand", DIFFERENT),
    ("Camille Durand", "M.", DIFFERENT),
    ("Camille Durand", "DURAND Camille" + ", Marie" * 11, DIFFERENT),
    ("Camille Durand", "MARTIN épouse PETIT Camille", DIFFERENT),
    ("Anne Camille Durand", "DURAND Camile, Anne", CLOSE),
    ("Anne Camille Durand", "DURAND Camile, Anne, Marie", CLOSE),
    ("Jean Claude Marie Durand", "DURAND Jeau Clande, Marie, Paul", DIFFERENT),
    ("Jérôme Camille Durand", "DURAND Jérome Camile, Paul", CLOSE),
    ("Jérôme Camille Durand", "DURAND Jérme Camile, Paul", DIFFERENT),
    ("Camille Marchand", "MARCHAD Camille, Marie", CLOSE),
    ("Camille Marchand", "MARCHAD Camile, Marie", DIFFERENT),
]
SIRENS = [
    (OWN, OWN, SAME),
    (OWN, f"{OWN[:3]} {OWN[3:6]}{NARROW}{OWN[6:]}", SAME),
    (OWN, OTHER, DIFFERENT),
    (OWN, OWN + "00012", DIFFERENT),
    (OWN, OWN[:8], DIFFERENT),
    ("-", "- -", DIFFERENT),
    ("-", "-", SAME),
    (OWN, OWN[1] + OWN[0] + OWN[2:], DIFFERENT),
    ("812345670", "8l2345670", DIFFERENT),
]
# How the heads of the invented companies sign.
SIGNING = {
    "MARCHAND Élodie, Anne": "Élodie Marchand",
    "BRÉVAL Jean-Noël": "Jean-Noël Bréval",
    "KERVELLA Maëlle, Françoise": "Maëlle Kervella",
    "ŒUVRARD Gérard": "Gérard Oeuvrard",
    "KLEINER Jürgen": "J. Kleiner",
    "LE GOFF Yann": "Yann Le Goff",
    "BIANCHI Ilona": "Mme Ilona Bianchi",
    "SAINT-AUBIN Chloé": "Chloé St-Aubin",
}
FROM_A_MANDATE = tuple(what for what in What if what is not What.PAYER)
PAIRS = [
    pytest.param(what, *pair, id=f"{what}: {pair[0]} | {pair[1]}")
    for what, pairs in (
        (What.SIREN, SIRENS),
        (What.NAME, NAMES),
        (What.LEGAL_FORM, FORMS),
        (What.ADDRESS, ADDRESSES),
        (What.SIGNATORY, PERSONS),
        (What.HOLDER, [*NAMES[:12], *PERSONS[:8], *PERSONS[-8:]]),
    )
    for pair in pairs
]

ACCOUNT = Said(
    siren=OWN,
    name="Atelier des Quatre Vents",
    legal_form="SAS",
    address="12 rue des Tanneurs 92000 Nanterre",
    signatory="Élodie Marchand",
    holder="Atelier des Quatre Vents",
)
KBIS = """\
Extrait Kbis
EXTRAIT D'IMMATRICULATION PRINCIPALE AU REGISTRE DU COMMERCE ET DES SOCIETES
à jour au 12 mars 2026
IDENTIFICATION DE LA PERSONNE MORALE
Immatriculation au RCS, numéro {number} R.C.S. Nanterre
Dénomination ou raison sociale ATELIER DES QUATRE VENTS
Forme juridique Société par actions simplifiée
Adresse du siège 12 rue des Tanneurs 92000 Nanterre
{directors}
RENSEIGNEMENTS RELATIFS A L'ACTIVITE ET A L'ETABLISSEMENT PRINCIPAL
Origine du fonds ou de l'activité Achat
Précédent exploitant PERRIN Jacques
"""


def saying(what: What, text: str) -> Said:
    return {
        What.SIREN: Said(siren=text),
        What.NAME: Said(name=text),
        What.LEGAL_FORM: Said(legal_form=text),
        What.ADDRESS: Said(address=text),
        What.SIGNATORY: Said(signatory=text),
        What.HOLDER: Said(holder=text),
    }[what]


def compared(what: What, account: str, mandate: str) -> Cell:
    """What the mandate's cell says, where the account says `account` and the mandate `mandate`."""
    rows = cross_check(saying(what, account), None, saying(what, mandate), None, None)
    return cell(rows, what, Source.MANDATE)


def cell(rows: tuple[Row, ...], what: What, source: Source) -> Cell:
    return next(each for row in rows if row.what is what for each in row.cells if each.source is source)


def kbis(directors: str, *, signatory: str = "Élodie Marchand") -> Cell:
    """The K-bis's cell on who signs, where these are the lines on its directors."""
    text = KBIS.format(number=f"{OWN[:3]} {OWN[3:6]} {OWN[6:]}", directors=directors)
    said = said_by_extract(extract_from(text, by_ocr=False), text)
    rows = cross_check(replace(ACCOUNT, signatory=signatory), None, None, said, None)
    return cell(rows, What.SIGNATORY, Source.KBIS)


def payer(account: Said) -> Cell:
    return cell(cross_check(account, None, None, None, None), What.PAYER, Source.ACCOUNT)


class TestWhatIsTheSame:
    @pytest.mark.parametrize(("what", "one", "other", "expected"), PAIRS)
    def test_is_judged_as_a_person_would_both_ways_round(
        self, what: What, one: str, other: str, expected: Agreement
    ) -> None:
        assert compared(what, one, other).agreement is expected
        assert compared(what, other, one).agreement is expected

    @pytest.mark.parametrize(("what", "one", "other", "expected"), PAIRS)
    def test_has_a_remark_that_quotes_both_unless_it_is_the_same(
        self, what: What, one: str, other: str, expected: Agreement
    ) -> None:
        seen = compared(what, one, other)
        rows = cross_check(saying(what, one), None, None, None, None)
        reference = cell(rows, what, Source.ACCOUNT).value
        if expected is SAME:
            assert seen.remark == ""
        else:
            assert seen.remark.startswith(
                f"Le mandat dit «{NBSP}{seen.value}{NBSP}», le compte «{NBSP}{reference}"
            )
            assert seen.remark.endswith(".")


class TestTheRows:
    def test_have_a_cell_for_each_source_that_can_say_it(self) -> None:
        rows = cross_check(ACCOUNT, ACCOUNT, ACCOUNT, ACCOUNT, ACCOUNT)
        every = tuple(Source)
        assert {row.what: tuple(each.source for each in row.cells) for row in rows} == {
            What.SIREN: every,
            What.NAME: every,
            What.LEGAL_FORM: every,
            What.ADDRESS: every,
            What.SIGNATORY: (Source.ACCOUNT, Source.CONTRACT, Source.MANDATE, Source.KBIS),
            What.HOLDER: (Source.ACCOUNT, Source.MANDATE),
            What.PAYER: (Source.ACCOUNT,),
        }

    def test_of_papers_that_agree_hold_nothing_to_remark(self) -> None:
        rows = cross_check(ACCOUNT, ACCOUNT, ACCOUNT, ACCOUNT, ACCOUNT)
        assert {each.agreement for row in rows for each in row.cells} == {Agreement.REFERENCE, SAME}
        assert {each.remark for row in rows for each in row.cells} == {""}

    def test_of_sources_that_are_not_there_are_unsaid_and_not_sure(self) -> None:
        rows = cross_check(ACCOUNT, None, None, None, None)
        others = [each for row in rows for each in row.cells if each.source is not Source.ACCOUNT]
        assert {(each.value, each.agreement, each.sure) for each in others} == {("", Agreement.UNSAID, False)}

    def test_show_a_difference_where_the_account_says_nothing(self) -> None:
        rows = cross_check(replace(ACCOUNT, legal_form=""), ACCOUNT, None, None, None)
        seen = cell(rows, What.LEGAL_FORM, Source.CONTRACT)
        assert seen.agreement is DIFFERENT
        assert seen.remark == f"Le contrat dit «{NBSP}SAS{NBSP}», le compte ne le dit pas."
        assert not cell(rows, What.LEGAL_FORM, Source.ACCOUNT).sure

    def test_say_how_close_is_close(self) -> None:
        register = replace(
            ACCOUNT, name="ATELIER DES QUATRE VENTS", address="12 R DES TANNEURS 92000 NANTERRE"
        )
        rows = cross_check(ACCOUNT, None, None, None, register)
        assert cell(rows, What.NAME, Source.REGISTER).remark == (
            f"Le registre public dit «{NBSP}ATELIER DES QUATRE VENTS{NBSP}», le compte "
            f"«{NBSP}Atelier des Quatre Vents{NBSP}»{NBSP}: seuls les majuscules, les accents, les espaces ou la "
            "ponctuation changent."
        )
        assert "une abréviation change" in cell(rows, What.ADDRESS, Source.REGISTER).remark

    def test_compare_a_sole_trader_by_the_name_of_the_person(self) -> None:
        trader = replace(ACCOUNT, name="Élodie Marchand", legal_form="Entreprise individuelle")
        named = replace(trader, name="MARCHAND Élodie, Anne")
        assert cell(cross_check(trader, None, None, named, None), What.NAME, Source.KBIS).agreement is CLOSE
        company = replace(trader, legal_form="SAS")
        assert (
            cell(cross_check(company, None, None, named, None), What.NAME, Source.KBIS).agreement is DIFFERENT
        )

    def test_show_a_siren_in_groups(self) -> None:
        rows = cross_check(ACCOUNT, None, replace(ACCOUNT, siren=OTHER), None, None)
        seen = cell(rows, What.SIREN, Source.MANDATE)
        assert seen.value == NARROW.join((OTHER[:3], OTHER[3:6], OTHER[6:]))
        assert seen.value in seen.remark

    def test_show_a_text_without_what_does_not_show(self) -> None:
        assert compared(What.NAME, "Durand", "Du\u202erand\x00\n\tSARL").value == "Durand SARL"

    def test_have_labels_in_french(self) -> None:
        assert [what.label for what in What][:3] == ["SIREN", "Dénomination", "Forme juridique"]
        assert Source.KBIS.label == "le K-bis"
        assert Agreement.CLOSE.label == "proche"


class TestAnExtract:
    @pytest.mark.parametrize(
        "directors",
        [
            "GESTION, DIRECTION, ADMINISTRATION, CONTROLE, ASSOCIES OU MEMBRES\nNom, prénoms MARCHAND Élodie, Anne",
            "GESTION, DIRECTION\nPrésident\nNom, prénoms\nMARCHAND Élodie, Anne\nNationalité Française",
            "-- ADMINISTRATION --\nGERANT ......................... : MARCHAND ELODIE",
            "Gérante MARCHAND Elodie",
            "Directeur général : MARCHAND (Elodie)",
            "GESTION, DIRECTION\nNom, prénoms\nDate et lieu de naissance\nMARCHAND Élodie, Anne\nLe 17/04/1968 à Brest",
            "Président PERRIN Jacques\nDirecteur général MARCHAND Élodie",
            "Presldent : MARCHAND Élodie",
        ],
    )
    def test_names_who_signs_among_its_directors(self, directors: str) -> None:
        seen = kbis(directors)
        assert seen.agreement is CLOSE
        assert "MARCHAND" in seen.value
        assert seen.sure

    def test_with_another_director_says_who_it_is_and_is_not_sure(self) -> None:
        seen = kbis("GESTION, DIRECTION\nPrésident\nNom, prénoms PERRIN Jacques, Louis")
        assert (seen.agreement, seen.value, seen.sure) == (DIFFERENT, "PERRIN Jacques, Louis", False)
        assert seen.remark == (
            f"Le K-bis dit «{NBSP}PERRIN Jacques, Louis{NBSP}», le compte «{NBSP}Élodie Marchand{NBSP}»."
        )

    def test_names_a_director_whose_surname_begins_like_a_label(self) -> None:
        assert kbis("Gérant : PAGEOT Luc", signatory="Luc Pageot").agreement is CLOSE
        assert kbis("Gérant : LE GOFF Yann", signatory="Yann Le Goff").value == "LE GOFF Yann"
        assert kbis("Gérant\nNom, prénoms SIEGEL Ève", signatory="Ève Siegel").agreement is CLOSE

    def test_names_a_director_far_from_the_label_and_below_its_own_heading(self) -> None:
        text = (
            "EXTRAIT K BIS\nIDENTIFICATION DE LA PERSONNE MORALE\nDénomination\nQUATRE VENTS\nMARCHAND Élodie"
        )
        rows = cross_check(ACCOUNT, None, None, Said(name="QUATRE VENTS", text=text), None)
        assert cell(rows, What.SIGNATORY, Source.KBIS).value == "MARCHAND Élodie"

    def test_does_not_take_the_auditor_for_a_director(self) -> None:
        seen = kbis("Gérant : PAGEOT Luc\nCommissaire aux comptes titulaire\nNom, prénoms MARCHAND Élodie")
        assert (seen.agreement, seen.value) == (DIFFERENT, "PAGEOT Luc")

    def test_of_two_directors_neither_of_whom_signs_shows_both(self) -> None:
        assert kbis("Gérant : LE GOFF Yann\nGérante : PAGEOT Luce").value == "LE GOFF Yann ; PAGEOT Luce"

    def test_directed_by_a_company_shows_that_company(self) -> None:
        seen = kbis("GESTION, DIRECTION\nPrésident HOLDING BELLERIVE")
        assert (seen.agreement, seen.value) == (DIFFERENT, "HOLDING BELLERIVE")

    @pytest.mark.parametrize(
        "directors",
        [
            "",
            "Commissaire aux comptes titulaire\nNom, prénoms MARCHAND Élodie",
            "Conjoint\nNom, prénoms MARCHAND Élodie\nMARCHAND Élodie",
        ],
    )
    def test_that_shows_no_director_leaves_it_unsaid(self, directors: str) -> None:
        assert kbis(directors).agreement is Agreement.UNSAID

    def test_does_not_take_who_held_the_business_before_for_its_director(self) -> None:
        assert kbis("", signatory="Jacques Perrin").agreement is Agreement.UNSAID

    def test_does_not_take_the_name_of_the_company_for_its_director(self) -> None:
        text = "EXTRAIT K BIS\nDénomination\nSiège\nMARCHAND ELODIE\n12 rue des Tanneurs"
        said = Said(name="MARCHAND ELODIE", text=text)
        rows = cross_check(ACCOUNT, None, None, said, None)
        assert cell(rows, What.SIGNATORY, Source.KBIS).agreement is Agreement.UNSAID

    def test_of_a_sole_trader_names_them(self) -> None:
        text = "Extrait K\nIDENTIFICATION DE LA PERSONNE PHYSIQUE\nNom, prénoms KERVELLA Maëlle, Anne\nNom commercial FOLLE"
        said = Said(name="KERVELLA Maëlle, Anne", text=text)
        rows = cross_check(replace(ACCOUNT, signatory="Maëlle Kervella"), None, None, said, None)
        assert cell(rows, What.SIGNATORY, Source.KBIS).agreement is CLOSE

    def test_that_was_read_gives_what_it_says(self) -> None:
        extract = Extract(OWN, "DURAND", "SARL", "1 rue Foch", date(2026, 3, 1), date(2026, 5, 31), sure=True)
        assert said_by_extract(extract, "texte") == Said(
            siren=OWN, name="DURAND", legal_form="SARL", address="1 rue Foch", sure=True, text="texte"
        )

    def test_that_could_not_be_read_says_nothing(self) -> None:
        said = said_by_extract(Extract(None, None, None, None, None, None, sure=False), "")
        rows = cross_check(ACCOUNT, None, None, said, None)
        cells = [each for row in rows for each in row.cells if each.source is Source.KBIS]
        assert {each.agreement for each in cells} == {Agreement.UNSAID}

    def test_read_with_doubt_says_so_even_where_it_agrees(self) -> None:
        rows = cross_check(ACCOUNT, None, None, replace(ACCOUNT, sure=False), None)
        seen = cell(rows, What.SIREN, Source.KBIS)
        assert (seen.agreement, seen.sure) == (SAME, False)

    def test_whose_number_was_typed_is_not_sure_of_it_and_of_the_rest_as_before(self) -> None:
        rows = cross_check(ACCOUNT, None, None, replace(ACCOUNT, typed=frozenset({What.SIREN})), None)
        number, name = cell(rows, What.SIREN, Source.KBIS), cell(rows, What.NAME, Source.KBIS)
        assert (number.agreement, number.sure, number.typed) == (SAME, False, True)
        assert (name.agreement, name.sure, name.typed) == (SAME, True, False)

    def test_of_another_number_is_surely_another_company(self) -> None:
        rows = cross_check(ACCOUNT, None, None, replace(ACCOUNT, siren=OTHER), None)
        seen = cell(rows, What.SIREN, Source.KBIS)
        assert (seen.agreement, seen.sure) == (DIFFERENT, True)


class TestEveryLayout:
    @pytest.mark.parametrize(
        ("layout", "company"),
        [
            pytest.param(layout, company, id=f"{layout.__name__}: {company.head}")
            for shift in (0, 2, 5)
            for layout, company in zip(LAYOUTS, (*COMPANIES[shift:], *COMPANIES[:shift]), strict=True)
        ],
    )
    def test_of_an_extract_agrees_with_the_company_it_is_of(
        self, layout: Layout, company: Company, tmp_path: Path
    ) -> None:
        file = tmp_path / "extrait.pdf"
        file.write_bytes(layout(company, date(2026, 3, 12)))
        text = "\f".join(page.text for page in texts_of(file))
        sole = layout is sole_trader
        account = Said(
            siren=company.siren,
            name=SIGNING[company.head] if sole else company.name,
            legal_form="Entreprise individuelle" if sole else company.legal_form,
            address=company.address,
            signatory=SIGNING[company.head],
        )
        rows = cross_check(account, None, None, said_by_extract(extract_from(text, by_ocr=False), text), None)
        agreed = {row.what: cell(rows, row.what, Source.KBIS).agreement for row in rows[:5]}
        alike = {SAME, CLOSE}
        assert agreed[What.SIREN] is SAME
        assert {agreed[What.NAME], agreed[What.ADDRESS]} <= alike
        assert agreed[What.LEGAL_FORM] in ({Agreement.UNSAID} if sole else alike)
        signatory = cell(rows, What.SIGNATORY, Source.KBIS)
        if layout in {domiciled, rne}:  # a company presides over this one
            assert (signatory.agreement, signatory.value) == (DIFFERENT, "HOLDING BELLERIVE")
        else:
            assert (signatory.agreement, signatory.value) == (CLOSE, company.head)


class TestTheHolderOfTheBankAccount:
    @pytest.mark.parametrize(
        ("holder", "expected"),
        [
            ("Atelier des Quatre Vents", SAME),
            ("SAS ATELIER DES QUATRE VENTS", CLOSE),
            ("Mme MARCHAND Élodie", CLOSE),
            ("Élodie Marchand", CLOSE),
            ("Élise Marchand", DIFFERENT),
            ("Holding Bellerive", DIFFERENT),
            ("", Agreement.UNSAID),
        ],
    )
    def test_is_the_company_or_less_surely_who_signs(self, holder: str, expected: Agreement) -> None:
        assert payer(replace(ACCOUNT, holder=holder)).agreement is expected

    @pytest.mark.parametrize(
        ("holder", "expected"),
        [
            ("Élodie Marchand", SAME),
            ("MARCHAND ELODIE", CLOSE),
            ("EI Élodie MARCHAND", CLOSE),
            ("Paul Marchand", DIFFERENT),
        ],
    )
    @pytest.mark.parametrize("name", ["Les Quatre Vents", "MARCHAND Élodie, Anne"])
    def test_of_a_sole_trader_is_a_person(self, holder: str, name: str, expected: Agreement) -> None:
        trader = replace(ACCOUNT, legal_form="Entreprise individuelle", name=name, holder=holder)
        assert payer(trader).agreement is (CLOSE if expected is SAME and "MARCHAND" in name else expected)

    def test_who_is_neither_is_told_with_both(self) -> None:
        assert payer(replace(ACCOUNT, holder="Paul Perrin")).remark == (
            f"Le compte bancaire est au nom de «{NBSP}Paul Perrin{NBSP}»{NARROW}; l’entreprise s’appelle "
            f"«{NBSP}Atelier des Quatre Vents{NBSP}», la personne qui signe, «{NBSP}Élodie Marchand{NBSP}»."
        )

    def test_who_only_signs_for_a_company_is_told(self) -> None:
        bears = replace(ACCOUNT, name="Élodie Marchand", holder="MARCHAND Élodie, Anne")
        for account in (replace(ACCOUNT, holder="Élodie Marchand"), bears):
            assert payer(account).remark.endswith("au nom de la personne qui signe, non de l’entreprise.")

    def test_alone_says_nothing(self) -> None:
        assert payer(Said(holder="Durand")).agreement is Agreement.UNSAID


class TestAStrangersText:
    @pytest.mark.parametrize("what", FROM_A_MANDATE)
    @pytest.mark.parametrize(
        "unit", ["a", "a b ", "12 ", "rn", "de la ", "É", "🍕", "A.", "ﷺ", "DURAND Camille, ", "\u0301"]
    )
    def test_of_ten_thousand_characters_is_compared_at_once(self, what: What, unit: str) -> None:
        text = unit * (10_000 // len(unit))
        before = time.process_time()
        assert compared(what, text, text[:-1] + "x").agreement is DIFFERENT
        assert compared(what, text, text).agreement is SAME
        assert len(compared(what, text, text + "1").value) <= 200
        assert time.process_time() - before < 1

    def test_of_an_extract_without_end_is_read_in_part(self) -> None:
        def signs(directors: int) -> Agreement:
            text = "GESTION, DIRECTION\n" + "PERRIN Jacques\n" * directors + "MARCHAND Élodie\n"
            rows = cross_check(ACCOUNT, None, None, Said(text=text), None)
            return cell(rows, What.SIGNATORY, Source.KBIS).agreement

        assert signs(100) is CLOSE
        assert signs(100_000) is Agreement.UNSAID


texts = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="abdeAÉ12 .,'-&’", max_size=30),
    st.lists(
        st.sampled_from(
            [
                "SARL",
                "SAS",
                "Durand",
                "DURAND",
                "Durant",
                "Camille",
                "Marie",
                "épouse",
                "de",
                "la",
                "Le",
                "rue",
                "R",
                "12",
                "bis",
                "75008",
                "Paris",
                "8",
                "St",
                "Ste",
                "Sté",
                "L’",
                ",",
                "M.",
            ]
        ),
        max_size=8,
    ).map(" ".join),
)
saids = st.builds(
    Said, siren=texts, name=texts, legal_form=texts, address=texts, signatory=texts, holder=texts,
    sure=st.booleans(), text=texts,
)  # fmt: skip
maybe = st.one_of(st.none(), saids)


class TestAlways:
    @settings(max_examples=30)
    @given(saids, maybe, maybe, maybe, maybe)
    def test_there_are_the_same_rows_and_a_remark_where_something_differs(
        self,
        account: Said,
        contract: Said | None,
        mandate: Said | None,
        kbis: Said | None,
        register: Said | None,
    ) -> None:
        rows = cross_check(account, contract, mandate, kbis, register)
        assert [row.what for row in rows] == list(What)
        for row in rows:
            for each in row.cells:
                assert bool(each.remark) == (each.agreement in {CLOSE, DIFFERENT})

    @given(st.sampled_from(FROM_A_MANDATE), texts, texts)
    @example(What.NAME, "Sté Ste", "Société Sainte")
    @example(What.SIGNATORY, "Durand Camille", "Camille Marie Durand")
    def test_the_order_of_the_two_changes_nothing(self, what: What, one: str, other: str) -> None:
        one, other = one + "x", other + "x"  # nothing said is nothing to compare
        assert compared(what, one, other).agreement is compared(what, other, one).agreement

    @given(st.sampled_from(FROM_A_MANDATE), texts)
    def test_a_text_is_the_same_as_itself(self, what: What, text: str) -> None:
        assert compared(what, text + "x", text + "x").agreement is SAME

    @given(st.integers(0, 999_999_999), st.integers(0, 8), st.integers(1, 9))
    def test_a_digit_of_a_siren_is_a_difference(self, number: int, place: int, more: int) -> None:
        digits = f"{number:09}"
        changed = digits[:place] + str((int(digits[place]) + more) % 10) + digits[place + 1 :]
        assert compared(What.SIREN, digits, changed).agreement is DIFFERENT

    @given(st.integers(1, 9999), st.integers(1, 9999), st.sampled_from(["", " bis", " ter", "B", " A"]))
    def test_another_street_number_is_a_difference(self, one: int, other: int, suffix: str) -> None:
        seen = compared(
            What.ADDRESS, f"{one} rue Foch 67000 Strasbourg", f"{other}{suffix} R FOCH 67000 STRASBOURG"
        )
        assert (seen.agreement is CLOSE) == (one == other and not suffix)
