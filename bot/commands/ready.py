"""What a command does before it answers."""

from __future__ import annotations

import time

import click

from bot.wiring import Bot
from retrieval.errors import IndexBusy, IndexUnusable

_AGAIN = 1.0  # seconds between looks at whether another process is done


def ensure_index(bot: Bot) -> None:
    """Build an index where there is none that can answer; where another process does, as replicas do that start at once, wait for it.

    So an upgrade that reads another format, or that has another model, starts by itself: whoever could reindex in chat needs it.
    """
    told = False
    while (problem := _problem(bot)) is not None:
        from bot.commands import index  # with the database; an answer from an index needs neither

        if not told:
            click.echo(f"{problem}; one is built from the guides", err=True)
        try:
            index.first(bot)
            return
        except IndexBusy as error:
            if not told:
                click.echo(f"waiting for the index: {error}", err=True)
            told = True
            time.sleep(_AGAIN)


def _problem(bot: Bot) -> str | None:
    """Why no index can answer, or None. Raises IndexUnreachable, and ModelError."""
    if not bot.has_index:  # without the model
        return "there is no index yet"
    try:
        bot.engine()
    except IndexUnusable as error:
        return error.problem
    return None


def ensure_current_index(bot: Bot) -> None:
    """The same, before a measurement: figures of guides as they were would be taken for those of the guides as they are.

    Raises ClickException where the guides have changed since.
    """
    ensure_index(bot)
    if stale := bot.stale_guides():
        raise click.ClickException(f"changed since the index was built: {', '.join(stale)}; run `fingerpost reindex` before you measure")
