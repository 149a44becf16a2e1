"""The database under the state, and which processes that use it are alive. One of two files that import SQLAlchemy."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.dialects import sqlite

from bot.store.schema import meta
from retrieval.errors import FingerpostError

FILE = "state.sqlite"
DAY = 86_400.0  # seconds


class StoreError(FingerpostError):
    """The file of the bot's state cannot be read or written."""


class Database:
    """One SQLite file (WAL) in `folder`; each statement is a transaction of its own."""

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
                meta.create_all(self._engine)

    def close(self) -> None:
        """Let go of the file. What this process claimed and did not finish may be claimed by others."""
        self._engine.dispose()
        self._alive.release()
        (self._owners / f"{self._owner}.alive").unlink(missing_ok=True)

    def _insert(self, table: sa.Table) -> sqlite.Insert:
        return sqlite.insert(table)

    def _lives(self, owner: str) -> bool:
        """Whether the process that wrote `owner` still runs: the system frees its lock with it, however it ends."""
        if owner == self._owner:
            return True
        if not owner or not (self._owners / f"{owner}.alive").exists():
            return False
        try:
            with self._lock(owner):
                (self._owners / f"{owner}.alive").unlink(missing_ok=True)
        except Timeout:
            return True
        return False

    def _lock(self, owner: str) -> FileLock:
        return FileLock(self._owners / f"{owner}.alive", timeout=0, is_singleton=False, thread_local=False)

    def _write(self, statement: Any) -> int:
        """Execute a statement; how many rows it has changed."""
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
