"""Electronic registered letters (lettre recommandée électronique, art. L. 100 CPCE).

A qualified provider takes a letter, proves its deposit, presents it to the addressee for fifteen days, and proves
what came of it. By default there is none: letters are posted by hand, and their proofs entered by hand.
"""

import asyncio
import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Protocol
from urllib.parse import quote

import httpx

from portal.outside.https import HttpsCaller
from portal.outside.unavailable import Unavailable

KEY_HEADER: Final = "Idempotency-Key"
_LONGEST_ANSWER: Final = 12 * 1024**2  # proofs are inside, in base 64
_LONGEST_ID: Final = 100


class Code(StrEnum):
    """What a provider says of a letter, in its own words."""

    DEPOSITED = "DEPOSE"
    PRESENTED = "PRESENTE"
    DELIVERED = "REMIS"
    REFUSED = "REFUSE"
    UNCLAIMED = "NON_RECLAME"


# After one of these nothing more happens to a letter.
FINAL: Final = frozenset({Code.DELIVERED, Code.REFUSED, Code.UNCLAIMED})


class LettersUnavailable(Unavailable):
    """The provider did not confirm; it may have taken the letter, so that the same key is sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postal:
    """A party of a letter as an envelope names it."""

    name: str
    lines: tuple[str, ...]
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A letter to deposit. `key` is the same each time it is sent: deposited twice, it is one letter."""

    key: str
    reference: str
    sender: Postal
    recipient: Postal
    pdf: bytes


@dataclass(frozen=True, slots=True)
class LetterStatus:
    """One thing that happened to a letter, at the provider's instant, and its proof (a PDF) where there is one."""

    code: Code
    at: datetime
    proof: bytes | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """A letter as the provider has it: its id there, and what has happened to it so far, in order."""

    id: str
    statuses: tuple[LetterStatus, ...]


class RegisteredLetters(Protocol):
    """Where electronic registered letters are deposited; `is_open` where letters can be at all."""

    @property
    def is_open(self) -> bool: ...

    async def deposit(self, letter: Outgoing) -> Followed:
        """Hand a letter over; raise `LettersUnavailable` where it is not confirmed."""
        ...

    async def follow(self, provider_id: str) -> Followed:
        """Return what has happened to a letter; raise `LettersUnavailable`."""
        ...


class ByHand:
    """No provider: letters go by post, and staff or clients enter what the post says."""

    is_open = False

    async def deposit(self, letter: Outgoing) -> Followed:  # noqa: ARG002 -- the Protocol's
        raise LettersUnavailable("Aucun prestataire de recommandé électronique n’est réglé.")

    async def follow(self, provider_id: str) -> Followed:  # noqa: ARG002 -- the Protocol's
        raise LettersUnavailable("Aucun prestataire de recommandé électronique n’est réglé.")


class HttpLetters:
    """A provider asked over HTTP: `POST /letters` deposits under a key, `GET /letters/{id}` says what happened.

    Both answer `{"id": …, "events": [{"code": "DEPOSE", "at": "2027-02-16T22:41:07Z", "proof": base 64 or null}]}`.
    """

    is_open = True

    def __init__(self, url: str, token: str, timeout_seconds: float = 20.0) -> None:
        """Raise `ValueError` where `url` is neither https nor local, or the token is empty."""
        if not token:
            raise ValueError("le jeton du prestataire de recommandés manque")
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._timeout_seconds = timeout_seconds
        self._caller = HttpsCaller(url, agent="portal/0.1 (registered letters)")

    async def deposit(self, letter: Outgoing) -> Followed:
        content = {
            "reference": letter.reference,
            "sender": _party(letter.sender),
            "recipient": _party(letter.recipient),
            "document": base64.b64encode(letter.pdf).decode("ascii"),
        }
        headers = {KEY_HEADER: letter.key, "Content-Type": "application/json"}
        return await self._asked("POST", "/letters", headers, json.dumps(content).encode())

    async def follow(self, provider_id: str) -> Followed:
        found = await self._asked("GET", f"/letters/{quote(provider_id, safe='')}", {}, None)
        if found.id != provider_id:
            raise LettersUnavailable("Le prestataire a répondu d’une autre lettre.")
        return found

    async def _asked(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> Followed:
        seconds = self._timeout_seconds
        try:
            async with (
                asyncio.timeout(seconds),
                self._caller.client(seconds) as client,
                client.stream(
                    method, f"{self._url}{path}", content=body, headers={**self._headers, **headers}
                ) as response,
            ):
                if not httpx.codes.is_success(response.status_code):
                    raise LettersUnavailable(
                        f"Le prestataire a répondu {response.status_code} au lieu de confirmer."
                    )
                return _read(await _whole(response))
        except (TimeoutError, httpx.TimeoutException) as error:
            raise LettersUnavailable("Le prestataire n’a pas répondu à temps.") from error
        except (httpx.HTTPError, OSError) as error:
            raise LettersUnavailable("Le prestataire est injoignable.") from error


def registered_letters(url: str, token: str) -> RegisteredLetters:
    """Return the provider that the settings name, or none."""
    return HttpLetters(url, token) if url else ByHand()


def _party(one: Postal) -> dict[str, object]:
    return {"name": one.name, "address": list(one.lines), "email": one.email}


async def _whole(response: httpx.Response) -> bytes:
    content = bytearray()
    async for part in response.aiter_bytes():
        content += part
        if len(content) > _LONGEST_ANSWER:
            raise LettersUnavailable("La réponse du prestataire est trop longue.")
    return bytes(content)


def _read(content: bytes) -> Followed:
    """Read an answer; what is no answer of the provider's confirms nothing."""
    try:
        answer: Any = json.loads(content)
        found = {one.code: one for one in (_status(event) for event in reversed(answer["events"]))}
        provider_id = answer["id"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LettersUnavailable("La réponse du prestataire n’est pas lisible.") from error
    if not isinstance(provider_id, str) or not 0 < len(provider_id) <= _LONGEST_ID:
        raise LettersUnavailable("La réponse du prestataire ne nomme pas la lettre.")
    # Said twice, it is the first that counts.
    return Followed(provider_id, tuple(sorted(found.values(), key=lambda one: one.at)))


def _status(event: Any) -> LetterStatus:
    at = datetime.fromisoformat(event["at"])
    if at.tzinfo is None:
        raise ValueError("an instant without its zone")
    proof = event.get("proof")
    try:
        pdf = base64.b64decode(proof, validate=True) if proof else None
    except binascii.Error as error:
        raise ValueError("a proof that is no file") from error
    return LetterStatus(Code(event["code"]), at.astimezone(UTC), pdf)
