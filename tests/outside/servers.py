"""Servers of this machine that stand for outside systems, and misbehave as asked."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.outside.certificates import Certificate

Stream = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Call:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What to answer. `delay` is between the bytes of `body`, in seconds."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    never: bool = False


class HttpServer:
    """Gives each request `reply`, or what it makes of it; remembers the requests, and that somebody left in the middle."""

    def __init__(self) -> None:
        self.reply: Reply | Callable[[Call], Reply] = Reply()
        self.calls: list[Call] = []
        self.closing = threading.Event()
        self.cut_off = threading.Event()
        self.url = ""


@contextmanager
def http_server(certificate: Certificate | None = None) -> Iterator[HttpServer]:
    server = HttpServer()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            query = parse_qs(parts.query)
            call = Call(self.command, parts.path, query, dict(self.headers), body)
            server.calls.append(call)
            reply = server.reply if isinstance(server.reply, Reply) else server.reply(call)
            if reply.never:
                server.closing.wait(20)
                return
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self._write(reply)
            except OSError:
                server.cut_off.set()

        def _write(self, reply: Reply) -> None:
            if not reply.delay:
                self.wfile.write(reply.body)
                return
            for byte in reply.body:
                if server.closing.wait(reply.delay):
                    return
                self.wfile.write(bytes([byte]))

        do_GET = do_POST = _answer  # noqa: N815 -- the names that http.server calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name in http.server
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listening.server_port}"
    if certificate:
        server.url = server.url.replace("http", "https")
        listening.socket = certificate.server_context().wrap_socket(listening.socket, server_side=True)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        listening.shutdown()
        thread.join()
        listening.server_close()


@contextmanager
def in_background(serve: Callable[[], Awaitable[asyncio.Server]]) -> Iterator[int]:
    """Run an asyncio server in a thread of its own, and give its port."""
    started: threading.Event = threading.Event()
    state: dict[str, int] = {}
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def main() -> None:
        async with await serve() as server:
            state["port"] = server.sockets[0].getsockname()[1]
            started.set()
            await stop.wait()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def run() -> None:
        loop.run_until_complete(main())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    started.wait(10)
    try:
        yield state["port"]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


@contextmanager
def tcp_server(talk: Stream) -> Iterator[int]:
    """Listen on a port and `talk` with whoever comes; closing is done here."""

    @asynccontextmanager
    async def closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
        try:
            yield
        finally:
            writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with closing(writer):
            await talk(reader, writer)

    with in_background(lambda: asyncio.start_server(connected, "127.0.0.1", 0)) as port:
        yield port
