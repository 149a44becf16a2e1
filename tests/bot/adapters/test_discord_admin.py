"""Admins on Discord: what they say, press and upload reaches the office as they did it, and what it replies reaches them."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path
from typing import Any

import pytest

from bot.office import Reply
from tests.servers import discord_people as people
from tests.servers.cheap_office import REFUSED, TOO_OLD, CheapOffice
from tests.servers.discord_server import DiscordServer
from tests.servers.discord_stage import CheapLibrary, connected
from tests.servers.discord_world import EPHEMERAL, SEND, Guild, text_of, walk

HOSTILE = "@everyone <!channel> **b** [x](https://evil.example)"
NOBODY = {"parse": [], "replied_user": False}


def labels(made: dict) -> list[str]:
    """The labels of a message's buttons."""
    return [c["label"] for c in walk(made["components"]) if c["type"] == 2]


WORDS: list[tuple[str, dict[str, Any], str]] = [
    ("status", {}, "status"), ("reindex", {}, "reindex"), ("watch", {}, "watch"), ("cancel", {}, "cancel"), ("audit", {}, "audit"),
    ("generations", {}, "generations"),
    ("help", {}, "help"), ("rollback", {}, "rollback"), ("rollback", {"generation": "20260101-1"}, "rollback 20260101-1"),
    ("insights", {}, "insights"), ("insights", {"days": 7}, "insights 7"), ("guides list", {}, "guides"),
    ("guides check", {}, "guides check"),
    ("guides remove", {"name": "degrees"}, "guides remove degrees"), ("forget", {}, "forget"),
]  # fmt: skip


def test_each_command_says_its_words_to_the_office(tmp_path: Path) -> None:
    """The words are the same as on any platform; who says them is known by server, id and name, and the answer is theirs alone."""

    async def story() -> None:
        async with DiscordServer() as s:
            office = CheapOffice({s.admin.id})
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                for command, options, _ in WORDS:
                    asked = people.slash(s, s.admin, s.general, f"fingerpost {command}", **options)
                    await on.answered(asked)
                    assert asked.ephemeral
            assert [said for _, said in office.asked] == [words for _, _, words in WORDS]
            for actor, _ in office.asked:
                assert (actor.platform, actor.workspace, actor.id) == ("discord", s.guild.id, s.admin.id)
                assert (actor.key, actor.name, actor.guest) == (f"discord:user:{s.admin.id}", "Ada", False)
            assert s.wrong == []

    asyncio.run(story())


def test_an_admin_by_role_needs_no_permission_of_the_server(tmp_path: Path) -> None:
    """A role is enough; @everyone, whose id is the server's own, is none; a role that was taken away counts at the next press."""

    async def story() -> None:
        async with DiscordServer() as s:
            editors = s.guild.role("editors")
            s.ann.roles = [editors]
            office = CheapOffice({editors, s.guild.id}, s.guild.id)
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                assert REFUSED in text_of(await on.answered(people.slash(s, s.bob, s.general, "fingerpost reindex")))
                shown = await on.answered(people.slash(s, s.ann, s.general, "fingerpost reindex"))
                assert labels(shown) == ["Read them", "Leave it"]
                s.ann.roles = []
                assert REFUSED in text_of(await on.answered(people.click(s, s.ann, s.general, shown, "Read them")))
                assert office.done == []

    asyncio.run(story())


def test_the_owner_of_another_server_is_nobody_here(tmp_path: Path) -> None:
    """Whoever has every permission elsewhere has no right, there or in a direct message; roles of one server mean nothing in another."""

    async def story() -> None:
        async with DiscordServer() as s:
            elsewhere = Guild("Elsewhere")
            there = elsewhere.add("general")
            s.guilds.append(elsewhere)
            office = CheapOffice({s.admin.id}, s.guild.id)
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                assert REFUSED in text_of(await on.answered(people.slash(s, s.admin, there, "fingerpost reindex")))
                shown = await on.answered(people.slash(s, s.admin, s.general, "fingerpost reindex"))
                for place in (there, s.dm(s.admin)):
                    pressed = people.click(s, s.admin, place, {**shown, "channel_id": place.id}, "Read them")
                    await s.until(lambda pressed=pressed: pressed.changes)
                assert [actor.workspace for actor, _ in office.asked] == [elsewhere.id, s.guild.id, elsewhere.id, ""]
                assert office.done == []

    asyncio.run(story())


def test_a_button_works_once_and_its_answer_takes_its_place(tmp_path: Path) -> None:
    """Pressing a button of a private message changes that message, and the buttons are gone with it."""

    async def story() -> None:
        async with DiscordServer() as s:
            office = CheapOffice({s.admin.id})
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                shown = await on.answered(people.slash(s, s.admin, s.general, "fingerpost reindex"))
                before = dict(shown)
                pressed = people.click(s, s.admin, s.general, shown, "Leave it")
                assert "Left as it is" in text_of(await on.answered(pressed))
                assert pressed.original is shown
                assert labels(shown) == []
                assert TOO_OLD in text_of(await on.answered(people.click(s, s.admin, s.general, before, "Leave it")))
                assert office.done == [(s.admin.id, "leave")]
                assert s.wrong == []

    asyncio.run(story())


def test_a_button_works_after_a_restart(tmp_path: Path) -> None:
    """What was offered by a process that is gone is done by the next one."""

    async def story() -> None:
        async with DiscordServer() as s:
            office = CheapOffice({s.admin.id})
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                shown = await on.answered(people.slash(s, s.admin, s.general, "fingerpost reindex"))
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                await on.answered(people.click(s, s.admin, s.general, shown, "Leave it"))
            assert office.done == [(s.admin.id, "leave")]

    asyncio.run(story())


def test_an_interaction_that_arrives_twice_is_done_once(tmp_path: Path) -> None:
    """A second delivery of one press, as after a lost connection, does nothing."""

    async def story() -> None:
        async with DiscordServer() as s:
            office = CheapOffice({s.admin.id})
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                asked = people.slash(s, s.admin, s.general, "fingerpost status")
                await on.answered(asked)
                s.gateway.dispatch("INTERACTION_CREATE", asked.event, s.guild.id)
                await s.until(lambda: sum(path.endswith("/callback") for _, path, _ in s.requests) == 2)
                await on.answered(people.slash(s, s.admin, s.general, "fingerpost audit"))
            assert [said for _, said in office.asked] == ["status", "audit"]

    asyncio.run(story())


def test_what_discord_has_called_failed_is_not_done(tmp_path: Path) -> None:
    """After three seconds Discord tells the admin that it failed; so nothing is done behind their back."""

    async def story() -> None:
        async with DiscordServer() as s:
            office = CheapOffice({s.admin.id})
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                s.answer_within = -1.0
                people.slash(s, s.admin, s.general, "fingerpost reindex")
                await s.until(lambda: any(path.endswith("/callback") for _, path, _ in s.requests))
                s.answer_within = 3.0
                await on.answered(people.slash(s, s.admin, s.general, "fingerpost status"))
            assert [said for _, said in office.asked] == ["status"]

    asyncio.run(story())


def test_a_slow_office_is_waited_for(tmp_path: Path) -> None:
    """A command that takes its time is acknowledged at once, and shown directly where the interaction is over before it."""

    async def story() -> None:
        async with DiscordServer() as s:
            office = CheapOffice({s.admin.id})
            office.gate = threading.Event()
            async with connected(s, CheapLibrary(), tmp_path, office=office):
                asked = people.slash(s, s.admin, s.general, "fingerpost audit")
                await s.until(lambda: asked.response == 5)
                s.token_life = -1.0
                office.gate.set()
                await s.until(lambda: s.answers(s.dm(s.admin)))
                assert "Done: audit" in text_of(s.answers(s.dm(s.admin))[0])
                assert s.answers(s.general) == []

    asyncio.run(story())


def test_a_failure_of_the_office_says_what_to_do(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The admin gets words and an id that the log has; the exception's own text is not shown."""

    async def story() -> None:
        async with DiscordServer() as s:
            office = CheapOffice({s.admin.id})
            office.error = RuntimeError("secret detail")
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                said = text_of(await on.answered(people.slash(s, s.admin, s.general, "fingerpost status")))
            assert "Something went wrong on my side" in said
            assert "secret" not in said
            assert said.split()[-1].rstrip(".") in caplog.text

    with caplog.at_level(logging.ERROR):
        asyncio.run(story())


def test_figures_come_as_a_picture_with_its_words(tmp_path: Path) -> None:
    """A picture is attached, with what it shows for those who cannot see it."""

    async def story() -> None:
        async with DiscordServer() as s:
            async with connected(s, CheapLibrary(), tmp_path) as on:
                shown = await on.answered(people.slash(s, s.admin, s.general, "fingerpost insights", days=7))
            assert [a["description"] for a in shown["attachments"]] == ["Answered 3, not covered 1"]
            assert [item["description"] for c in walk(shown["components"]) if c["type"] == 12 for item in c["items"]] == [
                "Answered 3, not covered 1"
            ]
            assert s.wrong == []

    asyncio.run(story())


def test_a_public_reply_stands_in_the_channel_unless_that_is_quiet(tmp_path: Path) -> None:
    """It is a message of its own that calls nobody; in a quiet channel, or where the bot may not write, its asker has it alone."""

    async def story() -> None:
        async with DiscordServer() as s:
            office = CheapOffice({s.admin.id})
            office.says = Reply(HOSTILE, (HOSTILE,), public=True)
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                asked = people.slash(s, s.admin, s.general, "fingerpost status")
                assert "stands below" in text_of(await on.answered(asked))
                (made,) = s.answers(s.general)
                assert text_of(made).replace("\\", "").replace("\u200b", "") == f"**{HOSTILE}**\n{HOSTILE}"
                assert [given["allowed_mentions"] for _, path, given in s.requests if path.endswith("/messages")] == [NOBODY]
                await on.answered(people.slash(s, s.admin, s.general, "fingerpost channel", mode="quiet"))
                assert "evil" in text_of(await on.answered(people.slash(s, s.admin, s.general, "fingerpost status")))
                await on.answered(people.slash(s, s.admin, s.general, "fingerpost channel", mode="mention"))
                s.general.denied = SEND
                assert "evil" in text_of(await on.answered(people.slash(s, s.admin, s.general, "fingerpost status")))
                assert s.answers(s.general) == [made]
                assert not made["flags"] & EPHEMERAL

    asyncio.run(story())
