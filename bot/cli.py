"""The command line: one function a command, each a few lines over the wiring."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import click
import msgspec

from bot import doctor, insights, serving, settings
from bot.adapters import terminal
from bot.admin import people
from bot.admin.bot_office import BotOffice
from bot.commands import index, measure
from bot.commands.guides import guides
from bot.desk import BotDesk
from bot.messages import Answer, Ask, printed
from bot.render import chart
from bot.render import discord as discord_render
from bot.render import slack as slack_render
from bot.store import open_store
from bot.wiring import Bot
from retrieval.errors import FingerpostError, RequestError

RENDERERS = ("plain", "slack", "discord")


class _Group(click.Group):
    """Prints a refusal of the program as one line and leaves with status 1; any other error is a bug and shown."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except RequestError as error:
            click.echo(f"fingerpost: {error}", err=True)
            sys.exit(2)
        except FingerpostError as error:
            click.echo(f"fingerpost: {error}", err=True)
            sys.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fingerpost")
@click.pass_context
def main(context: click.Context) -> None:
    """Answers questions from a team's own guides and points at the passage that says so."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    context.obj = Bot(settings.load(os.environ, Path.cwd()))


@main.command()
@click.argument("question", required=False)
@click.pass_obj
def chat(bot: Bot, question: str | None) -> None:
    """Open the terminal chat, or answer QUESTION and leave."""
    index.ensure_index(bot)
    if question:
        click.echo(bot.handle(Ask(question)).plain)
    else:
        with closing(open_store(bot.settings)) as store:
            terminal.run(bot, BotOffice(bot, store))


@main.command()
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="print the whole answer object on one line")
@click.option("--batch", type=click.File("r", encoding="utf-8"), help='lines of {"id", "question", "history"}; - is standard input')
@click.pass_obj
def ask(bot: Bot, question: str | None, as_json: bool, batch: IO[str] | None) -> None:
    """Answer QUESTION, or each line of --batch, in order."""
    index.ensure_index(bot)
    for request in _requests(question, batch):
        _print(bot.handle(request), as_json or batch is not None)


@main.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.option("--table", help="the table's id; the first table where it is left out")
@click.option("--json", "as_json", is_flag=True, help="print the whole answer object on one line")
@click.pass_context
def path(context: click.Context, table: str | None, as_json: bool) -> None:
    """Recommend from a decision table: one option for each axis, such as --experience "18 months" --goal product."""
    bot: Bot = context.obj
    index.ensure_index(bot)
    _print(bot.recommend(table, _axes(bot, table, context.args)), as_json)


main.add_command(index.reindex)
main.add_command(index.rollback)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="print it on one line")
@click.pass_obj
def status(bot: Bot, as_json: bool) -> None:
    """Say which index serves, of which guides, made with which model."""
    found = terminal.status(bot)
    click.echo(msgspec.json.encode(found).decode() if as_json else terminal.describe(found))


main.add_command(guides)


@main.command()
@click.argument("question", required=False)
@click.option("--platform", type=click.Choice(RENDERERS), required=True)
@click.option("--batch", type=click.File("r", encoding="utf-8"), help="as for ask")
@click.pass_obj
def render(bot: Bot, question: str | None, platform: str, batch: IO[str] | None) -> None:
    """Print the payload that a platform would be sent for the answer to QUESTION."""
    index.ensure_index(bot)
    for request in _requests(question, batch):
        payload = _payload(bot, platform, bot.handle(request))
        line = {"id": request.id, "payload": payload} if batch else payload
        click.echo(msgspec.json.encode(line).decode())


@main.command("insights")
@click.option("--days", type=click.IntRange(1, 3_650), default=insights.DAYS, show_default=True, help="how far to look back")
@click.option("--json", "as_json", is_flag=True, help="print it on one line")
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), help="write the counts by week there, as a PNG")
@click.pass_obj
def insights_command(bot: Bot, days: int, as_json: bool, picture: Path | None) -> None:
    """Say what people ask, what the guides do not cover, and what was thought of the answers."""
    index.ensure_index(bot)
    with closing(open_store(bot.settings)) as store:
        found = insights.gather(store.questions(), store.ratings(), bot.engine().searcher, time.time(), days)
    if picture:
        picture.write_bytes(chart.picture(found))
    click.echo(msgspec.json.encode(found).decode() if as_json else "\n".join(insights.describe(found)))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="print each act on a line of JSON")
@click.pass_obj
def audit(bot: Bot, as_json: bool) -> None:
    """List the administrative acts, newest first: who, when, what, and from which index to which."""
    with closing(open_store(bot.settings)) as store:
        acts = store.audit()
    for act in acts:
        click.echo(msgspec.json.encode(act).decode() if as_json else people.told(act))


@main.command()
@click.argument("person")
@click.pass_obj
def forget(bot: Bot, person: str) -> None:
    """Delete what is kept of PERSON: slack:TEAM:USER or discord:user:ID."""
    with closing(open_store(bot.settings)) as store:
        store.forget_person(person)
    click.echo(f"Nothing is kept of {person} any more.")


main.add_command(measure.eval_command)
main.add_command(measure.bench_command)


@main.command()
@click.option("--http", is_flag=True, help="listen for signed HTTP requests in place of Socket Mode")
@click.pass_obj
def slack(bot: Bot, http: bool) -> None:
    """Answer in Slack, until interrupted."""
    from bot.adapters import slack as adapter  # Slack's libraries are for this command only

    index.ensure_index(bot)
    adapter.run(bot, http=http, stop=_on_terminate(), say=click.echo)


@main.command()
@click.option("--sync", is_flag=True, help="register the commands anew even where they did not change")
@click.pass_obj
def discord(bot: Bot, sync: bool) -> None:
    """Answer on Discord, until interrupted."""
    from bot.adapters import discord as adapter  # Discord's library is for this command only

    index.ensure_index(bot)
    adapter.run(bot, stop=_on_terminate(), sync=sync, say=click.echo)


@main.command("run")
@click.pass_obj
def run_command(bot: Bot) -> None:
    """Answer on every platform that is set up, from one process and one index, until interrupted."""
    platforms: dict[str, serving.Platform] = {}
    if bot.settings.slack_bot_token:
        from bot.adapters import slack as slack_adapter

        platforms["slack"] = lambda stop: slack_adapter.run(bot, stop=stop, say=click.echo)
    if bot.settings.discord_token:
        from bot.adapters import discord as discord_adapter

        platforms["discord"] = lambda stop: discord_adapter.run(bot, stop=stop, say=click.echo)
    if not platforms:
        raise RequestError("no platform is set up; set FINGERPOST_SLACK_BOT_TOKEN or FINGERPOST_DISCORD_TOKEN, or try `fingerpost chat`")
    index.ensure_index(bot)
    serving.run(platforms, bot.settings.home, _on_terminate())


@main.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="print the results on one line")
@click.pass_obj
def doctor_command(bot: Bot, as_json: bool) -> None:
    """Check tokens, scopes, index and model, and say how to mend what is wrong."""
    from bot.adapters.discord import checks as discord_checks
    from bot.adapters.slack import checks as slack_checks

    results = doctor.run(bot, [*doctor.CORE, slack_checks.check, discord_checks.check])
    click.echo(msgspec.json.encode(results).decode() if as_json else doctor.describe(results))
    if any(result.status == "failed" for result in results):
        sys.exit(1)


def _payload(bot: Bot, platform: str, answer: Answer) -> dict[str, Any]:
    """What a platform would be sent."""
    if platform == "slack":
        return slack_render.render(answer, BotDesk(bot).matrix(answer))
    if platform == "discord":
        return discord_render.render(answer, BotDesk(bot).matrix(answer))
    return {"text": answer.plain}


def _on_terminate() -> threading.Event:
    """An event that SIGTERM sets, so that what is being answered is finished first."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    return stop


def _requests(question: str | None, batch: IO[str] | None) -> Iterator[Ask]:
    if (question is None) == (batch is None):
        raise click.UsageError("give a QUESTION or --batch, one of them")
    if batch is None:
        yield Ask(question or "")
        return
    for number, line in enumerate(batch, 1):
        if line.strip():
            yield _request(line, number)


def _request(line: str, number: int) -> Ask:
    try:
        return msgspec.json.decode(line, type=Ask)
    except msgspec.MsgspecError as error:
        raise RequestError(f"line {number} of the batch is not a question: {error}") from error


def _axes(bot: Bot, table: str | None, arguments: Iterable[str]) -> dict[str, str]:
    """`--axis value` pairs for the axes of a table. Raises RequestError."""
    axes = bot.axes(table)
    given: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        name, _, value = rest.pop(0).partition("=")
        axis = name.removeprefix("--")
        if not name.startswith("--") or axis not in axes:
            raise RequestError(f"'{name}' is no axis of this table; it has {', '.join(f'--{a}' for a in axes)}")
        if not value and not rest:
            raise RequestError(f"{name} needs a value")
        given[axis] = value or rest.pop(0)
    return given


def _print(answer: Answer, as_json: bool) -> None:
    click.echo(printed(answer) if as_json else answer.plain)
