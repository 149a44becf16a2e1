"""Numbers on their way to and from PostgreSQL in its binary form: nothing is written out in decimals and read again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from retrieval.ports import Vectors
from retrieval.postgres.connections import Connection

HASH = 32  # bytes of a SHA-256
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"


def vectors(sent: Sequence[bytes], dimension: int) -> Vectors:
    """Vectors that came as `vector_send` makes them. Shape: (sent, dimension)."""
    if not sent:
        return np.zeros((0, dimension), dtype=np.float32)
    raw = np.frombuffer(b"".join(sent), dtype=[("head", ">i4"), ("values", ">f4", (dimension,))])
    return raw["values"].astype(np.float32)


def vector_rows(ids: NDArray[np.int64], digests: NDArray[np.uint8], rows: Vectors) -> bytes:
    """Rows (id, hash, v) as COPY takes them. Shapes: (rows,), (rows, 32) and (rows, dimension)."""
    dimension = rows.shape[1]
    made = np.zeros(len(ids), [
        ("fields", ">i2"), ("id_length", ">i4"), ("id", ">i4"), ("hash_length", ">i4"), ("hash", "u1", HASH),
        ("vector_length", ">i4"), ("dimension", ">i2"), ("unused", ">i2"), ("vector", ">f4", (dimension,)),
    ])  # fmt: skip
    made["fields"], made["id_length"], made["hash_length"] = 3, 4, HASH
    made["vector_length"], made["dimension"] = 4 + 4 * dimension, dimension
    made["id"], made["hash"], made["vector"] = ids, digests, rows
    return made.tobytes()


def key_rows(ids: NDArray[np.int64], digests: NDArray[np.uint8]) -> bytes:
    """Rows (id, hash) as COPY takes them. Shapes: (rows,) and (rows, 32)."""
    made = np.zeros(len(ids), [("fields", ">i2"), ("id_length", ">i4"), ("id", ">i4"), ("hash_length", ">i4"), ("hash", "u1", HASH)])
    made["fields"], made["id_length"], made["hash_length"] = 2, 4, HASH
    made["id"], made["hash"] = ids, digests
    return made.tobytes()


def copy_encoded(connection: Connection, into: sql.Composed, columns: str, batches: Iterable[bytes]) -> None:
    """Copy rows that are encoded already into `columns` of a table."""
    with connection.cursor() as cursor, cursor.copy(_copy(into, columns)) as copy:
        copy.write(_SIGNATURE)
        for batch in batches:
            copy.write(batch)
        copy.write(_END)


def copy_rows(connection: Connection, into: sql.Composed, columns: str, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Copy rows of any width into `columns` of a table."""
    with connection.cursor() as cursor, cursor.copy(_copy(into, columns)) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _copy(into: sql.Composed, columns: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns.split()))
    return sql.SQL("copy {} ({}) from stdin (format binary)").format(into, names)
