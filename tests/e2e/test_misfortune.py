"""A database held by another writer, a full disk, a mail server that is down: what the person reads, and after.

Each is brought about outside the portal: a lock, a limit that the kernel sets on its process, a port that
nobody listens on. Nothing of Python is shown, and once it is over the act works, once.
"""

import re
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.mailbox import link_of, mails_to, wait_for_mail
from tests.e2e.pages_built import serve_from
from tests.e2e.server import Server, free_port
from tests.e2e.walking import add_user, fill_company, fill_person, ready, sign_in

pytestmark = pytest.mark.e2e

ANNE = "anne.leroy@atelier-nord.example"
# SQLite waits ten seconds for its turn; a person should not wait much longer.
PATIENCE_MS = 25_000


def users_of(server: Server, email: str) -> int:
    with closing(sqlite3.connect(server.data / "portal.db", timeout=10)) as connection:
        [count] = connection.execute(
            "SELECT count(*) FROM registrations JOIN persons ON persons.id = person_id WHERE email = ?",
            (email,),
        ).fetchone()
    return int(count)


@contextmanager
def another_writer(server: Server) -> Iterator[None]:
    """Hold the database as a backup or a maintenance script does that forgets to let go."""
    with closing(sqlite3.connect(server.data / "portal.db", isolation_level=None, timeout=10)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def full_disk(server: Server) -> Iterator[None]:
    """Let no file of the server's processes grow: to them the disk is full."""
    pids = server.pids()
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    yield
    # Also those that were started meanwhile, and were born with the limit.
    for pid in {*pids, *server.pids()}:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def forget_when_seen(server: Server) -> None:
    """Make it long since every session was seen, so that the next look wants to write it down."""
    with closing(sqlite3.connect(server.data / "portal.db", timeout=10)) as connection:
        connection.execute("UPDATE sessions SET seen_at = datetime(seen_at, '-5 minutes')")
        connection.commit()


def test_while_another_writer_holds_the_database(page: Page, context: BrowserContext, server: Server) -> None:
    sign_in(page, ANNE, "essai-sans-surprise")
    page.wait_for_url(re.compile("/espace$"))
    ready(page)
    company = context.new_page()
    company.goto("/essai")
    ready(company)
    fill_company(company)

    with another_writer(server):
        add_user(page, "Ines", "Roche", "ines@atelier-nord.example")
        company.get_by_role("button", name="Continuer").click(no_wait_after=True)
        failed = page.get_by_role("heading", name="Nous n’avons pas pu faire ce que vous demandiez")
        expect(failed).to_be_visible(timeout=PATIENCE_MS)
        expect(company.get_by_role("heading", level=1)).to_have_text(
            "Nous n’avons pas pu afficher cette page", timeout=PATIENCE_MS
        )
        expect(page.get_by_label("E-mail professionnel")).to_have_value("ines@atelier-nord.example")

    page.get_by_role("button", name="Fermer ce message").click()
    page.get_by_role("button", name="Ajouter et inviter").click()
    expect(page.get_by_text("Ines Roche fait partie de l’essai")).to_be_visible()
    assert users_of(server, "ines@atelier-nord.example") == 1
    # A job that met the lock may say so in the log; no page did.
    for one in (page, company):
        assert "Traceback" not in one.locator("body").inner_text()


def test_while_the_disk_is_full(page: Page, server: Server) -> None:
    sign_in(page, ANNE, "essai-sans-surprise")
    page.wait_for_url(re.compile("/espace$"))
    ready(page)
    forget_when_seen(server)

    with full_disk(server):
        page.reload()
        ready(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Votre essai est en cours")
        add_user(page, "Nora", "Diaz", "nora@atelier-nord.example")
        failed = page.get_by_role("heading", name="Nous n’avons pas pu faire ce que vous demandiez")
        expect(failed).to_be_visible(timeout=PATIENCE_MS)
        assert "Traceback" not in page.locator("body").inner_text()

    page.get_by_role("button", name="Fermer ce message").click()
    page.get_by_role("button", name="Ajouter et inviter").click()
    expect(page.get_by_text("Nora Diaz fait partie de l’essai")).to_be_visible()
    wait_for_mail(server.data, "nora@atelier-nord.example", "")
    assert users_of(server, "nora@atelier-nord.example") == 1
    assert len(mails_to(server.data, "nora@atelier-nord.example")) == 1


class Relay:
    """A mail server that keeps what it takes."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append(BytesParser(EmailMessage, policy=policy.default).parsebytes(envelope.content))
        return "250 OK"


@pytest.fixture
def mailing(built: Path, tmp_path: Path) -> Iterator[Server]:
    """A portal that sends its mails to a server of this machine, where none listens yet."""
    opened = Server(tmp_path / "mailing", free_port())
    serve_from(built, opened.data, opened.port)
    opened.settings = {
        "PORTAL_MAIL_HOST": "127.0.0.1",
        "PORTAL_MAIL_PORT": str(free_port()),
        "PORTAL_MAIL_SECURITY": "none",
    }
    opened.start()
    yield opened
    opened.close()


def test_while_the_mail_server_is_down(page: Page, mailing: Server) -> None:
    email = "anne@sans-relais.example"
    page.goto(f"{mailing.url}/essai")
    ready(page)
    fill_company(page, "552 100 554")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url(re.compile("/essai/vous"))
    fill_person(page, email)
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_role("heading", name="Consultez vos e-mails")).to_be_visible()
    wait_until_tried(mailing)

    relay = Relay()
    mails = Controller(relay, "127.0.0.1", int(mailing.settings["PORTAL_MAIL_PORT"]))
    mails.start()
    try:
        make_retries_due(mailing)
        wanted = [one for one in received(relay, email) if "Confirmez" in str(one["Subject"])]
    finally:
        mails.stop()
    assert len(wanted) == 1
    page.goto(link_of(wanted[0]))
    page.get_by_role("button", name="Confirmer mon adresse").click()
    page.wait_for_url(re.compile("/essai/conditions"))
    assert "Traceback" not in mailing.output()


def wait_until_tried(server: Server) -> None:
    """Wait until the portal has noted, for its staff and in French, that a mail could not leave."""
    deadline = time.monotonic() + 60
    while True:
        with closing(sqlite3.connect(server.data / "portal.db", timeout=10)) as connection:
            problems = [
                row[0] for row in connection.execute("SELECT problem FROM outbox WHERE problem <> ''")
            ]
        if problems:
            assert all("serveur" in one.lower() for one in problems), problems
            return
        assert time.monotonic() < deadline, "no mail was tried"
        time.sleep(0.1)


def make_retries_due(server: Server) -> None:
    """Let the minutes until the next attempt have passed, and have the portal look again after any act."""
    with closing(sqlite3.connect(server.data / "portal.db", timeout=10)) as connection:
        connection.execute("UPDATE outbox SET next_attempt_at = as_of WHERE next_attempt_at IS NOT NULL")
        connection.commit()
    server.look_again("personne@sans-relais.example")


def received(relay: Relay, email: str) -> list[EmailMessage]:
    """Return the mails that the relay has for an address, once there is one and no other follows."""
    deadline = time.monotonic() + 60
    while not any(email in str(one["To"]) for one in relay.mails):
        assert time.monotonic() < deadline, [str(one["To"]) for one in relay.mails]
        time.sleep(0.1)
    time.sleep(1)
    return [one for one in relay.mails if email in str(one["To"])]
