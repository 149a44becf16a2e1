"""What must outlive a process: events seen, conversations, feedback, channel modes, things held for a button.

One SQLite file (WAL) that several threads and processes may use at once. Keys are strings that a platform chooses and
that begin with its name, such as "slack:T1:C1:1700000000.000100"; nothing here knows any platform.

    store = Store(settings.home)
    if store.claim(key, payload):        # False: somebody answers it or has answered it
        store.say(thread, person, key, text)
        answer = bot.handle(Ask(text, store.history(thread, person, key)))
        ...send it...
        store.finish(key)                # or store.release(key) where it failed and may be tried again
    for event in store.unfinished("slack:"):   # at start: what a process that died had claimed, to be claimed again

The only file that imports SQLAlchemy.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.dialects.sqlite import insert

from retrieval.errors import FingerpostError

FILE = "state.sqlite"
MOST_TRIES = 3  # claims of one event, the first included
KEPT_TURNS = 12  # messages of a conversation
DAY = 86_400.0  # seconds

_meta = sa.MetaData()
_events = sa.Table(
    "events", _meta,
    sa.Column("key", sa.Text, primary_key=True), sa.Column("state", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False), sa.Column("payload", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False), sa.Column("at", sa.Float, nullable=False, index=True),
)  # fmt: skip
_turns = sa.Table(
    "turns", _meta,
    sa.Column("id", sa.Integer, primary_key=True), sa.Column("thread", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False), sa.Column("key", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False), sa.Column("at", sa.Float, nullable=False, index=True),
    sa.Column("said", sa.Float, nullable=False), sa.UniqueConstraint("thread", "person", "key"),
)  # fmt: skip
_threads = sa.Table("threads", _meta, sa.Column("thread", sa.Text, primary_key=True), sa.Column("at", sa.Float, nullable=False))
_feedback = sa.Table(
    "feedback", _meta,
    sa.Column("answer", sa.Text, primary_key=True), sa.Column("person", sa.Text, primary_key=True),
    sa.Column("verdict", sa.Text, nullable=False), sa.Column("comment", sa.Text, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)  # fmt: skip
_modes = sa.Table(
    "modes", _meta,
    sa.Column("channel", sa.Text, primary_key=True), sa.Column("mode", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False), sa.Column("at", sa.Float, nullable=False),
)  # fmt: skip
_held = sa.Table(
    "held", _meta,
    sa.Column("key", sa.Text, primary_key=True), sa.Column("payload", sa.Text, nullable=False),
    sa.Column("until", sa.Float, nullable=False, index=True),
)  # fmt: skip


class StoreError(FingerpostError):
    """The file of the bot's state cannot be read or written."""


@dataclass(frozen=True)
class Event:
    """An event that was claimed and not finished. `tries` counts its claims so far."""

    key: str
    payload: str
    tries: int


@dataclass(frozen=True)
class Feedback:
    """What one person last said of one answer. `at` is in seconds since 1970."""

    answer: str
    person: str
    verdict: str
    comment: str
    at: float


class Store:
    """The state of all platforms, in `folder`. Each method is one atomic step; all may raise StoreError."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._writing = threading.Lock()  # SQLite lets one write at a time, and makes the others wait longer than they need
        self._owners = folder / "owners"
        self._owner = uuid.uuid4().hex
        with _translated(folder):
            self._owners.mkdir(parents=True, exist_ok=True)
            self._alive = self._lock(self._owner)
            self._alive.acquire()
            self._engine = sa.create_engine(f"sqlite:///{folder / FILE}", isolation_level="AUTOCOMMIT")
            sa.event.listen(self._engine, "connect", _configure)
            with FileLock(folder / "state.lock", is_singleton=False):  # several may start at once
                _meta.create_all(self._engine)

    def close(self) -> None:
        """Let go of the file. What this process claimed and did not finish may be claimed by others."""
        self._engine.dispose()
        self._alive.release()
        (self._owners / f"{self._owner}.alive").unlink(missing_ok=True)

    # Events: each key is worked on by one owner at a time, and done once.

    def claim(self, key: str, payload: str = "") -> bool:
        """Take an event to work on. True for exactly one caller at a time; False once it is done.

        A claim ends with `finish` or `release`, or with the process that holds it. `payload` is what is needed to do
        the event again; the payload of the first claim is kept.
        """
        fresh = insert(_events).values(key=key, state="claimed", owner=self._owner, payload=payload, tries=1, at=self._now())
        if self._write(fresh.on_conflict_do_nothing()) == 1:
            return True
        row = self._one(sa.select(_events.c.owner, _events.c.state, _events.c.tries).where(_events.c.key == key))
        if row is None or row.state == "done" or row.tries >= MOST_TRIES or row.owner == self._owner or self._lives(row.owner):
            return False
        taken = sa.update(_events).where(
            _events.c.key == key, _events.c.state == "claimed", _events.c.owner == row.owner, _events.c.tries == row.tries)  # fmt: skip
        return self._write(taken.values(owner=self._owner, tries=row.tries + 1)) == 1

    def finish(self, key: str) -> None:
        """The event is done: it is never claimed again, and its payload is forgotten."""
        done = sa.update(_events).where(_events.c.key == key, _events.c.owner == self._owner)
        self._write(done.values(state="done", payload=""))

    def release(self, key: str, *, counted: bool = True) -> None:
        """Give up an event without having done it: the next one to ask may claim it, up to MOST_TRIES times in all.

        A try that is not `counted` does not use up one of them: where the platform could not be reached.
        """
        given_up = sa.update(_events).where(_events.c.key == key, _events.c.owner == self._owner, _events.c.state == "claimed")
        self._write(given_up.values(owner="", tries=_events.c.tries - (0 if counted else 1)))

    def unfinished(self, prefix: str) -> list[Event]:
        """The events with this prefix that nobody works on and that may be claimed once more, oldest first."""
        there = sa.select(_events).where(
            _events.c.state == "claimed", _events.c.key.startswith(prefix, autoescape=True), _events.c.tries < MOST_TRIES)  # fmt: skip
        rows = self._all(there.order_by(_events.c.at))
        dead = {owner for owner in {row.owner for row in rows} if not self._lives(owner)}
        return [Event(row.key, row.payload, row.tries) for row in rows if row.owner in dead]

    # Conversations: what one person has said in one thread, and where the bot has answered.

    def say(self, thread: str, person: str, key: str, text: str, said: float | None = None) -> None:
        """Remember a message of a person in a thread; the same `key` is remembered once.

        `said` is when it was written, by the platform's clock; messages may arrive in another order.
        """
        now = self._now()
        turn = insert(_turns).values(thread=thread, person=person, key=key, text=text, at=now, said=now if said is None else said)
        self._write(turn.on_conflict_do_nothing())

    def history(self, thread: str, person: str, before: str = "") -> tuple[str, ...]:
        """The last KEPT_TURNS messages of this person in this thread, oldest first; only those said before key `before`."""
        mine = (_turns.c.thread == thread) & (_turns.c.person == person)
        rows = self._all(sa.select(_turns.c.key, _turns.c.text).where(mine).order_by(_turns.c.said, _turns.c.id))
        keys = [row.key for row in rows]
        end = keys.index(before) if before in keys else len(keys)
        return tuple(row.text for row in rows[max(0, end - KEPT_TURNS) : end])

    def join(self, thread: str) -> None:
        """The bot has answered in this thread."""
        self._write(insert(_threads).values(thread=thread, at=self._now()).on_conflict_do_nothing())

    def joined(self, thread: str) -> bool:
        """Whether the bot has answered in this thread."""
        return self._one(sa.select(_threads.c.at).where(_threads.c.thread == thread)) is not None

    def forget_person(self, person: str) -> None:
        """Delete everything that this person has said, and their feedback."""
        self._write(sa.delete(_turns).where(_turns.c.person == person))
        self._write(sa.delete(_feedback).where(_feedback.c.person == person))

    # Feedback: the last word of each person on each answer.

    def rate(self, answer: str, person: str, verdict: str, comment: str = "", at: float | None = None) -> None:
        """Remember what a person thinks of an answer. The click with the latest `at` wins, in whatever order they arrive."""
        given = insert(_feedback).values(
            answer=answer, person=person, verdict=verdict, comment=comment, at=self._now() if at is None else at)  # fmt: skip
        latest = given.on_conflict_do_update(
            index_elements=["answer", "person"], where=_feedback.c.at <= given.excluded.at,
            set_={"verdict": given.excluded.verdict, "comment": given.excluded.comment, "at": given.excluded.at},
        )  # fmt: skip
        self._write(latest)

    def ratings(self, answer: str | None = None) -> list[Feedback]:
        """All feedback, or that on one answer, oldest first."""
        asked = sa.select(_feedback).order_by(_feedback.c.at)
        rows = self._all(asked if answer is None else asked.where(_feedback.c.answer == answer))
        return [Feedback(row.answer, row.person, row.verdict, row.comment, row.at) for row in rows]

    # Channel modes: words that a platform defines, such as "mention".

    def set_mode(self, channel: str, mode: str, person: str) -> None:
        """Set how the bot behaves in a channel, and who wanted it so."""
        given = insert(_modes).values(channel=channel, mode=mode, person=person, at=self._now())
        changed = {"mode": mode, "person": person, "at": self._now()}
        self._write(given.on_conflict_do_update(index_elements=["channel"], set_=changed))

    def mode(self, channel: str) -> str | None:
        """How the bot behaves in a channel, None where nobody has set it."""
        row = self._one(sa.select(_modes.c.mode).where(_modes.c.channel == channel))
        return None if row is None else str(row.mode)

    # Things held for a button: an answer to share, an action to confirm.

    def hold(self, key: str, payload: str, seconds: float = 30 * DAY) -> None:
        """Keep `payload` under `key` for so long."""
        given = insert(_held).values(key=key, payload=payload, until=self._now() + seconds)
        changed = {"payload": given.excluded.payload, "until": given.excluded.until}
        self._write(given.on_conflict_do_update(index_elements=["key"], set_=changed))

    def held(self, key: str) -> str | None:
        """What is kept under `key`, None where its time is over."""
        row = self._one(sa.select(_held.c.payload).where(_held.c.key == key, _held.c.until > self._now()))
        return None if row is None else str(row.payload)

    def take(self, key: str) -> str | None:
        """What is kept under `key`, for exactly one caller; None for all others."""
        payload = self.held(key)
        gone = self._write(sa.delete(_held).where(_held.c.key == key))
        return payload if gone == 1 else None

    # Housekeeping.

    def prune(self, days: float) -> None:
        """Delete done events, messages and threads that are older than so many days, and what is no longer held."""
        oldest = self._now() - days * DAY
        stale = (_events.c.state == "done") | (_events.c.tries >= MOST_TRIES)
        self._write(sa.delete(_events).where(_events.c.at < oldest, stale))
        for table in (_turns, _threads):
            self._write(sa.delete(table).where(table.c.at < oldest))
        self._write(sa.delete(_held).where(_held.c.until < self._now()))

    def _lock(self, owner: str) -> FileLock:
        return FileLock(self._owners / f"{owner}.alive", timeout=0, is_singleton=False, thread_local=False)

    def _lives(self, owner: str) -> bool:
        """Whether the process that wrote `owner` still runs: the system frees its lock with it, however it ends."""
        if not owner or not (self._owners / f"{owner}.alive").exists():
            return False
        try:
            with self._lock(owner):
                (self._owners / f"{owner}.alive").unlink(missing_ok=True)
        except Timeout:
            return True
        return False

    def _write(self, statement: Any) -> int:
        with self._writing, _translated(self._owners.parent), self._engine.connect() as connection:
            return int(connection.execute(statement).rowcount)

    def _one(self, statement: sa.Select[Any]) -> sa.Row[Any] | None:
        with _translated(self._owners.parent), self._engine.connect() as connection:
            return connection.execute(statement).first()

    def _all(self, statement: sa.Select[Any]) -> list[sa.Row[Any]]:
        with _translated(self._owners.parent), self._engine.connect() as connection:
            return list(connection.execute(statement))


def _configure(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}").close()


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except (sa.exc.SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        raise StoreError(f"the bot's state in {folder} cannot be used: {cause}; check the disk and who may write there") from error
