"""A Chromium to drive: the one named or found on the system, else one that the set-up installs itself.

The shell without a window comes first: the whole browser draws its own toolbar, in a process of its own, for each
context that a test opens, which took a fourth of the time of the browser tests.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from filelock import FileLock

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WITHOUT_A_WINDOW = ("chromium-headless-shell", "chrome-headless-shell")
_WHOLE_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@cache
def executable() -> str | None:
    """Return the path of a Chromium, or None for Playwright's own; install one where there is none."""
    if found := os.environ.get("CHROMIUM") or _first_of(_WITHOUT_A_WINDOW):
        return found
    # The workers of a run ask at the same time: one installs, the others find it.
    with FileLock(Path(tempfile.gettempdir()) / "portal-tests-chromium.lock"):
        if found := _first_of(_WITHOUT_A_WINDOW) or _installed_by_the_system():
            return found
        if _installed_by_playwright():
            return None
        found = _first_of(_WHOLE_BROWSERS)
    assert found, (
        "no Chromium: install one (Debian: apt-get install chromium-headless-shell), or name it in CHROMIUM"
    )
    return found


def _installed_by_the_system() -> str | None:
    if os.geteuid() or not shutil.which("apt-get"):
        return None
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", _WITHOUT_A_WINDOW[0]]):
        subprocess.run(["apt-get", *arguments], capture_output=True, check=False)
    return _first_of(_WITHOUT_A_WINDOW)


def _installed_by_playwright() -> bool:
    """Install the shell that belongs to Playwright, and where we may the libraries that it needs."""
    asked = [sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]
    if not os.geteuid():
        asked.append("--with-deps")
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def _first_of(names: tuple[str, ...]) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)
