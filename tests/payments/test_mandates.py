"""CGV art. 10.2: the mandate's reference (RUM) and the vendor's identifier (ICS)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.contract.refusal import Refusal
from portal.payments.mandates import check_creditor_identifier, mandate_reference


def test_a_reference_names_the_contract_and_which_of_its_mandates() -> None:
    assert mandate_reference("CT-2026-0042", 1) == "CT-2026-0042-M1"
    assert mandate_reference("CT-2026-0042", 12) == "CT-2026-0042-M12"


@given(st.integers(0, 9_999_999), st.integers(1, 999), st.integers(0, 9_999_999), st.integers(1, 999))
def test_no_two_mandates_share_a_reference(one: int, first: int, other: int, second: int) -> None:
    references = (
        mandate_reference(f"CT-2026-{one:04}", first),
        mandate_reference(f"CT-2026-{other:04}", second),
    )
    assert (references[0] == references[1]) == ((one, first) == (other, second))
    assert all(re.fullmatch(r"[A-Za-z0-9/\-?:().,'+]{1,35}", reference) for reference in references)


@pytest.mark.parametrize(
    ("number", "edition"),
    [
        ("", 1),
        ("CT-2026-0042", 0),
        ("CT-2026-0042", -1),
        ("CT 2026 0042", 1),
        ("CT-2026-0042é", 1),
        ("/CT-2026-0042", 1),
        ("CT//2026", 1),
        ("CT-2026-0042\n", 1),
        ("C" * 33, 1),
    ],
)
def test_a_reference_that_a_bank_would_refuse_is_never_made(number: str, edition: int) -> None:
    with pytest.raises(ValueError, match="mandate"):
        mandate_reference(number, edition)


def test_the_longest_reference_has_thirty_five_characters() -> None:
    assert len(mandate_reference("C" * 32, 1)) == 35


@pytest.mark.parametrize("typed", ["FR72ZZZ123456", " fr72 zzz 123456 "])
def test_a_creditor_identifier_is_read_as_typed(typed: str) -> None:
    assert check_creditor_identifier(typed) == "FR72ZZZ123456"


def test_the_business_code_is_not_part_of_the_key() -> None:
    assert check_creditor_identifier("FR72ABC123456") == "FR72ABC123456"


@pytest.mark.parametrize(
    "typed", ["", "FR", "FR73ZZZ123456", "FR72ZZZ", "FR72ZZZ123465", "É", "FR72ZZZ12345É", "1" * 9000]
)
def test_a_wrong_creditor_identifier_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_creditor_identifier(typed)
    assert caught.value.code == "creditor_identifier_invalid"
    assert caught.value.clause == "10.2"
    assert "ICS" in caught.value.message
