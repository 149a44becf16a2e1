"""Connections to one PostgreSQL database: a few, used again, made anew after a restart of the server; its errors translated."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
import psycopg
from psycopg import conninfo

from retrieval.errors import IndexNotWritten, IndexUnreachable, IndexUnusable
from retrieval.postgres.reals import RealDumper

Connection = psycopg.Connection[Any]
T = TypeVar("T")

MOST = 8  # connections of a process that read at a time; who comes later waits for one
PATIENCE = 10.0  # seconds that a question waits for a server that restarts
_AGAIN = 0.1  # seconds between attempts
_CONNECTING = {
    "application_name": "fingerpost-index", "connect_timeout": 5,
    "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000,
}  # fmt: skip
_LOST = (psycopg.OperationalError, psycopg.InterfaceError)
_FULL = (psycopg.errors.DiskFull, psycopg.errors.OutOfMemory, psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)


class Connections:
    """The way to the database at `address`, a URL. Nothing is done before the first statement. Safe to use from several threads."""

    def __init__(self, address: str, patience: float = PATIENCE, most: int = MOST) -> None:
        self._given: dict[str, Any] = {**_CONNECTING, **conninfo.conninfo_to_dict(address)}
        self._secret = str(self._given.get("password") or "")
        self.name = f"PostgreSQL at {self._given.get('host', 'the local socket')}/{self._given.get('dbname', '')}"
        self._patience = patience
        self._room = threading.Semaphore(most)
        self._idle: list[Connection] = []
        self._closed = False

    def connect(self) -> Connection:
        """A connection that is the caller's own, each statement a transaction. Raises psycopg.Error."""
        connection = psycopg.connect(**self._given, autocommit=True)
        connection.adapters.register_dumper(np.ndarray, RealDumper)
        return connection

    def read(self, work: Callable[[Connection], T]) -> T:
        """What `work` reads in a connection; it does no harm twice, and is done again where the connection was lost.

        Raises IndexUnreachable where the server does not come back in time, IndexUnusable where what is asked for is not there.
        """

        def once() -> T:
            with self._one() as connection:
                return work(connection)

        return self._patiently(once)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection of one's own to write in. Raises IndexNotWritten for what the database refuses, IndexUnreachable."""
        connection = self._patiently(self.connect)
        try:
            with self.translated():
                yield connection
        finally:
            connection.close()

    def _patiently(self, attempt: Callable[[], T]) -> T:
        until = time.monotonic() + self._patience
        while True:
            try:
                return attempt()
            except _LOST as error:
                if time.monotonic() >= until or not _may_come_back(error):
                    raise IndexUnreachable(self.name, self.explained(error)) from error
                self._forget()  # the others are lost as well
            except psycopg.Error as error:
                raise IndexUnusable(
                    f"the index in {self.name} cannot be read: {self.explained(error)}; run `fingerpost reindex`"
                ) from error
            time.sleep(_AGAIN)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """A block whose database errors are raised as ours."""
        try:
            yield
        except psycopg.Error as error:
            if isinstance(error, _LOST) and not isinstance(error, _FULL):
                raise IndexUnreachable(self.name, self.explained(error)) from error
            raise IndexNotWritten(self.name, self.explained(error)) from error

    def explained(self, error: Exception) -> str:
        """What went wrong, on one line and without the password."""
        said = " ".join(str(error).split())
        return said.replace(self._secret, "***") if self._secret else said

    def close(self) -> None:
        """Disconnect; whoever asks later gets a connection for that question only."""
        self._closed = True
        self._forget()

    def _forget(self) -> None:
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _one(self) -> Iterator[Connection]:
        with self._room:
            connection = self._taken()
            try:
                yield connection
            except BaseException:
                connection.close()  # the next one shall not meet what has happened here
                raise
            self._idle.append(connection)
            if self._closed:
                self._forget()

    def _taken(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self.connect()


def _may_come_back(error: psycopg.Error) -> bool:
    """Whether waiting may help: a password that is wrong or a database that is not there stays so."""
    said = str(error)
    return not ("authentication failed" in said or "does not exist" in said)
