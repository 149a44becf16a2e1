"""What doctor says of Discord."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from bot import settings
from bot.adapters.discord import checks
from bot.admin import rights
from bot.settings import Secret
from bot.wiring import Bot
from retrieval.errors import SettingsError
from tests.servers.discord_server import TOKEN, DiscordServer
from tests.servers.discord_stage import served

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def server() -> Iterator[DiscordServer]:
    """The server in a loop of its own, as doctor has its own."""
    with served() as made:
        yield made


def _checked(server: DiscordServer | None, token: str, admins: str = "") -> dict[str, tuple[str, str]]:
    made = Bot(dataclasses.replace(settings.load({}, ROOT), discord_token=Secret(token), admins=rights.parse(admins)))

    def connector() -> aiohttp.BaseConnector | None:
        return server.connector() if server else None

    return {result.name: (result.status, result.found) for result in checks.check(made, connector)}


def test_a_good_token_gives_the_invitation(server: DiscordServer) -> None:
    """Token, gateway and the link with which a server gets the bot."""
    found = _checked(server, TOKEN)
    assert [status for status, _ in found.values()] == ["ok", "ok", "ok", "skipped"]
    assert found["discord invitation"][1].startswith(f"https://discord.com/oauth2/authorize?client_id={server.application_id}&scope=bot")


def test_admins_who_are_not_there_are_named(server: DiscordServer) -> None:
    """Roles and members of a server that has the bot are found; a mistaken id and a server without the bot are said."""
    guild, role = server.guild.id, server.guild.role("editors")
    there = f"discord:{guild}:{role}, discord:{guild}:{server.ann.id}"
    assert _checked(server, TOKEN, there)["discord admins"] == ("ok", "2 in FINGERPOST_ADMINS, all found")
    for wrong in (f"discord:{guild}:123", f"discord:123:{role}"):
        status, found = _checked(server, TOKEN, f"{there}, {wrong}")["discord admins"]
        assert status == "failed"
        assert wrong in found
    assert server.wrong == []


def test_a_wrong_token_is_named_with_its_fix(server: DiscordServer) -> None:
    """Refused by Discord, or seen to be none at all; the token itself is never shown."""
    for token in ("MTIz.other.token", "no-token"):
        found = _checked(server, token)
        assert found["discord token"][0] == "failed"
        assert token not in str(found)


def test_without_a_token_discord_is_skipped() -> None:
    """Who does not use Discord is not told to set it up."""
    assert _checked(None, "")["discord"][0] == "skipped"


def test_the_settings_of_discord() -> None:
    """Both names of the token are read, it hides itself, and a forum that is no number is refused by name."""
    read = settings.load({"DISCORD_TOKEN": "Bot a.b.c", "FINGERPOST_DISCORD_FORUMS": "12, 34"}, ROOT)
    assert (read.discord_token.reveal(), read.discord_forums) == ("a.b.c", frozenset({"12", "34"}))
    assert "a.b.c" not in repr(read)
    with pytest.raises(SettingsError, match="FINGERPOST_DISCORD_FORUMS has 'general'"):
        settings.load({"FINGERPOST_DISCORD_FORUMS": "general"}, ROOT)
