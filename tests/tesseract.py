"""Tesseract with its French, installed by the tests where the system has none: no test of reading is skipped."""

import os
import shutil
import subprocess
from functools import cache

from portal.documents.ocr import is_installed


@cache
def ensure_installed() -> None:
    if not is_installed() and os.geteuid() == 0 and shutil.which("apt-get"):
        # Several workers may want it at once: the lock is dpkg's own.
        wait = ("-o", "DPkg::Lock::Timeout=240")
        subprocess.run(["apt-get", "update", "-qq", *wait], check=True, capture_output=True)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", *wait, "tesseract-ocr", "tesseract-ocr-fra"],
            check=True,
            capture_output=True,
        )
    assert is_installed(), (
        "no tesseract with French: install it (Debian: apt-get install tesseract-ocr tesseract-ocr-fra)"
    )
