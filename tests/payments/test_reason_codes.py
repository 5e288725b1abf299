"""What a bank means by the code with which it sends a collection back, and what follows."""

import pytest

from portal.payments.reason_codes import FOLLOWINGS, RETURN_REASONS, Following, return_reason


@pytest.mark.parametrize(
    ("code", "following"),
    [
        ("AM04", Following.REPRESENT),
        ("AC01", Following.ASK_ACCOUNT),
        ("AC04", Following.ASK_ACCOUNT),
        ("AC06", Following.ASK_ACCOUNT),
        ("AG01", Following.ASK_ACCOUNT),
        ("MD01", Following.BLOCK_MANDATE),
        ("MD06", Following.WRITE),
        ("MS02", Following.WRITE),
        ("MS03", Following.WRITE),
        ("RR04", Following.LOOK),
        ("FOCR", Following.LOOK),
    ],
)
def test_what_follows_of_each_reason(code: str, following: Following) -> None:
    assert return_reason(code).following is following


def test_nothing_is_collected_again_without_a_mandate_or_from_an_account_that_refuses() -> None:
    assert {code for code, one in RETURN_REASONS.items() if one.stops_the_mandate} == {
        *("AC01", "AC04", "AC06", "AG01", "DNOR", "MD01", "MD07", "RC01"),
    }


def test_a_code_is_read_whatever_its_case() -> None:
    assert return_reason(" am04 ") == RETURN_REASONS["AM04"]


def test_a_code_that_nobody_knows_is_looked_at() -> None:
    unknown = return_reason("XX99")
    assert unknown.following is Following.LOOK
    assert "XX99" in unknown.meaning
    assert return_reason("").meaning == "aucun motif n’est donné"


def test_what_follows_is_said_in_french_of_every_reason() -> None:
    assert set(FOLLOWINGS) == set(Following)
    assert all(one.meaning for one in RETURN_REASONS.values())
