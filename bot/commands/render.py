"""What a platform would be sent for an answer."""

from __future__ import annotations

from typing import IO, Any

import click
import msgspec

from bot.commands.ask import requests
from bot.commands.given import pass_bot
from bot.commands.ready import ensure_index
from bot.desk import BotDesk
from bot.messages import Answer
from bot.render import discord as discord_render
from bot.render import slack as slack_render
from bot.wiring import Bot

RENDERERS = ("plain", "slack", "discord")


@click.command()
@click.argument("question", required=False)
@click.option("--platform", type=click.Choice(RENDERERS), required=True)
@click.option("--batch", type=click.File("r", encoding="utf-8-sig"), help="as for ask")
@pass_bot
def render(bot: Bot, question: str | None, platform: str, batch: IO[str] | None) -> None:
    """Print the payload that a platform would be sent for the answer to QUESTION."""
    ensure_index(bot)
    for request in requests(question, batch):
        payload = _payload(bot, platform, bot.handle(request))
        line = {"id": request.id, "payload": payload} if batch else payload
        click.echo(msgspec.json.encode(line).decode())


def _payload(bot: Bot, platform: str, answer: Answer) -> dict[str, Any]:
    """What a platform would be sent."""
    if platform == "slack":
        return slack_render.render(answer, BotDesk(bot).matrix(answer))
    if platform == "discord":
        return discord_render.render(answer, BotDesk(bot).matrix(answer))
    return {"text": answer.plain}
