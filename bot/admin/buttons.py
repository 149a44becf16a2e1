"""Buttons that work once, for an hour, and for the one they were made for; what they do is kept in the store, not in them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import msgspec

from bot.office import Actor, Button
from bot.store import Store

SECONDS = 3600.0
TOO_OLD = "That button has been used already, or is too old. Use the command again."
ANOTHERS = "That button belongs to {name}, who used the command. Use the command yourself."
_KEY = "admin:button:"


class Pressed(msgspec.Struct, frozen=True):
    """What a button does: a verb with its argument. `by` is the store key of the one it is for, "" for every admin."""

    verb: str
    argument: str = ""
    by: str = ""
    name: str = ""


@dataclass(frozen=True)
class Refused:
    """A press that does nothing, with the reason in words for people."""

    reason: str


class Buttons:
    """Makes buttons and takes their presses."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def make(
        self, label: str, verb: str, argument: str = "", *, by: Actor | None = None, danger: bool = False, token: str = ""
    ) -> Button:  # fmt: skip
        """A button for one person, or for every admin where `by` is left out. A `token` of its own is used again and again."""
        token = token or secrets.token_urlsafe(16)
        kept = Pressed(verb, argument, by.key if by else "", by.name if by else "")
        self._store.hold(_KEY + token, msgspec.json.encode(kept).decode(), SECONDS)
        return Button(label, token, danger)

    def take(self, actor: Actor, act: str) -> Pressed | Refused:
        """What a press does, for exactly one press; a press by another person leaves the button as it is."""
        kept = self._store.held(_KEY + act[:80])
        pressed = msgspec.json.decode(kept, type=Pressed) if kept else None
        if pressed and pressed.by and pressed.by != actor.key:
            return Refused(ANOTHERS.format(name=pressed.name))
        if pressed is None or self._store.take(_KEY + act) is None:
            return Refused(TOO_OLD)
        return pressed
