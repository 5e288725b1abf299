"""The mails that a served portal has put into its folder, as their receivers would read them."""

import re
import time
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

PATIENCE_SECONDS = 120


def mails_to(data: Path, address: str) -> list[EmailMessage]:
    """Return the mails to an address, oldest first."""
    found: list[tuple[datetime, int, EmailMessage]] = []
    for file in sorted((data / "mails").glob("*.eml")):
        message = BytesParser(EmailMessage, policy=policy.default).parsebytes(file.read_bytes())
        if address in str(message["To"]):
            found.append((message["Date"].datetime, file.stat().st_mtime_ns, message))
    found.sort(key=lambda one: one[:2])
    return [message for *_, message in found]


def wait_for_mail(data: Path, address: str, subject: str) -> EmailMessage:
    """Return the newest mail to an address whose subject contains some words, waiting for it to arrive."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        mails = mails_to(data, address)
        about = [message for message in mails if subject in str(message["Subject"])]
        if about:
            return about[-1]
        subjects = [str(message["Subject"]) for message in mails]
        assert time.monotonic() < deadline, f"no mail about {subject!r} to {address}; there are {subjects}"
        time.sleep(0.1)


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    content: str = part.get_content()
    return content


def link_of(message: EmailMessage) -> str:
    """Return the first personal link of a mail."""
    found = re.search(r"https?://\S+jeton=\S+", text_of(message))
    assert found, text_of(message)
    return found[0]
