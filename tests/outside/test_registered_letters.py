"""The provider of electronic registered letters is asked once for each letter, and believed only where it is clear."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from portal.outside.registered_letters import (
    ByHand,
    Code,
    Followed,
    HttpLetters,
    LetterStatus,
    LettersUnavailable,
    Outgoing,
    Postal,
    RegisteredLetters,
    registered_letters,
)
from tests.outside.servers import HttpServer, Reply, http_server

TOKEN = "un jeton du prestataire"
ANNE = Postal(name="Atelier Nord", lines=("14 rue du Port", "59140 Dunkerque"), email="anne@atelier.example")
US = Postal(name="PROMPT", lines=("1 rue de la Paix", "75000 Paris"), email="aide@prompt.example")
LETTER = Outgoing(key="letter:1", reference="CT-2026-0001", sender=ANNE, recipient=US, pdf=b"%PDF-1.7 lettre")
DEPOSITED = datetime(2027, 2, 16, 22, 41, 7, tzinfo=UTC)
PROOF = b"%PDF-1.7 preuve"


@pytest.fixture
def provider() -> Iterator[HttpServer]:
    with http_server() as server:
        yield server


def answer(*events: tuple[str, str, bytes | None], ident: object = "L-1") -> Reply:
    told = [
        {"code": code, "at": at, "proof": base64.b64encode(proof).decode() if proof else None}
        for code, at, proof in events
    ]
    return Reply(200, json.dumps({"id": ident, "events": told}).encode())


def letters(provider: HttpServer, timeout_seconds: float = 5.0) -> HttpLetters:
    return HttpLetters(f"{provider.url}/v1/", TOKEN, timeout_seconds)


async def test_a_letter_is_deposited_under_its_key(provider: HttpServer) -> None:
    provider.reply = answer(("DEPOSE", "2027-02-16T23:41:07+01:00", PROOF))
    for _ in range(2):
        deposit = await letters(provider).deposit(LETTER)
        assert deposit == Followed("L-1", (LetterStatus(Code.DEPOSITED, DEPOSITED, PROOF),))
    first, second = provider.calls
    assert first == second
    assert (first.method, first.path) == ("POST", "/v1/letters")
    assert first.headers["Authorization"] == f"Bearer {TOKEN}"
    assert first.headers["Idempotency-Key"] == "letter:1"
    sent = json.loads(first.body)
    assert base64.b64decode(sent.pop("document")) == LETTER.pdf
    assert sent == {
        "reference": "CT-2026-0001",
        "sender": {
            "name": "Atelier Nord",
            "address": ["14 rue du Port", "59140 Dunkerque"],
            "email": ANNE.email,
        },
        "recipient": {"name": "PROMPT", "address": ["1 rue de la Paix", "75000 Paris"], "email": US.email},
    }


async def test_what_has_happened_is_told_in_order_and_each_thing_once(provider: HttpServer) -> None:
    provider.reply = answer(
        ("REMIS", "2027-02-19T09:00:00Z", PROOF),
        ("DEPOSE", "2027-02-16T22:41:07Z", None),
        ("PRESENTE", "2027-02-17T08:00:00Z", None),
        ("DEPOSE", "2027-02-17T07:00:00Z", None),
    )
    followed = await letters(provider).follow("L-1")
    assert [(one.code, one.at.day) for one in followed.statuses] == [
        (Code.DEPOSITED, 16),
        (Code.PRESENTED, 17),
        (Code.DELIVERED, 19),
    ]
    assert provider.calls[0].path == "/v1/letters/L-1"


@pytest.mark.parametrize("status", [307, 400, 401, 409, 429, 500, 503])
async def test_what_is_not_confirmed_is_to_be_asked_again(provider: HttpServer, status: int) -> None:
    provider.reply = Reply(status, b"secret", {"Location": f"{provider.url}/elsewhere"})
    with pytest.raises(LettersUnavailable, match=str(status)) as caught:
        await letters(provider).deposit(LETTER)
    assert "secret" not in str(caught.value)
    assert len(provider.calls) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b""),
        Reply(200, b"<html>Bienvenue</html>"),
        Reply(200, b"[]"),
        Reply(200, b'{"id": "L-1"}'),
        answer(("PERDU", "2027-02-16T22:41:07Z", None)),
        answer(("DEPOSE", "2027-02-16T22:41:07", None)),
        answer(("DEPOSE", "hier", None)),
        answer(ident=""),
        answer(ident=7),
        Reply(
            200, b'{"id": "L-1", "events": [{"code": "DEPOSE", "at": "2027-02-16T22:41:07Z", "proof": "!!"}]}'
        ),
        answer(("DEPOSE", "2027-02-16T22:41:07Z", b"0" * 10_000_000)),
    ],
)
async def test_an_answer_that_is_none_confirms_nothing(provider: HttpServer, reply: Reply) -> None:
    provider.reply = reply
    with pytest.raises(LettersUnavailable):
        await letters(provider).deposit(LETTER)


async def test_an_answer_about_another_letter_is_not_believed(provider: HttpServer) -> None:
    provider.reply = answer(ident="L-2")
    with pytest.raises(LettersUnavailable, match="autre lettre"):
        await letters(provider).follow("L-1")


async def test_a_provider_that_hangs_or_is_not_there_is_left(provider: HttpServer) -> None:
    provider.reply = Reply(never=True)
    with pytest.raises(LettersUnavailable, match="à temps"):
        await letters(provider, 0.2).deposit(LETTER)
    with pytest.raises(LettersUnavailable, match="injoignable"):
        await HttpLetters("http://127.0.0.1:9", TOKEN).deposit(LETTER)


async def test_without_a_provider_letters_go_by_hand() -> None:
    none = registered_letters("", "")
    by_hand: RegisteredLetters = ByHand()
    assert not none.is_open
    for asked in (by_hand.deposit(LETTER), by_hand.follow("L-1")):
        with pytest.raises(LettersUnavailable):
            await asked
    assert registered_letters("https://lettres.example", TOKEN).is_open


@pytest.mark.parametrize(
    ("url", "token"), [("http://lettres.example", TOKEN), ("https://lettres.example", "")]
)
def test_a_letter_leaves_encrypted_and_under_a_token(url: str, token: str) -> None:
    with pytest.raises(ValueError, match=r"https|jeton"):
        HttpLetters(url, token)
