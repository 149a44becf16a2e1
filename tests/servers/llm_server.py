"""An OpenAI-compatible server over loopback that says what a test wants, in every bad way that there is."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: LanguageModel

    def do_POST(self) -> None:
        """Note the request, and answer it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append({"path": self.path, "key": self.headers.get("Authorization"), **json.loads(body)})
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the client has had enough
            self.server.reply(self)

    def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Send a body."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class LanguageModel(ThreadingHTTPServer):
    """The server. `reply` answers each request; `asked` holds what came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, Any]] = []
        self.reply: Reply = says("")

    @property
    def url(self) -> str:
        """The address, up to /v1."""
        return f"http://127.0.0.1:{self.server_port}/v1"


def says(text: str, finish: str = "stop") -> Reply:
    """A chat completion as it should be."""
    body = {
        "id": "c1",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}],
    }
    return lambda request: request.answer(json.dumps(body).encode(), Content_Type="application/json")


def sends(body: bytes, status: int = 200, **headers: str) -> Reply:
    """Any body."""
    return lambda request: request.answer(body, status, **headers)


def drips(seconds: float) -> Reply:
    """A byte now and then, for so long."""

    def reply(request: Handler) -> None:
        request.send_response(200)
        request.end_headers()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            request.wfile.write(b" ")
            request.wfile.flush()
            time.sleep(0.05)

    return reply


def floods(request: Handler) -> None:
    """Bytes without end."""
    request.send_response(200)
    request.end_headers()
    for _ in range(10_000):
        request.wfile.write(b" " * 65_536)


def hangs(request: Handler) -> None:
    """Nothing, for a second."""
    time.sleep(1)


def breaks(request: Handler) -> None:
    """Half an answer, then no connection."""
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b'{"choices": [')
    request.connection.close()


@contextmanager
def running() -> Iterator[LanguageModel]:
    """The server, listening."""
    server = LanguageModel()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
