"""The commands that answer: a question or a batch of them, and a decision table's values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

import click
import msgspec

from bot.commands.given import bot_of, pass_bot
from bot.commands.ready import ensure_index
from bot.messages import Answer, Ask, printed
from bot.wiring import Bot
from retrieval.errors import RequestError


@click.command()
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="print the whole answer object on one line")
@click.option("--batch", type=click.File("r", encoding="utf-8-sig"), help='lines of {"id", "question", "history"}; - is standard input')
@pass_bot
def ask(bot: Bot, question: str | None, as_json: bool, batch: IO[str] | None) -> None:
    """Answer QUESTION, or each line of --batch, in order."""
    ensure_index(bot)
    for request in requests(question, batch):
        _print(bot.handle(request), as_json or batch is not None)


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.option("--table", help="the table's id; the first table where it is left out")
@click.option("--json", "as_json", is_flag=True, help="print the whole answer object on one line")
@click.pass_context
def path(context: click.Context, table: str | None, as_json: bool) -> None:
    """Recommend from a decision table: one option for each axis, such as --experience "18 months" --goal product."""
    bot = bot_of(context)
    ensure_index(bot)
    _print(bot.recommend(table, _axes(bot, table, context.args)), as_json)


def requests(question: str | None, batch: IO[str] | None) -> Iterator[Ask]:
    """The questions of a command line: QUESTION, or a line of --batch each. Raises RequestError."""
    if (question is None) == (batch is None):
        raise click.UsageError("give a QUESTION or --batch, one of them")
    if batch is None:
        yield Ask(question or "")
        return
    try:
        for number, line in enumerate(batch, 1):
            if line.strip():
                yield _request(line, number)
    except UnicodeDecodeError as error:
        raise RequestError("the batch is not UTF-8; save it in the encoding UTF-8") from error


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
