"""Events: each key is worked on by one owner at a time, and done once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bot.settings import Secret
from bot.store.database import Database
from bot.store.errors import StoreError
from bot.store.schema import events

log = logging.getLogger(__name__)

DONE = {"state": "done", "payload": "", "person": ""}  # of which nothing is kept but that it was there
MOST_TRIES = 3  # claims of one event, the first included


@dataclass(frozen=True)
class Event:
    """An event that was claimed and not finished. `tries` counts its claims so far."""

    key: str
    payload: str
    tries: int


class Events(Database):
    """What has come in, and who works on it."""

    def __init__(self, place: Path | Secret, now: Callable[[], float] = time.time) -> None:
        super().__init__(place, now)
        self._known = threading.Lock()
        self._mine: set[str] = set()  # keys that this process works on, or tries to get
        self._unnoted: set[str] = set()  # those of them that are done, which the database does not know yet

    def claim(self, key: str, payload: str = "", person: str = "") -> bool:
        """Take an event to work on. True for exactly one caller at a time; False once it is done.

        A claim ends with `finish` or `release`, or with the process that holds it. `payload` is what is needed to do
        the event again, and `person` whose it is; those of the first claim are kept. After a StoreError the same process
        may claim it again, and gets it where the database has its first claim after all.
        """
        with self._known:
            if key in self._mine:
                return False
            self._mine.add(key)
        got = False
        try:
            got = self._claim(key, payload, person)
        finally:
            if not got:
                self._mine.discard(key)
        return got

    def _claim(self, key: str, payload: str, person: str) -> bool:
        fresh = self._insert(events).values(
            key=key, state="claimed", owner=self._owner, payload=payload, tries=1, at=self._now(), person=person
        )
        if self._write(fresh.on_conflict_do_nothing()) == 1:
            return True
        row = self._one(sa.select(events.c.owner, events.c.state, events.c.tries).where(events.c.key == key))
        if row is None or row.state == "done":
            return False
        if row.owner == self._owner:
            return True  # of a claim whose success was not heard of
        if row.tries >= MOST_TRIES or self._lives(row.owner):
            return False
        taken = sa.update(events).where(
            events.c.key == key, events.c.state == "claimed", events.c.owner == row.owner, events.c.tries == row.tries)  # fmt: skip
        return self._write(taken.values(owner=self._owner, tries=row.tries + 1)) == 1

    def finish(self, key: str) -> None:
        """The event is done: it is never claimed again, and its payload is forgotten.

        Raises nothing: what was done is not done again because it cannot be written down. This process then keeps its
        claim, and writes it down with the next `unfinished`.
        """
        try:
            self._write_surely(self._done(key))
        except StoreError as error:
            log.warning("an event is done, which is noted later: %s", error)
            self._unnoted.add(key)
        else:
            self._mine.discard(key)

    def release(self, key: str, *, counted: bool = True) -> bool:
        """Give up an event without having done it: the next one to ask may claim it. False after MOST_TRIES times: then it is over.

        A try that is not `counted` does not use up one of them: where the platform could not be reached. After a
        StoreError this process alone may claim it again, which counts as the same try.
        """
        mine = sa.update(events).where(events.c.key == key, events.c.owner == self._owner, events.c.state == "claimed")
        try:
            if counted and self._write_surely(mine.where(events.c.tries >= MOST_TRIES).values(**DONE)):
                return False
            self._write_surely(mine.values(owner="", tries=events.c.tries - (0 if counted else 1)))
        finally:
            self._mine.discard(key)  # else this process would take it for what it works on, and nobody would do it
        return True

    def unfinished(self, prefix: str) -> list[Event]:
        """The events with this prefix that nobody works on and that may be claimed once more, oldest first."""
        for key in tuple(self._unnoted):
            self._write(self._done(key))
            self._unnoted.discard(key)
            self._mine.discard(key)
        there = sa.select(events).where(
            events.c.state == "claimed", events.c.key.startswith(prefix, autoescape=True), events.c.tries < MOST_TRIES)  # fmt: skip
        rows = self._all(there.order_by(events.c.at))
        dead = {owner for owner in {row.owner for row in rows} if not self._lives(owner)}
        unheard = {row.key for row in rows if row.owner == self._owner} - self._mine
        return [Event(row.key, row.payload, row.tries) for row in rows if row.owner in dead or row.key in unheard]

    def _done(self, key: str) -> sa.Update:
        return sa.update(events).where(events.c.key == key, events.c.owner == self._owner).values(**DONE)
