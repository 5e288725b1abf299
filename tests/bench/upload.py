"""What a piece of 15 MB costs the server in memory while it is received, read and kept.

    uv run --no-sync python -m tests.bench.upload

The real server; what is counted is the memory of its own processes, sampled all along. The process that opens the
file is not the server's: it has its own limit (`documents.workshop`) and ends with the piece.
"""

import io
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pikepdf
import psutil

from portal.documents.intake import MAX_BYTES
from portal.services.demonstration_clients import CLIENTS
from tests.bench.events import signed_in
from tests.e2e.server import Server, free_port

MOST_ADDED = 20_000_000
_EVERY = 0.005
_STEADY, _STEADY_SECONDS, _LONGEST_SETTLING = 500_000, 5, 90


@dataclass
class Peak:
    """The most memory seen, in bytes."""

    value: int = 0


def a_pdf(size: int) -> bytes:
    """Return a PDF of one empty page and about so many bytes that no compression makes smaller."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.Root.Ballast = pdf.make_stream(os.urandom(size))
        pdf.save(out, compress_streams=False)
    return out.getvalue()


def resident(processes: list[psutil.Process]) -> int:
    return sum(int(process.memory_info().rss) for process in processes)


@contextmanager
def watched(processes: list[psutil.Process]) -> Iterator[Peak]:
    """Note the most memory that these processes have together, all along."""
    peak, over = Peak(), threading.Event()

    def watch() -> None:
        while not over.wait(_EVERY):
            peak.value = max(peak.value, resident(processes))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield peak
    finally:
        over.set()
        watching.join()


def settle(processes: list[psutil.Process]) -> None:
    """Wait until nothing grows any more: the mail about a piece is written after it, by what it loads then."""
    steady, before = 0, resident(processes)
    deadline = time.monotonic() + _LONGEST_SETTLING
    while steady < _STEADY_SECONDS and time.monotonic() < deadline:
        time.sleep(1)
        now = resident(processes)
        steady, before = (steady + 1 if abs(now - before) < _STEADY else 0), now


def send(server: Server, cookie: str, content: bytes) -> None:
    answer = httpx.post(
        f"{server.url}/espace/pieces/kbis",
        files={"files": ("extrait.pdf", content, "application/pdf")},
        headers={"origin": server.url, "cookie": cookie},
        timeout=120,
    )
    assert answer.status_code == 200, answer.text


def measure(server: Server, cookie: str, at_once: int) -> tuple[int, float]:
    """Return what pieces of 15 MB sent at once add to the server's memory, in bytes, and how long they took."""
    contents = [a_pdf(MAX_BYTES - 4096) for _ in range(at_once)]
    processes = [psutil.Process(pid) for pid in server.pids()]
    before = resident(processes)
    began = time.perf_counter()
    with watched(processes) as peak, ThreadPoolExecutor(at_once) as pool:
        for sending in [pool.submit(send, server, cookie, content) for content in contents]:
            sending.result()
    return peak.value - before, time.perf_counter() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data", free_port())
        server.start()
        try:
            cookie = signed_in(server, CLIENTS[0].admin.email)
            # What is loaded with the first piece, of whatever size, is no part of the others.
            send(server, cookie, a_pdf(1000))
            settle([psutil.Process(pid) for pid in server.pids()])
            print(f"{'at once':>8}  {'added MB':>9}  {'seconds':>8}")
            worst = 0
            for at_once in (1, 1, 1, 3):
                added, seconds = measure(server, cookie, at_once)
                print(f"{at_once:>8}  {added / 1e6:>9.1f}  {seconds:>8.1f}", flush=True)
                worst = max(worst, added if at_once == 1 else 0)
        finally:
            server.close()
    if worst >= MOST_ADDED:
        raise SystemExit(f"a piece of 15 MB adds {worst / 1e6:.1f} MB to the server's memory")


if __name__ == "__main__":
    main()
