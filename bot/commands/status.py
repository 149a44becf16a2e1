"""The command that says which index serves."""

from __future__ import annotations

import click
import msgspec

from bot.adapters import terminal
from bot.commands.given import pass_bot
from bot.wiring import Bot


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print it on one line")
@pass_bot
def status(bot: Bot, as_json: bool) -> None:
    """Say which index serves, of which guides, made with which model."""
    found = terminal.status(bot)
    click.echo(msgspec.json.encode(found).decode() if as_json else terminal.describe(found))
