"""An event that reads and writes the database, beside a bare Reflex handler, in the same run.

    uv run python -m tests.bench.events

Both are sent over the websocket to the production build, one event after another by each client, at 1, 50
and 200 clients at once. The ratio is what counts: the machine, Python and the sender are the same for both.
The bare handler is the counter of a page without database, session or gate.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path
from typing import Any

import httpx
import socketio

from portal.services.demonstration import PASSWORD
from portal.services.demonstration_clients import CLIENTS
from portal.web.client.space_state import SpaceState
from tests.e2e.server import Server, free_port

CLIENT_COUNTS = (1, 50, 200)
EVENTS_EACH = 10
SPACE = SpaceState.get_full_name()
BARE = "reflex___state____state.bare___bare____counter"
BARE_APP = """
import reflex as rx
class Counter(rx.State):
    count: int = 0
    @rx.event
    async def add(self):
        self.count += 1
def index():
    return rx.el.main(rx.el.button(Counter.count, on_click=Counter.add))
app = rx.App(toaster=None)
app.add_page(index, route="/")
"""
BARE_CONFIG = """
import reflex as rx
config = rx.Config(app_name="bare", telemetry_enabled=False, show_built_with_reflex=False,
                   disable_plugins=[rx.plugins.SitemapPlugin])
"""


async def one_client(url: str, cookie: str, event: str, payload: dict[str, Any]) -> list[float]:
    """Send events one after another; return how long each took, in milliseconds."""
    answered: asyncio.Event = asyncio.Event()
    client = socketio.AsyncClient(reconnection=False)
    client.on("event", lambda _: answered.set(), namespace="/_event")
    await client.connect(
        f"{url}?token={uuid.uuid4()}",
        socketio_path="/_event",
        namespaces=["/_event"],
        transports=["websocket"],
        headers={"Origin": url, **({"Cookie": cookie} if cookie else {})},
    )
    times = []
    for _ in range(EVENTS_EACH):
        answered.clear()
        began = time.perf_counter()
        message = {"name": event, "payload": payload, "router_data": {"pathname": "/", "query": {}}}
        await client.emit("event", message, namespace="/_event")
        await asyncio.wait_for(answered.wait(), 60)
        times.append((time.perf_counter() - began) * 1000)
    await client.disconnect()
    return times


async def measure(
    url: str, cookies: list[str], event: str, payload: dict[str, Any], clients: int
) -> tuple[float, float]:
    """Return the median and the 95th percentile, in milliseconds, of `clients` at once."""
    runs = (one_client(url, cookies[index % len(cookies)], event, payload) for index in range(clients))
    times = [one for run in await asyncio.gather(*runs) for one in run]
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def signed_in(server: Server, email: str) -> str:
    server.forget_attempts()
    answer = httpx.post(
        f"{server.url}/auth/connexion",
        data={"email": email, "password": PASSWORD, "suite": ""},
        headers={"origin": server.url},
    )
    return next(
        one.partition(";")[0]
        for one in answer.headers.get_list("set-cookie")
        if one.startswith("__Host-sid=")
    )


def start_bare(folder: Path, port: int) -> subprocess.Popen[bytes]:
    (folder / "bare").mkdir(parents=True)
    (folder / "bare" / "__init__.py").touch()
    (folder / "bare" / "bare.py").write_text(BARE_APP)
    (folder / "rxconfig.py").write_text(BARE_CONFIG)
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "REFLEX_USE_SYSTEM_BUN": "1",
        "REFLEX_STATE_MANAGER_MODE": "memory",
    }
    ports = ["--backend-port", str(port), "--frontend-port", str(port)]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "reflex",
            "run",
            "--env",
            "prod",
            "--single-port",
            "--backend-host",
            "127.0.0.1",
            *ports,
        ],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=1)
        except OSError:
            time.sleep(0.2)
        else:
            return process
    raise TimeoutError("the bare application did not start")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data", free_port())
        server.start()
        bare_port = free_port()
        bare = start_bare(Path(folder) / "bare-app", bare_port)
        try:
            cookies = [
                signed_in(server, client.admin.email) for client in CLIENTS if client.days_ago is not None
            ]
            form = {"form": {"first_name": "Banc", "last_name": "Essai", "email": "banc@essai.example"}}
            print(f"{'clients':>8}  {'bare p50/p95 ms':>18}  {'ours p50/p95 ms':>18}  ratio p50")
            for clients in CLIENT_COUNTS:
                theirs = asyncio.run(
                    measure(f"http://127.0.0.1:{bare_port}", [""], f"{BARE}.add", {}, clients)
                )
                ours = asyncio.run(measure(server.url, cookies, f"{SPACE}.add_user", form, clients))
                print(
                    f"{clients:>8}  {theirs[0]:>8.1f} / {theirs[1]:>7.1f}  {ours[0]:>8.1f} / {ours[1]:>7.1f}"
                    f"  {ours[0] / theirs[0]:>8.1f}"
                )
        finally:
            bare.terminate()
            bare.wait(15)
            server.close()


if __name__ == "__main__":
    main()
