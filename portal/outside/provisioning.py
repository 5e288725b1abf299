"""What the CRM is asked for: opening, suspending, archiving, exporting and destroying a client's service.

The ledger of what was asked is kept in the records, by the services. Here is only how the CRM hears of
it: not at all, or by a signed HTTP call that may come twice and is told apart by its key.
"""

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

import httpx

from portal.outside.https import HttpsCaller
from portal.outside.unavailable import Unavailable

Action = Literal["open", "suspend", "restore", "archive", "reactivate", "destroy", "close", "export"]

TIMESTAMP_HEADER = "X-Portal-Timestamp"
SIGNATURE_HEADER = "X-Portal-Signature"
KEY_HEADER = "Idempotency-Key"


class ProvisioningUnavailable(Unavailable):
    """The CRM did not confirm the order; it may have received it, so the same key is sent again."""


@dataclass(frozen=True, slots=True)
class Order:
    """One thing asked of the CRM. `at` is the contract's instant, however late the order leaves.

    `key` is the same each time the same order is sent: the CRM carries it out once.
    """

    contract_id: str
    action: Action
    at: datetime
    key: str


class Provisioning(Protocol):
    async def ask(self, order: Order, asked_at: datetime) -> None:
        """Hand the order over at the instant `asked_at`; raise `ProvisioningUnavailable` where it fails."""
        ...


class LedgerOnly:
    """Nobody listens: the ledger alone says what the CRM's operator has to do by hand."""

    async def ask(self, order: Order, asked_at: datetime) -> None:
        """Do nothing: the order is in the ledger already."""


class SignedWebhook:
    """Tells the CRM by an HTTP call, signed so that it can be sure of who asks and when."""

    def __init__(self, url: str, secret: str, timeout_seconds: float = 10.0) -> None:
        """Raise `ValueError` where `url` is neither https nor local, or the secret is empty."""
        if not secret:
            raise ValueError("le secret du CRM manque : sans lui, rien ne prouve qui demande")
        self._url = url
        self._secret = secret
        self._timeout_seconds = timeout_seconds
        self._caller = HttpsCaller(url, agent="portal/0.1 (provisioning)")

    async def ask(self, order: Order, asked_at: datetime) -> None:
        body = _body(order)
        timestamp = str(int(asked_at.timestamp()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: signature(self._secret, timestamp, body),
            KEY_HEADER: order.key,
        }
        status = await self._post(body, headers)
        if not httpx.codes.is_success(status):
            raise ProvisioningUnavailable(f"Le CRM a répondu {status} au lieu de confirmer.")

    async def _post(self, body: bytes, headers: dict[str, str]) -> int:
        """Return the answer's status; what else the CRM says is not read."""
        seconds = self._timeout_seconds
        try:
            async with (
                asyncio.timeout(seconds),
                self._caller.client(seconds) as client,
                client.stream("POST", self._url, content=body, headers=headers) as response,
            ):
                return response.status_code
        except (TimeoutError, httpx.TimeoutException) as error:
            raise ProvisioningUnavailable("Le CRM n’a pas répondu à temps.") from error
        except (httpx.HTTPError, OSError) as error:
            raise ProvisioningUnavailable("Le CRM est injoignable.") from error


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return `v1=` and the HMAC-SHA256 of the timestamp (Unix seconds), a dot, and the body, in hexadecimal."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"v1={digest.hexdigest()}"


def verify_signature(
    secret: str,
    timestamp: str,
    body: bytes,
    signed: str,
    at: datetime,
    tolerance: timedelta = timedelta(minutes=5),
) -> bool:
    """Say whether a call came from the portal about the instant `at`, as the receiver must before it obeys.

    `timestamp` and `signed` are the two headers, `body` the bytes as they came, before any parsing.
    """
    expected = signature(secret, timestamp, body)
    if not hmac.compare_digest(expected.encode(), signed.encode()):
        return False
    # It is ours, so its timestamp is a number; an old call that somebody kept is refused here.
    return abs(at - datetime.fromtimestamp(int(timestamp), UTC)) <= tolerance


def _body(order: Order) -> bytes:
    """Return the order as JSON, the same bytes each time."""
    content = {
        "key": order.key,
        "contract_id": order.contract_id,
        "action": order.action,
        "at": order.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }
    return json.dumps(content, separators=(",", ":")).encode()
