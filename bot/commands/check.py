"""`fingerpost guides check`: what is wrong in the guides, for those who write them."""

from __future__ import annotations

import datetime
import sys

import click
import msgspec

from bot import inspection
from bot.commands.given import pass_bot
from bot.wiring import Bot


@click.command()
@click.option("--strict", is_flag=True, help="leave with status 1 for disagreements and missing dates too")
@click.option("--json", "as_json", is_flag=True, help="print the findings on one line")
@pass_bot
def check(bot: Bot, strict: bool, as_json: bool) -> None:
    """Find disagreements, broken references, empty sections, tables that nobody can ask, and guides past their date."""
    found = inspection.inspect(bot.settings.corpus, datetime.date.today(), bot.settings.guide_months)
    click.echo(msgspec.json.encode(found).decode() if as_json else inspection.describe(found))
    if any(finding.wrong or strict for finding in found):
        sys.exit(1)
