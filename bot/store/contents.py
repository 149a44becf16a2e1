"""All that a state holds, to be copied to another one and held against it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec
import sqlalchemy as sa

from bot.store import schema
from bot.store.database import Database
from bot.store.errors import StoreError

Digests = dict[str, tuple[int, str]]
"""For each table how many rows it has, and the SHA-256 of them all, whatever order they lie in."""
_BATCH = 1_000  # rows that are written at a time
_COUNTER = "select setval(pg_get_serial_sequence('{0}', 'id'), max(id)) from {0} having max(id) is not null"


class Contents(Database):
    """Reading and filling a state as a whole."""

    def digests(self) -> Digests:
        """What is there. Raises StoreError."""
        with self._translated(), self._engine.connect() as connection:
            return _digests(connection)

    def fill(self, source: Contents) -> Digests:
        """Take over all that another state holds, whole or not at all; what that is. Nothing is done where it is here already.

        Raises StoreError where this state holds anything else, or the other one changes meanwhile.
        """
        wanted = source.digests()
        with self._translated(), self._place.alone() as connection:
            there = _digests(connection)
            if there == wanted:
                return wanted
            if any(count for count, _ in there.values()):
                raise StoreError(f"the bot's state in {self.place} is not empty, and nothing was copied; name a place that is")
            for table in schema.meta.sorted_tables:
                for rows in source.batches(table):
                    connection.execute(table.insert(), rows)
                if connection.dialect.name == "postgresql" and "id" in table.c and isinstance(table.c.id.type, sa.Integer):
                    connection.execute(sa.text(_COUNTER.format(table.name)))
            if _digests(connection) != wanted or source.digests() != wanted:
                raise StoreError(f"the bot's state in {source.place} has changed while it was copied, and nothing was; stop the bot first")
        return wanted

    def batches(self, table: sa.Table) -> Iterator[list[dict[str, object]]]:
        """The rows of a table, some at a time. Raises StoreError."""
        with self._translated(), self._engine.connect() as connection:
            for rows in connection.execute(sa.select(table)).partitions(_BATCH):
                yield [dict(row._mapping) for row in rows]


def _digests(connection: sa.Connection) -> Digests:
    found: Digests = {}
    for table in schema.meta.sorted_tables:
        rows = sorted(hashlib.sha256(msgspec.json.encode(list(row))).digest() for row in connection.execute(sa.select(table)))
        found[table.name] = len(rows), hashlib.sha256(b"".join(rows)).hexdigest()
    return found
