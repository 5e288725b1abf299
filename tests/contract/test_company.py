"""CGV art. 8: the SIREN, as people type it."""

import pytest

from portal.contract.company import in_groups, read_siren
from portal.contract.refusal import Refusal
from tests.contract.specification import well_set


def refused(typed: str) -> str:
    with pytest.raises(Refusal) as caught:
        read_siren(typed)
    assert (caught.value.code, caught.value.clause) == ("siren_invalid", "8")
    assert well_set(caught.value.message), caught.value.message
    return caught.value.message


@pytest.mark.parametrize(
    "typed",
    [
        "732829320",
        "732 829 320",
        " 732829320\n",
        "732\u00a0829\u00a0320",
        "732\u202f829\u202f320",
        "732\u2009829\u2009320",
        "732.829.320",
        "732-829-320",
        "\t7 3 2 8 2 9 3 2 0 ",
    ],
)
def test_nine_digits_however_they_are_spaced(typed: str) -> None:
    assert read_siren(typed) == "732829320"


@pytest.mark.parametrize("typed", ["552100554", "542065479", "552120222", "356000000"])
def test_other_existing_numbers(typed: str) -> None:
    assert read_siren(typed) == typed


@pytest.mark.parametrize("typed", ["", " ", "\u00a0\u202f", "-", "..."])
def test_nothing_typed(typed: str) -> None:
    assert refused(typed) == (
        "Indiquez le SIREN de votre entreprise\u00a0: neuf chiffres, sur votre extrait K-bis."
    )


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("position", range(9))
def test_one_digit_wrong_is_always_seen(position: int, digit: int) -> None:
    siren = "732829320"
    typed = siren[:position] + str(digit) + siren[position + 1 :]
    if typed == siren:
        assert read_siren(typed) == siren
    else:
        message = refused(typed)
        assert "sa clé de contrôle est fausse" in message
        assert in_groups(typed) in message


def test_the_vendor_s_own_number_fails_its_key() -> None:
    assert "334\u202f401\u202f554 n’existe pas" in refused("334401554")


@pytest.mark.parametrize(
    "typed",
    [
        "73282932O",
        "RCS 732829320",
        "732/829/320",
        "732,829,320",
        "7328293²0",
        "\u0667\u0663\u0662\u0668\u0662\u0669\u0663\u0662\u0660",  # 732829320 in Arabic digits
        "\uff17\uff13\uff12\uff18\uff12\uff19\uff13\uff12\uff10",  # and in full-width ones
        "😀",
        "<script>alert(1)</script>",
        "x" * 10_000,
    ],
)
def test_anything_but_digits(typed: str) -> None:
    message = refused(typed)
    assert "que des chiffres" in message
    assert typed not in message


@pytest.mark.parametrize("typed", ["73282932000074", "732 829 320 00074", "35600000000048"])
def test_a_siret_is_recognised_and_its_siren_proposed(typed: str) -> None:
    message = refused(typed)
    assert message.startswith("C’est un SIRET (14\u00a0chiffres).")
    assert in_groups(typed.replace(" ", "")[:9]) in message


@pytest.mark.parametrize("typed", ["73282932000075", "73282932100074", "11111111111111"])
def test_an_impossible_siret_is_called_one(typed: str) -> None:
    message = refused(typed)
    assert message.startswith("Quatorze chiffres forment un SIRET, et celui-ci n’est pas valable.")
    assert in_groups(typed[:9]) in message


@pytest.mark.parametrize("length", [1, 2, 8, 10, 13, 15, 10_000])
def test_too_short_or_too_long(length: int) -> None:
    message = refused("7" * length)
    assert f"neuf chiffres\u202f; vous en avez saisi {length}." in message
    assert ("Comparez le chiffre avec" in message) is (length == 1)
    assert ("Comparez les chiffres avec" in message) is (length > 1)


def test_a_siren_is_shown_in_groups_of_three() -> None:
    assert in_groups("732829320") == "732\u202f829\u202f320"
