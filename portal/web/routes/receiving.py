"""Files that a browser sends (multipart/form-data, RFC 7578): to the disk as they come, never in memory.

Each is judged by its first kilobyte, and all stop at the first byte too many: nobody waits for an upload
that will be refused anyway. What a file says is somebody else's work (`services.pieces`).
"""

import asyncio
from asyncio import to_thread
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import IO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from portal.contract.french import count
from portal.documents.intake import (
    MAX_BYTES,
    MAX_PAGES,
    Fault,
    Unacceptable,
    format_of_bytes,
    unacceptable,
)
from portal.services.arrivals import LONGEST
from portal.services.piece_keeping import Sent

FIELD = "files"
SILENCE = timedelta(seconds=30)
"""A client that sends nothing for so long has gone."""

_HEAD = 1024
# Sixty parts with long names, and what stands between them.
_MOST_AROUND = 256 * 1024
# A browser reads the answer only once it has sent all it has: the rest is let in, unread, up to here.
_MOST_LET_IN = 32 * 1024**2
# Before the reception is over for those who wait for it: what is here has still to be looked at.
_TIME_TO_LOOK = timedelta(minutes=2)
_BAD, _NO_ROOM = 400, 507


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an upload may hold: so many files of so many bytes in all, each judged by its first kilobyte and its name.

    `judge` and `too_big` give, or raise, the refusal of a file.
    """

    most_files: int
    most_bytes: int
    judge: Callable[[bytes, str], object]
    too_big: Callable[[str], Unacceptable]


PIECES = Wanted(MAX_PAGES, MAX_BYTES, format_of_bytes, partial(unacceptable, Fault.TOO_BIG))


class NotReceived(Exception):
    """What came is no upload of ours, or not a whole one; the message is French, `status` is HTTP's."""

    def __init__(self, message: str, status: int = _BAD) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def no_room() -> NotReceived:
    return NotReceived(
        "Le portail n’a plus la place de recevoir ce fichier. Votre dossier est inchangé : réessayez dans "
        "quelques minutes, ou écrivez-nous si cela dure.",
        _NO_ROOM,
    )


class Body:
    """The body of a request, in the pieces in which it comes; it has to be whole within `longest`."""

    def __init__(self, request: Request, *, longest: timedelta = LONGEST - _TIME_TO_LOOK) -> None:
        self._stream = aiter(request.stream())
        self._ends = asyncio.get_running_loop().time() + longest.total_seconds()

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield what comes; raises `NotReceived` where nothing does, `ClientDisconnect` where it breaks off."""
        loop = asyncio.get_running_loop()
        while True:
            patience = min(loop.time() + SILENCE.total_seconds(), self._ends)
            try:
                async with asyncio.timeout_at(patience):
                    part = await anext(self._stream)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise NotReceived(
                    "L’envoi est trop lent ou s’est arrêté en route. Votre dossier est inchangé : vérifiez votre "
                    "connexion, puis envoyez de nouveau."
                ) from error
            yield part

    async def let_in(self) -> None:
        """Take the rest and forget it, so that the browser comes to read its answer."""
        length = 0
        try:
            async for part in self.parts():
                length += len(part)
                if length > _MOST_LET_IN:
                    return
        except NotReceived:
            return


async def received_files(
    content_type: str, body: Body, into: Path, wanted: Wanted = PIECES
) -> tuple[Sent, ...]:
    """Write the files of a request into a folder, and return them in their order.

    Raises `Unacceptable` for a file that cannot be taken, `NotReceived`, `ClientDisconnect`.
    """
    reception = _Reception(_boundary(content_type), into, wanted)
    try:
        async for part in body.parts():
            await to_thread(reception.take, part)
        return reception.sent()
    finally:
        await to_thread(reception.close)


def _boundary(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise _not_ours()
    return options[b"boundary"]


def _not_ours() -> NotReceived:
    return NotReceived("Cette demande ne vient pas d’un de nos formulaires.")


class _Reception:
    """The files of one request, so far. The disk may be slow: it is worked from a thread, one call after another."""

    def __init__(self, boundary: bytes, into: Path, wanted: Wanted) -> None:
        self._into = into
        self._wanted = wanted
        self._sent: list[Sent] = []
        self._file: IO[bytes] | None = None
        self._name = ""
        self._head = b""
        self._is_judged = False
        self._size = 0
        self._together = 0
        self._length = 0
        self._is_whole = False
        self._headers: dict[str, bytes] = {}
        self._field = self._value = b""
        callbacks = {
            "on_part_begin": self._begin,
            "on_header_begin": self._begin_header,
            "on_header_field": self._add_to_field,
            "on_header_value": self._add_to_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": self._write,
            "on_part_end": self._end,
            "on_end": self._end_all,
        }
        try:
            self._parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]  # its own TypedDict
        except FormParserError as error:
            raise _not_ours() from error

    def take(self, part: bytes) -> None:
        try:
            self._parser.write(part)
        except FormParserError as error:
            raise _not_ours() from error
        except OSError as error:
            raise no_room() from error
        self._length += len(part)
        # What no file holds: endless words before the first, between them or after the last.
        if self._length - self._together > _MOST_AROUND:
            raise _not_ours()

    def sent(self) -> tuple[Sent, ...]:
        """Return the files, all there; raises `NotReceived`."""
        if not self._length:
            raise _not_ours()
        if not self._is_whole:
            raise NotReceived(
                "L’envoi a été coupé avant la fin. Votre dossier est inchangé : envoyez de nouveau."
            )
        if not self._sent:
            raise NotReceived("Aucun fichier n’a été choisi : choisissez un PDF, ou une ou plusieurs photos.")
        return tuple(self._sent)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    # --- what the parser calls ---

    def _begin(self) -> None:
        self._headers = {}

    def _begin_header(self) -> None:
        self._field = self._value = b""

    def _add_to_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _add_to_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._field.decode("latin-1").lower()] = self._value

    def _open(self) -> None:
        kind, options = parse_options_header(self._headers.get("content-disposition"))
        if kind != b"form-data" or options.get(b"name") != FIELD.encode() or b"filename" not in options:
            raise _not_ours()
        self._name = options[b"filename"].decode(errors="replace")
        self._head, self._size, self._is_judged = b"", 0, False
        if len(self._sent) == self._wanted.most_files:
            raise Unacceptable(
                Fault.TOO_MANY_PAGES,
                f"Vous avez choisi plus de {count(self._wanted.most_files, 'fichier')}\u00a0: n’envoyez que ce qui est demandé.",
            )
        self._file = self._path.open("wb")

    def _write(self, data: bytes, start: int, end: int) -> None:
        length = end - start
        self._size += length
        self._together += length
        if self._size > self._wanted.most_bytes:
            raise self._wanted.too_big(self._name)
        if self._together > self._wanted.most_bytes:
            raise Unacceptable(
                Fault.TOO_BIG,
                "Vos fichiers dépassent ensemble 15\u00a0Mo\u00a0: envoyez des photos plus petites, ou un seul PDF numérisé en "
                "150\u00a0points par pouce.",
            )
        if not self._is_judged:
            self._head += data[start : min(end, start + _HEAD - len(self._head))]
            if len(self._head) == _HEAD:
                self._judge()
        if self._file is not None:
            self._file.write(memoryview(data)[start:end])

    def _end(self) -> None:
        if self._file is None:
            raise _not_ours()
        self._file.close()
        self._file = None
        if not self._size:
            # A form in which nothing was chosen holds an empty file without a name.
            if self._name:
                raise unacceptable(Fault.EMPTY, self._name)
            return
        if not self._is_judged:
            self._judge()
        self._sent.append(Sent(self._path, self._name))

    def _end_all(self) -> None:
        self._is_whole = True

    def _judge(self) -> None:
        self._wanted.judge(self._head, self._name)
        self._is_judged = True

    @property
    def _path(self) -> Path:
        """A name of ours: the sender's is only shown."""
        return self._into / f"{len(self._sent) + 1}"
