"""The virus scan, by clamd where one is configured: INSTREAM, over TCP or a Unix socket.

Off, optional (a daemon that is silent lets the file through, which is logged) or required (it fails
closed). The file goes through in pieces; nothing of it is kept here.
"""

import asyncio
import os
import struct
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import structlog

from portal.outside.unavailable import Unavailable

log = structlog.get_logger()

_PIECE = 65_536
_LONGEST_REPLY = 4096
_FOUND = " FOUND"
_TOO_BIG = "size limit exceeded"


class ScanUnavailable(Unavailable):
    """The scan did not take place."""


class Finding(StrEnum):
    CLEAN = "clean"
    INFECTED = "infected"
    REFUSED = "refused"
    """The daemon does not take so large a file (its `StreamMaxLength`): nobody looked at it whole."""
    NOT_SCANNED = "not_scanned"


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found; `virus` is its name in the daemon's base, if it found one."""

    finding: Finding
    virus: str = ""

    @property
    def lets_through(self) -> bool:
        return self.finding in {Finding.CLEAN, Finding.NOT_SCANNED}


class VirusScan(Protocol):
    async def scan(self, path: Path) -> Scan:
        """Return what is in the file; raise `ScanUnavailable` where it must be known and cannot be."""
        ...


class NoScan:
    """The scan is off."""

    async def scan(self, path: Path) -> Scan:  # noqa: ARG002  # as its protocol has it
        return Scan(Finding.NOT_SCANNED)


class Clamd:
    """A clamd that has to answer. `address` is `tcp://host:port`, `host:port` or the path of a Unix socket."""

    def __init__(self, address: str, *, timeout_seconds: float = 20.0) -> None:
        self._address = address
        self._timeout_seconds = timeout_seconds

    async def scan(self, path: Path) -> Scan:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return _scan(await self._asked(path))
        except (OSError, TimeoutError, ValueError) as error:
            raise ScanUnavailable(
                "L’antivirus ne répond pas : aucun fichier n’est accepté sans lui."
            ) from error

    async def _asked(self, path: Path) -> str:
        file = await asyncio.to_thread(path.open, "rb", buffering=0)
        with file:
            reader, writer = await self._connected()
            try:
                try:
                    await _send(file.fileno(), writer)
                except ConnectionError:
                    # It closes as soon as it is sent too much; what it said may still be there to read.
                    with suppress(ConnectionError):
                        return await _reply(reader) or _TOO_BIG
                    return _TOO_BIG
                return await _reply(reader)
            finally:
                writer.transport.abort()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._address.startswith("/"):
            return await asyncio.open_unix_connection(self._address)
        host, _, port = self._address.removeprefix("tcp://").rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port))


class OptionalScan:
    """A scan whose silence lets files through."""

    def __init__(self, scan: VirusScan) -> None:
        self._scan = scan

    async def scan(self, path: Path) -> Scan:
        try:
            return await self._scan.scan(path)
        except Unavailable as error:
            log.warning("virus_scan.skipped", reason=str(error), cause=repr(error.__cause__))
            return Scan(Finding.NOT_SCANNED)


def virus_scan(mode: str, address: str) -> VirusScan:
    """Return the scan of a `mode`: off, optional or required."""
    match mode:
        case "off":
            return NoScan()
        case "optional":
            return OptionalScan(Clamd(address))
        case "required":
            return Clamd(address)
        case _:
            raise ValueError(mode)


async def _send(handle: int, writer: asyncio.StreamWriter) -> None:
    writer.write(b"zINSTREAM\0")
    while piece := await asyncio.to_thread(os.read, handle, _PIECE):
        writer.write(struct.pack(">I", len(piece)) + piece)
        await writer.drain()
    writer.write(struct.pack(">I", 0))
    await writer.drain()


async def _reply(reader: asyncio.StreamReader) -> str:
    reply = bytearray()
    while len(reply) < _LONGEST_REPLY and b"\0" not in reply:
        piece = await reader.read(_LONGEST_REPLY)
        if not piece:
            break
        reply += piece
    return reply.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _scan(reply: str) -> Scan:
    said = reply.removeprefix("stream: ")
    if said == "OK":
        return Scan(Finding.CLEAN)
    if said.endswith(_FOUND):
        return Scan(Finding.INFECTED, said.removesuffix(_FOUND)[:100])
    if _TOO_BIG in said:
        return Scan(Finding.REFUSED)
    raise ValueError(f"clamd answers {said[:100]!r}")
