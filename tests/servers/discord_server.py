"""A Discord on the loopback: REST v10 and the gateway, as faithful in failure as in success.

The real discord.py is pointed at it through its connector's resolver; nothing of the library is patched:

    async with DiscordServer() as server:
        client = make(connector=server.connector())
        server.say(server.ann, server.general, "@bot does it work?")
"""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
import trustme
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from tests.servers import discord_files, discord_rest
from tests.servers.discord_gateway import DIRECT_MESSAGES, GUILD_MESSAGES, GUILDS, MESSAGE_CONTENT, Gateway, Session
from tests.servers.discord_world import DM, FORUM, PUBLIC_THREAD, Channel, Guild, Json, User, message, snowflake

HOSTS = ("discord.com", "gateway.discord.gg", "cdn.discordapp.com")
TOKEN = "MTIz.test.token"  # noqa: S105  # opens this server only
_AUTHORITY = trustme.CA()


@dataclass
class Interaction:
    """An interaction that a user began, and what became of it."""

    kind: int
    user: User
    channel: Channel
    began: float
    source: Json | None = None  # the message whose component was used
    id: str = field(default_factory=snowflake)
    token: str = field(default_factory=lambda: secrets.token_hex(20))
    response: int | None = None  # the callback's type
    ephemeral: bool = False
    original: Json | None = None
    modal: Json | None = None
    choices: list[Json] | None = None
    messages: list[Json] = field(default_factory=list)  # all that it led to, the first answer included
    followups: int = 0
    changes: int = 0  # of the original answer
    user_install: bool = False
    event: Json = field(default_factory=dict)  # as the gateway sent it


@dataclass
class Fault:
    """An answer that a request gets in place of its own, so many times."""

    method: str
    path: re.Pattern[str]
    times: int
    answer: Callable[[], web.StreamResponse]


class _Loopback(AbstractResolver):
    """Sends Discord's names to our port, and refuses any other name."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(self, host: str, *_: object, **__: object) -> list[ResolveResult]:
        if host not in HOSTS:
            raise OSError(f"no way out to {host}")
        return [ResolveResult(hostname=host, host="127.0.0.1", port=self._port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        pass


class DiscordServer:
    """The server with one guild, one bot and a few people; a test adds what it needs."""

    def __init__(self, shards: int = 1) -> None:
        self.shards = shards
        self.application_id = snowflake()
        self.me = User("fingerpost", bot=True, id=self.application_id)
        self.guild = Guild("Learners")
        self.guilds = [self.guild]
        self.general = self.guild.add("general")
        self.ann, self.bob = User("ann"), User("bob")
        self.admin = User("ada", permissions=(1 << 53) - 1)
        self.direct: dict[str, Channel] = {}
        self.commands: list[Json] = []
        self.syncs: list[list[Json]] = []
        self.interactions: dict[str, Interaction] = {}
        self.requests: list[tuple[str, str, Any]] = []
        self.clock: Callable[[], float] = time.monotonic
        self.times: list[float] = []  # of the requests, by the clock
        self.uploads: dict[str, tuple[str, bytes]] = {}  # files by id, with the signature of their addresses
        self.wrong: list[str] = []  # what does not agree with Discord's own schema
        self.reactions: list[tuple[str, str]] = []
        self.faults: list[Fault] = []
        self.nonces: dict[tuple[str, str], Json] = {}
        self.answer_within = 3.0  # seconds
        self.token_life = 900.0  # seconds
        self.loop: asyncio.AbstractEventLoop | None = None  # where it runs, if that is not the test's own
        self.gateway = Gateway(TOKEN)
        self.gateway.on_ready = self._ready

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=30 * 2**20)
        app.router.add_get("/", self.gateway.handle)
        app.router.add_get("/ephemeral-attachments/{app}/{attachment}/{name}", discord_files.handler(self))
        discord_rest.add_routes(app, self)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        _AUTHORITY.issue_cert(*HOSTS).configure_cert(context)
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.gateway.drop(1001)
        await self._runner.cleanup()

    def connector(self) -> aiohttp.TCPConnector:
        """The connector that leads a client here, and nowhere else."""
        context = ssl.create_default_context()
        _AUTHORITY.configure_trust(context)
        return aiohttp.TCPConnector(limit=0, resolver=_Loopback(self.port), use_dns_cache=False, ssl=context)

    # What people do

    def say(self, user: User, channel: Channel, text: str, reply_to: Json | None = None, ping: bool = True) -> Json:
        """A user writes a message; `@bot` becomes a mention of the bot."""
        content = text.replace("@bot", f"<@{self.me.id}>")
        given: Json = {"content": content}
        if reply_to is not None:
            given["message_reference"] = {"message_id": reply_to["id"], "channel_id": channel.id}
        made = message(channel, user, given)
        pinged = reply_to is not None and ping and reply_to["author"]["id"] == self.me.id
        made["mentions"] = [self.me.object()] if pinged or f"<@{self.me.id}>" in content else []
        self.publish(channel, made)
        return made

    def publish(self, channel: Channel, made: Json) -> None:
        """Put a message into a channel and tell the gateway."""
        channel.messages[made["id"]] = made
        author = next((u for u in (self.ann, self.bob, self.admin, self.me) if u.id == made["author"]["id"]), None)
        event = dict(made)
        if channel.guild is not None:
            event["guild_id"] = channel.guild.id
            event["member"] = (author or self.me).member(channel.guild)
        intent = DIRECT_MESSAGES if channel.type == DM else GUILD_MESSAGES
        self.gateway.dispatch("MESSAGE_CREATE", self.as_seen(channel, event), channel.guild.id if channel.guild else None, intent)

    def as_seen(self, channel: Channel, made: Json) -> Json:
        """A message as an app without the message content intent sees it."""
        mine = made["author"]["id"] == self.me.id or any(m["id"] == self.me.id for m in made["mentions"])
        if mine or channel.type == DM or self.gateway.privileged & MESSAGE_CONTENT:
            return made
        return {**made, "content": "", "embeds": [], "attachments": [], "components": []}

    def dm(self, user: User) -> Channel:
        """The direct messages with a user."""
        if user.id not in self.direct:
            self.direct[user.id] = Channel(user.name, type=DM, recipient=user)
        return self.direct[user.id]

    def forum(self, name: str) -> Channel:
        """A new forum."""
        return self.guild.add(name, type=FORUM)

    def post(self, user: User, forum: Channel, title: str, text: str) -> Channel:
        """A user begins a post in a forum."""
        thread = self.thread(user, forum, title)
        first = message(thread, user, {"content": text.replace("@bot", f"<@{self.me.id}>")})
        first["id"] = thread.id
        first["mentions"] = [self.me.object()] if "@bot" in text else []
        self.publish(thread, first)
        return thread

    def thread(self, user: User, parent: Channel, name: str, of: Json | None = None) -> Channel:
        """A user begins a thread, of a message or of none."""
        thread = self.guild.add(name, type=PUBLIC_THREAD, parent=parent, owner=user, **({"id": of["id"]} if of else {}))
        self.gateway.dispatch("THREAD_CREATE", {**thread.object(self.me.id), "newly_created": True}, self.guild.id, GUILDS)
        return thread

    def delete(self, channel: Channel, made: Json) -> None:
        """Somebody who may deletes a message."""
        del channel.messages[made["id"]]
        guild = channel.guild.id if channel.guild else None
        self.gateway.dispatch("MESSAGE_DELETE", {"id": made["id"], "channel_id": channel.id, "guild_id": guild}, guild, GUILD_MESSAGES)

    def new_role(self, name: str) -> str:
        """Somebody who may makes a role; its id."""
        made = self.guild.role(name)
        self.gateway.dispatch(
            "GUILD_ROLE_CREATE", {"guild_id": self.guild.id, "role": self.guild.role_object(made, name)}, self.guild.id, GUILDS
        )
        return made

    # What a test reads

    def answers(self, channel: Channel) -> list[Json]:
        """The bot's messages in a channel, in order."""
        return [m for m in channel.messages.values() if m["author"]["id"] == self.me.id]

    def channel(self, channel_id: str) -> Channel | None:
        """A channel by its id."""
        every = [c for g in self.guilds for c in g.channels] + list(self.direct.values())
        return next((c for c in every if c.id == channel_id), None)

    def refuse(self, method: str, path: str, answer: Callable[[], web.StreamResponse], times: int = 1) -> None:
        """Let the next requests of this kind get another answer."""
        self.faults.append(Fault(method, re.compile(path), times, answer))

    def faulty(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """The answer that a request gets in place of its own, None where it gets its own."""
        for fault in self.faults:
            if fault.times and fault.method == request.method and fault.path.search(request.path):
                fault.times -= 1
                return fault.answer()
        return None

    def note(self, method: str, path: str, given: Any) -> None:
        """Remember a request, and when it came."""
        self.requests.append((method, path, given))
        self.times.append(self.clock())

    async def until(self, done: Callable[[], object], within: float = 20.0) -> None:
        """Wait until something holds."""
        end = asyncio.get_running_loop().time() + within
        while not done():
            if asyncio.get_running_loop().time() > end:
                raise AssertionError(f"did not happen; wrong: {self.wrong}; last requests: {self.requests[-5:]}")
            await asyncio.sleep(0.01)

    def _ready(self, session: Session) -> None:
        index, count = session.shard
        mine = [g for g in self.guilds if (int(g.id) >> 22) % count == index]
        session.dispatch("READY", {
            "v": 10, "user": {**self.me.object(), "verified": True, "mfa_enabled": False, "email": None},
            "guilds": [{"id": g.id, "unavailable": True} for g in mine], "session_id": session.id,
            "private_channels": [],
            "resume_gateway_url": "wss://gateway.discord.gg", "application": {"id": self.application_id, "flags": 0},
            "shard": [index, count],
        })  # fmt: skip
        for guild in mine:
            session.dispatch("GUILD_CREATE", guild.object(self.me))
