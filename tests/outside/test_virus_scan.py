"""What clamd says of a file decides; what it does not say is decided by the mode."""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from portal.outside.unavailable import Unavailable
from portal.outside.virus_scan import Clamd, Finding, NoScan, Scan, ScanUnavailable, virus_scan

# Put together here: a file with these 68 characters would be quarantined by whoever checks the project out.
EICAR = b"".join((b"X5O!P%@AP[4\\PZX54(P^)7CC)7}", b"$EICAR-STANDARD-", b"ANTIVIRUS-TEST-FILE!$H+H*"))
CLEAN = b"%PDF-1.7 rien de suspect"
INFECTED = Scan(Finding.INFECTED, "Eicar-Test-Signature")

Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def clamd(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, longest: int = 25 * 1024**2
) -> None:
    """Speak INSTREAM as clamd does, with a base of one signature and its own `StreamMaxLength`."""
    if await reader.readexactly(10) != b"zINSTREAM\0":
        writer.write(b"UNKNOWN COMMAND\0")
        return
    content = b""
    while length := struct.unpack(">I", await reader.readexactly(4))[0]:
        if len(content) + length > longest:
            writer.write(b"INSTREAM size limit exceeded. ERROR\0")
            return
        content += await reader.readexactly(length)
    writer.write(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


@asynccontextmanager
async def listening(conversation: Conversation = clamd, socket: Path | None = None) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await conversation(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            return
        finally:
            writer.close()

    if socket:
        server = await asyncio.start_unix_server(answer, socket)
        address = str(socket)
    else:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield address
    finally:
        server.close()


def received(folder: Path, content: bytes) -> Path:
    path = folder / "received"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("socket", [False, True], ids=["tcp", "unix socket"])
@pytest.mark.parametrize(
    ("content", "found"),
    [
        (CLEAN, Scan(Finding.CLEAN)),
        (b"", Scan(Finding.CLEAN)),
        (EICAR, INFECTED),
        (b"%PDF-1.7\n" + b"x" * 3_000_000 + EICAR, INFECTED),
    ],
    ids=["clean", "empty", "infected", "infected at the end of 3 MB"],
)
async def test_clamd_says_what_is_in_a_file(
    tmp_path: Path, content: bytes, found: Scan, *, socket: bool
) -> None:
    async with listening(socket=tmp_path / "clamd.ctl" if socket else None) as address:
        assert await Clamd(address).scan(received(tmp_path, content)) == found


@pytest.mark.parametrize(
    ("finding", "passes"), [("clean", True), ("not_scanned", True), ("infected", False), ("refused", False)]
)
def test_only_what_nobody_objects_to_passes(finding: str, *, passes: bool) -> None:
    assert Scan(Finding(finding)).lets_through is passes


async def test_a_file_larger_than_clamd_takes_is_refused(tmp_path: Path) -> None:
    async def short(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await clamd(reader, writer, longest=100_000)

    async with listening(short) as address:
        found = await Clamd(address).scan(received(tmp_path, b"x" * 14_000_000))

    assert found.finding is Finding.REFUSED
    assert not found.lets_through


async def test_a_connection_cut_in_the_middle_of_a_file_is_a_refusal(tmp_path: Path) -> None:
    async def cuts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(50_000)
        writer.transport.abort()

    async with listening(cuts) as address:
        assert (await Clamd(address).scan(received(tmp_path, b"x" * 14_000_000))).finding is Finding.REFUSED


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    await asyncio.sleep(1)


async def confused(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readexactly(10 + 4 + len(CLEAN) + 4)
    writer.write(b"stream: Can't allocate memory ERROR\0")


async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readexactly(14)


@pytest.mark.parametrize("conversation", [silent, confused, mute])
async def test_required_it_fails_closed(tmp_path: Path, conversation: Conversation) -> None:
    async with listening(conversation) as address:
        with pytest.raises(ScanUnavailable) as unavailable:
            await Clamd(address, timeout_seconds=0.3).scan(received(tmp_path, CLEAN))

    assert isinstance(unavailable.value, Unavailable)
    assert "antivirus" in str(unavailable.value)


async def test_required_and_not_there_it_fails_closed(tmp_path: Path) -> None:
    with pytest.raises(ScanUnavailable):
        await virus_scan("required", str(tmp_path / "nobody.ctl")).scan(received(tmp_path, CLEAN))


async def test_optional_and_not_there_it_lets_through_and_says_so(tmp_path: Path) -> None:
    with capture_logs() as logs:
        found = await virus_scan("optional", str(tmp_path / "nobody.ctl")).scan(received(tmp_path, CLEAN))

    assert found == Scan(Finding.NOT_SCANNED)
    assert [(line["event"], line["log_level"]) for line in logs] == [("virus_scan.skipped", "warning")]


async def test_optional_and_there_it_is_listened_to(tmp_path: Path) -> None:
    async with listening() as address:
        assert await virus_scan("optional", address).scan(received(tmp_path, EICAR)) == INFECTED


async def test_off_nothing_is_asked(tmp_path: Path) -> None:
    assert isinstance(virus_scan("off", ""), NoScan)
    assert await virus_scan("off", "").scan(received(tmp_path, EICAR)) == Scan(Finding.NOT_SCANNED)


def test_an_unknown_mode_is_no_mode() -> None:
    with pytest.raises(ValueError, match="sometimes"):
        virus_scan("sometimes", "")
