"""Statements on the database under the state, wherever it lies; each is a transaction of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.settings import Secret
from bot.store import migrating
from bot.store.errors import StoreError
from bot.store.sqlite import File

DAY = 86_400.0  # seconds
_AGAIN = 0.2  # seconds

Insert = sqlite.Insert | postgresql.Insert


class Place(Protocol):
    """A database, and which processes use it. Cheap to make: nothing is done before `open`."""

    name: str
    """For people: what and where it is, with no secret in it."""
    advice: str
    """What to do where it cannot be used."""
    errors: tuple[type[Exception], ...]
    """Errors of its own, beside those of SQLAlchemy and the system."""
    patience: float
    """For how many seconds what must be written is tried again, as it may be back."""
    owner: str
    """This process, as it stands in what it claims."""

    @property
    def writing(self) -> AbstractContextManager[Any]:
        """Held while a statement writes."""

    def open(self) -> sa.Engine:
        """Connect, and let the others know that this process lives."""

    def alone(self) -> AbstractContextManager[sa.Connection]:
        """A transaction that one process at a time may have."""

    def insert(self, table: sa.Table) -> Insert:
        """An INSERT of its dialect."""

    def lives(self, owner: str) -> bool:
        """Whether another process that wrote `owner` still runs."""

    def explained(self, error: Exception) -> str:
        """What went wrong, with no secret in it."""

    def close(self) -> None:
        """Disconnect; the others see that this process is gone."""


class Database:
    """The tables in `place`: a folder for a SQLite file, or the address of a PostgreSQL database."""

    def __init__(self, place: Path | Secret, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._place = _at(place)
        self._owner = self._place.owner
        self._closed = False
        try:
            with self._translated():
                self._engine = self._place.open()
                migrating.upgrade(self._place.alone, self._place.name)
        except BaseException:
            self._place.close()
            raise

    @property
    def place(self) -> str:
        """What the state lies in, and where."""
        return self._place.name

    def close(self) -> None:
        """Let go of it. What this process claimed and did not finish may be claimed by others.

        Whatever is asked of it afterwards raises StoreError; nothing is opened anew.
        """
        self._closed = True
        self._place.close()

    def _insert(self, table: sa.Table) -> Insert:
        return self._place.insert(table)

    def _lives(self, owner: str) -> bool:
        """Whether the process that wrote `owner` still runs."""
        if not owner or owner == self._owner:
            return owner == self._owner
        with self._translated():
            return self._place.lives(owner)

    def _write(self, statement: Any) -> int:
        """Execute a statement; how many rows it has changed."""
        with self._place.writing, self._translated(), self._engine.connect() as connection:
            return int(connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount)

    def _write_surely(self, statement: Any) -> int:
        """Execute a statement that does no harm twice, again and again while the database may come back."""
        until = time.monotonic() + self._place.patience
        while True:
            try:
                return self._write(statement)
            except StoreError:
                if time.monotonic() >= until:
                    raise
            time.sleep(_AGAIN)

    def _one(self, statement: sa.Select[Any]) -> sa.Row[Any] | None:
        with self._translated(), self._engine.connect() as connection:
            return connection.execute(statement).first()

    def _all(self, statement: sa.Select[Any]) -> list[sa.Row[Any]]:
        with self._translated(), self._engine.connect() as connection:
            return list(connection.execute(statement))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        place = self._place
        if self._closed:
            raise StoreError(f"the bot's state in {place.name} is closed in this process")
        errors: tuple[type[Exception], ...] = (sa.exc.SQLAlchemyError, OSError, *place.errors)
        try:
            yield
        except errors as error:
            raise StoreError(f"the bot's state in {place.name} cannot be used: {place.explained(error)}; {place.advice}") from error


def _at(place: Path | Secret) -> Place:
    if isinstance(place, Path):
        return File(place)
    from bot.store.postgres import Server  # its driver is for those who have one

    return Server(place)
