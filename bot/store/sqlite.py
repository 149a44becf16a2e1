"""The state in a SQLite file (WAL) that threads and processes of one machine share."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.dialects import sqlite

FILE = "state.sqlite"


class File:
    """The file in a folder. A process holds a lock there as long as it lives: the system frees it, however the process ends."""

    errors: tuple[type[Exception], ...] = ()
    patience = 0.0  # a disk that is full stays so
    advice = "check the disk and who may write there"

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self.owner = uuid.uuid4().hex
        self.writing = threading.Lock()  # SQLite lets one write at a time, and makes the others wait longer than they need
        self._folder = folder
        self._owners = folder / "owners"
        self._engine = sa.create_engine(f"sqlite:///{folder / FILE}", isolation_level="AUTOCOMMIT")
        self._alive = self._lock(self.owner)

    def open(self) -> sa.Engine:
        """The engine of the file, which is made where there is none. Raises OSError."""
        self._owners.mkdir(parents=True, exist_ok=True)
        self._alive.acquire()
        sa.event.listen(self._engine, "connect", _configure)
        return self._engine

    @contextmanager
    def alone(self) -> Iterator[sa.Connection]:
        """A transaction that one process at a time may have; several may start at once."""
        with FileLock(self._folder / "state.lock", is_singleton=False), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # Python's own transactions leave CREATE TABLE out
            try:
                yield connection
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    def insert(self, table: sa.Table) -> sqlite.Insert:
        """An INSERT of SQLite."""
        return sqlite.insert(table)

    def lives(self, owner: str) -> bool:
        """Whether the process still holds its lock."""
        if not (self._owners / f"{owner}.alive").exists():
            return False
        try:
            with self._lock(owner):
                (self._owners / f"{owner}.alive").unlink(missing_ok=True)
        except Timeout:
            return True
        return False

    def explained(self, error: Exception) -> str:
        """What went wrong."""
        return str(getattr(error, "orig", None) or error)

    def close(self) -> None:
        """Let go of the file and of the lock."""
        self._engine.dispose()
        self._alive.release()
        with contextlib.suppress(OSError):  # where the folder was never made
            (self._owners / f"{self.owner}.alive").unlink()

    def _lock(self, owner: str) -> FileLock:
        return FileLock(self._owners / f"{owner}.alive", timeout=0, is_singleton=False, thread_local=False)


def _configure(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}").close()
