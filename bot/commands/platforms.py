"""The commands that answer on platforms, until they are interrupted."""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import click

from bot import serving
from bot.commands.given import pass_bot
from bot.commands.ready import ensure_index
from bot.wiring import Bot
from retrieval.errors import RequestError


@click.command()
@click.option("--http", is_flag=True, help="listen for signed HTTP requests in place of Socket Mode")
@pass_bot
def slack(bot: Bot, http: bool) -> None:
    """Answer in Slack, until interrupted."""
    from bot.adapters import slack as adapter  # Slack's libraries are for this command only

    ensure_index(bot)
    bot.keep_warm()
    adapter.run(bot, http=http, stop=_on_terminate(), say=click.echo)


@click.command()
@click.option("--sync", is_flag=True, help="register the commands anew even where they did not change")
@pass_bot
def discord(bot: Bot, sync: bool) -> None:
    """Answer on Discord, until interrupted."""
    from bot.adapters import discord as adapter  # Discord's library is for this command only

    ensure_index(bot)
    bot.keep_warm()
    adapter.run(bot, stop=_on_terminate(), sync=sync, say=click.echo)


@click.command("run")
@pass_bot
def run_command(bot: Bot) -> None:
    """Answer on every platform that is set up, from one process and one index, until interrupted."""
    platforms = set_up(bot, click.echo)
    if not platforms:
        raise RequestError("no platform is set up; set FINGERPOST_SLACK_BOT_TOKEN or FINGERPOST_DISCORD_TOKEN, or try `fingerpost chat`")
    ensure_index(bot)
    bot.keep_warm()
    serving.run(platforms, Path(tempfile.gettempdir()), _on_terminate())


def set_up(bot: Bot, say: Callable[[str], None]) -> dict[str, serving.Platform]:
    """The platforms whose tokens are set; Slack over HTTP where there is a signing secret and no token for Socket Mode."""
    platforms: dict[str, serving.Platform] = {}
    settings = bot.settings
    if settings.slack_bot_token:
        from bot.adapters import slack as slack_adapter

        http = bool(settings.slack_signing_secret) and not settings.slack_app_token
        platforms["slack"] = lambda stop: slack_adapter.run(bot, http=http, stop=stop, say=say)
    if settings.discord_token:
        from bot.adapters import discord as discord_adapter

        platforms["discord"] = lambda stop: discord_adapter.run(bot, stop=stop, say=say)
    return platforms


def _on_terminate() -> threading.Event:
    """An event that SIGTERM sets, so that what is being answered is finished first."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    return stop
