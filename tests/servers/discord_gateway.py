"""The gateway: sessions that are identified, resumed, invalidated, dropped and silent, and what each then is told."""

from __future__ import annotations

import asyncio
import json
import secrets
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.servers.discord_world import Json

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)
GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 0, 1 << 9, 1 << 12, 1 << 15
MOST_FRAMES, LONGEST_FRAME = 120, 4096  # that a client may send in a minute; bytes


@dataclass
class Session:
    """What the gateway remembers of one identified client, so that it may resume."""

    shard: tuple[int, int]
    intents: int
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    sent: list[tuple[int, str]] = field(default_factory=list)
    connection: Connection | None = None

    def dispatch(self, event: str, data: Any) -> None:
        """Send an event, and keep it for a resume."""
        seq = len(self.sent) + 1
        frame = json.dumps({"op": DISPATCH, "t": event, "s": seq, "d": data})
        self.sent.append((seq, frame))
        if self.connection is not None:
            self.connection.send_text(frame)


class Connection:
    """One web socket. A silent one takes everything and says nothing."""

    def __init__(self, gateway: Gateway, socket: web.WebSocketResponse, compress: bool) -> None:
        self._gateway = gateway
        self.socket = socket
        self.session: Session | None = None
        self.silent = False
        self._zlib = zlib.compressobj() if compress else None
        self._out: asyncio.Queue[str] = asyncio.Queue()
        self._frames: deque[float] = deque()

    def send(self, op: int, data: Any = None) -> None:
        """Send a frame that is no event."""
        self.send_text(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def send_text(self, frame: str) -> None:
        """Send a frame, unless silent."""
        if not self.silent:
            self._out.put_nowait(frame)

    async def write(self) -> None:
        """Write what is to be sent, in order."""
        while True:
            frame = (await self._out.get()).encode()
            try:
                if self._zlib is None:
                    await self.socket.send_str(frame.decode())
                else:
                    await self.socket.send_bytes(self._zlib.compress(frame) + self._zlib.flush(zlib.Z_SYNC_FLUSH))
            except ConnectionError:
                return

    async def read(self) -> None:
        """Read until the client leaves or breaks a rule."""
        async for received in self.socket:
            if received.type is not WSMsgType.TEXT:
                continue
            if (code := self._fault(received.data)) is not None or (code := self._take(json.loads(received.data))) is not None:
                await self.socket.close(code=code)
                return

    def _fault(self, text: str) -> int | None:
        now = asyncio.get_running_loop().time()
        self._frames.append(now)
        while self._frames[0] < now - 60:
            self._frames.popleft()
        if len(self._frames) > MOST_FRAMES:
            return 4008
        return 4002 if len(text.encode()) > LONGEST_FRAME else None

    def _take(self, frame: Json) -> int | None:
        """Act on a frame; the close code where it breaks a rule."""
        op, data = frame["op"], frame["d"]
        if op == HEARTBEAT:
            self.send(ACK)
            return None
        if op == IDENTIFY:
            return 4005 if self.session else self._identify(data)
        if op == RESUME:
            return self._resume(data)
        if self.session is None:
            return 4003
        return None if op in (3, 4, 8) else 4001

    def _identify(self, data: Json) -> int | None:
        if data["token"] != self._gateway.token:
            return 4004
        if data["intents"] & PRIVILEGED & ~self._gateway.privileged:
            return 4014
        shard = tuple(data.get("shard") or (0, 1))
        if shard[0] >= shard[1]:
            return 4010
        self._gateway.identified += 1
        self._attach(Session((shard[0], shard[1]), data["intents"]))
        self._gateway.ready(self._session)
        return None

    def _resume(self, data: Json) -> int | None:
        if data["token"] != self._gateway.token:
            return 4004
        session = self._gateway.sessions.get(data["session_id"])
        if session is None:
            self.send(INVALID, False)
            return None
        if data["seq"] > len(session.sent):
            return 4007
        self._gateway.resumed += 1
        self._attach(session)
        for seq, frame in session.sent:
            if seq > data["seq"]:
                self.send_text(frame)
        session.dispatch("RESUMED", {})
        return None

    @property
    def _session(self) -> Session:
        assert self.session is not None
        return self.session

    def _attach(self, session: Session) -> None:
        self.session, session.connection = session, self
        self._gateway.sessions[session.id] = session


class Gateway:
    """All sessions, and the faults that a test asks for."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.privileged = 0  # privileged intents that the application may use
        self.heartbeat_ms = 41_250
        self.sessions: dict[str, Session] = {}
        self.connections: list[Connection] = []
        self.identified = 0
        self.resumed = 0
        self.on_ready: Any = None

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello to the end."""
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(self, socket, request.query.get("compress") == "zlib-stream")
        self.connections.append(connection)
        connection.send(HELLO, {"heartbeat_interval": self.heartbeat_ms, "_trace": []})
        writer = asyncio.create_task(connection.write())
        try:
            await connection.read()
        finally:
            writer.cancel()
            self.connections.remove(connection)
            if connection.session is not None and connection.session.connection is connection:
                connection.session.connection = None
        return socket

    def ready(self, session: Session) -> None:
        """Say READY and all guilds of the session's shard."""
        self.on_ready(session)

    def dispatch(self, event: str, data: Any, guild_id: str | None, intent: int = 0) -> None:
        """Send an event to the sessions that are to have it: one shard a guild, direct messages to shard 0."""
        for session in self.sessions.values():
            index, count = session.shard
            if (int(guild_id or 0) >> 22) % count == index and (not intent or session.intents & intent):
                session.dispatch(event, data)

    # Faults

    async def drop(self, code: int | None = None) -> None:
        """Close every socket with this code, or cut it without a word."""
        for connection in list(self.connections):
            if code is None:
                transport = connection.socket._req.transport if connection.socket._req else None
                if transport is not None:
                    transport.abort()
            else:
                await connection.socket.close(code=code)

    def ask_to_reconnect(self) -> None:
        """Op 7."""
        for connection in self.connections:
            connection.send(RECONNECT)

    def invalidate(self, resumable: bool) -> None:
        """Op 9. A session that may not be resumed is forgotten, with all that was not received."""
        for connection in self.connections:
            if not resumable and connection.session is not None:
                self.sessions.pop(connection.session.id, None)
                connection.session = None
            connection.send(INVALID, resumable)

    def fall_silent(self) -> None:
        """Every connection of now takes everything and answers nothing, heartbeats included."""
        for connection in self.connections:
            connection.silent = True
