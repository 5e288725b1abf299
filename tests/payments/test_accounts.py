"""CGV art. 10.2: the account that invoices are collected from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.contract.refusal import Refusal
from portal.payments.accounts import (
    Account,
    check_bic_of,
    in_fours,
    left_to_type,
    masked,
    read_account,
    read_bic,
)

# Of a bank that does not exist.
IBAN = "FR3299999000010123456789A09"
# The example of the IBAN registry (ISO 13616), whose bank schwifty knows.
KNOWN = "FR1420041010050500013M02606"


def refused(typed: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_account(typed)
    assert caught.value.clause == "10.2"
    return caught.value


@pytest.mark.parametrize(
    "typed",
    [
        IBAN,
        "FR32 9999 9000 0101 2345 6789 A09",
        "fr32 9999 9000 0101 2345 6789 a09",
        "FR32-9999-9000-0101-2345-6789-A09",
        "  FR32\u00a09999\u202f9000 0101\t2345\n6789 A09 ",
        "IBAN : FR32 9999 9000 0101 2345 6789 A09",
        "IBAN FR32.9999.9000.0101.2345.6789.A09",
        "\ufeffFR32\u200b99999000010123456789A09",
    ],
)
def test_spaces_dashes_small_letters_and_the_word_iban_are_fine(typed: str) -> None:
    assert read_account(typed) == Account(iban=IBAN, bic="", bank_name="", country="FR")


def test_the_bank_is_named_from_the_iban_where_it_is_known() -> None:
    account = read_account(KNOWN)
    assert account.bic == "PSSTFRPP"
    assert account.bank_name == "LA BANQUE POSTALE"


@pytest.mark.parametrize(
    ("iban", "country"),
    [
        ("DE37999999990123456789", "DE"),
        ("MC1499999000010123456789A09", "MC"),
        ("AL93999999990000000123456789", "AL"),  # since 2024
    ],
)
def test_an_account_anywhere_in_sepa_will_do(iban: str, country: str) -> None:
    assert read_account(iban).country == country


@pytest.mark.parametrize("typed", ["", "  ", "-", "IBAN", "IBAN :"])
def test_nothing_typed_says_where_to_find_it(typed: str) -> None:
    refusal = refused(typed)
    assert refusal.code == "iban_missing"
    assert "RIB" in refusal.message


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (IBAN.replace("A", "É"), "« É »"),
        (IBAN + "€", "« € »"),
        ("FR３2", "« ３ »"),
        ("FR32_9999", "« _ »"),
        (IBAN + "\x00", "caractère invisible"),
        ("FR\u202e32", "caractère invisible"),
    ],
)
def test_a_character_that_no_iban_has_is_named(typed: str, named: str) -> None:
    refusal = refused(typed)
    assert refusal.code == "iban_characters"
    assert named.replace(" ", "\u00a0") in refusal.message or named in refusal.message


@pytest.mark.parametrize("typed", ["US8412345678901234", "ZZ12", "A" * 27, "1", "F", "9999"])
def test_an_unknown_country_is_refused(typed: str) -> None:
    refusal = refused(typed)
    assert refusal.code == "iban_country"
    assert "« FR »".replace(" ", "\u00a0") in refusal.message


def test_a_rib_in_place_of_an_iban_is_recognised() -> None:
    refusal = refused("99999 00001 0123456789A 09")
    assert refusal.code == "iban_country"
    assert "C’est sans doute un RIB" in refusal.message


def test_a_country_outside_of_sepa_is_named_in_french() -> None:
    refusal = refused("BR2099999999000010000123456C1")
    assert refusal.code == "iban_not_sepa"
    assert "Brésil" in refusal.message


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (IBAN[:-1], "vous en avez saisi 26, il en manque 1"),
        (IBAN[:-3], "il en manque 3"),
        (IBAN + "0", "vous en avez saisi 28, 1\u00a0caractère de trop"),
        (IBAN + "00", "2\u00a0caractères de trop"),
        ("FR", "il en manque 25"),
        (IBAN + "0" * 10_000, "de trop"),
    ],
)
def test_a_wrong_length_says_how_many_are_missing_or_too_many(typed: str, said: str) -> None:
    refusal = refused(typed)
    assert refusal.code == "iban_length"
    assert "France) compte 27\u00a0caractères" in refusal.message
    assert said in refusal.message


def test_a_letter_where_the_country_has_digits_is_refused() -> None:
    refusal = refused("FR32O9999000010123456789A09")
    assert refusal.code == "iban_structure"
    assert "les O et les zéros" in refusal.message
    assert refused("FRAA99999000010123456789A09").code == "iban_structure"


def test_a_wrong_key_is_refused() -> None:
    assert refused(IBAN.replace("012345", "012354")).code == "iban_check_digits"


@given(st.integers(2, 26), st.sampled_from("0123456789"))
def test_no_single_wrong_digit_passes(place: int, digit: str) -> None:
    typed = IBAN[:place] + digit + IBAN[place + 1 :]
    if typed != IBAN:
        assert refused(typed).code in {"iban_check_digits", "iban_rib_key"}


@pytest.mark.parametrize("typed", ["FR7599999000010123456789A11", "MC5799999000010123456789A11"])
def test_a_wrong_rib_key_is_refused_though_the_ibans_own_key_is_right(typed: str) -> None:
    refusal = refused(typed)
    assert refusal.code == "iban_rib_key"
    assert "clé RIB" in refusal.message


@given(st.text(max_size=60))
def test_whatever_is_typed_gets_an_account_or_a_refusal(typed: str) -> None:
    assert refused(typed).message


def test_no_refusal_repeats_the_number() -> None:
    for typed in (IBAN[:-1], IBAN + "0", IBAN.replace("012345", "012354"), "FR7599999000010123456789A11"):
        assert "0123456789" not in refused(typed).message


def test_an_iban_is_shown_in_groups_of_four_and_masked_for_others() -> None:
    assert in_fours(IBAN) == "FR32 9999 9000 0101 2345 6789 A09".replace(" ", "\u00a0")
    assert masked(IBAN) == "FR32 •••• •••• 9A09".replace(" ", "\u00a0")


# --- BIC -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "bic"),
    [("EXEMFR2L", "EXEMFR2L"), ("exem fr 2l xxx", "EXEMFR2LXXX"), ("", ""), ("  ", "")],
)
def test_a_bic_is_optional_and_typed_as_one_likes(typed: str, bic: str) -> None:
    assert read_bic(typed) == bic


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("EXEMFR2", "vous en avez saisi 7"),
        ("EXEMFR2LX", "vous en avez saisi 9"),
        ("EXEMXX2L", "pays de ce BIC"),
        ("12345678", "quatre lettres"),
        ("ÉXEMFR2L", "quatre lettres"),
        ("E" * 10_000, "8 ou 11"),
    ],
)
def test_a_wrong_bic_says_what_is_wrong(typed: str, said: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_bic(typed)
    assert caught.value.code == "bic_invalid"
    assert said in caught.value.message.replace("\u00a0", " ")
    assert "laissez ce champ vide" in caught.value.message


@pytest.mark.parametrize(
    ("iban", "bic"),
    [
        (KNOWN, ""),
        (KNOWN, "PSSTFRPP"),
        (KNOWN, "PSSTFRPPLIL"),  # another branch of the same bank
        (IBAN, "AGRIFRPP"),  # nobody knows the bank of this IBAN
        (IBAN, "AGRIGPGX"),  # Guadeloupe has French IBANs
        ("DE37999999990123456789", "COBADEFF"),
    ],
)
def test_a_bic_of_the_accounts_bank_will_do(iban: str, bic: str) -> None:
    check_bic_of(read_account(iban), bic)


@pytest.mark.parametrize(
    ("iban", "bic", "code", "said"),
    [
        (IBAN, "COBADEFF", "bic_other_country", "(DE, Allemagne) que l’IBAN (FR, France)"),
        ("DE37999999990123456789", "AGRIGPGX", "bic_other_country", "(GP, Guadeloupe)"),
        (KNOWN, "AGRIFRPPXXX", "bic_other_bank", "LA BANQUE POSTALE"),
    ],
)
def test_a_bic_of_another_bank_is_refused(iban: str, bic: str, code: str, said: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_bic_of(read_account(iban), bic)
    assert caught.value.code == code
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("typed", "left"),
    [("FR", 25), ("fr32 9999", 19), (IBAN, 0), (IBAN + "1", 0), ("F", 0), ("ZZ12", 0), ("", 0), ("BE", 14)],
)
def test_how_much_of_an_iban_is_left_to_type(typed: str, left: int) -> None:
    assert left_to_type(typed) == left
