"""The commands that serve platforms, where nothing or too little is set up, and the payloads that they would send."""

from __future__ import annotations

import json

from click.testing import CliRunner

from bot.commands import platforms, render
from bot.wiring import Bot
from retrieval.errors import RequestError, SettingsError
from tests.servers import discord_limits, discord_schema


def test_run_without_any_platform_says_what_to_set(bot: Bot) -> None:
    """Nothing set up is a wrong use, with the names of the settings."""
    result = CliRunner().invoke(platforms.run_command, obj=bot)
    assert isinstance(result.exception, RequestError)
    assert "FINGERPOST_DISCORD_TOKEN" in str(result.exception)
    assert "FINGERPOST_SLACK_BOT_TOKEN" in str(result.exception)


def test_discord_without_a_token_names_the_setting(bot: Bot) -> None:
    """The command says which setting is missing and where its value comes from."""
    result = CliRunner().invoke(platforms.discord, obj=bot)
    assert isinstance(result.exception, SettingsError)
    assert str(result.exception).startswith("FINGERPOST_DISCORD_TOKEN is not set")


def test_render_for_discord_is_a_message_that_discord_takes(bot: Bot) -> None:
    """`render --platform discord` prints the payload, which agrees with Discord's schema and calls nobody."""
    result = CliRunner().invoke(render.render, ["--platform", "discord", "Do I need a PhD?"], obj=bot)
    payload = json.loads(result.output)
    assert discord_schema.problems(payload, "MessageCreateRequest") == []
    assert discord_limits.refused(payload) is None
    assert payload["allowed_mentions"] == {"parse": []}
