"""Reading an extract (art. 8): the company's own number and the day it is « à jour au », or nothing.

The text is read here; `test_kbis_as_sent` reads whole documents.
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import siren as siren_check

from portal.contract.french import long_date, short_date
from portal.documents.kbis import UNREAD, Extract, extract_from, kind_of, read_pages
from tests.documents.extracts.companies import siren
from tests.documents.extracts.layouts import nic

OWN, OTHER, THIRD = siren("85160347"), siren("44907158"), siren("42098713")
TITLE = "EXTRAIT D'IMMATRICULATION PRINCIPALE AU REGISTRE DU COMMERCE ET DES SOCIETES"
HEADING = "IDENTIFICATION DE LA PERSONNE MORALE"


def grouped(number: str) -> str:
    return f"{number[:3]} {number[3:6]} {number[6:]}"


IMMATRICULATION = f"Immatriculation au RCS, numéro {grouped(OWN)} R.C.S. Nanterre"


def read(*lines: str, by_ocr: bool = False) -> Extract:
    return extract_from("\n".join(("Extrait Kbis", TITLE, *lines)), by_ocr=by_ocr)


def dated(words: str, *, by_ocr: bool = False) -> date | None:
    return read(words, HEADING, IMMATRICULATION, by_ocr=by_ocr).dated


def numbered(*lines: str, by_ocr: bool = False) -> str | None:
    return read("à jour au 12 mars 2026", HEADING, *lines, by_ocr=by_ocr).siren


class TestTheDay:
    @pytest.mark.parametrize(
        "words",
        [
            "à jour au 1er mars 2026",
            "à jour au 1 mars 2026",
            "À JOUR AU 1ER MARS 2026",
            "A JOUR AU 1ER MARS 2026",
            "A jour au : 01/03/2026",
            "à jour au 01.03.2026",
            "à\u00a0jour\u00a0au\u00a01er\u00a0mars\u00a02026",
            "à jour\nau 1er\nmars\n2026",
            "àjourau1ermars2026",
            "a\u0300 jour au 1er mars 2026",
            "Situation à jour à la date du 1er mars 2026",
        ],
    )
    @pytest.mark.parametrize("by_ocr", [False, True])
    def test_is_read_however_it_is_written(self, words: str, by_ocr: bool) -> None:
        assert dated(words, by_ocr=by_ocr) == date(2026, 3, 1)

    @given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
    def test_is_read_whatever_it_is(self, day: date) -> None:
        assert dated(f"à jour au {long_date(day)}") == day
        assert dated(f"à jour au {short_date(day)}", by_ocr=True) == day
        assert dated(f"A JOUR AU {long_date(day).upper()}", by_ocr=True) == day

    @pytest.mark.parametrize(
        "words",
        [
            "à jour au 31 février 2026",
            "à jour au 31/02/2026",
            "à jour au 00/03/2026",
            "à jour au 2er mars 2026",
            "à jour au 12 mars 2826",
            "à jour au 12 mars 202",
            "à jour au 12 brumaire 2026",
            "à jour au mars 2026",
            "",
        ],
    )
    def test_is_unread_where_no_such_day_exists(self, words: str) -> None:
        extract = read(words, HEADING, IMMATRICULATION)
        assert (extract.dated, extract.valid_until, extract.sure) == (None, None, False)

    @pytest.mark.parametrize(
        ("words", "day"),
        [
            ("à jour au ler mars 2026", date(2026, 3, 1)),
            ("à jour au I5 mars 2O26", date(2026, 3, 15)),
            ("à jour au 16 novemhre 2025", date(2025, 11, 16)),
            ("à jour au 3O janvler 2026", date(2026, 1, 30)),
            ("à jour au 1lmars2026", None),  # the eleventh, or the first of « lmars »
            ("à jour au 12 juil 2026", None),  # juin misread, or juillet cut
            ("à jour au 12 mar 2026", None),
            ("à jour au ?2 mars 2026", None),
        ],
    )
    def test_misread_by_ocr_is_mended_only_one_way_and_never_sure(self, words: str, day: date | None) -> None:
        extract = read(words, HEADING, IMMATRICULATION, f"EUID FR9201.{OWN}", by_ocr=True)
        assert extract.dated == day
        assert not extract.sure

    def test_is_not_the_day_of_printing_of_registration_or_of_birth(self) -> None:
        assert dated("délivré le 3 mars 2026\nDate d'immatriculation 03/06/2019\nné le 17/04/1968") is None

    @pytest.mark.parametrize("paper", ["Statuts à jour au", "Dernière mise à jour au", "Comptes à jour au"])
    def test_is_not_that_of_another_paper(self, paper: str) -> None:
        assert dated(f"{paper} 2 janvier 2020") is None
        assert dated(f"à jour au 12 mars 2026\n{paper} 2 janvier 2020") == date(2026, 3, 12)

    def test_written_in_two_ways_is_none(self) -> None:
        assert dated("à jour au 12 mars 2026\nà jour au 13 mars 2026") is None

    def test_in_the_future_is_read_as_it_is(self) -> None:
        assert dated("à jour au 12 mars 2091") == date(2091, 3, 12)

    def test_after_the_day_of_printing_was_misread(self) -> None:
        lines = (
            "à jour au 18 mars 2026",
            HEADING,
            IMMATRICULATION,
            "R.C.S. Nanterre - 17/03/2026 - 08:12:31",
        )
        assert read(*lines, by_ocr=True).dated is None
        assert read(*lines).dated == date(2026, 3, 18)

    def test_says_until_when_the_extract_is_good(self) -> None:
        assert read("à jour au 15 janvier 2026").valid_until == date(2026, 4, 14)
        assert read("à jour au 30 novembre 2025").valid_until == date(2026, 2, 27)


class TestTheNumber:
    @pytest.mark.parametrize(
        "line",
        [
            IMMATRICULATION,
            f"Immatriculation au RCS, numéro\n{grouped(OWN)} R.C.S. Nanterre",
            f"Immatriculation au RCS, numéro {OWN}",
            f"{grouped(OWN)} RCS NANTERRE",
            f"{grouped(OWN)}R.C.S.Nanterre",
            f"ImmatriculationauRCS,numéro{OWN}R.C.S.Nanterre",
            f"Numéro d'identification : R.C.S. NANTERRE B {grouped(OWN)}",
            f"Immatriculée au R.C.S. de Nanterre sous le numéro {grouped(OWN)}",
            f"SIREN\n{grouped(OWN)}",
            f"N° SIREN : {OWN[:3]}.{OWN[3:6]}.{OWN[6:]}",
            f"N° SIREN : {OWN[:3]}\u202f{OWN[3:6]}\u00a0{OWN[6:]}",
            f"SIRET (siège) {grouped(OWN)} {nic(OWN)}",
            f"Numéro unique européen FR9201.{OWN}",
        ],
    )
    def test_is_read_where_something_says_what_it_is(self, line: str) -> None:
        assert numbered(line) == OWN

    @given(st.from_regex(r"[1-9][0-9]{7}", fullmatch=True).map(siren))
    def test_is_read_whatever_it_is(self, number: str) -> None:
        assert numbered(f"Immatriculation au RCS, numéro {grouped(number)} R.C.S. Nanterre") == number

    @given(st.integers(0, 999_999_999))
    def test_without_a_right_key_is_unread(self, number: int) -> None:
        digits = f"{number:09}"
        expected = digits if siren_check.is_valid(digits) else None
        assert numbered(f"Immatriculation au RCS, numéro {grouped(digits)} R.C.S. Nanterre") == expected

    @pytest.mark.parametrize(
        "line", [f"Capital {grouped(OWN)} euros", f"Téléphone {OWN}", f"HRB {grouped(OWN)}"]
    )
    def test_is_no_number_that_nothing_names(self, line: str) -> None:
        assert numbered(line) is None

    @pytest.mark.parametrize(
        ("misread", "number"),
        [
            ("8SI 6O3 472", None),  # three letters are too many
            ("85I 6O3 472", OWN),
            ("8S1 603 472", OWN),
            ("851 6O3 473", None),  # the key is wrong
            ("851 603 47", None),
            ("1 851 603 472", None),
            ("851 603 472 1", None),
            ("?51 603 472", None),
        ],
    )
    def test_with_letters_for_digits_needs_its_key_and_is_never_sure(
        self, misread: str, number: str | None
    ) -> None:
        extract = read(
            "à jour au 12 mars 2026", HEADING, f"Immatriculation au RCS, numéro {misread} R.C.S. Nanterre"
        )
        assert (extract.siren, extract.sure) == (number, False)

    @pytest.mark.parametrize(
        "others",
        [
            f"Domiciliataire : BUREAUX DU PARC, {grouped(OTHER)} R.C.S. Paris",
            f"Domiciliation en commun BUREAUX DU PARC\nImmatriculation au RCS, numéro {grouped(OTHER)} R.C.S. Paris",
            f"Précédemment immatriculée sous le numéro {grouped(OTHER)} R.C.S. Lyon",
            f"Ancien numéro : {grouped(OTHER)} R.C.S. Lyon",
            f"Transfert du R.C.S. de Lyon, {grouped(OTHER)} R.C.S. Lyon",
            f"GESTION, DIRECTION\nPrésident HOLDING\nImmatriculation au RCS, numéro {grouped(OTHER)} R.C.S. Lyon",
            f"Commissaire aux comptes\nSIREN {grouped(OTHER)}",
            f"Précédent exploitant\n{grouped(OTHER)} R.C.S. Lyon",
            f"IMMATRICULATION HORS DE FRANCE\nRegistre étranger, numéro SIREN {grouped(OTHER)}",
        ],
    )
    @pytest.mark.parametrize("by_ocr", [False, True])
    def test_of_another_company_never_passes(self, others: str, by_ocr: bool) -> None:
        assert numbered(IMMATRICULATION, others, by_ocr=by_ocr) == OWN
        assert (
            numbered("Immatriculation au RCS, numéro ??? ??? ??? R.C.S. Nanterre", others, by_ocr=by_ocr)
            is None
        )
        assert numbered(others, by_ocr=by_ocr) is None

    def test_of_its_own_after_an_earlier_one_is_read(self) -> None:
        earlier = f"Précédemment immatriculée sous le numéro {grouped(OTHER)} R.C.S. Lyon"
        assert numbered(earlier, IMMATRICULATION) == OWN

    def test_that_differs_from_another_of_its_own_is_none(self) -> None:
        assert numbered(IMMATRICULATION, f"SIREN {grouped(OTHER)}") is None
        assert numbered(IMMATRICULATION, f"EUID FR9201.{OTHER}") is None

    def test_unlike_one_that_could_not_be_read_is_none(self) -> None:
        unread = "Immatriculation au RCS, numéro 851 6?3 47? R.C.S. Nanterre"
        assert numbered(unread, f"SIREN {grouped(OTHER)}") is None
        assert numbered(unread, f"SIREN {grouped(OWN)}") == OWN

    def test_at_the_foot_of_the_page_helps_where_the_other_is_unread(self) -> None:
        foot = f"GESTION\n{grouped(OWN)} R.C.S. Nanterre - 13/03/2026 - 08:12:31"
        assert numbered("Immatriculation au RCS, numéro 851 6?3 47? R.C.S. Nanterre", foot) == OWN


class TestThePages:
    SECOND = (
        f"{TITLE}\nDirecteur général\nImmatriculation au RCS, numéro {grouped(OTHER)} R.C.S. Lyon\npage 2/2"
    )

    def first(self, number: str) -> str:
        return f"{TITLE}\nà jour au 12 mars 2026\n{HEADING}\nImmatriculation au RCS, numéro {number} R.C.S. Nanterre\npage 1/2"

    def test_in_any_order_give_the_company_s_number(self) -> None:
        first = self.first(grouped(OWN))
        assert read_pages([first, self.SECOND], [False, False]).siren == OWN
        assert read_pages([self.SECOND, first], [False, False]).siren == OWN

    def test_without_the_first_give_no_number(self) -> None:
        continued = f"Immatriculation au RCS, numéro {grouped(OTHER)} R.C.S. Lyon\nPage 2 sur 2"
        for second in (self.SECOND, f"{TITLE}\n{continued}", continued):
            assert read_pages([second], [True]).siren is None
        assert read_pages([self.SECOND, self.first("851 6?3 472")], [True, True]).siren is None

    def test_of_two_companies_give_none(self) -> None:
        both = [self.first(grouped(OWN)), self.first(grouped(OTHER)).replace("1/2", "1/1")]
        assert read_pages(both, [False, False]).siren is None

    def test_none_or_empty_give_nothing(self) -> None:
        assert read_pages([], []) == UNREAD
        assert read_pages(["", " \n\f "], [True, False]) == UNREAD


class TestBeingSure:
    HEAD = ("à jour au 12 mars 2026", HEADING, IMMATRICULATION)

    def test_takes_one_reading_of_a_text(self) -> None:
        assert read(*self.HEAD).sure

    def test_takes_two_marks_and_a_month_in_words_by_ocr(self) -> None:
        euid = f"EUID FR9201.{OWN}"
        foot = f"GESTION\n{grouped(OWN)} R.C.S. Nanterre - 13/03/2026 - 08:12:31"
        assert not read(*self.HEAD, by_ocr=True).sure
        assert read(*self.HEAD, euid, by_ocr=True).sure
        assert read(*self.HEAD, foot, by_ocr=True).sure
        assert not read("à jour au 12/03/2026", HEADING, IMMATRICULATION, euid, by_ocr=True).sure

    def test_takes_the_number_and_the_day(self) -> None:
        assert not read("à jour au 12 mars 2026").sure
        assert not read(HEADING, IMMATRICULATION).sure


class TestTheKind:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            (f"Extrait Kbis\n{TITLE}", "kbis"),
            ("EXTRAIT K-BIS\nA JOUR AU 12/03/2026", "kbis"),
            (f"{TITLE}\nIDENTIFICATION DE LA PERSONNE PHYSIQUE", "k"),
            (f"Extrait K\n{TITLE}", "k"),
            ("Attestation d'immatriculation\nau Registre national des entreprises", "rne"),
            ("Facture\nALPHA SAS, R.C.S. Paris, à jour au 12 mars 2026", None),
            ("Pièces à joindre :\n- un extrait K-bis de moins de trois mois", None),
            ("La société est immatriculée au registre du commerce et des sociétés de Paris", None),
            ("", None),
        ],
    )
    def test_is_told_from_the_title(self, text: str, kind: str | None) -> None:
        assert kind_of([text]) == kind
        assert kind_of(["Pièce jointe", text]) == kind

    def test_without_one_nothing_is_read(self) -> None:
        assert extract_from(f"Facture\nSIREN {OWN}\nà jour au 12 mars 2026", by_ocr=False) == UNREAD


class TestTheOtherFields:
    def test_go_on_over_lines_until_the_next_label(self) -> None:
        extract = read(
            HEADING,
            "Dénomination ou raison sociale : ATELIER DES",
            "QUATRE VENTS",
            "Forme juridique ........ : Société par actions simplifiée",
            "Adresse du siège",
            "12 rue des Tanneurs",
            "92000 Nanterre",
            "Activités principales Conseil",
        )
        assert extract.name == "ATELIER DES QUATRE VENTS"
        assert extract.legal_form == "Société par actions simplifiée"
        assert extract.address == "12 rue des Tanneurs 92000 Nanterre"

    def test_a_form_in_brackets_goes_on_over_the_line(self) -> None:
        extract = read(
            HEADING, "Forme juridique SAS (société à", "associé unique)", "Siège social 1 rue Haute"
        )
        assert extract.legal_form == "SAS (société à associé unique)"
        assert extract.address == "1 rue Haute"

    def test_are_the_company_s_and_nobody_else_s(self) -> None:
        extract = read(
            HEADING, "GESTION, DIRECTION", "Dénomination HOLDING", "Forme juridique SAS", "Siège social ici"
        )
        assert (extract.name, extract.legal_form, extract.address) == (None, None, None)

    def test_are_bounded(self) -> None:
        name = read(HEADING, "Dénomination " + "A" * 5_000).name
        assert name is not None
        assert len(name) <= 250


@given(st.text(max_size=400))
def test_any_text_is_answered(text: str) -> None:
    extract = read(text, by_ocr=True)
    assert extract.siren is None or siren_check.is_valid(extract.siren)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece", ["1 ", "8 5 1 ", "jour au 1 ", "R.C.S. ", "denomination socialx\n", "délivré 1/"]
)
def test_a_text_made_to_be_slow_is_answered(piece: str) -> None:
    assert read("à jour au", piece * (400_000 // len(piece)), by_ocr=True).siren is None
