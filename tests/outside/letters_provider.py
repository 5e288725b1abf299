"""A provider of electronic registered letters as it should be: one letter for a key, what it has said said again."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from portal.outside.registered_letters import KEY_HEADER, Code
from tests.outside.servers import Call, HttpServer, Reply, http_server

TOKEN = "un jeton du prestataire"


class LettersProvider:
    """Answers by its letters; `is_down` while it takes nothing, `loses` while it takes them and its answer is lost."""

    def __init__(self, server: HttpServer) -> None:
        self.url = server.url
        self.calls = server.calls
        self.is_down = False
        self.loses = False
        # What it says of each letter that it takes from now on, at once.
        self.deposits_at_once = True
        self._ids: dict[str, str] = {}
        self._events: dict[str, list[dict[str, str | None]]] = {}
        server.reply = self._reply

    @property
    def keys(self) -> list[str]:
        """The keys of the letters that it has, in the order in which they came."""
        return list(self._ids)

    def asked_to_deposit(self) -> list[str]:
        """Return the key of each request to deposit, the same one again where it was asked again."""
        return [one.headers[KEY_HEADER] for one in self.calls if one.method == "POST"]

    def says(self, key: str, code: Code, proof: bytes | None = None) -> None:
        """Let something happen to a letter, now."""
        self._events[self._ids[key]].append(
            {
                "code": code.value,
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "proof": base64.b64encode(proof).decode() if proof else None,
            }
        )

    def _reply(self, call: Call) -> Reply:
        if self.is_down or call.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Reply(503)
        if call.method == "POST":
            ident = self._take(call.headers[KEY_HEADER])
        else:
            ident = call.path.rpartition("/")[2]
        if self.loses:
            return Reply(502)
        return Reply(200, json.dumps({"id": ident, "events": self._events[ident]}).encode())

    def _take(self, key: str) -> str:
        if key not in self._ids:
            self._ids[key] = f"LRE-{len(self._ids) + 1}"
            self._events[self._ids[key]] = []
            if self.deposits_at_once:
                self.says(key, Code.DEPOSITED, deposit_proof(key))
        return self._ids[key]


def deposit_proof(key: str) -> bytes:
    return f"%PDF-1.7 dépôt de {key}".encode()


@contextmanager
def letters_provider() -> Iterator[LettersProvider]:
    with http_server() as server:
        yield LettersProvider(server)
