"""Browser tests against the production build, served by the real command.

The pages are built once for a run. Each worker serves them on a port of its own, with a fresh portal for
each module (`tests/distribution.py` keeps a module on one worker).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.chromium import ARGUMENTS, executable
from tests.e2e.pages_built import serve_from
from tests.e2e.server import Server, free_port
from tests.e2e.walking import become_staff
from tests.e2e.whys import watch

# What is slow is seen by the benches; here a machine that is busy with other tests must not look like a fault.
expect.set_options(timeout=30_000)

# Where pictures of the pages are kept, for whoever wants to look: `PICTURES=1 uv run pytest tests/e2e`.
ARTEFACTS = Path(__file__).resolve().parents[2] / ".artifacts"


def wants_pictures() -> bool:
    return bool(os.environ.get("PICTURES"))


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture of a whole page where pictures are wanted; a third of a second each."""
    if wants_pictures():
        ARTEFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


@pytest.fixture(scope="session")
def port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A data folder whose pages are built, by whichever worker of the run comes first."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "built"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            server = Server(folder, free_port())
            server.start()
            # Else each server of the run would send its mails and draw its invoices anew.
            server.wait_until_idle()
            assert server.stop() == 0
    return folder


@pytest.fixture(scope="module")
def server(built: Path, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A portal in demonstration, with a clock that can be moved, fresh for each module."""
    data = tmp_path_factory.mktemp("portal") / "data"
    serve_from(built, data, port)
    running = Server(data, port)
    running.start()
    yield running
    running.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one module: while Playwright is open its loop runs, and no asynchronous test could."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        yield running
        running.close()


@contextmanager
def machine_of(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """Give a person a machine of her own, on which no page may show a date or an amount without its reason."""
    opened = browser.new_context(base_url=server.url, locale="fr-FR", timezone_id="Europe/Paris")
    opened.set_default_timeout(20_000)
    without_reason = watch(opened)
    yield opened
    opened.close()
    assert without_reason == set()


@pytest.fixture(scope="module")
def staff(browser: Browser, server: Server) -> list[Any]:
    """The cookies of a member of the staff."""
    with machine_of(browser, server) as context:
        become_staff(context.new_page(), server)
        cookies: list[Any] = list(context.cookies())
    return cookies


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    with machine_of(browser, server) as opened:
        yield opened


@pytest.fixture
def desk(browser: Browser, server: Server, staff: list[Any]) -> Iterator[Page]:
    """The page of a member of the staff, beside the client's."""
    with machine_of(browser, server) as machine:
        machine.add_cookies(staff)
        yield machine.new_page()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which no script may fail and nothing may be blocked."""
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "console",
        lambda message: (
            problems.append(f"{message.text} {message.location}")
            if "Content Security Policy" in message.text
            else None
        ),
    )
    yield opened
    assert not problems, problems
