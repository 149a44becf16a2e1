"""Stories of people who use the bot on Discord, each through the real discord.py against our server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.adapters.discord import keys
from bot.wiring import Bot
from tests.servers import discord_people as people
from tests.servers.discord_stage import ANSWER, stage
from tests.servers.discord_world import EPHEMERAL, text_of, walk

PATH = "I have 18 months of experience and my goal is product. Which path should I take?"
CELL = "Self-study\\/portfolio or bootcamp"


def test_a_mention_is_answered_with_a_reply_that_calls_nobody(bot: Bot, tmp_path: Path) -> None:
    """A mention in a channel gets one reply, with its citation, that pings neither the asker nor anyone else."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            asked = on.server.say(on.server.ann, on.server.general, "@bot do I need a PhD?")
            answer = await on.reply(asked)
            assert ANSWER in text_of(answer)
            sent = [given for method, path, given in on.server.requests if method == "POST" and path.endswith("/messages")]
            assert [given["allowed_mentions"] for given in sent] == [{"parse": [], "replied_user": False}]

    asyncio.run(story())


def test_a_reply_goes_on_with_the_conversation(bot: Bot, tmp_path: Path) -> None:
    """What was said before a reply to the bot counts; another person's words do not."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            first = on.server.say(on.server.ann, on.server.general, "@bot I have 18 months of experience. Which path should I take?")
            asks_back = await on.reply(first)
            assert "What is your goal" in text_of(asks_back)
            second = on.server.say(on.server.ann, on.server.general, "product", reply_to=asks_back)
            assert CELL in text_of(await on.reply(second))

    asyncio.run(story())


def test_a_thread_of_an_answer_goes_on_with_its_conversation(bot: Bot, tmp_path: Path) -> None:
    """In a thread that somebody opens of an answer, a mention goes on from that answer."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            first = on.server.say(on.server.ann, on.server.general, "@bot I have 18 months of experience. Which path should I take?")
            answer = await on.reply(first)
            await on.server.until(lambda: on.store.held(keys.at(int(answer["id"]))))
            thread = on.server.thread(on.server.ann, on.server.general, "my path", of=answer)
            second = on.server.say(on.server.ann, thread, "@bot product")
            assert CELL in text_of(await on.reply(second))

    asyncio.run(story())


def test_who_cannot_be_heard_is_told_once_how_to_be(bot: Bot, tmp_path: Path) -> None:
    """A reply without a mention arrives without its text; the first one in a conversation is told so."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            answer = await on.reply(on.server.say(on.server.ann, on.server.general, "@bot do I need a PhD?"))
            unheard = on.server.say(on.server.ann, on.server.general, "and in India?", reply_to=answer, ping=False)
            assert "with the mention left on" in text_of(await on.reply(unheard))
            on.server.say(on.server.ann, on.server.general, "hello?", reply_to=answer, ping=False)
            others = on.server.say(on.server.bob, on.server.general, "I went hiking")
            await asyncio.sleep(0.3)
            assert len(on.server.answers(on.server.general)) == 2
            assert others["id"] not in {m.get("message_reference", {}).get("message_id") for m in on.server.answers(on.server.general)}

    asyncio.run(story())


def test_a_direct_message_is_a_conversation(bot: Bot, tmp_path: Path) -> None:
    """Direct messages need no mention, and what was said before counts."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            here = on.server.dm(on.server.ann)
            assert "What is your goal" in text_of(
                await on.reply(on.server.say(on.server.ann, here, "I've 18 months of experience, which path?"))
            )
            assert CELL in text_of(await on.reply(on.server.say(on.server.ann, here, "product")))
            assert "Mention me with a question" in text_of(await on.reply(on.server.say(on.server.ann, here, "help")))

    asyncio.run(story())


def test_ask_in_private_and_share(bot: Bot, tmp_path: Path) -> None:
    """`/ask private:true` is seen by the asker alone; sharing shows it once, with who shared it and what was asked."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            mine = await on.answered(people.slash(s, s.ann, s.general, "ask", question="Do I need a PhD?", private=True))
            assert mine["flags"] & EPHEMERAL
            assert s.answers(s.general) == []
            shared = await on.answered(people.click(s, s.ann, s.general, mine, "Share to channel"))
            assert text_of(shared).startswith("-# Shared by Ann, who asked: Do I need a PhD?")
            assert [m["id"] for m in s.answers(s.general)] == [shared["id"]]
            again = people.click(s, s.ann, s.general, mine, "Share to channel")
            assert "shared already" in text_of(await on.answered(again))
            assert again.ephemeral
            public = people.slash(s, s.ann, s.general, "ask", question="Do I need a PhD?")
            assert "Question: Do I need a PhD?" in text_of(await on.answered(public))
            assert not public.ephemeral

    asyncio.run(story())


def test_path_through_its_form(bot: Bot, tmp_path: Path) -> None:
    """`/path` alone opens a form with the table's own places; its answer is the recommendation, with the picture."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            opened = people.slash(s, s.ann, s.general, "path")
            await s.until(lambda: opened.modal is not None)
            sent = people.submit(s, opened, experience="3+ years SWE (strong engineering leverage)", goal="Research MLE goal")
            answer = await on.answered(sent)
            assert sent.ephemeral
            assert "Master's + research focus" in text_of(answer)
            assert "You are here.** Research MLE goal" in text_of(answer)
            picture = next(c for c in walk(answer["components"]) if c["type"] == 12)["items"][0]
            assert picture["description"].startswith("You are here: 3+ years SWE")

    asyncio.run(story())


def test_path_by_its_options(bot: Bot, tmp_path: Path) -> None:
    """The options of `/path` are the table's axes and complete themselves; a value that fits nowhere is explained."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            typing = people.complete(s, s.ann, s.general, "path", "goal", "rese")
            await s.until(lambda: typing.choices is not None)
            assert [c["value"] for c in typing.choices or []] == ["Research MLE goal"]
            answer = await on.answered(people.slash(s, s.ann, s.general, "path", experience="18 months", goal="product"))
            assert CELL in text_of(answer)
            odd = await on.answered(people.slash(s, s.ann, s.general, "path", experience="18 months", goal="juggling"))
            assert "For goal, give “Product-focused MLE goal” or “Research MLE goal”" in text_of(odd)

    asyncio.run(story())


def test_guide_shows_a_section_word_for_word(bot: Bot, tmp_path: Path) -> None:
    """`/guide` completes guides and sections and quotes what stands there; an unknown name is explained."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            typing = people.complete(s, s.ann, s.general, "guide", "name", "phd product")
            await s.until(lambda: typing.choices is not None)
            assert typing.choices
            answer = await on.answered(people.slash(s, s.ann, s.general, "guide", name=typing.choices[0]["value"]))
            assert "a PhD is nearly irrelevant" in text_of(answer)
            assert "no guide or section of that name" in text_of(await on.answered(people.slash(s, s.ann, s.general, "guide", name="zzz")))

    asyncio.run(story())


def test_a_long_guide_is_turned_page_by_page(bot: Bot, tmp_path: Path) -> None:
    """What does not fit into one message is behind a button."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            first = await on.answered(people.slash(s, s.ann, s.general, "guide", name="degrees"))
            second = await on.answered(people.click(s, s.ann, s.general, first, "Show the rest"))
            assert "\\[1\\]" in text_of(first)
            assert "\\[1\\]" not in text_of(second)
            assert second["flags"] & EPHEMERAL

    asyncio.run(story())


def test_ask_about_somebody_elses_message(bot: Bot, tmp_path: Path) -> None:
    """The message menu answers a message that the bot itself never got to read, privately."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            unread = s.say(s.bob, s.general, "do I need a PhD for this?")
            about = people.menu(s, s.ann, s.general, "Ask about this", unread)
            assert ANSWER in text_of(await on.answered(about))
            assert about.ephemeral

    asyncio.run(story())


def test_a_forum_post_is_answered_where_an_admin_wants_it(bot: Bot, tmp_path: Path) -> None:
    """A new post in a forum is answered by its title once an admin has said so, and not before."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            forum = s.forum("questions")
            s.gateway.dispatch("CHANNEL_CREATE", forum.object(s.me.id), s.guild.id)
            ignored = s.post(s.ann, forum, "Do I need a PhD?", "Please help.")
            await asyncio.sleep(0.2)
            thread = s.thread(s.admin, forum, "meta")
            await on.answered(people.slash(s, s.admin, thread, "fingerpost channel", mode="forum"))
            post = s.post(s.ann, forum, "Do I need a PhD?", "Please help.")
            await s.until(lambda: s.answers(post))
            assert ANSWER in text_of(s.answers(post)[0])
            assert s.answers(ignored) == []

    asyncio.run(story())


def test_a_quiet_channel_is_kept_quiet(bot: Bot, tmp_path: Path) -> None:
    """In a quiet channel a mention gets a sign that says so, and `/ask` is private."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            await on.answered(people.slash(s, s.admin, s.general, "fingerpost channel", mode="quiet"))
            asked = s.say(s.ann, s.general, "@bot do I need a PhD?")
            await s.until(lambda: s.reactions)
            assert s.reactions == [(asked["id"], "🔇")]
            answer = people.slash(s, s.ann, s.general, "ask", question="do I need a PhD?")
            await on.answered(answer)
            assert answer.ephemeral
            assert s.answers(s.general) == []

    asyncio.run(story())


def test_not_covered_offers_questions_that_are(bot: Bot, tmp_path: Path) -> None:
    """Where the guides say nothing, buttons ask what they do answer, in public where the question was."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            nothing = await on.reply(s.say(s.ann, s.general, "@bot how do I bake sourdough bread?"))
            asked = next(c for c in walk(nothing["components"]) if c["type"] == 2 and c["custom_id"].startswith("fp:ask:"))
            pressed = people.click(s, s.ann, s.general, nothing, asked["label"])
            answer = await on.answered(pressed)
            assert asked["label"] in text_of(answer).replace("\\", "")
            assert not pressed.ephemeral
            assert "\\[1\\]" in text_of(answer)

    asyncio.run(story())


def test_feedback_is_kept_last_write_wins(bot: Bot, tmp_path: Path) -> None:
    """The last verdict of a person on an answer counts; 👎 asks for a reason, which is kept."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            answer = await on.reply(s.say(s.ann, s.general, "@bot do I need a PhD?"))
            assert "noted" in text_of(await on.answered(people.click(s, s.ann, s.general, answer, "👍")))
            down = people.click(s, s.ann, s.general, answer, "👎")
            await s.until(lambda: down.modal is not None)
            await on.answered(people.submit(s, down, answer="It is out of date", anything="2019 figures"))
            kept = on.store.ratings()
            assert [(k.person, k.verdict, k.comment) for k in kept] == [
                (f"discord:user:{s.ann.id}", "down", "It is out of date: 2019 figures")
            ]

    asyncio.run(story())


def test_a_user_who_installed_the_bot_asks_anywhere(bot: Bot, tmp_path: Path) -> None:
    """The commands for askers work for a user's own installation, in a server that does not have the bot; admin commands do not."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            mine = people.slash(s, s.ann, s.general, "ask", question="do I need a PhD?", by_user=True)
            assert ANSWER in text_of(await on.answered(mine))
            with pytest.raises(people.NotOffered, match="integration type 1"):
                people.slash(s, s.admin, s.general, "fingerpost status", by_user=True)
            with pytest.raises(people.NotOffered, match="context 1"):
                people.slash(s, s.admin, s.dm(s.admin), "fingerpost status")

    asyncio.run(story())


def test_who_wants_to_be_forgotten_is(bot: Bot, tmp_path: Path) -> None:
    """`/forget` deletes what the asker has said and their verdicts."""

    async def story() -> None:
        async with stage(bot, tmp_path) as on:
            s = on.server
            answer = await on.reply(s.say(s.ann, s.dm(s.ann), "I have 18 months of experience. Which path should I take?"))
            await on.answered(people.click(s, s.ann, s.dm(s.ann), answer, "👍"))
            assert "deleted" in text_of(await on.answered(people.slash(s, s.ann, s.dm(s.ann), "forget")))
            assert on.store.ratings() == []
            assert CELL not in text_of(await on.reply(s.say(s.ann, s.dm(s.ann), "product")))

    asyncio.run(story())
