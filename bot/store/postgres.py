"""The state in a PostgreSQL database that the bots of any number of machines share."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from bot.settings import Secret
from bot.store.presence import Presence

_MIGRATING = 0x66_69_6E_67_65_72  # an advisory lock's number
_CONNECTING = {
    "application_name": "fingerpost",
    "connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,  # seconds
    "tcp_user_timeout": 30_000,  # milliseconds; a machine that is gone is noticed
}  # fmt: skip


class Server:
    """The database at an address, as a URL. What the address says of connecting goes before what is usual here."""

    errors: tuple[type[Exception], ...] = (psycopg.Error,)
    patience = 30.0  # for a restart of the server
    advice = "check that the server runs, and FINGERPOST_STORE"

    def __init__(self, address: Secret) -> None:
        url = sa.make_url(address.reveal()).set(drivername="postgresql+psycopg")
        usual = {key: value for key, value in _CONNECTING.items() if key not in url.query}
        self.name = f"PostgreSQL at {url.host or url.query.get('host', 'the local socket')}/{url.database or ''}"
        self.owner = uuid.uuid4().hex
        self.writing = nullcontext()
        self._secrets = [str(secret) for secret in (url.password, url.query.get("password")) if secret]
        self._engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True, connect_args=usual)
        _, given = self._engine.dialect.create_connect_args(url)
        self._presence = Presence(lambda: psycopg.connect(**{**given, **usual}, autocommit=True), self.owner, self.name)

    def open(self) -> sa.Engine:
        """The engine of the server. Raises psycopg.Error where it cannot be reached."""
        self._presence.begin()
        return self._engine

    @contextmanager
    def alone(self) -> Iterator[sa.Connection]:
        """A transaction that one process at a time may have."""
        with self._engine.connect() as connection, connection.execution_options(isolation_level="READ COMMITTED").begin():
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
            yield connection

    def insert(self, table: sa.Table) -> postgresql.Insert:
        """An INSERT of PostgreSQL."""
        return postgresql.insert(table)

    def lives(self, owner: str) -> bool:
        """Whether the process is there, or may be and could not say so yet."""
        return self._presence.of(owner)

    def explained(self, error: Exception) -> str:
        """What went wrong, on one line and without the password."""
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        for secret in self._secrets:
            said = said.replace(secret, "***")
        return said

    def close(self) -> None:
        """Disconnect."""
        self._presence.end()
        self._engine.dispose()
