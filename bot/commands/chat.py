"""The terminal chat."""

from __future__ import annotations

from contextlib import closing

import click

from bot.commands.given import pass_bot
from bot.commands.ready import ensure_index
from bot.messages import Ask
from bot.wiring import Bot


@click.command()
@click.argument("question", required=False)
@pass_bot
def chat(bot: Bot, question: str | None) -> None:
    """Open the terminal chat, or answer QUESTION and leave."""
    ensure_index(bot)
    if question:
        click.echo(bot.handle(Ask(question)).plain)
    else:
        from bot.adapters import terminal  # line editing, the office and the database are for the chat only
        from bot.admin.bot_office import BotOffice
        from bot.store import open_store

        with closing(open_store(bot.settings)) as store:
            terminal.run(bot, BotOffice(bot, store))
