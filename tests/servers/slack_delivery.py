"""How the test server delivers: over sockets or signed HTTP, again where nobody acknowledges in time."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web

from tests.servers.slack_world import SIGNING_SECRET, Json

if TYPE_CHECKING:
    from tests.servers.slack_server import SlackServer

EVENT, COMMAND, INTERACTION = "events_api", "slash_commands", "interactive"


@dataclass
class Delivery:
    """One thing that Slack tells the app. `seconds` is how long the acknowledgement took, None where there was none in time."""

    kind: str
    payload: Json
    tries: int = 0
    seconds: float | None = None
    reply: Any = None
    done: bool = False
    acked: asyncio.Event = field(default_factory=asyncio.Event)


class Sockets:
    """Socket Mode: each delivery goes to one of the open sockets, and waits while there is none."""

    def __init__(self, server: SlackServer) -> None:
        self._server = server
        self._open: list[web.WebSocketResponse] = []
        self._waiting: dict[str, Delivery] = {}
        self._arrived = asyncio.Event()
        self.opened = 0

    async def accept(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one socket; its ticket is good for one."""
        if not self._server.take_ticket(request.query.get("ticket", "")):
            raise web.HTTPForbidden
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        self.opened += 1
        connection = {"num_connections": len(self._open) + 1, "connection_info": {"app_id": "A0001"}}
        await socket.send_json({"type": "hello", **connection, "debug_info": {"host": "test", "approximate_connection_time": 18_060}})
        self._open.append(socket)
        self._arrived.set()
        try:
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    self._acknowledge(json.loads(frame.data))
        finally:
            if socket in self._open:
                self._open.remove(socket)
        return socket

    async def send(self, delivery: Delivery) -> None:
        """Send once, and wait for the acknowledgement until the deadline."""
        socket = await self._socket()
        envelope = f"e{self._server.world.number()}"
        self._waiting[envelope] = delivery
        frame = {
            "envelope_id": envelope, "type": delivery.kind, "payload": delivery.payload, "accepts_response_payload": delivery.kind != EVENT,
        }  # fmt: skip
        if delivery.kind == EVENT:
            frame |= {"retry_attempt": delivery.tries, "retry_reason": "timeout" if delivery.tries else ""}
        started = time.monotonic()
        try:
            await socket.send_json(frame)
            await asyncio.wait_for(delivery.acked.wait(), self._server.deadline)
            delivery.seconds = time.monotonic() - started
        except (TimeoutError, ConnectionError):
            pass
        finally:
            self._waiting.pop(envelope, None)

    async def drop(self) -> None:
        """Cut every socket without a word."""
        for socket in list(self._open):
            if socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()
        self._open.clear()

    async def refresh(self) -> None:
        """Ask the app to connect anew, as Slack does every few hours."""
        for socket in list(self._open):
            self._open.remove(socket)
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "test"}})

    async def _socket(self) -> web.WebSocketResponse:
        while not self._open:
            self._arrived.clear()
            await self._arrived.wait()
        return self._open[self._server.world.number() % len(self._open)]

    def _acknowledge(self, frame: Json) -> None:
        delivery = self._waiting.pop(str(frame.get("envelope_id")), None)
        if delivery is not None and not self._server.loses_ack():
            delivery.reply = frame.get("payload")
            delivery.acked.set()


class Posts:
    """Signed HTTP requests to the app's own port."""

    def __init__(self, server: SlackServer, url: str) -> None:
        self._server = server
        self._url = url

    async def send(self, delivery: Delivery) -> None:
        """Send once; anything but a 2xx in time is no acknowledgement."""
        body, kind = _encoded(delivery)
        headers = {"Content-Type": kind, **signature(body, int(time.time()))}
        if delivery.tries:
            headers |= {"X-Slack-Retry-Num": str(delivery.tries), "X-Slack-Retry-Reason": "http_timeout"}
        started = time.monotonic()
        try:
            async with self._server.session.post(self._url, data=body, headers=headers) as reply:
                text = await reply.text()
                if 200 <= reply.status < 300 and not self._server.loses_ack():
                    delivery.seconds = time.monotonic() - started
                    delivery.reply = json.loads(text) if text.startswith("{") else text
                    delivery.acked.set()
        except (TimeoutError, aiohttp.ClientError):
            pass


def signature(body: str, at: int, secret: str = SIGNING_SECRET) -> dict[str, str]:
    """The headers with which Slack signs a request."""
    digest = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}


async def deliver(server: SlackServer, delivery: Delivery) -> None:
    """Deliver; events again, up to three times, where they are not acknowledged."""
    delays = server.retries if delivery.kind == EVENT else ()
    for delay in (0.0, *delays):
        await asyncio.sleep(delay)
        await (server.posts or server.sockets).send(delivery)
        if delivery.acked.is_set():
            break
        delivery.tries += 1
    delivery.done = True
    server.changed()


def _encoded(delivery: Delivery) -> tuple[str, str]:
    if delivery.kind == EVENT:
        return json.dumps(delivery.payload), "application/json"
    fields = delivery.payload if delivery.kind == COMMAND else {"payload": json.dumps(delivery.payload)}
    return urlencode(fields), "application/x-www-form-urlencoded"
