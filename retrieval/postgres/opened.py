"""A generation in PostgreSQL, opened: what is asked for is fetched, and the last of it kept, as it cannot change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from retrieval.guides import Guide
from retrieval.passages import Passage
from retrieval.ports import Ids, Source, Vectors
from retrieval.postgres import binary, layout
from retrieval.postgres.caching import Cache
from retrieval.postgres.connections import Connections
from retrieval.postgres.schema import table
from retrieval.postgres.vectors import PostgresVectors

_KEPT = 4_096  # decoded passages
_KEPT_GUIDES = 1_024
_PAGE = 2_000  # passages that are fetched at a time where all are wanted
_GUIDE, _PASSAGE = msgspec.msgpack.Decoder(Guide), msgspec.msgpack.Decoder(Passage)


class PostgresGuides(Mapping[str, Guide]):
    """The guides by id, in the order of their paths."""

    def __init__(self, connections: Connections, schema: str, count: int) -> None:
        self._connections = connections
        self._table = table(schema, "guides")
        self._count = count
        self._read: Cache[str, Guide | None] = Cache(self._fetch, _KEPT_GUIDES)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        statement = sql.SQL("select id from {} order by place").format(self._table)
        return iter([row[0] for row in self._connections.read(lambda c: c.execute(statement).fetchall())])

    def __getitem__(self, guide: str) -> Guide:
        found = self._read.many([guide])[0]
        if found is None:
            raise KeyError(guide)
        return found

    def _fetch(self, ids: list[str]) -> Mapping[str, Guide | None]:
        statement = sql.SQL("select id, body from {} where id = any(%s)").format(self._table)
        rows = self._connections.read(lambda c: c.execute(statement, [ids], binary=True).fetchall())
        return {**dict.fromkeys(ids), **{guide: _GUIDE.decode(body) for guide, body in rows}}


class PostgresPassages:
    """Fits `retrieval.ports.Passages`; knows as well which stems a passage holds, which comes with it."""

    def __init__(self, connections: Connections, schema: str, count: int) -> None:
        self._connections = connections
        self._schema = schema
        self._table = table(schema, "passages")
        self._count = count
        self._read: Cache[int, tuple[Passage, NDArray[np.int64]]] = Cache(self._fetch, _KEPT)
        self._of: Cache[str, range] = Cache(self._find, _KEPT_GUIDES)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int, /) -> Passage:
        if not 0 <= number < self._count:
            raise IndexError(number)
        return self._read.many([number])[0][0]

    def __iter__(self) -> Iterator[Passage]:
        for start in range(0, self._count, _PAGE):
            page = range(start, min(start + _PAGE, self._count))
            found = self._fetch(list(page))
            yield from (found[number][0] for number in page)

    def many(self, ids: Sequence[int]) -> list[Passage]:
        """The passages with these ids, in this order."""
        return [passage for passage, _ in self._read.many([int(number) for number in ids])]

    def of_guide(self, guide: str) -> list[Passage]:
        """The passages of one guide, in order; none where there is no such guide."""
        return self.many(self._of.many([guide])[0])

    def held(self, passage: int) -> NDArray[np.int64]:
        """The ids of the stems that a passage holds, ascending. Shape: (stems,)."""
        return self._read.many([passage])[0][1]

    def _fetch(self, ids: list[int]) -> dict[int, tuple[Passage, NDArray[np.int64]]]:
        statement = sql.SQL("select id, body, held from {} where id = any(%s::integer[])").format(self._table)
        rows = self._connections.read(lambda c: c.execute(statement, [ids], binary=True).fetchall())
        return {number: (_PASSAGE.decode(body), np.frombuffer(held, "<i4").astype(np.int64)) for number, body, held in rows}

    def _find(self, guides: list[str]) -> dict[str, range]:
        """The ids of the passages of each guide, which follow one another."""
        statement = sql.SQL(
            "select g.id, g.first, coalesce((select n.first from {0} n where n.place = g.place + 1), %s) from {0} g where g.id = any(%s)"
        ).format(table(self._schema, "guides"))
        rows = self._connections.read(lambda c: c.execute(statement, [self._count, guides]).fetchall())
        return {**dict.fromkeys(guides, range(0)), **{guide: range(first, end) for guide, first, end in rows}}


class PostgresQuestions:
    """Fits `retrieval.ports.Questions`."""

    def __init__(self, connections: Connections, schema: str, vectors: PostgresVectors) -> None:
        self._connections = connections
        self._table = table(schema, "questions")
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._vectors)

    def first(self, count: int) -> list[str]:
        """The first ones."""
        return self._texts(list(range(min(count, len(self)))))

    def nearest(self, vector: Vectors, count: int) -> list[str]:
        """The nearest in meaning to a unit vector, nearest first."""
        return self._texts([int(number) for number in self._vectors.search(vector, count)[0]])

    def _texts(self, ids: list[int]) -> list[str]:
        statement = sql.SQL("select id, text from {} where id = any(%s::integer[])").format(self._table)
        found = dict(self._connections.read(lambda c: c.execute(statement, [ids]).fetchall()))
        return [found[number] for number in ids]


class PostgresHeadings:
    """What stands above passages: the heading of each, and the headings' vectors."""

    def __init__(self, connections: Connections, schema: str) -> None:
        self._connections = connections
        self._statement = sql.SQL(
            "select p.id, -(h.v <#> %s::vector)::real from {} p join {} h on h.id = p.heading where p.id = any(%s::integer[])"
        ).format(table(schema, "passages"), layout.vectors(schema, "headings"))

    def similarities(self, passages: Sequence[int] | Ids, vector: Vectors) -> Vectors:
        """The cosine (-1 to 1) of a question's unit vector to the heading of each passage; -1 where there is none."""
        wanted = [int(passage) for passage in passages]
        found = dict(self._connections.read(lambda c: c.execute(self._statement, [vector, wanted], binary=True).fetchall()))
        return np.array([found.get(passage, -1.0) for passage in wanted], dtype=np.float32)


class PostgresKnown:
    """Fits `retrieval.ports.Known`."""

    def __init__(self, connections: Connections, schema: str, dimension: int) -> None:
        self._connections = connections
        self._dimension = dimension
        parts = [sql.SQL("select hash, v from {}").format(layout.vectors(schema, name)) for name in layout.ENCODED]
        known = sql.SQL(" union all ").join(parts)
        self._hashes = sql.SQL("select hash from ({}) known where hash = any(%s::bytea[])").format(known)
        self._vectors = sql.SQL("select hash, vector_send(v) from ({}) known where hash = any(%s::bytea[])").format(known)

    def has(self, digests: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which of these texts are known, shape (texts,)."""
        wanted = [digest.tobytes() for digest in digests]
        found = {key for (key,) in self._connections.read(lambda c: c.execute(self._hashes, [wanted], binary=True).fetchall())}
        return np.array([key in found for key in wanted], dtype=bool)

    def find(self, digests: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], Vectors]:
        """The same, and the vectors of those that are, in order, shape (known, dimension)."""
        wanted = [digest.tobytes() for digest in digests]
        rows = self._connections.read(lambda c: c.execute(self._vectors, [wanted], binary=True).fetchall())
        found = dict(rows)
        there = [key for key in wanted if key in found]
        return np.array([key in found for key in wanted], dtype=bool), binary.vectors([found[key] for key in there], self._dimension)


class PostgresSources:
    """Fits `retrieval.ports.Sources`."""

    def __init__(self, connections: Connections, schema: str) -> None:
        self._connections = connections
        self._schema = schema

    def all(self) -> Mapping[str, Source]:
        """Each file by its path. Raises IndexUnusable."""
        return msgspec.msgpack.decode(part(self._connections, self._schema, "sources.msgpack"), type=dict[str, Source])


def part(connections: Connections, schema: str, name: str) -> bytes:
    """What the generation keeps as it was in a file."""
    statement = sql.SQL("select content from {} where name = %s").format(table(schema, "parts"))
    rows = connections.read(lambda c: c.execute(statement, [name], binary=True).fetchall())
    return bytes(rows[0][0])
