"""The commands that serve platforms, where nothing or too little is set up, and the payloads that they would send."""

from __future__ import annotations

import dataclasses
import json
import queue
import threading
from concurrent.futures import ThreadPoolExecutor

from click.testing import CliRunner

from bot.commands import platforms, render
from bot.settings import Secret
from bot.wiring import Bot
from retrieval.errors import RequestError, SettingsError
from tests.servers import discord_limits, discord_schema
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import BOT_TOKEN, SIGNING_SECRET


def test_run_without_any_platform_says_what_to_set(bot: Bot) -> None:
    """Nothing set up is a wrong use, with the names of the settings."""
    result = CliRunner().invoke(platforms.run_command, obj=bot)
    assert isinstance(result.exception, RequestError)
    assert "FINGERPOST_DISCORD_TOKEN" in str(result.exception)
    assert "FINGERPOST_SLACK_BOT_TOKEN" in str(result.exception)


def test_run_serves_slack_over_http_where_only_that_is_set_up(bot: Bot) -> None:
    """With a signing secret and without a token for Socket Mode, signed requests are answered."""
    said: queue.Queue[str] = queue.Queue()
    stop = threading.Event()
    with SlackServer() as slack:
        settings = dataclasses.replace(
            bot.settings, slack_bot_token=Secret(BOT_TOKEN), slack_signing_secret=Secret(SIGNING_SECRET), slack_http_port=0,
            slack_api_base_url=slack.api,
        )  # fmt: skip
        serve = platforms.set_up(Bot(settings, lambda _: bot.model), said.put)["slack"]
        with ThreadPoolExecutor(1) as pool:
            serving = pool.submit(serve, stop)
            serving.add_done_callback(lambda _: said.put("it has stopped"))
            try:
                _, _, port = said.get(timeout=60).partition("HTTP, port ")
                slack.deliver_over_http(int(port.partition(",")[0]))
                slack.people.says("U0ANN", "C0GEN", "<@U0BOT> Do I need a PhD?")
                assert "PhD" in slack.wait(slack.world.by_bot)[0].text
            finally:
                stop.set()
        serving.result()


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
