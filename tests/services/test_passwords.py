"""Passwords: which are good enough, and what a check costs."""

import asyncio
import time
from typing import Literal

import pytest
from argon2 import PasswordHasher

from portal.services import passwords
from portal.services.passwords import HASHER, MAXIMUM, hash_password, is_outdated, matches, problem_with

KNOWN = ("Anne", "Leroy", "anne.leroy", "Atelier Nord", "732829320")


def problem(password: str, minimum: int = 12) -> str | None:
    return problem_with(password, minimum=minimum, context=KNOWN)


def test_the_parameters_are_the_second_profile_of_rfc_9106() -> None:
    assert (HASHER.time_cost, HASHER.memory_cost, HASHER.parallelism) == (3, 65_536, 4)
    assert HASHER.type.name == "ID"


async def test_a_real_hash_holds_its_parameters_and_takes_its_time() -> None:
    began = time.perf_counter()
    kept = await hash_password("trois brouettes en ut dièse")

    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await matches(kept, "trois brouettes en ut dièse")
    assert not await matches(kept, "trois brouettes en ut diese")
    assert time.perf_counter() - began > 0.05


async def test_four_at_once_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0

    class Slow:
        def hash(self, _password: str) -> str:
            nonlocal running, most
            running += 1
            most = max(most, running)
            time.sleep(0.02)
            running -= 1
            return ""

    monkeypatch.setattr(passwords, "HASHER", Slow())

    await asyncio.gather(*(hash_password("x") for _ in range(16)))

    assert most == 4


async def test_an_account_that_is_not_there_never_matches_and_costs_a_hash_with_todays_parameters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verified: list[str] = []

    class Spying(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 -- inherited
            verified.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "HASHER", Spying(time_cost=2, memory_cost=128, parallelism=2))

    assert not await matches(None, "trois brouettes")
    assert [kept.split("$")[1:4] for kept in verified] == [["argon2id", "v=19", "m=128,t=2,p=2"]]


async def test_a_damaged_hash_matches_nothing() -> None:
    assert not await matches("not a hash", "trois brouettes")


def test_a_hash_with_other_parameters_is_outdated() -> None:
    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("x"))


@pytest.mark.parametrize(
    "password",
    [
        "correct cheval agrafe",
        "le portail est bleu",
        "482915736042",
        "tournesol exanergy",
        "éàçè!()_éàçèù&",
        "🏭🏭🌻🌻🚲🚲🧲🧲🎻🎻🥕🥕",
        "  espaces  autour  ",
        "x7" * 6 + "brouette",
        "Anne a trois vélos",
        "a" * 100 + "brouettes à roulettes",
    ],
)
def test_no_rule_says_which_characters(password: str) -> None:
    assert problem(password) is None


@pytest.mark.parametrize(
    ("length", "minimum", "refused"), [(11, 12, True), (12, 12, False), (14, 15, True), (15, 15, False)]
)
def test_the_least_length(length: int, minimum: int, *, refused: bool) -> None:
    found = problem("brouettes à roulettes"[:length], minimum)

    assert (found is not None) is refused
    assert found is None or f"{length}\u00a0caractères\u202f; il en faut {minimum} au moins" in found


def test_an_accent_typed_in_two_strokes_counts_once() -> None:
    assert problem("e\u0301" * 6 + "ab") is not None
    assert problem("brouett" + "e\u0301" * 4) is not None
    assert problem("brouett" + "e\u0301u" * 3) is None


def test_the_greatest_length() -> None:
    phrase = "brouette à roulettes " * 10

    assert problem(phrase[:MAXIMUM]) is None
    assert (
        problem(phrase[: MAXIMUM + 1])
        == "Votre mot de passe dépasse 128\u00a0caractères\u00a0: raccourcissez-le."
    )
    assert problem("x" * 10_000) is not None


@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "motdepasse2026!!",
        "P@ssw0rd1234",
        "S0leil!!2026",
        "azertyuiop2026",
        "azertyazerty",
        "motdepassemotdepasse",
        "aaaaaaaaaaaa",
        "!!!!!!!!!!!!",
        "qsdfghjklmwxcvbn",
        "abcdefghijkl",
        "mlkjhgfdsqpoiu",
        "0987654321098765",
        "1qaz2wsx3edc",
        "JustinBieber",
    ],
)
def test_what_everyone_tries_first_is_refused(password: str) -> None:
    found = problem(password)

    assert found is not None
    assert "premiers que l’on essaie" in found


@pytest.mark.parametrize(
    "password",
    [
        "Atelier-Nord-2026",
        "anne.leroy.1980",
        "732829320732829320",
        "exanergy2026!!",
        "AnneLeroy+Nord",
        "ateliernord!!!",
    ],
)
def test_what_others_know_of_one_is_refused(password: str) -> None:
    found = problem(password)

    assert found is not None
    assert "reprend surtout votre nom" in found


def test_nothing_typed_is_a_sentence_of_its_own() -> None:
    assert problem("") == "Choisissez un mot de passe."
