"""The gateway at its worst: what was asked is answered, and once."""

from __future__ import annotations

import asyncio
import datetime
import time
from collections import Counter
from pathlib import Path

import pytest

from bot.adapters.discord import keys
from bot.library import BotLibrary
from bot.store import Store, schema
from bot.wiring import Bot
from tests.servers import discord_people as people
from tests.servers.discord_gateway import INVALID
from tests.servers.discord_rest import error
from tests.servers.discord_server import DiscordServer
from tests.servers.discord_stage import ANSWER, Stage, connected, stage
from tests.servers.discord_world import TEXT, VIEW, VOICE, Channel, Json, message, snowflake, text_of
from tests.servers.places import out_of_order

_EACH = 20


def test_a_hundred_questions_while_the_gateway_fails_in_every_way(bot: Bot, tmp_path: Path) -> None:
    """Dropped, told to reconnect, resumed, invalidated and silent, in turn: 100 questions, 100 answers, none twice."""

    async def story() -> None:
        async with stage(bot, tmp_path, heartbeat_timeout=6.5) as on:
            on.server.gateway.heartbeat_ms = 300
            asked: list[Json] = []
            for fault in (_dropped, _told_to_reconnect, _invalidated_but_resumable, _invalidated, _silent):
                await on.server.until(lambda: on.server.gateway.connections and on.client.is_ready())
                asked += [_say(on, n) for n in range(_EACH // 2)]
                await fault(on)
                asked += [_say(on, n) for n in range(_EACH // 2)]
                await _all_answered(on, asked)
            await asyncio.sleep(0.5)
            replies = Counter(_replied_to(on))
            assert replies == {question["id"]: 1 for question in asked}
            assert len(asked) == 100
            assert on.server.gateway.resumed >= 3
            assert on.server.gateway.identified >= 2

    asyncio.run(story())


async def _dropped(on: Stage) -> None:
    await on.server.gateway.drop()


async def _told_to_reconnect(on: Stage) -> None:
    on.server.gateway.ask_to_reconnect()


async def _invalidated_but_resumable(on: Stage) -> None:
    on.server.gateway.invalidate(resumable=True)


async def _invalidated(on: Stage) -> None:
    on.server.gateway.invalidate(resumable=False)


async def _silent(on: Stage) -> None:
    on.server.gateway.fall_silent()


def _places(on: Stage) -> tuple[Channel, ...]:
    return on.server.general, on.server.dm(on.server.ann)


def _say(on: Stage, n: int) -> Json:
    """Every other question in a direct message; each event is sent twice."""
    channel = _places(on)[n % 2]
    made = on.server.say(on.server.ann, channel, f"@bot do I need a PhD? {n}")
    on.server.gateway.dispatch(
        "MESSAGE_CREATE", {**made, "guild_id": channel.guild.id} if channel.guild else made, None if not channel.guild else channel.guild.id
    )
    return made


def _replied_to(on: Stage) -> list[str]:
    return [m["message_reference"]["message_id"] for channel in _places(on) for m in on.server.answers(channel)]


async def _all_answered(on: Stage, asked: list[Json]) -> None:
    await on.server.until(lambda: {q["id"] for q in asked} <= set(_replied_to(on)), within=60)


def test_an_interaction_that_arrives_twice_is_answered_once(bot: Bot, tmp_path: Path) -> None:
    """A second delivery of the same command leads to no second answer."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            asked = people.slash(s, s.ann, s.general, "ask", question="do I need a PhD?")
            s.gateway.dispatch("INTERACTION_CREATE", asked.event, s.guild.id)
            await on.answered(asked)
            await asyncio.sleep(0.3)
            assert len(asked.messages) == 1
            assert asked.followups == 0

    asyncio.run(story())


def test_a_question_whose_process_died_is_answered_by_the_next(bot: Bot, tmp_path: Path) -> None:
    """A process that claimed a question and died leaves it to the next start, which answers it once."""

    async def story() -> None:
        async with DiscordServer() as server:
            question = server.say(server.ann, server.general, "@bot do I need a PhD?")
            died = Store(tmp_path)
            payload = f'{{"channel": {server.general.id}, "message": {question["id"]}}}'
            assert died.claim(keys.message(int(question["id"])), payload)
            died.close()
            async with connected(server, BotLibrary(bot), tmp_path) as on:
                assert ANSWER in text_of(await on.reply(question))
            async with connected(server, BotLibrary(bot), tmp_path):
                await asyncio.sleep(0.3)
                assert len(server.answers(server.general)) == 1

    asyncio.run(story())


@pytest.mark.parametrize("why", ["deleted", "shut out", "not asked", "too old", "answered"])
def test_a_question_that_cannot_be_answered_any_more_is_given_up(bot: Bot, tmp_path: Path, why: str) -> None:
    """A message that is deleted, out of reach, an hour old, answered or no question is looked up once more, and not for ever."""

    async def story() -> None:
        async with DiscordServer() as server:
            asked = server.say(server.ann, server.general, "do I need a PhD?" if why == "not asked" else "@bot do I need a PhD?")
            if why == "too old":
                del server.general.messages[asked["id"]]
                asked["id"] = snowflake(datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1))
                server.general.messages[asked["id"]] = asked
            if why == "answered":
                server.publish(server.general, message(server.general, server.me, {"message_reference": {"message_id": asked["id"]}}))
            if why == "deleted":
                server.delete(server.general, asked)
            server.general.denied = VIEW if why == "shut out" else 0
            died, key = Store(tmp_path), keys.message(int(asked["id"]))
            assert died.claim(key, f'{{"channel": {server.general.id}, "message": {asked["id"]}}}')
            died.close()
            async with connected(server, BotLibrary(bot), tmp_path) as on:
                await server.until(lambda: {"key": key, "state": "done"} in _events(on))
            assert len(server.answers(server.general)) == (why == "answered")

    asyncio.run(story())


def _events(on: Stage) -> list[Json]:
    return [{"key": row["key"], "state": row["state"]} for rows in on.store.batches(schema.events) for row in rows]


def test_what_was_asked_while_the_bot_was_away_is_answered_when_it_is_back(bot: Bot, tmp_path: Path) -> None:
    """After a restart the bot looks up what was asked meanwhile, in servers and in direct messages that it knows."""

    async def story() -> None:
        async with DiscordServer() as server:
            here = server.dm(server.ann)
            async with connected(server, BotLibrary(bot), tmp_path) as on:
                await on.reply(server.say(server.ann, here, "do I need a PhD?"))
            meanwhile = [server.say(server.ann, channel, "@bot do I need a PhD?") for channel in (here, server.general)]
            async with connected(server, BotLibrary(bot), tmp_path) as on:
                for question in meanwhile:
                    await on.reply(question)
            assert server.wrong == []

    asyncio.run(story())


@pytest.mark.parametrize("kind", [TEXT, VOICE])
def test_what_was_asked_is_found_though_discord_is_busy_at_that_moment(bot: Bot, tmp_path: Path, kind: int) -> None:
    """A refusal that passes loses nothing of what was asked meanwhile, in a text channel or in the chat of a voice channel."""

    async def story() -> None:
        async with DiscordServer() as server:
            room = server.guild.add("room", type=kind)
            async with connected(server, BotLibrary(bot), tmp_path):
                pass
            question = server.say(server.ann, room, "@bot do I need a PhD?")
            server.refuse("GET", rf"/channels/{room.id}/messages$", lambda: error(503, 0, "upstream connect error"))
            async with connected(server, BotLibrary(bot), tmp_path) as on:
                await on.reply(question)

    asyncio.run(story())


def test_what_a_connection_that_was_dead_already_did_not_bring_is_answered(bot: Bot, tmp_path: Path) -> None:
    """Where a process believed to be connected until it ended, what it did not hear just before is looked up too."""

    async def story() -> None:
        async with DiscordServer() as server:
            question = server.say(server.ann, server.general, "@bot do I need a PhD?")
            died = Store(tmp_path)
            died.hold(keys.ALIVE, str(time.time() + 1))
            died.close()
            async with connected(server, BotLibrary(bot), tmp_path) as on:
                await on.reply(question)

    asyncio.run(story())


def test_a_question_that_the_store_could_not_take_in_is_answered_once_it_can(
    bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A message that comes while the state cannot be used is looked up when it can, in servers and in direct messages."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            with out_of_order(tmp_path, "events"):
                asked = [s.say(s.ann, channel, "@bot do I need a PhD?") for channel in (s.general, s.dm(s.ann))]
                await s.until(lambda: caplog.text.count("cannot be heard at the moment") == len(asked))
            await on.client.missed.tend()
            for question in asked:
                assert ANSWER in text_of(await on.reply(question))

    asyncio.run(story())


def test_buttons_work_after_a_restart(bot: Bot, tmp_path: Path) -> None:
    """Share, follow-up questions, feedback and an open form all go on after a restart."""

    async def story() -> None:
        async with DiscordServer() as server:
            async with connected(server, BotLibrary(bot), tmp_path) as on:
                mine = await on.answered(people.slash(server, server.ann, server.general, "ask", question="do I need a PhD?", private=True))
                form = people.slash(server, server.ann, server.general, "path")
                await server.until(lambda: form.modal is not None)
            async with connected(server, BotLibrary(bot), tmp_path) as on:
                shared = await on.answered(people.click(server, server.ann, server.general, mine, "Share to channel"))
                assert ANSWER in text_of(shared)
                sent = people.submit(server, form, experience="0-2 years SWE (limited ML exposure)", goal="Research MLE goal")
                assert "Master's programme" in text_of(await on.answered(sent))
                await on.answered(people.click(server, server.ann, server.general, shared, "👍"))
                assert [kept.verdict for kept in on.store.ratings()] == ["up"]

    asyncio.run(story())


def test_several_shards(bot: Bot, tmp_path: Path) -> None:
    """With as many shards as Discord asks for, servers of all of them and direct messages are answered."""

    async def story() -> None:
        from tests.servers.discord_world import Guild

        async with DiscordServer(shards=2) as server:
            while len({(int(g.id) >> 22) % 2 for g in server.guilds}) < 2:
                await asyncio.sleep(0.002)
                server.guilds.append(Guild("Another"))
            rooms = [guild.add("room") for guild in server.guilds]
            async with connected(server, BotLibrary(bot), tmp_path) as on:
                assert on.client.shard_count == 2
                for room in [*rooms, server.dm(server.ann)]:
                    await on.reply(server.say(server.ann, room, "@bot do I need a PhD?"))
            assert server.wrong == []

    asyncio.run(story())


def test_what_one_shard_of_several_missed_is_answered(bot: Bot, tmp_path: Path) -> None:
    """Where one shard has to begin a new session while the others go on, what was said to it meanwhile is looked up."""

    async def story() -> None:
        async with DiscordServer(shards=2) as server, connected(server, BotLibrary(bot), tmp_path) as on:
            index = (int(server.guild.id) >> 22) % 2
            connection = next(c for c in server.gateway.connections if c.session is not None and c.session.shard[0] == index)
            assert connection.session is not None
            server.gateway.sessions.pop(connection.session.id)
            connection.session = None
            connection.send(INVALID, False)
            await on.reply(server.say(server.ann, server.general, "@bot do I need a PhD?"))

    asyncio.run(story())


def test_a_reply_goes_on_even_where_the_process_died_right_after_its_answer(bot: Bot, tmp_path: Path) -> None:
    """Which conversation an answer belongs to is known before it is sent; nothing has to be noted afterwards."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            first = on.server.say(on.server.ann, on.server.general, "@bot I have 18 months of experience. Which path should I take?")
            answer = await on.reply(first)
            await asyncio.sleep(0.2)
            on.store.take(keys.at(int(answer["id"])))
            second = on.server.say(on.server.ann, on.server.general, "product", reply_to=answer)
            assert "You are here.** Product-focused" in text_of(await on.reply(second))

    asyncio.run(story())
