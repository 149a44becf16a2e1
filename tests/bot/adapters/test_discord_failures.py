"""What goes wrong on Discord, and what the asker then sees."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from bot.adapters import discord as adapter
from bot.adapters.discord import keys, tending
from bot.adapters.discord.pace import Pace
from bot.library import BotLibrary
from bot.store import MOST_TRIES, Store
from bot.wiring import Bot
from retrieval.errors import IndexUnusable
from tests.servers import discord_people as people
from tests.servers.cheap_office import CheapOffice
from tests.servers.discord_rest import error, refusal, too_many
from tests.servers.discord_server import TOKEN, DiscordServer
from tests.servers.discord_stage import ANSWER, Busy, CheapLibrary, stage
from tests.servers.discord_world import SEND, SUPPRESS_EMBEDS, text_of, walk


def test_every_interaction_is_deferred_while_the_engine_is_busy(bot: Bot, tmp_path: Path) -> None:
    """However busy the engine is, commands, buttons and forms are acknowledged at once and answered later."""

    async def story() -> None:
        busy = Busy(bot)
        async with stage(busy, tmp_path) as on:
            s = on.server
            for n in range(10):
                s.say(s.ann, s.general, f"@bot question {n}")
            await s.until(lambda: len(busy.asked) == 4)
            asked = people.slash(s, s.ann, s.general, "ask", question="do I need a PhD?")
            form = people.slash(s, s.ann, s.general, "path")
            typing = people.complete(s, s.ann, s.general, "guide", "name", "phd")
            await s.until(lambda: asked.response == 5 and form.modal and typing.choices)
            assert not busy.go.is_set()
            busy.go.set()
            assert ANSWER in text_of(await on.answered(asked))

    asyncio.run(story())


def test_an_asker_sees_that_the_bot_is_typing(bot: Bot, tmp_path: Path) -> None:
    """Where a message's answer takes its time, the channel shows that somebody types."""

    async def story() -> None:
        busy = Busy(bot)
        async with stage(busy, tmp_path) as on:
            s = on.server
            question = s.say(s.ann, s.general, "@bot do I need a PhD?")
            await s.until(lambda: ("POST", f"/channels/{s.general.id}/typing", None) in s.requests)
            busy.go.set()
            await on.reply(question)

    asyncio.run(story())


@pytest.mark.parametrize(("private", "denied", "where"), [(False, 0, "general"), (True, 0, "direct"), (False, SEND, "direct")])
def test_an_interaction_that_came_too_late_is_answered_otherwise(bot: Bot, tmp_path: Path, private: bool, denied: int, where: str) -> None:
    """After three seconds Discord takes no response: a public question is answered in the channel where the bot may, others directly."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            s.answer_within, s.general.denied = -1.0, denied
            people.slash(s, s.ann, s.general, "ask", question="do I need a PhD?", private=private)
            channel = s.general if where == "general" else s.dm(s.ann)
            await s.until(lambda: s.answers(channel))
            assert ANSWER in text_of(s.answers(channel)[0])
            assert sum(len(s.answers(c)) for c in (s.general, s.dm(s.ann))) == 1

    asyncio.run(story())


def test_an_answer_after_fifteen_minutes_is_sent_otherwise(bot: Bot, tmp_path: Path) -> None:
    """Where the token's time is over before the answer is there, the answer goes to the channel."""

    async def story() -> None:
        busy = Busy(bot)
        async with stage(busy, tmp_path) as on:
            s = on.server
            asked = people.slash(s, s.ann, s.general, "ask", question="do I need a PhD?")
            await s.until(lambda: asked.response == 5)
            s.token_life = -1.0
            busy.go.set()
            await s.until(lambda: any(ANSWER in text_of(m) for m in s.answers(s.general)))

    asyncio.run(story())


@pytest.mark.parametrize(
    "refusals",
    [
        [too_many(0.1)], [too_many(0.1, buckets=False)], [too_many(0.1, everywhere=True)],
        [lambda: error(503, 0, "upstream connect error")], [lambda: error(502, 0, "bad gateway")],
        [lambda: _without_via(too_many(1.0)())],
    ],
)  # fmt: skip
def test_a_busy_discord_is_tried_again(bot: Bot, tmp_path: Path, refusals: list) -> None:
    """429 with and without bucket headers, 502 and 503: the answer arrives, and once."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            for answer in refusals:
                s.refuse("POST", r"/messages$", answer)
            await on.reply(s.say(s.ann, s.general, "@bot do I need a PhD?"))
            for answer in refusals:
                s.refuse("PATCH", r"/messages/@original$", answer)
            await on.answered(people.slash(s, s.ann, s.general, "ask", question="do I need a PhD?"))

    asyncio.run(story())


def _without_via(response):
    """As a proxy on the way would answer."""
    del response.headers["Via"]
    return response


def test_refused_components_are_replaced_by_plain_text(bot: Bot, tmp_path: Path) -> None:
    """Where Discord refuses the components, the answer is sent as plain text that unfolds no link."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            wrong = {"message": "Invalid Form Body", "code": 50035, "errors": {}}
            s.refuse("POST", r"/messages$", lambda: refusal(wrong))
            reply = await on.reply(s.say(s.ann, s.general, "@bot do I need a PhD?"))
            assert "\\[1\\]" in reply["content"]
            assert reply["flags"] == SUPPRESS_EMBEDS
            s.refuse("PATCH", r"/messages/@original$", lambda: refusal(wrong))
            answer = await on.answered(people.slash(s, s.ann, s.general, "ask", question="do I need a PhD?"))
            assert "\\[1\\]" in answer["content"]

    asyncio.run(story())


def test_one_failure_does_not_end_what_is_done_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the guides cannot be read for a moment, the bot goes on to say that it lives, and reads them the next time."""

    class Failing(CheapLibrary):
        reads = 0

        def places(self) -> tuple[str, ...]:
            self.reads += 1
            if self.reads == 2:
                raise RuntimeError
            return (f"Guide {self.reads}",)

    async def story() -> None:
        monkeypatch.setattr(tending, "_EVERY", 0.02)
        async with stage(Failing(), tmp_path) as on:
            await on.server.until(lambda: on.store.held(keys.ALIVE) and on.client.shelf.places > ("Guide 2",))

    asyncio.run(story())


def test_a_failure_says_what_to_do_and_carries_an_id(bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An error ends in words and an id that the log has too; the exception's own text is never shown."""

    async def story() -> None:
        busy = Busy(bot)
        busy.go.set()
        busy.error = RuntimeError("secret detail /etc/passwd")
        async with stage(busy, tmp_path) as on:
            s = on.server
            said = text_of(await on.reply(s.say(s.ann, s.general, "@bot do I need a PhD?")))
            shown = text_of(await on.answered(people.slash(s, s.ann, s.general, "ask", question="do I need a PhD?")))
            for words in (said, shown):
                assert "Something went wrong on my side" in words
                assert "secret" not in words
            assert said.split()[-1].rstrip(".") in caplog.text
            busy.error = IndexUnusable("no index at /home/x")
            said = text_of(await on.reply(s.say(s.ann, s.general, "@bot do I need a PhD?")))
            assert "fingerpost reindex" in said
            assert "/home" not in said

    asyncio.run(story())


def test_who_asks_too_fast_is_told_how_long_to_wait(bot: Bot, tmp_path: Path) -> None:
    """A cooldown names the seconds, to the asker alone where that is possible; others may ask."""

    async def story() -> None:
        async with stage(bot, tmp_path, pace=Pace(2, 60.0, now=lambda: 100.0)) as on:
            s = on.server
            for _ in range(2):
                await on.reply(s.say(s.ann, s.general, "@bot do I need a PhD?"))
            assert "Ask again in 60 seconds" in text_of(await on.reply(s.say(s.ann, s.general, "@bot and this?")))
            asked = people.slash(s, s.ann, s.general, "ask", question="do I need a PhD?")
            assert "Ask again in 60 seconds" in text_of(await on.answered(asked))
            assert asked.ephemeral
            assert ANSWER in text_of(await on.reply(s.say(s.bob, s.general, "@bot do I need a PhD?")))

    asyncio.run(story())


def test_a_button_of_an_answer_that_is_gone_says_so(bot: Bot, tmp_path: Path) -> None:
    """Sharing an answer that is not kept any more explains itself; a question's button asks its question all the same."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            mine = await on.answered(people.slash(s, s.ann, s.general, "ask", question="how do I bake bread?", private=True))
            on.store.take(keys.answer(_id_of(mine)))
            assert "too old" in text_of(await on.answered(people.click(s, s.ann, s.general, mine, "Share to channel")))
            label = next(c["label"] for c in walk(mine["components"]) if c.get("custom_id", "").startswith("fp:ask:"))
            assert "\\[1\\]" in text_of(await on.answered(people.click(s, s.ann, s.general, mine, label)))

    asyncio.run(story())


def _id_of(made: dict) -> str:
    return next(c["custom_id"] for c in walk(made["components"]) if c.get("custom_id", "").startswith("fp:share:")).split(":")[2]


def test_an_answer_whose_sharing_failed_can_be_shared_still(bot: Bot, tmp_path: Path) -> None:
    """However often Discord refuses to show it, the next press shares it; after that it is shared, once."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            mine = await on.answered(people.slash(s, s.ann, s.general, "ask", question="do I need a PhD?", private=True))
            for _ in range(MOST_TRIES):
                s.refuse("PATCH", r"/messages/@original$", lambda: error(403, 50013, "Missing Permissions"))
                failed = people.click(s, s.ann, s.general, mine, "Share to channel")
                assert "Something went wrong on my side" in text_of(await on.answered(failed))
                await s.until(lambda: on.store.unfinished("discord:shared:"))
            shared = people.click(s, s.ann, s.general, mine, "Share to channel")
            assert ANSWER in text_of(await on.answered(shared))
            again = people.click(s, s.ann, s.general, mine, "Share to channel")
            assert "shared already" in text_of(await on.answered(again))

    asyncio.run(story())


def test_forged_buttons_and_forms_do_nothing(bot: Bot, tmp_path: Path) -> None:
    """A press or a form that this bot never offered is answered with words, or not at all, and changes nothing."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            mine = await on.answered(people.slash(s, s.ann, s.general, "ask", question="do I need a PhD?", private=True))
            for custom_id in ("fp:reindex:all", "fp:share:../../etc", "fp:rest:1:99999999999999999999"):
                for button in (c for c in walk(mine["components"]) if c.get("custom_id", "").startswith("fp:share:")):
                    forged = {**mine, "components": [{"type": 1, "components": [{**button, "custom_id": custom_id}]}]}
                    pressed = people.click(s, s.bob, s.general, forged, "Share to channel")
                    if custom_id.startswith("fp:share:"):
                        continue
                    await s.until(lambda pressed=pressed: pressed.response is not None)
            form = people.slash(s, s.ann, s.general, "path")
            await s.until(lambda: form.modal is not None)
            form.modal = {**form.modal, "custom_id": "fp:path:nonsense"}
            assert "too old" in text_of(await on.answered(people.submit(s, form)))
            assert s.answers(s.general) == []

    asyncio.run(story())


def test_a_wrong_token_is_one_clear_line(bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Discord's refusal of the token names the setting; no token stands in the log."""

    async def story() -> None:
        async with DiscordServer() as server:
            store = Store(tmp_path)
            client = adapter.Client(
                adapter.Answering(BotLibrary(bot), store), CheapOffice(set()), store, tmp_path, connector=server.connector()
            )
            with pytest.raises(adapter.DiscordError, match="FINGERPOST_DISCORD_TOKEN"):
                await adapter.start(client, "wrong.token.value")
            store.close()

    with caplog.at_level(logging.DEBUG):
        asyncio.run(story())
    assert "wrong.token.value" not in caplog.text
    assert TOKEN not in caplog.text
