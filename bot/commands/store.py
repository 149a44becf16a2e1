"""The command that moves an installation."""

from __future__ import annotations

import os

import click

from bot import copying
from bot.commands.given import pass_bot
from bot.progress import Bar
from bot.wiring import Bot


@click.group()
def store() -> None:
    """The bot's state and its indexes, wherever they lie."""


@store.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@pass_bot
def copy_command(bot: Bot, source: str, target: str) -> None:
    """Copy all state and every index that is kept from one place to another, which has to be empty.

    A place is `home` (FINGERPOST_HOME), `store` (FINGERPOST_STORE), a folder, or `env:NAME` for the address of a PostgreSQL database in
    an environment variable. Stop the bot first.
    """
    places = [copying.place(words, bot.settings, os.environ) for words in (source, target)]
    with Bar() as bar:
        copied = copying.copy(places[0], places[1], bot.settings, bar.show)
    rows = ", ".join(f"{count} {name}" for name, count in copied.rows.items() if count) or "nothing"
    click.echo(f"state: {rows}; the same at both places")
    click.echo(f"indexes: {', '.join(copied.indexes) or 'none'}; read back, and the same at both places")
    click.echo(f"{copied.serving or 'none'} serves there")
