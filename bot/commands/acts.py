"""Whoever has the machine is an admin, called the terminal; what they do stands in the list of acts."""

from __future__ import annotations

from contextlib import closing

from bot.store import open_store
from bot.wiring import Bot

YOU = ("the terminal", "terminal")  # name and key of whoever types here


def note(bot: Bot, act: str, detail: str = "") -> None:
    """Add an act of the terminal to the list. Raises StoreError."""
    name, person = YOU
    with closing(open_store(bot.settings)) as store:
        store.note(person, name, act, detail, before=bot.store.current() or "")
