"""A run on Discord: one message that is edited until it is over, whatever happens to the bot, the message and the admin."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.office import SECONDS_BETWEEN_EDITS, Reply
from tests.servers import discord_people as people
from tests.servers.cheap_office import CANCELLED, PUBLISHED, REFUSED, CheapOffice
from tests.servers.discord_rest import error, too_many
from tests.servers.discord_server import DiscordServer
from tests.servers.discord_stage import CheapLibrary, Clock, Stage, connected
from tests.servers.discord_world import SEND, Channel, Json, text_of, walk


class _Scene:
    """A server with an office that its admin administers, and the home of the bot's state."""

    def __init__(self, server: DiscordServer, home: Path, public: bool) -> None:
        self.s, self.home, self.clock = server, home, Clock()
        self.office = CheapOffice({server.admin.id}, public=public)
        server.clock = lambda: self.clock.now

    def bot(self) -> Any:
        """A bot of this scene, connected."""
        return connected(self.s, CheapLibrary(), self.home, office=self.office, sleep=self.clock.sleep, now=lambda: self.clock.now)

    async def begun(self, on: Stage) -> Json:
        """An admin begins a run; what they are shown alone."""
        confirm = await on.answered(people.slash(self.s, self.s.admin, self.s.general, "fingerpost reindex"))
        return await on.answered(people.click(self.s, self.s.admin, self.s.general, confirm, "Read them"))

    async def over(self, channel: Channel, words: str = PUBLISHED) -> Json:
        """The message in a channel that says so, once the office knows that it was shown."""
        await self.s.until(lambda: self.office.places == [] and any(words in text_of(m) for m in self.s.answers(channel)))
        return next(m for m in self.s.answers(channel) if words in text_of(m))

    def changes(self, channel: Channel) -> list[float]:
        """When a message was sent to a channel or changed there, by the clock."""
        path = f"/channels/{channel.id}/messages"
        return [at for at, (method, to, _) in zip(self.s.times, self.s.requests, strict=True) if method != "GET" and to.startswith(path)]


Story = Callable[[_Scene], Coroutine[Any, Any, None]]


def play(story: Story, home: Path, *, public: bool = True) -> None:
    """Play a story; what does not agree with Discord's schema fails it."""

    async def played() -> None:
        async with DiscordServer() as s:
            await story(_Scene(s, home, public))
            assert s.wrong == []

    asyncio.run(played())


def test_one_message_is_edited_at_most_every_two_seconds(tmp_path: Path) -> None:
    """All progress and the end stand in one message of the channel, which is edited only when its words change."""

    async def story(scene: _Scene) -> None:
        scene.office.steps = ["Reading.", "Embedding 1 of 2.", "Embedding 1 of 2.", "Embedding 1 of 2.", "Checking."]
        async with scene.bot() as on:
            assert "stands below" in text_of(await scene.begun(on))
            made = await scene.over(scene.s.general)
        assert scene.s.answers(scene.s.general) == [made]
        assert [c for c in walk(made["components"]) if c["type"] == 2] == []
        times = scene.changes(scene.s.general)
        assert len(times) == 4
        assert all(later - earlier >= SECONDS_BETWEEN_EDITS for earlier, later in pairwise(times))

    play(story, tmp_path)


def test_a_restart_goes_on_with_the_same_message(tmp_path: Path) -> None:
    """A bot that is begun anew edits the message of the one before it, to the end."""

    async def story(scene: _Scene) -> None:
        async with scene.bot() as on:
            await scene.begun(on)
            scene.office.stands.set()
        (made,) = scene.s.answers(scene.s.general)
        assert PUBLISHED not in text_of(made)
        scene.office.stands.clear()
        async with scene.bot():
            assert (await scene.over(scene.s.general))["id"] == made["id"]
        assert len(scene.s.answers(scene.s.general)) == 1

    play(story, tmp_path)


def test_a_busy_discord_is_waited_for(tmp_path: Path) -> None:
    """429 with and without its bucket and 503: the message arrives at the end, and is one."""

    async def story(scene: _Scene) -> None:
        for answer in (too_many(0.1), too_many(0.1, buckets=False), too_many(0.1, everywhere=True), lambda: error(503, 0, "busy")):
            scene.s.refuse("PATCH", r"/channels/\d+/messages/\d+$", answer)
        async with scene.bot() as on:
            await scene.begun(on)
            await scene.over(scene.s.general)
        assert len(scene.s.answers(scene.s.general)) == 1

    play(story, tmp_path)


def test_a_deleted_message_ends_in_a_new_one(tmp_path: Path) -> None:
    """Whoever deletes the message has silence until the end, which comes as one new message."""

    async def story(scene: _Scene) -> None:
        scene.office.stands.set()
        async with scene.bot() as on:
            await scene.begun(on)
            (made,) = scene.s.answers(scene.s.general)
            scene.s.delete(scene.s.general, made)
            scene.office.stands.clear()
            assert (await scene.over(scene.s.general))["id"] != made["id"]
        assert len(scene.s.answers(scene.s.general)) == 1

    play(story, tmp_path)


def test_refused_changes_end_in_a_new_message(tmp_path: Path) -> None:
    """Where Discord takes no change to the message, the end comes as a new one."""

    async def story(scene: _Scene) -> None:
        scene.s.refuse("PATCH", r"/channels/\d+/messages/\d+$", lambda: error(400, 50035, "Invalid Form Body"), times=100)
        async with scene.bot() as on:
            await scene.begun(on)
            await scene.over(scene.s.general)
        assert len(scene.s.answers(scene.s.general)) == 2
        assert sum(method == "PATCH" and "/channels/" in path for method, path, _ in scene.s.requests) == 1

    play(story, tmp_path)


def test_where_the_bot_may_not_write_the_answer_itself_shows_the_run(tmp_path: Path) -> None:
    """The admin alone sees it then, to its end."""

    async def story(scene: _Scene) -> None:
        scene.s.general.denied = SEND
        async with scene.bot() as on:
            shown = await scene.begun(on)
            await scene.s.until(lambda: PUBLISHED in text_of(shown))
        assert scene.s.answers(scene.s.general) == []

    play(story, tmp_path)


@pytest.mark.parametrize("expired", [True, False])
def test_what_only_the_admin_sees_goes_on_directly(tmp_path: Path, expired: bool) -> None:
    """Past fourteen minutes, or where Discord takes no more changes, the run goes on in one direct message."""

    async def story(scene: _Scene) -> None:
        scene.office.stands.set()
        async with scene.bot() as on:
            shown = await scene.begun(on)
            if expired:
                scene.s.token_life = -1.0
            else:
                await scene.s.until(lambda: scene.clock.now - float(scene.s.times[0]) > 840)
            scene.office.stands.clear()
            await scene.over(scene.s.dm(scene.s.admin))
        assert len(scene.s.answers(scene.s.dm(scene.s.admin))) == 1
        assert scene.s.answers(scene.s.general) == []
        assert PUBLISHED not in text_of(shown)

    play(story, tmp_path, public=False)


def test_what_only_the_admin_sees_goes_on_directly_after_a_restart(tmp_path: Path) -> None:
    """The answer to an interaction is lost with the process; the next one writes directly."""

    async def story(scene: _Scene) -> None:
        scene.office.stands.set()
        async with scene.bot() as on:
            await scene.begun(on)
        scene.office.stands.clear()
        async with scene.bot():
            await scene.over(scene.s.dm(scene.s.admin))
        assert len(scene.s.answers(scene.s.dm(scene.s.admin))) == 1

    play(story, tmp_path, public=False)


def test_an_admin_whom_nothing_reaches_is_given_up_at_the_end(tmp_path: Path) -> None:
    """Where neither the answer nor a direct message can be had, the run is over for Discord when it is over."""

    async def story(scene: _Scene) -> None:
        scene.s.dm(scene.s.admin).denied = SEND
        async with scene.bot() as on:
            await scene.begun(on)
            scene.s.token_life = -1.0
            await scene.s.until(lambda: scene.office.places == [])
        assert scene.s.answers(scene.s.dm(scene.s.admin)) == []

    play(story, tmp_path, public=False)


def test_who_watches_where_it_is_shown_is_led_there(tmp_path: Path) -> None:
    """`watch` in the same channel links to the message; in another channel it shows one of its own."""

    async def story(scene: _Scene) -> None:
        other = scene.s.guild.add("other")
        scene.office.stands.set()
        async with scene.bot() as on:
            await scene.begun(on)
            (made,) = scene.s.answers(scene.s.general)
            watched = await on.answered(people.slash(scene.s, scene.s.admin, scene.s.general, "fingerpost watch"))
            links = [c["url"] for c in walk(watched["components"]) if c.get("style") == 5]
            assert links == [f"https://discord.com/channels/{scene.s.guild.id}/{scene.s.general.id}/{made['id']}"]
            await on.answered(people.slash(scene.s, scene.s.admin, other, "fingerpost watch"))
            scene.office.stands.clear()
            for channel in (scene.s.general, other):
                await scene.over(channel)
                assert len(scene.s.answers(channel)) == 1

    play(story, tmp_path)


@pytest.mark.parametrize("public", [True, False])
def test_a_run_is_cancelled_by_its_button(tmp_path: Path, public: bool) -> None:
    """Somebody else's press is refused to them alone; the admin's ends the run, whose message stays where it was."""

    async def story(scene: _Scene) -> None:
        scene.office.stands.set()
        async with scene.bot() as on:
            shown = await scene.begun(on)
            made = scene.s.answers(scene.s.general)[0] if public else shown
            if public:
                refused = people.click(scene.s, scene.s.ann, scene.s.general, made, "Cancel")
                assert REFUSED in text_of(await on.answered(refused))
                assert refused.ephemeral
            pressed = people.click(scene.s, scene.s.admin, scene.s.general, made, "Cancel")
            assert "will be cancelled" in text_of(await on.answered(pressed))
            assert pressed.original is not made
            await scene.s.until(lambda: scene.office.places == [] and CANCELLED in text_of(made))

    play(story, tmp_path, public=public)


def test_a_run_is_cancelled_before_it_is_noted_where_it_is_shown(tmp_path: Path) -> None:
    """Whoever presses at once, while the bot still writes that down, has their answer beside the run's message, not in its place."""

    async def story(scene: _Scene) -> None:
        scene.office.stands.set()
        scene.office.notes = threading.Event()
        async with scene.bot() as on:
            shown = await scene.begun(on)
            pressed = people.click(scene.s, scene.s.admin, scene.s.general, shown, "Cancel")
            await scene.s.until(lambda: pressed.response is not None)
            scene.office.notes.set()
            assert "will be cancelled" in text_of(await on.answered(pressed))
            assert pressed.original is not shown
            await scene.s.until(lambda: scene.office.places == [] and CANCELLED in text_of(shown))

    play(story, tmp_path, public=False)


def test_an_end_that_is_not_for_everybody_comes_directly(tmp_path: Path) -> None:
    """Where the channel saw the progress and the end is for the admin, the channel has only a word about it."""

    async def story(scene: _Scene) -> None:
        scene.office.stands.set()
        async with scene.bot() as on:
            await scene.begun(on)
            scene.office.public = False
            scene.office.stands.clear()
            await scene.over(scene.s.dm(scene.s.admin))
        (made,) = scene.s.answers(scene.s.general)
        assert "sent to them directly" in text_of(made)

    play(story, tmp_path)


def test_a_place_of_another_version_is_let_go(tmp_path: Path) -> None:
    """What cannot be read is not followed, and keeps no bot from starting."""

    async def story(scene: _Scene) -> None:
        scene.office.follow("run1", "discord", "somewhere")
        async with scene.bot():
            await scene.s.until(lambda: scene.office.places == [])

    play(story, tmp_path)


def test_a_failing_office_is_asked_again_later(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where progress cannot be had, the place is kept for the next try."""

    async def story(scene: _Scene) -> None:
        fine, scene.office.progress = scene.office.progress, _broken  # type: ignore[method-assign]
        async with scene.bot() as on:
            await scene.begun(on)
            await scene.s.until(lambda: "cannot be shown" in caplog.text)
            scene.office.progress = fine  # type: ignore[method-assign]
            await on.client.runs.resume()
            await scene.over(scene.s.general)
        assert len(scene.s.answers(scene.s.general)) == 1

    play(story, tmp_path)


def _broken(run: str) -> Reply:
    raise OSError("no disk")
