"""A real portal for the browser tests: `portal serve` in a process of its own, on a port of its own."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import httpx
import psutil
from typer.testing import CliRunner

from portal.__main__ import main
from portal.clock import DemonstrationClock
from portal.contract.calendar import paris_day

READY_WITHIN_SECONDS = 240


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """`portal serve` on a data folder; started, stopped and started again as a test needs."""

    def __init__(self, data: Path, port: int, *, demo: bool = True) -> None:
        self.data = data
        self.port = port
        self.demo = demo
        self.settings: dict[str, str] = {}
        self.staff_link = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._log = data.parent / f"{data.name}.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        arguments = ["serve", "--port", str(self.port), "--data", str(self.data)]
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "portal", *arguments, *(["--demo"] if self.demo else [])],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=os.environ | {"PYTHONUNBUFFERED": "1"} | self.settings,
            )
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server did not start:\n{self.output()[-4000:]}")
            time.sleep(0.1)
        if found := re.search(r"(http\S+/premier-acces\?jeton=\S+)", self.output()):
            self.staff_link = found[1]

    def stop(self) -> int:
        """End it as Ctrl-C does; return its exit code."""
        process = self._process
        assert process is not None
        process.send_signal(signal.SIGINT)
        try:
            code = process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        self._process = None
        return code

    def close(self) -> None:
        if self._process is not None:
            self.stop()

    def wait_until_idle(self) -> None:
        """Wait until no mail and no invoice of the demonstration is left to make."""
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while left := self._left_to_do():
            assert time.monotonic() < deadline, f"{left} mails and invoices are still to be made"
            time.sleep(0.5)

    def _left_to_do(self) -> int:
        with sqlite3.connect(self.data / "portal.db", timeout=10) as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM outbox WHERE sent_at IS NULL AND next_attempt_at IS NOT NULL)"
                " + (SELECT count(*) FROM invoice_papers WHERE pdf_key IS NULL)"
            ).fetchone()
        connection.close()
        return int(row[0])

    def output(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def pids(self) -> list[int]:
        """Return the processes that serve: the one that was started and those that it has made."""
        assert self._process is not None
        return [self._process.pid, *(child.pid for child in psutil.Process(self._process.pid).children(True))]

    def now(self) -> datetime:
        """Return the portal's present: a demonstration's may run ahead."""
        return DemonstrationClock(self.data / "clock.json").now()

    def today(self) -> date:
        """Return the portal's day, that of Paris: near midnight the machine's is another."""
        return paris_day(self.now())

    def forget_attempts(self) -> None:
        """Empty the rate limits: many people sign in from this one machine."""
        with sqlite3.connect(self.data / "portal.db", timeout=10) as connection:
            connection.execute("DELETE FROM attempts")
        connection.close()

    def portal(self, *arguments: str) -> str:
        """Run another `portal` command on the same data, as an operator beside the server would.

        In this process, which has everything imported; on a thread, since Playwright's loop may run in this one.
        """
        with ThreadPoolExecutor(1) as pool:
            words = [*arguments, "--data", str(self.data)]
            done = pool.submit(CliRunner().invoke, main, words).result()
        assert done.exit_code == 0, done.output
        return done.output

    def look_again(self, address: str) -> None:
        """Have the portal look at what waits, as it does after any act: somebody unknown has forgotten a password."""
        httpx.post(
            f"{self.url}/auth/mot-de-passe/oublie", data={"email": address}, headers={"origin": self.url}
        )

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/ping", timeout=1) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False
