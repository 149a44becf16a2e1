"""Guides that admins give on Discord: as a file or as pasted text, offered to the office as they are."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.bot.adapters.test_discord_admin import labels
from tests.servers import discord_people as people
from tests.servers.cheap_office import REFUSED, CheapOffice
from tests.servers.discord_files import Upload
from tests.servers.discord_rest import error
from tests.servers.discord_server import DiscordServer
from tests.servers.discord_stage import CheapLibrary, Stage, connected
from tests.servers.discord_world import text_of


async def _added(on: Stage, upload: Upload) -> str:
    s = on.server
    return text_of(await on.answered(people.slash(s, s.admin, s.general, "fingerpost guides add", file=upload))).replace("\\", "")


def test_a_file_is_offered_as_it_is(tmp_path: Path) -> None:
    """Its name and its bytes reach the office; its buttons reach the admin."""

    async def story() -> None:
        async with DiscordServer() as s:
            office = CheapOffice({s.admin.id})
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                asked = people.slash(s, s.admin, s.general, "fingerpost guides add", file=Upload("a.pdf", b"\x00\xff%PDF"))
                shown = await on.answered(asked)
                assert asked.ephemeral
                assert labels(shown) == ["Add it", "Leave it"]
                assert "Added" in text_of(await on.answered(people.click(s, s.admin, s.general, shown, "Add it")))
            assert office.offered == [("a.pdf", b"\x00\xff%PDF")]

    asyncio.run(story())


def test_a_file_that_cannot_be_taken_says_why(tmp_path: Path) -> None:
    """Too large by what Discord says, too large once it is there, gone, and not handed over: clear words, and nothing offered."""

    async def story() -> None:
        async with DiscordServer() as s:
            office = CheapOffice({s.admin.id})
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                assert "a.md is too large: I take at most 0.001 MB" in await _added(on, Upload("a.md", b"x" * 1_001))
                assert not any(path.startswith("/ephemeral-attachments") for _, path, _ in s.requests)
                assert "a.md is too large" in await _added(on, Upload("a.md", b"x" * 1_001, claimed=10))
                s.refuse("GET", "^/ephemeral-attachments", lambda: error(404, 0, "gone"))
                assert "Upload it again" in await _added(on, Upload("a.md", b"x"))
                s.refuse("GET", "^/ephemeral-attachments", lambda: error(503, 0, "busy"))
                assert "could not fetch" in await _added(on, Upload("a.md", b"x"))
            assert office.offered == []

    asyncio.run(story())


def test_a_members_file_is_refused_unseen(tmp_path: Path) -> None:
    """Who may not add a guide cannot have the bot fetch anything either."""

    async def story() -> None:
        async with DiscordServer() as s:
            office = CheapOffice({s.admin.id})
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                asked = people.slash(s, s.ann, s.general, "fingerpost guides add", file=Upload("a.md", b"x"))
                assert REFUSED in text_of(await on.answered(asked))
            assert [path for _, path, _ in s.requests if path.startswith("/ephemeral-attachments")] == office.offered == []

    asyncio.run(story())


def test_text_can_be_pasted_into_a_form(tmp_path: Path) -> None:
    """Without a file a form asks for the text; a form that was open during a restart works, and is refused to who is no admin."""

    async def story() -> None:
        async with DiscordServer() as s:
            office = CheapOffice({s.admin.id})
            async with connected(s, CheapLibrary(), tmp_path, office=office):
                form = people.slash(s, s.admin, s.general, "fingerpost guides add")
                theirs = people.slash(s, s.ann, s.general, "fingerpost guides add")
                await s.until(lambda: form.modal and theirs.modal)
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                sent = people.submit(s, form, text="# Watering\n\nEvery 3 days.")
                assert "pasted.md would give" in text_of(await on.answered(sent)).replace("\\", "")
                assert sent.ephemeral
                assert REFUSED in text_of(await on.answered(people.submit(s, theirs, text="# Mine")))
            assert office.offered == [("pasted.md", b"# Watering\n\nEvery 3 days.")]
            assert s.wrong == []

    asyncio.run(story())
