"""Passwords: which are good enough, how they are kept, how one is checked.

Argon2id with the second profile of RFC 9106 (3 passes, 64 MiB, 4 lanes), in threads, at most four at
once: 256 MiB at the worst, and nobody else waits. A password is taken as typed, spaces and all; only
its Unicode form is made one (NFC), because keyboards differ in how they compose an accent. Length and
commonness decide, never which kinds of characters it has.
"""

import asyncio
import base64
import os
import re
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from portal.contract.french import NBSP, typeset

MINIMUM_CLIENT = 12
MINIMUM_STAFF = 15
MAXIMUM = 128

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
_AT_ONCE = 4


class _Threads:
    """A pool rather than a semaphore: it bounds the threads themselves, and belongs to no event loop.

    A web worker is forked from a process that may have hashed already: threads do not come along, so
    the child begins with a pool of its own.
    """

    def __init__(self) -> None:
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self.pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="argon2")


_threads = _Threads()

_Result = TypeVar("_Result")


async def hash_password(password: str) -> str:
    """Return the hash to keep, with its salt and parameters."""
    return await _in_a_thread(lambda: HASHER.hash(_composed(password)))


async def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether the password is the one; None, for an account that is not there, takes as long."""
    return await _in_a_thread(lambda: _matches(password_hash, _composed(password)))


def is_outdated(password_hash: str) -> bool:
    """Tell whether a hash was made with other parameters than today's: hash again at sign-in."""
    return HASHER.check_needs_rehash(password_hash)


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        HASHER.verify(password_hash or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def _nobodys_hash() -> str:
    """Return a hash, with today's parameters, whose password nobody knows."""
    salt, digest = (base64.b64encode(b"\0" * size).rstrip(b"=").decode() for size in (16, 32))
    parameters = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    return f"$argon2id$v=19${parameters}${salt}${digest}"


async def _in_a_thread(work: Callable[[], _Result]) -> _Result:
    return await asyncio.get_running_loop().run_in_executor(_threads.pool, work)


def _composed(password: str) -> str:
    # Longer than any that was ever taken: it is wrong, and need not be gone through.
    return unicodedata.normalize("NFC", password[: 4 * MAXIMUM])


# --- which are good enough -----------------------------------------------------------------------

_OWN_WORDS = ("exanergy", "exanergycrm", "portail")
_LEAST_CONTEXT = 4
_LEAST_LEFT = 8
_LEAST_RUN = 8
_LONGEST_UNIT = 6
_LONGEST_DATE = 8
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_DISGUISES = str.maketrans("@4031$57", "aaoeisst")
_RUNS: Final = (
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
    "1234567890",
)

_TOO_COMMON = "Ce mot de passe est parmi les premiers que l’on essaie. Prenez-en un autre : quelques mots sans rapport entre eux se retiennent bien."
_TOO_PERSONAL = "Ce mot de passe reprend surtout votre nom, votre adresse ou votre entreprise. Ajoutez-y des mots sans rapport avec vous."


def problem_with(password: str, *, minimum: int, context: Iterable[str] = ()) -> str | None:
    """Return what is wrong with a new password, in French, or None.

    `context` is what others know of the person: name, company, SIREN, address.
    """
    password = _composed(password)
    if not password:
        return "Choisissez un mot de passe."
    if len(password) < minimum:
        return typeset(
            f"Votre mot de passe compte {len(password)}{NBSP}caractère{'s' if len(password) > 1 else ''} ; "
            f"il en faut {minimum} au moins. Une phrase convient très bien."
        )
    if len(password) > MAXIMUM:
        return typeset(f"Votre mot de passe dépasse {MAXIMUM}{NBSP}caractères : raccourcissez-le.")
    if _is_common(password):
        return typeset(_TOO_COMMON)
    if _is_personal(password, context):
        return typeset(_TOO_PERSONAL)
    return None


def _is_common(password: str) -> bool:
    """Tell whether it is on the list, but for digits and signs around it, or repeats, or follows the keys."""
    plain = password.casefold()
    bare = _letters_and_digits(plain)
    word = _AROUND.sub("", plain)
    if len(plain) - len(word) > _LONGEST_DATE or len(word) < _LEAST_CONTEXT:
        word = ""
    unit = _repeated(plain)
    if {plain, bare, word, word.translate(_DISGUISES), unit} & _common():
        return True
    return (len(unit) < len(plain) and len(unit) <= _LONGEST_UNIT) or _is_run(plain) or _is_run(bare)


def _is_personal(password: str, context: Iterable[str]) -> bool:
    """Tell whether little is left once the words that others know of the person are taken out."""
    left = _letters_and_digits(password.casefold())
    whole = left
    known = {word for text in (*context, *_OWN_WORDS) for word in _words(text)}
    for word in sorted(known, key=len, reverse=True):
        left = left.replace(word, "")
    return left != whole and len(left) < _LEAST_LEFT


def _words(text: str) -> set[str]:
    parts = {_letters_and_digits(part) for part in re.split(r"[\W_]+", text.casefold())}
    return {part for part in (*parts, _letters_and_digits(text.casefold())) if len(part) >= _LEAST_CONTEXT}


def _letters_and_digits(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text)
    return "".join(one for one in bare if one.isalnum())


def _repeated(text: str) -> str:
    """Return the shortest beginning that makes up all of `text` by repeating; `text` itself, if none does."""
    sizes = range(1, len(text) // 2 + 1)
    return next(
        (text[:size] for size in sizes if (text[:size] * len(text))[: len(text)] == text),
        text,
    )


def _is_run(text: str) -> bool:
    """Tell whether it only follows the keys or the alphabet, in either direction, round and round."""
    if len(text) < _LEAST_RUN:
        return False
    return any(text in run * (len(text) // len(run) + 2) for way in _RUNS for run in (way, way[::-1]))


@cache
def _common() -> frozenset[str]:
    return frozenset(FREQUENCY_LISTS["passwords"])
