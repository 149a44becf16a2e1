"""The bot's state cannot be used for a while: what people on Discord see of it."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from bot.wiring import Bot
from tests.servers import discord_people as people
from tests.servers.discord_stage import ANSWER, Busy, CheapLibrary, stage
from tests.servers.discord_world import text_of
from tests.servers.places import out_of_order


def test_the_bot_leaves_though_its_store_fails(tmp_path: Path) -> None:
    """A state that cannot be written does not keep the bot from ending."""

    async def story() -> None:
        with contextlib.ExitStack() as broken:
            async with stage(CheapLibrary(), tmp_path) as on:
                broken.enter_context(out_of_order(tmp_path, "held"))
            assert on.client.is_closed()

    asyncio.run(story())


@pytest.mark.parametrize("table", ["threads", "events"])
def test_an_answer_that_was_given_stands_though_the_store_fails_after_it(bot: Bot, tmp_path: Path, table: str) -> None:
    """Where the state cannot be written once the answer is out, no word of a failure takes the answer's place."""

    async def story() -> None:
        busy = Busy(bot)
        with contextlib.ExitStack() as broken:
            async with stage(busy, tmp_path) as on:
                s = on.server
                asked = people.slash(s, s.ann, s.general, "ask", question="do I need a PhD?")
                said = s.say(s.ann, s.general, "@bot do I need a PhD?")
                await s.until(lambda: len(busy.asked) == 2)
                broken.enter_context(out_of_order(tmp_path, table))
                busy.go.set()
                await on.reply(said)
                await on.answered(asked)
            assert ANSWER in text_of(asked.messages[0])
            assert asked.changes == 1

    asyncio.run(story())


def test_a_press_while_the_store_fails_is_answered_with_words(bot: Bot, tmp_path: Path) -> None:
    """Where the state cannot be used, whoever presses a button of the administration is told so, and waits for nothing."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            shown = await on.answered(people.slash(s, s.admin, s.general, "fingerpost reindex"))
            with out_of_order(tmp_path, "events"):
                pressed = people.click(s, s.admin, s.general, shown, "Leave it")
                assert "Something went wrong on my side" in text_of(await on.answered(pressed))

    asyncio.run(story())
