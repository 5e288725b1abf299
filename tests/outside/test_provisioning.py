"""The CRM is asked by a signed call that it can check, and told apart by its key when it comes twice."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from portal.outside.provisioning import (
    Action,
    LedgerOnly,
    Order,
    Provisioning,
    ProvisioningUnavailable,
    SignedWebhook,
    verify_signature,
)
from portal.outside.unavailable import Unavailable
from tests.outside.servers import HttpServer, Reply, http_server

SECRET = "un secret partagé avec le CRM"
SUSPENDED_AT = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
ASKED_AT = datetime(2026, 3, 23, 7, 30, 12, tzinfo=UTC)
ORDER = Order(contract_id="c-1", action="suspend", at=SUSPENDED_AT, key="crm:c-1:7:suspend")


@pytest.fixture
def crm() -> Iterator[HttpServer]:
    with http_server() as server:
        server.reply = Reply(204)
        yield server


def webhook(crm: HttpServer, timeout_seconds: float = 5.0) -> SignedWebhook:
    return SignedWebhook(f"{crm.url}/portal", SECRET, timeout_seconds)


async def test_the_order_says_what_for_whom_and_as_of_when(crm: HttpServer) -> None:
    await webhook(crm).ask(ORDER, ASKED_AT)

    [call] = crm.calls
    assert (call.method, call.path) == ("POST", "/portal")
    assert call.headers["Content-Type"] == "application/json"
    assert json.loads(call.body) == {
        "key": "crm:c-1:7:suspend",
        "contract_id": "c-1",
        "action": "suspend",
        "at": "2026-03-02T23:00:00Z",
    }


async def test_the_receiver_can_verify_who_asks_and_when(crm: HttpServer) -> None:
    await webhook(crm).ask(ORDER, ASKED_AT)

    [call] = crm.calls
    timestamp, signed = call.headers["X-Portal-Timestamp"], call.headers["X-Portal-Signature"]
    assert timestamp == "1774251012"
    assert signed.startswith("v1=")
    assert verify_signature(SECRET, timestamp, call.body, signed, ASKED_AT + timedelta(minutes=5))
    assert verify_signature(SECRET, timestamp, call.body, signed, ASKED_AT - timedelta(minutes=5))


async def test_an_altered_call_is_refused_by_the_receiver(crm: HttpServer) -> None:
    await webhook(crm).ask(ORDER, ASKED_AT)

    [call] = crm.calls
    timestamp, signed = call.headers["X-Portal-Timestamp"], call.headers["X-Portal-Signature"]
    altered = call.body.replace(b"suspend", b"destroy")
    later = str(int(timestamp) + 1)
    assert not verify_signature(SECRET, timestamp, altered, signed, ASKED_AT)
    assert not verify_signature(SECRET, later, call.body, signed, ASKED_AT)
    assert not verify_signature("un autre secret", timestamp, call.body, signed, ASKED_AT)
    assert not verify_signature(SECRET, timestamp, call.body, "v1=é", ASKED_AT)
    assert not verify_signature(SECRET, "hier", call.body, signed, ASKED_AT)


async def test_a_call_kept_and_replayed_later_is_refused_by_the_receiver(crm: HttpServer) -> None:
    await webhook(crm).ask(ORDER, ASKED_AT)

    [call] = crm.calls
    timestamp, signed = call.headers["X-Portal-Timestamp"], call.headers["X-Portal-Signature"]
    too_late = ASKED_AT + timedelta(minutes=5, seconds=1)
    assert not verify_signature(SECRET, timestamp, call.body, signed, too_late)


async def test_an_order_sent_again_keeps_its_key_and_its_body(crm: HttpServer) -> None:
    await webhook(crm).ask(ORDER, ASKED_AT)
    await webhook(crm).ask(ORDER, ASKED_AT + timedelta(hours=3))

    first, second = crm.calls
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == ORDER.key
    assert first.body == second.body
    assert first.headers["X-Portal-Signature"] != second.headers["X-Portal-Signature"]


@pytest.mark.parametrize("status", [400, 401, 404, 409, 500, 503])
async def test_an_order_that_is_not_confirmed_is_to_be_sent_again(crm: HttpServer, status: int) -> None:
    crm.reply = Reply(status, body=b"secret details of the CRM")

    with pytest.raises(ProvisioningUnavailable, match=str(status)) as unavailable:
        await webhook(crm).ask(ORDER, ASKED_AT)

    assert isinstance(unavailable.value, Unavailable)
    assert "secret" not in str(unavailable.value)


async def test_a_redirect_is_not_followed(crm: HttpServer) -> None:
    crm.reply = Reply(307, headers={"Location": f"{crm.url}/elsewhere"})

    with pytest.raises(ProvisioningUnavailable, match="307"):
        await webhook(crm).ask(ORDER, ASKED_AT)

    assert [call.path for call in crm.calls] == ["/portal"]


async def test_a_crm_that_hangs_is_left_after_the_given_time(crm: HttpServer) -> None:
    crm.reply = Reply(never=True)

    with pytest.raises(ProvisioningUnavailable, match="à temps"):
        await webhook(crm, timeout_seconds=0.3).ask(ORDER, ASKED_AT)


async def test_a_crm_that_is_down_is_unavailable() -> None:
    with http_server() as gone:
        hook = webhook(gone)

    with pytest.raises(ProvisioningUnavailable, match="injoignable"):
        await hook.ask(ORDER, ASKED_AT)


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example/portal",
        "http://10.0.0.8/portal",
        "ftp://crm.example",
        "crm.example",
        "https://crm.example:x",
        "",
    ],
)
def test_orders_never_travel_in_clear(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        SignedWebhook(url, SECRET)


@pytest.mark.parametrize("url", ["https://crm.example/portal", "http://localhost:9/x", "http://[::1]:9/x"])
async def test_https_is_accepted_and_so_is_this_machine(url: str) -> None:
    assert SignedWebhook(url, SECRET)


def test_a_webhook_without_a_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        SignedWebhook("https://crm.example/portal", "")


@pytest.mark.parametrize("action", get_args(Action))
async def test_without_a_crm_every_order_counts_as_handed_over(action: Action) -> None:
    assert await is_handed_over(LedgerOnly(), replace(ORDER, action=action))


async def test_with_a_crm_an_order_is_handed_over_once_it_says_so(crm: HttpServer) -> None:
    assert await is_handed_over(webhook(crm), ORDER)
    crm.reply = Reply(500)
    assert not await is_handed_over(webhook(crm), ORDER)


async def is_handed_over(provisioning: Provisioning, order: Order) -> bool:
    try:
        await provisioning.ask(order, ASKED_AT)
    except ProvisioningUnavailable:
        return False
    return True
