"""What the bot may not do in a channel or a server, and what others may not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.adapters.discord import keys
from bot.admin import rights
from bot.library import BotLibrary
from bot.wiring import Bot
from tests.servers import discord_people as people
from tests.servers.discord_rest import too_many
from tests.servers.discord_server import DiscordServer
from tests.servers.discord_stage import ANSWER, Busy, connected, stage
from tests.servers.discord_world import HISTORY, SEND, SEND_IN_THREADS, VIEW, text_of


@pytest.mark.parametrize(
    ("denied", "in_thread", "named"),
    [(SEND, False, "Send Messages"), (SEND_IN_THREADS, True, "Send Messages in Threads"), (VIEW, False, "View Channel")],
)
def test_a_missing_permission_is_named_to_the_asker(bot: Bot, tmp_path: Path, denied: int, in_thread: bool, named: str) -> None:
    """Where the bot may not answer, the asker is told in private which permission it needs."""

    async def story() -> None:
        async with DiscordServer() as s:
            s.general.denied = denied
            channel = s.thread(s.bob, s.general, "a thread") if in_thread else s.general
            async with connected(s, BotLibrary(bot), tmp_path) as on:
                s.say(s.ann, channel, "@bot do I need a PhD?")
                await s.until(lambda: s.answers(s.dm(s.ann)))
                assert f"“{named}”" in text_of(s.answers(s.dm(s.ann))[0])
                assert on.store.unfinished("discord:") == []

    asyncio.run(story())


def test_without_the_history_of_a_channel_the_answer_is_no_reply(bot: Bot, tmp_path: Path) -> None:
    """Discord refuses replies to who may not read the history; the answer comes as a message of its own, not never."""

    async def story() -> None:
        async with DiscordServer() as s:
            s.general.denied = HISTORY
            async with connected(s, BotLibrary(bot), tmp_path):
                s.say(s.ann, s.general, "@bot do I need a PhD?")
                await s.until(lambda: s.answers(s.general))
                assert ANSWER in text_of(s.answers(s.general)[0])
                assert "message_reference" not in s.answers(s.general)[0]

    asyncio.run(story())


def test_an_answer_comes_though_its_typing_cannot_be_shown(bot: Bot, tmp_path: Path) -> None:
    """Where Discord wants no sign of typing for minutes, the answer itself is sent all the same."""

    async def story() -> None:
        busy = Busy(bot)
        async with stage(busy, tmp_path) as on:
            s = on.server
            s.refuse("POST", r"/typing$", too_many(300.0))
            question = s.say(s.ann, s.general, "@bot do I need a PhD?")
            await s.until(lambda: s.faults[0].times == 0)
            busy.go.set()
            assert ANSWER in text_of(await on.reply(question))

    asyncio.run(story())


def test_how_the_bot_behaves_takes_who_manages_the_server(bot: Bot, tmp_path: Path) -> None:
    """`channel` is there for everybody to see, and asks for Manage Server, by name; the bot's own admins may as well."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            asked = people.slash(s, s.ann, s.general, "fingerpost channel", mode="quiet")
            assert "“Manage Server”" in text_of(await on.answered(asked))
            assert asked.ephemeral
            assert on.store.mode(keys.channel(int(s.guild.id), int(s.general.id))) is None
            await on.answered(people.slash(s, s.admin, s.general, "fingerpost channel", mode="quiet"))
            assert on.store.mode(keys.channel(int(s.guild.id), int(s.general.id))) == "quiet"
            s.ann.roles = [s.new_role("editors")]
            on.client.admins = rights.parse(f"discord:{s.guild.id}:{s.ann.roles[0]}")
            await s.until(lambda: len(on.client.guilds[0].roles) == 2)
            await on.answered(people.slash(s, s.ann, s.general, "fingerpost channel", mode="mention"))
            assert on.store.mode(keys.channel(int(s.guild.id), int(s.general.id))) == "mention"
            assert ["general: mention", "general: quiet"] == [act.detail for act in on.store.audit(acts=["channel mode"])]

    asyncio.run(story())
