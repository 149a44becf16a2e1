"""The commands about what people ask, what is kept of them, and what admins have done."""

from __future__ import annotations

import re
import time
from contextlib import closing
from pathlib import Path

import click
import msgspec

from bot import insights
from bot.admin import people
from bot.commands import acts, written
from bot.commands.given import pass_bot
from bot.commands.ready import ensure_index
from bot.render import chart
from bot.store import open_store
from bot.wiring import Bot
from retrieval.errors import RequestError


@click.command("insights")
@click.option("--days", type=click.IntRange(1, 3_650), default=insights.DAYS, show_default=True, help="how far to look back")
@click.option("--json", "as_json", is_flag=True, help="print it on one line")
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), help="write the counts by week there, as a PNG")
@pass_bot
def insights_command(bot: Bot, days: int, as_json: bool, picture: Path | None) -> None:
    """Say what people ask, what the guides do not cover, and what was thought of the answers."""
    ensure_index(bot)
    with closing(open_store(bot.settings)) as store:
        found = insights.gather(store.questions(), store.ratings(), bot.engine().searcher, time.time(), days)
    if picture:
        written.write(picture, chart.picture(found))
    click.echo(msgspec.json.encode(found).decode() if as_json else "\n".join(insights.describe(found)))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print each act on a line of JSON")
@pass_bot
def audit(bot: Bot, as_json: bool) -> None:
    """List the administrative acts, newest first: who, when, what, and from which index to which."""
    with closing(open_store(bot.settings)) as store:
        acts = store.audit()
    for act in acts:
        click.echo(msgspec.json.encode(act).decode() if as_json else people.told(act))


@click.command()
@click.argument("person")
@pass_bot
def forget(bot: Bot, person: str) -> None:
    """Delete what is kept of PERSON: slack:TEAM:USER, discord:user:ID, or terminal."""
    if not re.fullmatch(r"slack:[^:\s]+:[^:\s]+|discord:user:\d+|terminal", person):  # of a slip, nothing would be deleted
        raise RequestError(f"'{person[:60]}' is nobody; give slack:TEAM:USER, discord:user:ID, or terminal")
    with closing(open_store(bot.settings)) as store:
        store.forget_person(person)
    acts.note(bot, "forget a person")  # of whom nothing is kept, so not who
    click.echo(f"Nothing is kept of {person} any more.")
