"""BM25 over postings that lie in PostgreSQL and are weighed here, with the very formula and rounding of the embedded engine.

PostgreSQL's own ranking is not BM25. A stem's postings lie in blocks, each the ids, counts and lengths of up to BLOCK documents
that follow one another: the database finds them by the stem and sends them as they are, and every replica does its own sums.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from retrieval.postgres.caching import FEW, Cache, Lookup
from retrieval.postgres.connections import Connections
from retrieval.postgres.schema import table

K1, B = 1.2, 0.75
BLOCK = 20_000  # documents
POSTING = np.dtype([("id", "<i4"), ("count", "<u2"), ("length", "u1")])
_CACHED = 32_000_000  # bytes of postings that a process keeps of each field

Postings = NDArray[Any]


def _lengths() -> NDArray[np.int64]:
    """The lengths that one byte tells apart, as Lucene and tantivy have them: exact to 40, then with three bits."""
    return np.array([n if n < 24 else 24 + _widened(n - 24) for n in range(256)], dtype=np.int64)


def _widened(number: int) -> int:
    return number if number < 8 else (number & 7 | 8) << (number >> 3) - 1


LENGTHS = _lengths()


class PostgresLexical:
    """BM25 (k1 1.2, b 0.75) over stems that the caller has made; a document's id is its position."""

    def __init__(self, connections: Connections, schema: str, field: str, documents: int, tokens: int, stems: int) -> None:
        """`tokens` is the length of all documents together, `stems` how many different ones they have."""
        self._connections = connections
        self._field = field
        self._stems, self._postings = table(schema, "stems"), table(schema, "postings")
        self._documents = documents
        mean = np.float32(tokens) / np.float32(max(documents, 1))
        self._norms = (K1 * (1 - B + B * LENGTHS / max(mean, np.float32(1e-9)))).astype(np.float32)
        self._known = Lookup(self._find, self._all, few=stems <= FEW)
        self._read: Cache[int, Postings] = Cache(self._fetch, _CACHED, lambda postings: postings.nbytes)

    def __len__(self) -> int:
        return self._documents

    def search(self, stems: Sequence[str], k: int) -> list[tuple[int, float]]:
        """Ids and BM25 scores (0 and up) of the `k` best documents that hold any of `stems`, best first."""
        wanted = [found for found in self._known.many(list(stems)) if found is not None]
        if not wanted:
            return []
        postings = self._read.many([stem for stem, _ in wanted])
        weights = [self._weights(found, count) for found, (_, count) in zip(postings, wanted, strict=True)]
        return _best([found["id"] for found in postings], weights, k)

    def counts(self, stems: Sequence[str]) -> dict[str, int]:
        """In how many documents each stem stands."""
        return {stem: found[1] if found else 0 for stem, found in zip(stems, self._known.many(list(stems)), strict=True)}

    def ideal(self, stems: Sequence[str]) -> float:
        """The BM25 score (0 and up) of a document of mean length that holds each of `stems` once."""
        return sum(self._rarity(count) for count in self.counts(sorted(set(stems))).values() if count)

    def _rarity(self, count: int) -> float:
        return math.log(1 + (self._documents - count + 0.5) / (count + 0.5))

    def _weights(self, found: Postings, count: int) -> NDArray[np.float32]:
        """What each document gets for one stem."""
        times = found["count"].astype(np.float32)
        return np.asarray(np.float32(self._rarity(count) * (1 + K1)) * times / (times + self._norms[found["length"]]), dtype=np.float32)

    def _find(self, stems: list[str]) -> Mapping[str, tuple[int, int]]:
        """The id of each stem that is there and in how many documents it stands."""
        statement = sql.SQL("select stem, id, documents from {} where field = %s and stem = any(%s)").format(self._stems)
        rows = self._connections.read(lambda c: c.execute(statement, [self._field, stems]).fetchall())
        return {stem: (number, count) for stem, number, count in rows}

    def _all(self) -> Mapping[str, tuple[int, int]]:
        """The same of all stems."""
        statement = sql.SQL("select stem, id, documents from {} where field = %s").format(self._stems)
        rows = self._connections.read(lambda c: c.execute(statement, [self._field]).fetchall())
        return {stem: (number, count) for stem, number, count in rows}

    def _fetch(self, stems: list[int]) -> Mapping[int, Postings]:
        statement = sql.SQL("select stem, content from {} where stem = any(%s::integer[]) order by stem, block").format(self._postings)
        rows = self._connections.read(lambda c: c.execute(statement, [stems], binary=True).fetchall())
        blocks: dict[int, list[bytes]] = {stem: [] for stem in stems}
        for stem, content in rows:
            blocks[stem].append(content)
        return {stem: np.frombuffer(b"".join(parts), dtype=POSTING) for stem, parts in blocks.items()}


def _best(ids: list[NDArray[np.int32]], weights: list[NDArray[np.float32]], k: int) -> list[tuple[int, float]]:
    """The `k` documents with the greatest sums, best first; what was not found costs nothing."""
    touched = np.concatenate(ids)
    sums = np.zeros(int(touched.max()) + 1, dtype=np.float32)
    for found, weight in zip(ids, weights, strict=True):
        sums[found] += weight
    if len(touched) > (most := k * len(ids)):  # a document stands there at most once for each stem
        reached = sums[touched]
        touched = touched[reached >= -np.partition(-reached, most - 1)[most - 1]]
    best = np.unique(touched)
    best = best[np.lexsort((best, -sums[best]))][:k]
    return [(int(i), float(sums[i])) for i in best]
