"""Browser tests against the production build, served by the real command.

One build serves them all: its port is baked into the pages, so the servers of a run share it, one after
the other, on one worker (`xdist_group`).
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.chromium import ARGUMENTS, executable
from tests.e2e.server import Server, free_port

ARTEFACTS = Path(__file__).resolve().parents[2] / ".artifacts"


@pytest.fixture(scope="session")
def port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, port: int) -> Path:
    """A data folder whose pages are built; the servers of the run start from copies of its `site`."""
    folder = tmp_path_factory.mktemp("built") / "data"
    server = Server(folder, port)
    server.start()
    assert server.stop() == 0
    return folder


@pytest.fixture(scope="module")
def server(built: Path, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A portal in demonstration, with a clock that can be moved, fresh for each module."""
    data = tmp_path_factory.mktemp("portal") / "data"
    data.mkdir()
    shutil.copytree(built / "site", data / "site", symlinks=True)
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


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    opened = browser.new_context(base_url=server.url, locale="fr-FR", timezone_id="Europe/Paris")
    opened.set_default_timeout(20_000)
    yield opened
    opened.close()


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
