"""A bot on our Discord: everything that a scenario needs, put up and taken down."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from bot.adapters import discord as adapter
from bot.adapters.discord.pace import Pace
from bot.library import BotLibrary, Library
from bot.messages import Answer, Ask
from bot.office import Office
from bot.store import Store
from bot.wiring import Bot
from tests.servers.cheap_desk import CheapDesk
from tests.servers.cheap_office import CheapOffice
from tests.servers.discord_callbacks import DEFERRED_UPDATE
from tests.servers.discord_server import TOKEN, DiscordServer, Interaction
from tests.servers.discord_world import LOADING, Json

ANSWER = "**\\[1\\]** “"  # a citation, whichever passages the bot chooses


class Stage:
    """The server, the client that is connected to it, and the bot's state."""

    def __init__(self, server: DiscordServer, client: adapter.Client, store: Store) -> None:
        self.server, self.client, self.store = server, client, store

    async def answered(self, interaction: Interaction) -> Json:
        """The answer to an interaction, once it is there; where it was pressed, the message that was pressed as it is then."""

        def there() -> bool:
            made, in_place = interaction.original, interaction.response == DEFERRED_UPDATE
            return made is not None and not made["flags"] & LOADING and bool(interaction.changes or not in_place)

        await self.server.until(there)
        assert interaction.original is not None
        return interaction.original

    async def reply(self, question: Json, count: int = 1) -> Json:
        """The bot's reply to a message, once it is there."""
        channel = self.server.channel(question["channel_id"])
        assert channel is not None

        def replies() -> list[Json]:
            found = self.server.answers(channel)
            return [m for m in found if m.get("message_reference", {}).get("message_id") == question["id"]]

        await self.server.until(lambda: len(replies()) >= count)
        assert len(replies()) == count
        return replies()[-1]

    async def settled(self) -> None:
        """Until nothing is being worked on any more."""
        await self.server.until(lambda: not self.store.unfinished("discord:message:"))
        await asyncio.sleep(0.1)


@asynccontextmanager
async def connected(
    server: DiscordServer, library: Library, home: Path, *, office: Office | None = None, pace: Pace | None = None, **options: Any
) -> AsyncIterator[Stage]:
    """A bot that is connected to a server that runs already; it is gone afterwards, its state stays in `home`.

    Without an `office`, the server's admin has one to administer.
    """
    store = Store(home)
    options = {"guild_ready_timeout": 0.05, **options}
    forums = options.pop("forums", frozenset())
    office = office or CheapOffice({server.admin.id})
    client = adapter.Client(
        adapter.Answering(library, store), office, store, home,
        connector=server.connector(), pace=pace or Pace(1000), forums=forums, **options,
    )  # fmt: skip
    try:
        async with client:
            running = asyncio.create_task(client.start(TOKEN))
            await server.until(lambda: client.is_ready() or running.done())
            if running.done():
                running.result()
            yield Stage(server, client, store)
            await client.close()
            await asyncio.gather(running, return_exceptions=True)
    finally:
        store.close()


@asynccontextmanager
async def stage(bot: Bot | Library, home: Path, **options: Any) -> AsyncIterator[Stage]:
    """A server with a bot on it. What does not agree with Discord's schema fails the scenario."""
    library = BotLibrary(bot) if isinstance(bot, Bot) else bot
    async with DiscordServer(shards=options.pop("shards", 1)) as server, connected(server, library, home, **options) as made:
        yield made
        assert server.wrong == []


@contextmanager
def served() -> Iterator[DiscordServer]:
    """A server in a loop and a thread of its own, for what brings its own loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = DiscordServer()
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
    server.loop = loop
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class CheapLibrary(CheapDesk):
    """A cheap desk without anything to read."""

    def places(self) -> tuple[str, ...]:
        """None."""
        return ()

    def show(self, place: str) -> Answer | None:  # noqa: ARG002  # as the library has it
        """Nothing."""
        return None


class Clock:
    """A clock that goes on only while somebody sleeps by it."""

    def __init__(self) -> None:
        self.now = time.time()

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.now += seconds
        await asyncio.sleep(0)


class Busy(BotLibrary):
    """A library that waits before each answer until it is let go, or fails as it is told to."""

    def __init__(self, bot: Bot) -> None:
        super().__init__(bot)
        self.go = threading.Event()
        self.asked: list[Ask] = []
        self.error: Exception | None = None

    def handle(self, ask: Ask) -> Answer:
        """Answer once it may."""
        self.asked.append(ask)
        self.go.wait(30)
        if self.error is not None:
            raise self.error
        return super().handle(ask)
