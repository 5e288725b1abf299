"""The company register: name, form and address of a company, so that nobody types what is public.

It only ever helps. Where it is off, slow, down or wrong, the answer is "not known", within two seconds,
and the person goes on by hand.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Protocol

import httpx
import structlog
from pydantic import BaseModel, BeforeValidator, Field

from portal.outside.https import HttpsCaller
from portal.outside.legal_forms import legal_form

log = structlog.get_logger()

_MOST_BYTES = 256 * 1024
_FAILURES_IN_A_ROW = 5
_LONGEST_REST = timedelta(hours=1)
_SIREN_LENGTH = 9
# The register's own word for what a person asked it not to publish (diffusion partielle).
_WITHHELD = "NON-DIFFUSIBLE"


@dataclass(frozen=True, slots=True)
class Company:
    """What the register publishes; a field it withholds or does not know is empty.

    At most 200 characters each, 100 for the city and 10 for the postcode.
    """

    siren: str
    legal_name: str
    legal_form: str
    street: str
    postcode: str
    city: str
    active: bool


class CompanyRegister(Protocol):
    async def find(self, siren: str, at: datetime) -> Company | None:
        """Return the company, or None where it is not known or the register does not answer. Never raises.

        `at` is the machine's instant: it says how old a kept answer is.
        """
        ...


class NoRegister:
    """The register is off: people type their company's details."""

    async def find(self, siren: str, at: datetime) -> Company | None:  # noqa: ARG002 -- the Protocol's arguments
        """Know no company."""
        return None


class PublicRegister:
    """The French State's "Recherche d'entreprises" API: public, without a key, 7 requests a second.

    An answer, found or not, is kept for `cache_ttl`. After 5 failures in a row it is left alone for
    `rest`, then tried by one request; asked to wait (429), it waits as long as it is told, an hour at most.
    """

    def __init__(
        self,
        base_url: str,
        timeout_seconds: float = 2.0,
        cache_ttl: timedelta = timedelta(hours=24),
        rest: timedelta = timedelta(minutes=1),
        cache_size: int = 2_000,
    ) -> None:
        """Raise `ValueError` where `base_url` is neither https nor local."""
        self._url = f"{base_url.rstrip('/')}/search"
        self._timeout_seconds = timeout_seconds
        self._cache_ttl, self._cache_size = cache_ttl, cache_size
        self._breaker = _Breaker(rest)
        self._known: dict[str, _Known] = {}
        self._caller = HttpsCaller(base_url, agent="portal/0.1 (SIREN lookup at sign-up)")

    async def find(self, siren: str, at: datetime) -> Company | None:
        if not (len(siren) == _SIREN_LENGTH and siren.isascii() and siren.isdigit()):
            return None
        known = self._known.get(siren)
        if known and at < known.until:
            return known.company
        if not self._breaker.lets_through(at):
            return None
        try:
            company = await self._ask(siren)
        except _AskedToWait as asked:
            self._breaker.rest_for(asked.delay, at)
            log.warning("register.asked_to_wait")
            return None
        except (httpx.HTTPError, OSError, ValueError) as error:
            self._breaker.failed(at)
            log.warning("register.failed", kind=type(error).__name__)
            return None
        self._breaker.succeeded()
        self._remember(siren, _Known(company, at + self._cache_ttl))
        return company

    async def _ask(self, siren: str) -> Company | None:
        # Nine digits are searched for as a SIREN; `minimal` leaves out the officers, whom nobody needs here.
        query = {"q": siren, "page": "1", "per_page": "1", "minimal": "true", "include": "siege"}
        body = bytearray()
        async with (
            asyncio.timeout(self._timeout_seconds),
            self._caller.client(self._timeout_seconds) as client,
            client.stream("GET", self._url, params=query) as response,
        ):
            if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
                raise _AskedToWait(response.headers.get("Retry-After", ""))
            if response.status_code != httpx.codes.OK:
                raise _Unusable
            # Raw: an answer compressed although we asked for none could unfold without end.
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > _MOST_BYTES:
                    raise _Unusable
        answer = _Answer.model_validate_json(bytes(body))
        return next((found.company() for found in answer.results if found.siren == siren), None)

    def _remember(self, siren: str, known: "_Known") -> None:
        self._known.pop(siren, None)
        if len(self._known) >= self._cache_size:
            del self._known[next(iter(self._known))]
        self._known[siren] = known


class _Unusable(ValueError):
    """An answer of the wrong kind or size."""


class _AskedToWait(Exception):
    """The register has had too many requests from us, or from our provider's network."""

    def __init__(self, retry_after: str) -> None:
        super().__init__()
        seconds = int(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0
        self.delay = timedelta(seconds=min(seconds, _LONGEST_REST.total_seconds()))


@dataclass(frozen=True, slots=True)
class _Known:
    company: Company | None
    until: datetime


@dataclass(slots=True)
class _Breaker:
    """Stops asking a register that fails, so that nobody waits for it."""

    rest: timedelta
    failures: int = 0
    resting_until: datetime | None = None

    def lets_through(self, at: datetime) -> bool:
        if self.resting_until is None:
            return True
        if at < self.resting_until:
            return False
        # One request tries again; the others wait for what it finds.
        self.resting_until = at + self.rest
        return True

    def failed(self, at: datetime) -> None:
        self.failures += 1
        if self.failures >= _FAILURES_IN_A_ROW:
            self.resting_until = at + self.rest

    def rest_for(self, delay: timedelta, at: datetime) -> None:
        self.resting_until = at + max(delay, self.rest)

    def succeeded(self) -> None:
        self.failures = 0
        self.resting_until = None


def _published(value: object) -> object:
    """Return a text on one line, empty where the register has none or withholds it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "" if _WITHHELD in value else " ".join(value.split())
    return value


_Number = Annotated[str, BeforeValidator(_published), Field(max_length=10)]
_Line = Annotated[str, BeforeValidator(_published), Field(max_length=40)]
_Name = Annotated[str, BeforeValidator(_published), Field(max_length=100)]
_LongName = Annotated[str, BeforeValidator(_published), Field(max_length=200)]


class _Seat(BaseModel):
    """The registered office (siège)."""

    complement_adresse: _Line = ""
    numero_voie: _Number = ""
    indice_repetition: _Number = ""
    type_voie: _Line = ""
    libelle_voie: _Name = ""
    code_postal: _Number = ""
    libelle_commune: _Name = ""

    def street(self) -> str:
        way = (self.numero_voie, self.indice_repetition, self.type_voie, self.libelle_voie)
        # The number alone, left when the street is withheld, is no address.
        line = " ".join(filter(None, way)) if self.libelle_voie else ""
        return ", ".join(filter(None, (self.complement_adresse, line)))


class _Found(BaseModel):
    siren: str
    nom_complet: _LongName = ""
    nom_raison_sociale: _LongName = ""
    nature_juridique: _Number = ""
    etat_administratif: _Number = ""
    siege: _Seat | None = None

    def company(self) -> Company:
        seat = self.siege or _Seat()
        return Company(
            siren=self.siren,
            # A sole trader has no corporate name; `nom_complet` adds the acronym to a company's.
            legal_name=self.nom_raison_sociale or self.nom_complet,
            legal_form=legal_form(self.nature_juridique),
            street=seat.street(),
            postcode=seat.code_postal,
            city=seat.libelle_commune,
            active=self.etat_administratif != "C",
        )


class _Answer(BaseModel):
    results: list[_Found]
