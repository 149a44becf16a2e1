"""The command that checks a set-up bot."""

from __future__ import annotations

import sys

import click
import msgspec

from bot import doctor
from bot.commands.given import pass_bot
from bot.wiring import Bot


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="print the results on one line")
@pass_bot
def doctor_command(bot: Bot, as_json: bool) -> None:
    """Check tokens, scopes, index and model, and say how to mend what is wrong."""
    from bot.adapters.discord import checks as discord_checks
    from bot.adapters.slack import checks as slack_checks

    results = doctor.run(bot, [*doctor.CORE, slack_checks.check, discord_checks.check])
    click.echo(msgspec.json.encode(results).decode() if as_json else doctor.describe(results))
    if any(result.status == "failed" for result in results):
        sys.exit(1)
