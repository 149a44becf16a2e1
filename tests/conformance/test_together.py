"""Every platform from one process and one index."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
import time
from pathlib import Path

from bot import serving
from bot.adapters import discord, slack
from bot.settings import Secret
from bot.wiring import Bot
from tests.servers.discord_server import TOKEN
from tests.servers.discord_stage import served
from tests.servers.discord_world import text_of
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import APP_TOKEN, BOT_TOKEN

QUESTION = "What share of research jobs at OpenAI is held by PhDs?"
PATIENCE = 60.0  # seconds


def test_slack_and_discord_answer_from_one_process_and_one_index(bot: Bot, tmp_path: Path) -> None:
    """Both platforms run over the same bot until one stop; each answers, with the same words."""
    stop = threading.Event()
    with served() as server, SlackServer() as workspace:
        both = dataclasses.replace(
            bot.settings, slack_bot_token=Secret(BOT_TOKEN), slack_app_token=Secret(APP_TOKEN), slack_api_base_url=workspace.api,
            discord_token=Secret(TOKEN),
        )  # fmt: skip
        one = Bot(both, lambda _: bot.model)
        said: list[str] = []
        platforms: dict[str, serving.Platform] = {
            "slack": lambda stop: slack.run(one, stop=stop, say=said.append),
            "discord": lambda stop: discord.run(one, stop=stop, say=said.append, connector=server.connector),
        }
        running = threading.Thread(target=serving.run, args=(platforms, tmp_path, stop))
        running.start()
        try:
            _wait(lambda: len(said) == 2 and server.gateway.sessions)
            workspace.people.says("U0ANN", "C0GEN", f"<@U0BOT> {QUESTION}")
            _ask_on_discord(server)
            _wait(lambda: server.answers(server.general))
            in_slack = workspace.wait(lambda: workspace.world.by_bot("C0GEN"))[0]
            assert "70%" in in_slack.text
            assert "70%" in text_of(server.answers(server.general)[0])
        finally:
            stop.set()
            running.join(PATIENCE)
        assert not running.is_alive()


def _ask_on_discord(server) -> None:
    async def ask() -> None:
        server.say(server.ann, server.general, f"@bot {QUESTION}")

    asyncio.run_coroutine_threadsafe(ask(), server.loop).result(10)


def _wait(done) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
