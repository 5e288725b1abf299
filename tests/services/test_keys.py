"""Keys: one for each purpose, and what is sealed opens for whom it was sealed."""

import pytest

from portal.services.keys import CannotOpen, Keys, fingerprint

KEYS = Keys(b"the secret key of a portal, of 40 letters")
OTHERS = Keys(b"the secret key of another portal, longer.")


def test_what_is_sealed_opens_for_the_same_person_and_key() -> None:
    assert KEYS.unseal(KEYS.seal(b"seed", bound_to="anne"), bound_to="anne") == b"seed"


def test_the_same_thing_is_never_sealed_twice_alike() -> None:
    assert KEYS.seal(b"seed", bound_to="anne") != KEYS.seal(b"seed", bound_to="anne")


@pytest.mark.parametrize("bound_to", ["paul", "", "anne "])
def test_it_opens_for_nobody_else(bound_to: str) -> None:
    with pytest.raises(CannotOpen):
        KEYS.unseal(KEYS.seal(b"seed", bound_to="anne"), bound_to=bound_to)


def test_another_key_is_told_from_an_altered_text() -> None:
    sealed = KEYS.seal(b"seed", bound_to="anne")

    with pytest.raises(CannotOpen, match="another secret key"):
        OTHERS.unseal(sealed, bound_to="anne")
    with pytest.raises(CannotOpen, match="altered"):
        KEYS.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), bound_to="anne")
    with pytest.raises(CannotOpen):
        KEYS.unseal(b"", bound_to="anne")


def test_tokens_are_long_repeatable_and_different_for_each_name_purpose_and_key() -> None:
    token = KEYS.token("link", "1")

    assert token == KEYS.token("link", "1")
    assert len(token) == 43
    assert len({token, KEYS.token("link", "2"), KEYS.token("code", "1"), OTHERS.token("link", "1")}) == 4


def test_a_purpose_does_not_run_into_a_name() -> None:
    assert KEYS.digest("ab", "c") != KEYS.digest("a", "bc")


def test_half_a_character_from_a_browser_is_only_a_wrong_token() -> None:
    assert fingerprint("\ud800") == fingerprint("?")
