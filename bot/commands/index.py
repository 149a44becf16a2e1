"""The commands that make an index or go back to one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import msgspec

from bot.commands.acts import YOU
from bot.commands.given import pass_bot
from bot.progress import Bar
from bot.reindexing import process, telling, work
from bot.reindexing.report import Report
from bot.reindexing.runs import Reindexing
from bot.store import open_store
from bot.wiring import Bot


@click.command()
@click.option("--dry-run", is_flag=True, help="build and check, but do not publish")
@click.option("--publish-anyway", is_flag=True, help="publish even where a check question fails")
@click.option("--json", "as_json", is_flag=True, help="print the report on one line")
@click.option("--run", "run_id", hidden=True, help="do the run of this id, which a bot has started")
@pass_bot
def reindex(bot: Bot, dry_run: bool, publish_anyway: bool, as_json: bool, run_id: str | None) -> None:
    """Build a new index from the guides and show what changed."""
    if run_id:
        process.take_over(bot, run_id)
        return
    report = _here(bot, work.DRY_RUN if dry_run else work.PUBLISH_ANYWAY if publish_anyway else "")
    click.echo(msgspec.json.encode(report).decode() if as_json else _printed(report))
    if report.refused:
        sys.exit(1)


@click.command()
@click.argument("generation", required=False)
@pass_bot
def rollback(bot: Bot, generation: str | None) -> None:
    """Let the index before the current one, or GENERATION, serve again, and show what that changes."""
    with _reindexing(bot) as reindexing, Bar() as bar:
        report = reindexing.rollback(*YOU, generation, bar.show)
    click.echo(f"{report.name} serves now, in place of {report.before}.")
    click.echo("\n".join(telling.describe(report)))


def first(bot: Bot) -> None:
    """Build an index where none can answer. Raises IndexBusy."""
    report = _here(bot)
    if report.refused:
        click.echo(_printed(report), err=True)
        sys.exit(1)


def _here(bot: Bot, request: str = "") -> Report:
    """Reindex in this process, with a progress bar on standard error."""
    with _reindexing(bot) as reindexing:
        for line in reindexing.settle():
            click.echo(line, err=True)
        with Bar() as bar:
            return reindexing.here(*YOU, bar.show, request)


@contextmanager
def _reindexing(bot: Bot) -> Iterator[Reindexing]:
    store = open_store(bot.settings)
    try:
        yield Reindexing(bot, store, process.launcher(bot.settings))
    finally:
        store.close()


def _printed(report: Report) -> str:
    """A report with what has become of the index."""
    if report.published:
        end = f"published {report.name} in {report.seconds:.1f} s"
    elif report.refused:
        serves_on = " The old index serves on." if report.before else ""
        end = f"not published; mend the guide or the question, or use `fingerpost reindex --publish-anyway`.{serves_on}"
    else:
        end = "dry run: nothing was published"
    return "\n".join([*telling.describe(report), end])
