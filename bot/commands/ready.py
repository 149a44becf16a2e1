"""What a command does before it answers."""

from __future__ import annotations

from bot.wiring import Bot


def ensure_index(bot: Bot) -> None:
    """Build the first index where there is none."""
    if not bot.has_index:
        from bot.commands import index  # with the database; an answer from an index needs neither

        index.first(bot)
