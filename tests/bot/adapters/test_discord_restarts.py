"""What was begun by command or button when the process died: the next one answers it, or says that it was interrupted."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.discord import client as adapter
from bot.adapters.discord import keys
from bot.library import BotLibrary
from bot.store import Store, schema
from bot.wiring import Bot
from tests.servers import discord_people as people
from tests.servers.cheap_office import CheapOffice
from tests.servers.discord_rest import error
from tests.servers.discord_server import DiscordServer
from tests.servers.discord_stage import ANSWER, Busy, Stage, connected, stage
from tests.servers.discord_world import text_of


@asynccontextmanager
async def dying(server: DiscordServer, bot: Bot, home: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> AsyncIterator[Stage]:
    """A bot whose engine never answers, and that is not given the time to end what it is at."""
    monkeypatch.setattr(adapter, "_LONGEST_FAREWELL", 0.1)
    busy = Busy(bot)
    try:
        async with connected(server, busy, home, **options) as on:
            yield on
    finally:
        busy.error = RuntimeError("this process is gone")
        busy.go.set()


@pytest.mark.parametrize("private", [False, True])
def test_a_command_in_work_at_a_kill_is_answered_by_the_next_process(
    bot: Bot, tmp_path: Path, private: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer takes the place of "thinking …", once, and is seen by whom it was meant for; nothing secret is kept after it."""

    async def story() -> None:
        async with DiscordServer() as server:
            async with dying(server, bot, tmp_path, monkeypatch):
                asked = people.slash(server, server.ann, server.general, "ask", question="do I need a PhD?", private=private)
                await server.until(lambda: any(row["payload"] for row in _events(tmp_path)))
            async with connected(server, BotLibrary(bot), tmp_path) as on:
                assert ANSWER in text_of(await on.answered(asked))
                await server.until(lambda: all(row["state"] == "done" for row in _events(tmp_path)))
            assert (asked.ephemeral, len(asked.messages), asked.followups) == (private, 1, 0)
            assert asked.token not in str(_events(tmp_path))
            async with connected(server, BotLibrary(bot), tmp_path):
                pass
            assert asked.changes == 1

    asyncio.run(story())


def test_a_command_whose_token_is_gone_is_answered_in_the_channel(bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Discord takes no answer to the interaction any more, the next process sends it as a message."""

    async def story() -> None:
        async with DiscordServer() as server:
            async with dying(server, bot, tmp_path, monkeypatch):
                people.slash(server, server.ann, server.general, "ask", question="do I need a PhD?")
                await server.until(lambda: any(row["payload"] for row in _events(tmp_path)))
            server.token_life = -1.0
            async with connected(server, BotLibrary(bot), tmp_path):
                await server.until(lambda: any(ANSWER in text_of(m) for m in server.answers(server.general)))

    asyncio.run(story())


def test_an_act_in_work_at_a_kill_is_not_done_twice_and_says_so(bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an admin began is not begun again by itself; they are told that it was interrupted."""

    async def story() -> None:
        async with DiscordServer() as server:
            office = CheapOffice({server.admin.id})
            office.gate = threading.Event()
            async with dying(server, bot, tmp_path, monkeypatch, office=office):
                asked = people.slash(server, server.admin, server.general, "fingerpost status")
                await server.until(lambda: any(row["payload"] for row in _events(tmp_path)))
            after = CheapOffice({server.admin.id})
            async with connected(server, BotLibrary(bot), tmp_path, office=after) as on:
                assert "restarted" in text_of(await on.answered(asked))
            assert after.asked == []
            office.gate.set()

    asyncio.run(story())


def test_a_command_that_could_not_be_answered_is_answered_when_discord_is_back(bot: Bot, tmp_path: Path) -> None:
    """Where neither the answer nor a word of failure gets through, a later try brings the answer."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            s.refuse("PATCH", r"/messages/@original$", lambda: error(403, 50001, "Missing Access"), times=2)
            asked = people.slash(s, s.ann, s.general, "ask", question="do I need a PhD?")
            await s.until(lambda: s.faults[0].times == 0)
            await s.until(lambda: on.store.unfinished(keys.INTERACTIONS))
            await on.client.missed.tend()
            assert ANSWER in text_of(await on.answered(asked))
            assert asked.changes == 1

    asyncio.run(story())


def _events(home: Path) -> list[dict[str, Any]]:
    store = Store(home)
    try:
        return [row for rows in store.batches(schema.events) for row in rows]
    finally:
        store.close()
