"""Which processes live, as PostgreSQL knows it: each holds an advisory lock in a connection that is for this alone.

The server frees the lock with the connection, however the process ends. A connection may also be lost because the server
was restarted; then all processes lose theirs, and who is back first must not take the others for dead: for GRACE seconds
nobody is. One may be cut alone, as by a proxy: who is missed is given GONE seconds to come back.
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg

log = logging.getLogger(__name__)

GRACE = 5.0  # seconds from a restart of the server on in which every process must have come back
GONE = 1.0  # seconds that a process has to be missed
_LOOKS_EVERY = 30.0  # seconds; a connection that ends is noticed at once, one that is silently dead is not
_AGAIN = 0.2  # seconds between attempts to come back
_MANY = 4_096  # callers that may have woken the thread meanwhile

_HOLD = "select pg_try_advisory_lock(%s::bigint)"
_HELD = """select exists (select from pg_locks where locktype = 'advisory' and granted and objsubid = 1
    and database = (select oid from pg_database where datname = current_database())
    and classid::bigint = %s and objid::bigint = %s)"""
_KEEP = "select set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false)"
_AGE = "select extract(epoch from now() - pg_postmaster_start_time())::float8"

Connection = psycopg.Connection[Any]


class Presence:
    """The sign of life of one process, `owner` (32 hexadecimal digits), kept up by a thread. Safe to use from several threads."""

    def __init__(self, connect: Callable[[], Connection], owner: str, name: str) -> None:
        self._connect = connect
        self._owner = owner
        self._name = name
        self._connection: Connection | None = None
        self._sure_from = 0.0  # by the monotonic clock
        self._gone: set[str] = set()  # who was missed for so long
        self._ended = threading.Event()
        self._waking, self._woken = socket.socketpair()
        self._waking.setblocking(False)  # when it is full, there is a word for the thread already
        self._thread = threading.Thread(target=self._keep, name="store-presence", daemon=True)

    def begin(self) -> None:
        """Be there. Raises psycopg.Error."""
        connection = self._connect()
        self._sure_from = time.monotonic() + GRACE - _value(connection, _AGE)
        self._hold(connection)
        self._thread.start()

    def of(self, owner: str) -> bool:
        """Whether another process is there. True as well as long as nobody can know. Takes up to GONE seconds where one is missed first."""
        if self._there(owner):
            self._gone.discard(owner)
            return True
        missed = time.monotonic()
        while owner not in self._gone and time.monotonic() < missed + GONE:
            if self._ended.wait(_AGAIN) or self._there(owner):
                return True
        self._gone.add(owner)
        return False

    def _there(self, owner: str) -> bool:
        """Whether it is there at this moment, or nobody can know."""
        number = int(owner[:16], 16)
        connection = self._connection
        try:
            held = connection is None or bool(_value(connection, _HELD, number >> 32, number & 0xFFFF_FFFF))
        except psycopg.Error:
            self._wake()  # who waits at a socket that this has closed would not hear of it
            return True  # in this very connection, so that no answer comes from after a restart that was not noticed
        return held or time.monotonic() < self._sure_from

    def end(self) -> None:
        """Be gone."""
        self._ended.set()
        self._waking.close()
        if self._thread.is_alive():
            self._thread.join()
        self._woken.close()
        if self._connection is not None:
            self._connection.close()

    def _keep(self) -> None:
        while not self._ended.is_set():
            connection = self._connection
            try:
                if connection is None or connection.closed:
                    self._come_back()
                else:
                    self._wait(connection)
                    connection.execute("select 1")
            except (psycopg.Error, OSError) as error:
                if connection is not None and not self._ended.is_set():
                    log.warning("the connection to %s was lost (%s); coming back", self._name, type(error).__name__)
                    self._connection = None
                    connection.close()
                self._ended.wait(_AGAIN)

    def _wait(self, connection: Connection) -> None:
        """Until something comes in the connection, such as its end, or this is to end."""
        with selectors.DefaultSelector() as selector:
            selector.register(connection.fileno(), selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            if any(key.fileobj is self._woken for key, _ in selector.select(_LOOKS_EVERY)):
                self._woken.recv(_MANY)

    def _wake(self) -> None:
        with suppress(OSError):  # it is ending
            self._waking.send(b"!")

    def _come_back(self) -> None:
        connection = self._connect()
        self._sure_from = time.monotonic() + GRACE
        self._hold(connection)
        log.warning("connected to %s again", self._name)

    def _hold(self, connection: Connection) -> None:
        """Take the lock, which the server may not have freed yet after the last connection."""
        number = int(self._owner[:16], 16)
        try:
            _value(connection, _KEEP)
            while not _value(connection, _HOLD, number - (1 << 64) if number >> 63 else number):
                if self._ended.wait(_AGAIN):
                    break
        except BaseException:
            connection.close()
            raise
        self._connection = connection


def _value(connection: Connection, query: Any, *given: int) -> Any:
    row = connection.execute(query, given or None).fetchone()
    return row[0] if row else None
