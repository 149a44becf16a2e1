"""What must outlive a process: events seen, conversations, feedback, channel modes, things held for a button, runs, acts.

One SQLite file (WAL) that several threads and processes may use at once, or a PostgreSQL database that several machines may.
Keys are strings that a platform chooses and that begin with its name, such as "slack:T1:C1:1700000000.000100"; nothing here
knows any platform.

    store = Store(settings.home)
    if store.claim(key, payload):        # False: somebody answers it or has answered it
        store.say(thread, person, key, text)
        answer = bot.handle(Ask(text, store.history(thread, person, key)))
        ...send it...
        store.finish(key)                # or store.release(key) where it failed and may be tried again
    for event in store.unfinished("slack:"):   # at start: what a process that died had claimed, to be claimed again

The only package that imports SQLAlchemy, Alembic and a database's driver.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from bot.settings import KEPT_DAYS, LogQuestions, Secret, Settings
from bot.store import schema
from bot.store.contents import Contents
from bot.store.conversations import KEPT_TURNS, Conversations
from bot.store.database import DAY
from bot.store.errors import StoreError
from bot.store.events import DONE, MOST_TRIES, Event, Events
from bot.store.held import Held
from bot.store.opinions import Asked, Feedback, Opinions
from bot.store.runs import Act, Run, Runs
from bot.store.sqlite import FILE

__all__ = [
    "DAY", "FILE", "KEPT_TURNS", "MOST_TRIES", "Act", "Asked", "Event", "Feedback", "Run", "Store", "StoreError", "open_store",
]  # fmt: skip


class Store(Events, Conversations, Opinions, Held, Runs, Contents):
    """The state of all platforms, in a folder, or in PostgreSQL at an address. Safe to use from several threads.

    Each method is one atomic step; all but `finish` may raise StoreError.

    `log_questions` says whether questions are kept, and with names; `kept_days` for how long anything is.
    """

    def __init__(
        self,
        place: Path | Secret,
        now: Callable[[], float] = time.time,
        log_questions: LogQuestions = "yes",
        kept_days: float = KEPT_DAYS,
    ) -> None:
        super().__init__(place, now)
        self.log_questions = log_questions
        self.kept_days = kept_days

    def forget_person(self, person: str) -> None:
        """Delete everything that this person has said, what answers it, and their feedback. Administrative acts stay in their list.

        Events that are not done are over: a platform may deliver them again, and they are not to be answered then.
        """
        for table in (schema.turns, schema.feedback, schema.held):
            self._write(sa.delete(table).where(table.c.person == person))
        self._write(sa.update(schema.events).where(schema.events.c.person == person).values(**DONE))
        self.forget_questions(person)

    def prune(self) -> None:
        """Delete events, done or not, messages, threads, questions and feedback that are too old, and what is no longer held."""
        oldest = self._now() - self.kept_days * DAY
        for table in (schema.events, schema.turns, schema.threads, schema.questions, schema.feedback):
            self._write(sa.delete(table).where(table.c.at < oldest))
        latest = self._now() + self.kept_days * DAY  # what was held under a longer setting ends with this one
        self._write(sa.update(schema.held).where(schema.held.c.until > latest).values(until=latest))
        self._write(sa.delete(schema.held).where(schema.held.c.until < self._now()))


def open_store(settings: Settings) -> Store:
    """The state as the settings have it. Raises StoreError."""
    return Store(settings.store or settings.home, log_questions=settings.log_questions, kept_days=settings.keep_days)
