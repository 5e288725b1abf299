"""How dates, hours and amounts read in French."""

from datetime import UTC, date, datetime, timedelta

import pytest
from babel.dates import format_date

from portal.contract import french
from tests.contract.specification import jour, le

NB, NARROW = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("03/03/2026", f"mardi{NB}3{NB}mars{NB}2026"),
        ("01/08/2026", f"samedi{NB}1er{NB}août{NB}2026"),
        ("11/02/2026", f"mercredi{NB}11{NB}février{NB}2026"),
        ("31/12/2026", f"jeudi{NB}31{NB}décembre{NB}2026"),
    ],
)
def test_a_full_date(day: str, text: str) -> None:
    assert french.full_date(jour(day)) == text


def test_every_day_of_a_year_reads_as_babel_writes_it() -> None:
    for n in range(366):
        day = date(2028, 1, 1) + timedelta(days=n)
        written = format_date(day, "EEEE d MMMM y", locale="fr").replace(" 1 ", " 1er ")
        assert french.full_date(day) == written.replace(" ", NB)
        assert french.full_date(day) == f"{french.weekday(day)}{NB}{french.long_date(day)}"


def test_a_short_date() -> None:
    assert french.short_date(jour("03/03/2026")) == "03/03/2026"


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        ("03/03/2026", f"0{NB}h{NB}00"),
        ("03/03/2026 09:05", f"9{NB}h{NB}05"),
        ("03/07/2026 18:00", f"18{NB}h{NB}00"),
        ("03/07/2026 23:59:59", f"23{NB}h{NB}59"),
    ],
)
def test_an_hour_is_that_of_paris(instant: str, text: str) -> None:
    assert french.hour(le(instant)) == text


def test_an_instant_is_on_the_day_of_paris() -> None:
    instant = datetime(2026, 3, 2, 23, tzinfo=UTC)
    assert french.full_instant(instant) == f"mardi{NB}3{NB}mars{NB}2026 à{NB}0{NB}h{NB}00"


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "0,00"),
        (5, "0,05"),
        (4900, "49,00"),
        (123456, f"1{NARROW}234,56"),
        (123456789, f"1{NARROW}234{NARROW}567,89"),
        (-1, "−0,01"),
        (-123456, f"−1{NARROW}234,56"),
    ],
)
def test_an_amount(cents: int, text: str) -> None:
    assert french.euros(cents) == f"{text}{NB}€"


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 jour"), (1, "1 jour"), (2, "2 jours"), (30, "30 jours"), (-1, "-1 jour")]
)
def test_a_count_is_plural_from_two_on(number: int, text: str) -> None:
    assert french.count(number, "jour") == text.replace(" ", NB)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mai 2026", "de mai 2026"),
        ("octobre 2026", "d’octobre 2026"),
        ("Émaux de Longwy", "d’Émaux de Longwy"),
        ("Œuvres du Nord", "d’Œuvres du Nord"),
        ("Hauts Fourneaux", "de Hauts Fourneaux"),
        ("", "de "),
    ],
)
def test_of_a_name_is_elided_before_a_vowel(name: str, text: str) -> None:
    assert french.of_name(name) == text


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["le contrat"], "le contrat"),
        (["le contrat", "le mandat"], "le contrat et le mandat"),
        (["le contrat", "le mandat", "le K-bis"], "le contrat, le mandat et le K-bis"),
    ],
)
def test_words_are_listed_with_et_before_the_last(words: list[str], text: str) -> None:
    assert french.listed(words) == text


def test_a_count_sets_its_thousands_apart() -> None:
    assert french.count(10_000, "utilisateur") == f"10\u202f000{NB}utilisateurs"


def test_a_count_of_what_has_its_own_plural() -> None:
    assert french.count(1, "jour ouvré", "jours ouvrés") == f"1{NB}jour ouvré"
    assert french.count(2, "jour ouvré", "jours ouvrés") == f"2{NB}jours ouvrés"


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("ainsi : oui", f"ainsi{NB}: oui"),
        ("oui ; non", f"oui{NARROW}; non"),
        ("Vraiment ?", f"Vraiment{NARROW}?"),
        ("Attention !", f"Attention{NARROW}!"),
        ("le « mot » dit", f"le «{NB}mot{NB}» dit"),
        ("voir l’article 5.1", f"voir l’article{NB}5.1"),
        ("Article 5.1", f"Article{NB}5.1"),
        ("les articles 5.1 et 8", f"les articles{NB}5.1 et 8"),
        ("un article sans numéro", "un article sans numéro"),
        ("10:00", "10:00"),
        (f"déjà{NB}: fait", f"déjà{NB}: fait"),
    ],
)
def test_punctuation_has_its_spaces(typed: str, set_: str) -> None:
    assert french.typeset(typed) == set_
    assert french.typeset(set_) == set_
