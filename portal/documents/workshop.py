"""Where strangers' files are opened: a process of its own for each piece, with little memory and little time.

Whatever a file does to the libraries that read it, it does there. That process is given the files and an
empty folder, none of our settings and secrets, and is killed with all it started when its time is over.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from pydantic import TypeAdapter, ValidationError

from portal.documents.intake import Fault, Unacceptable, display_name, format_of, unacceptable
from portal.documents.kbis import Extract
from portal.documents.kbis_zones import Kind
from portal.documents.sanitising import Removed
from portal.documents.signature_box import BoxToSee
from portal.documents.signatures import ElectronicSignature

AT_ONCE = 2  # processes: the memory they may take together is known
_LONGEST_ANSWER = 8 * 1024**2
_ENVIRONMENT: Final = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TESSDATA_PREFIX")

COPY: Final = "copy.pdf"
"""The name of the copy for consultation in the folder given to `examined`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` by the wall for one piece, after `wait_seconds` at most for its turn; the rest for each process."""

    wait_seconds: float = 60.0
    seconds: float = 14.0
    cpu_seconds: int = 13
    memory_bytes: int = 512 * 1024**2
    file_bytes: int = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Page:
    """What one page shows. `codes` are texts of QR codes, as somebody wrote them; unread pages have none.

    `preview` is the name of its image in the folder, None where there was no time left to draw it.
    """

    text: str
    by_ocr: bool
    codes: tuple[str, ...]
    preview: str | None


@dataclass(frozen=True, slots=True)
class Ink:
    """Whether there is ink in the box that was asked for; None where nobody could tell, or nobody saw its code."""

    page: int
    seen: bool | None


@dataclass(frozen=True, slots=True)
class Examined:
    """A piece as it was received: one PDF, or photos.

    `sha256` are of the received files in their order, `size` their bytes together. `kind` and `extract` are None
    where the pages are none. `unread` says that a page is an image that could not be read here: what it says is
    typed by hand. `rebuilt` says that the PDF was broken and put together again: nobody knows what it has lost.
    """

    photos: bool
    sha256: tuple[str, ...]
    size: int
    pages: tuple[Page, ...]
    kind: Kind | None
    extract: Extract | None
    ink: tuple[Ink, ...]
    signatures: tuple[ElectronicSignature, ...]
    removed: tuple[Removed, ...]
    unread: bool
    rebuilt: bool


@dataclass(frozen=True, slots=True)
class Task:
    """What the process is asked: `files` with the names that people know them by.

    `started` is this machine's monotonic clock, which both processes read: starting one takes time too.
    """

    files: tuple[tuple[Path, str], ...]
    into: Path
    boxes: tuple[BoxToSee, ...]
    roots: Path | None
    limits: Limits
    started: float = 0.0


@dataclass(frozen=True, slots=True)
class Refused:
    fault: Fault
    message: str


ANSWER: Final = TypeAdapter[Examined | Refused](Examined | Refused)


async def examined(
    paths: Sequence[Path],
    *,
    into: Path,
    names: Sequence[str] = (),
    boxes: Sequence[BoxToSee] = (),
    roots: Path | None = None,
    limits: Limits | None = None,
) -> Examined:
    """Return what the files of one piece are, with `copy.pdf` and a preview of each page in the folder `into`.

    `names` are what the person calls the files (their own, if not given); `boxes` where ink is looked for;
    `roots` a PEM file of the authorities that vouch for electronic signatures.
    Raises `Unacceptable`; `into` may then hold remains.
    """
    named = [display_name(name) for name in (names or [path.name for path in paths])]
    files = tuple(zip(map(_absolute, paths), named, strict=True))
    if not files:
        raise ValueError("nothing to examine")
    # Before any process is started: most wrong files are told by their first bytes.
    for path, name in files:
        await asyncio.to_thread(format_of, path, name)
    task = Task(files, _absolute(into), tuple(boxes), roots, limits or Limits())
    async with _turn(task):
        said, ended = await _answer(task)
    *begun, answer = said.split(b"\n")
    in_hand = _in_hand(begun, named)
    if ended is None or ended in {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM}:
        raise unacceptable(Fault.TOO_SLOW, in_hand)
    if ended < 0:  # a library that gets no memory aborts
        raise unacceptable(Fault.TOO_HEAVY, in_hand)
    try:
        found = ANSWER.validate_json(answer)
    except ValidationError as error:
        raise unacceptable(Fault.DAMAGED, in_hand) from error
    if isinstance(found, Refused):
        raise Unacceptable(found.fault, found.message)
    return found


def _in_hand(begun: Sequence[bytes], names: Sequence[str]) -> str:
    """Return the file that the process began last; a process that a file has taken over may say anything."""
    last = begun[-1] if begun else b"0"
    place = int(last) if last.isdigit() and len(last) < len("1000") else 0
    return names[place] if place < len(names) else names[0]


def _absolute(path: Path) -> Path:
    """The process works in a folder of its own."""
    return path.absolute()


async def _answer(task: Task) -> tuple[bytes, int | None]:
    """Return what the process said and how it ended: its code, less a signal, None if it was out of time.

    It says the number of each file before it opens it, on a line of its own, and what it found at last.
    """
    question = TypeAdapter(Task).dump_json(replace(task, started=time.monotonic()))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "portal.documents.workshop_task",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        cwd=task.into, env=_environment(task.into), start_new_session=True, limit=_LONGEST_ANSWER,
    )  # fmt: skip
    said = bytearray()
    try:
        async with asyncio.timeout(task.limits.seconds):
            await _conversation(process, question, said)
            return bytes(said), await process.wait()
    except TimeoutError:
        return bytes(said), None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # with the tesseract it may have started
        await asyncio.shield(process.wait())


async def _conversation(process: asyncio.subprocess.Process, question: bytes, said: bytearray) -> None:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a process without pipes")
    with suppress(ConnectionError):  # it died first: how it ended says why
        process.stdin.write(question)
        await process.stdin.drain()
    process.stdin.close()
    while len(said) <= _LONGEST_ANSWER and (part := await process.stdout.read(65_536)):
        said += part


def _environment(into: Path) -> dict[str, str]:
    """Return the little that a process needs to start; our settings, and with them our secrets, stay here."""
    return {
        **{name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        "TMPDIR": str(into),
        "OMP_THREAD_LIMIT": "1",
    }


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@asynccontextmanager
async def _turn(task: Task) -> AsyncIterator[None]:
    turns = _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    try:
        async with asyncio.timeout(task.limits.wait_seconds):
            await turns.acquire()
    except TimeoutError as error:
        raise unacceptable(Fault.BUSY, task.files[0][1]) from error
    try:
        yield
    finally:
        turns.release()
