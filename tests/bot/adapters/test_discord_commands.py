"""What is registered with Discord, and when."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.library import BotLibrary
from bot.wiring import Bot
from tests.servers.discord_server import DiscordServer
from tests.servers.discord_stage import connected
from tests.servers.discord_world import Json

GUILDS, EVERYWHERE = [0], [0, 1, 2]


def _synced(bot: Bot, home: Path) -> list[list[Json]]:
    async def story() -> list[list[Json]]:
        async with DiscordServer() as server:
            for always in (False, False, True):
                async with connected(server, BotLibrary(bot), home, always_sync=always):
                    pass
            return server.syncs

    return asyncio.run(story())


def test_admin_commands_are_for_guilds_only_and_never_for_user_installs(bot: Bot, tmp_path: Path) -> None:
    """Read off the payload that was synced: /fingerpost has the guild context and the guild installation alone.

    Nobody is kept from seeing it: an admin by role need not manage the server, and the office refuses all others.
    """
    commands = {command["name"]: command for command in _synced(bot, tmp_path)[0]}
    assert commands["fingerpost"]["contexts"] == GUILDS
    assert commands["fingerpost"]["integration_types"] == GUILDS
    assert commands["fingerpost"]["default_member_permissions"] is None
    for name in ("ask", "path", "guide", "help", "forget", "Ask about this"):
        assert commands[name]["contexts"] == EVERYWHERE
        assert commands[name]["integration_types"] == [0, 1]


def test_the_axes_of_the_guides_table_are_the_options_of_path(bot: Bot, tmp_path: Path) -> None:
    """/path asks for what the table in the guide asks for."""
    path = next(command for command in _synced(bot, tmp_path)[0] if command["name"] == "path")
    assert [option["name"] for option in path["options"]] == bot.axes(None)


def test_commands_are_synced_only_when_they_changed_or_when_told(bot: Bot, tmp_path: Path) -> None:
    """The first start registers them, the second does not, `--sync` does."""
    assert len(_synced(bot, tmp_path)) == 2
