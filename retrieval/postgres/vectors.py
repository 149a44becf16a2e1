"""Nearest neighbours by pgvector: exact while that is fast, else HNSW over half-precision copies, with exact cosines in the end."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
from psycopg import sql

from retrieval.ports import Ids, Recall, Vectors
from retrieval.postgres import binary
from retrieval.postgres.connections import Connection, Connections

log = logging.getLogger(__name__)

EXACT = "exact"
HNSW = "hnsw halfvec"


class PostgresVectors:
    """The unit vectors in one table (id, hash, v); `size` counts them."""

    def __init__(self, connections: Connections, table: sql.Composed, size: int, dimension: int, search: Recall) -> None:
        self._connections = connections
        self._table = table
        self._size = size
        self._dimension = dimension
        self._search = search

    def __len__(self) -> int:
        return self._size

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        return self._dimension

    def search(self, query: Vectors, k: int) -> tuple[Ids, Vectors]:
        """The ids and cosines (-1 to 1) of the `k` nearest vectors, nearest first. Shape of `query`: (dimension,)."""
        rows = self._connections.read(lambda connection: nearest(connection, self._table, query, k, self._search))
        rows.sort(key=lambda row: (-row[1], row[0]))
        return np.array([row[0] for row in rows], dtype=np.int64), np.array([row[1] for row in rows], dtype=np.float32)

    def similarities(self, ids: Sequence[int] | Ids, query: Vectors) -> Vectors:
        """The cosines (-1 to 1) of the vectors with these ids to a unit vector. Shape: (ids,)."""
        wanted = sql.SQL("select id, -(v <#> %s::vector)::real from {} where id = any(%s::integer[])").format(self._table)
        found = dict(self._connections.read(lambda c: c.execute(wanted, [query, list(map(int, ids))], binary=True).fetchall()))
        return np.array([found[i] for i in map(int, ids)], dtype=np.float32)

    def vectors(self, ids: Sequence[int] | Ids | None = None) -> Vectors:
        """The vectors with these ids, or all. Shape: (ids, dimension)."""
        if ids is None:
            return self.vectors(range(self._size))
        wanted = sql.SQL("select id, vector_send(v) from {} where id = any(%s::integer[])").format(self._table)
        found = dict(self._connections.read(lambda c: c.execute(wanted, [list(map(int, ids))], binary=True).fetchall()))
        return binary.vectors([found[i] for i in map(int, ids)], self._dimension)


def nearest(connection: Connection, of: sql.Composed, query: Vectors, k: int, search: Recall) -> list[tuple[int, float]]:
    """Ids and cosines of the `k` nearest vectors of a table, searched as `search` says, in no certain order."""
    if search.kind == EXACT:
        statement = sql.SQL("select id, -(v <#> %(query)s::vector)::real from {} order by v <#> %(query)s::vector, id limit {}")
        return connection.execute(statement.format(of, k), {"query": query}, binary=True).fetchall()
    half = sql.SQL("halfvec({})").format(len(query))
    statement = sql.SQL("select id, -(v <#> %(query)s::vector)::real from {} order by v::{} <#> %(query)s::{} limit {}")
    with connection.pipeline(), connection.transaction():
        connection.execute(_SETTING, [str(max(search.setting, k))])
        cursor = connection.execute(statement.format(of, half, half, k), {"query": query}, binary=True)
        return cursor.fetchall()


_SETTING = (
    "select set_config('hnsw.ef_search', %s, true), set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)"
)

EXACT_MOST = 10_000  # vectors up to which every one is compared: above, that takes longer than HNSW and its round trips
ENOUGH = 0.98  # recall@10
_EFFORTS = (100, 200, 400, 800)  # hnsw.ef_search, which may be 1,000 at most
_SAMPLE = 100  # vectors whose neighbours are looked up
_NEIGHBOURS = 10


def make_searchable(
    connection: Connection, schema: str, of: sql.Composed, size: int, dimension: int, exact_most: int = EXACT_MOST, enough: float = ENOUGH
) -> Recall:  # fmt: skip
    """Make the table's vectors searchable, and say how: HNSW with the least effort that finds `enough` of them, else exact."""
    if size <= exact_most:
        return Recall(EXACT)
    half = sql.SQL("halfvec({})").format(dimension)
    connection.execute(sql.SQL("create index hnsw on {} using hnsw ((v::{}) halfvec_ip_ops)").format(of, half))
    ids = np.linspace(0, size - 1, _SAMPLE).astype(int).tolist()
    wanted = sql.SQL("select id, vector_send(v) from {} where id = any(%s::integer[])").format(of)
    rows = connection.execute(wanted, [ids], binary=True).fetchall()
    sample = list(zip([own for own, _ in rows], binary.vectors([sent for _, sent in rows], dimension), strict=True))
    exact = [_others(connection, of, query, own, Recall(EXACT)) for own, query in sample]
    recall = 0.0
    for effort in _EFFORTS:
        found = [_others(connection, of, query, own, Recall(HNSW, effort)) for own, query in sample]
        recall = sum(len(true & near) for true, near in zip(exact, found, strict=True)) / (_NEIGHBOURS * len(sample))
        if recall >= enough:
            return Recall(HNSW, effort, recall)
    log.warning("HNSW finds %.3f of the nearest vectors at most; they are all compared instead", recall)
    connection.execute(sql.SQL("drop index {}.hnsw").format(sql.Identifier(schema)))
    return Recall(EXACT)


def _others(connection: Connection, of: sql.Composed, query: Vectors, own: int, search: Recall) -> set[int]:
    """The nearest to a vector of the table, itself left out."""
    found = sorted(nearest(connection, of, query, _NEIGHBOURS + 1, search), key=lambda row: -row[1])
    return {number for number, _ in [row for row in found if row[0] != own][:_NEIGHBOURS]}
