"""What a command does before it answers."""

from __future__ import annotations

import time

import click

from bot.wiring import Bot
from retrieval.errors import IndexBusy

_AGAIN = 1.0  # seconds between looks at whether another process is done


def ensure_index(bot: Bot) -> None:
    """Build the first index where there is none; where another process does, as replicas do that start at once, wait for it."""
    told = False
    while not bot.has_index:
        from bot.commands import index  # with the database; an answer from an index needs neither

        try:
            index.first(bot)
        except IndexBusy as error:
            if not told:
                click.echo(f"waiting for the first index: {error}", err=True)
            told = True
            time.sleep(_AGAIN)


def ensure_current_index(bot: Bot) -> None:
    """The same, before a measurement: figures of guides as they were would be taken for those of the guides as they are.

    Raises ClickException where the guides have changed since.
    """
    ensure_index(bot)
    if stale := bot.stale_guides():
        raise click.ClickException(f"changed since the index was built: {', '.join(stale)}; run `fingerpost reindex` before you measure")
