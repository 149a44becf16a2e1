"""The words of a generation in PostgreSQL. Their vectors are kept once they were fetched: questions share most of theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from psycopg import sql

from retrieval.ports import Ids, Vectors
from retrieval.postgres import binary, layout
from retrieval.postgres.caching import FEW, KEPT, Cache, Lookup
from retrieval.postgres.connections import Connections
from retrieval.postgres.opened import PostgresPassages
from retrieval.postgres.schema import table
from retrieval.spelling import within

SHORTEST = 4  # letters of a word that another may be taken for
_VECTORS_KEPT = 32_000_000  # bytes


class PostgresVocabulary:
    """Fits `retrieval.ports.Vocabulary`."""

    def __init__(self, connections: Connections, schema: str, passages: PostgresPassages, size: int, dimension: int) -> None:
        self._connections = connections
        self._size = size
        self._dimension = dimension
        self._passages = passages
        self._words, self._written, self._vectors = table(schema, "words"), table(schema, "written"), layout.vectors(schema, "words")
        self._ids: Lookup[int] = Lookup(self._find, self._all, few=size <= FEW)
        self._read: Cache[int, Vectors] = Cache(self._fetch, _VECTORS_KEPT, lambda vector: vector.nbytes)
        self._there: Lookup[bool] = Lookup(self._look, self._look, few=size <= FEW)
        self._near: Cache[tuple[str, int], tuple[str, ...]] = Cache(self._compare, KEPT)

    def __len__(self) -> int:
        return self._size

    def find(self, stem: str) -> int | None:
        """The id of a stem; None where no passage has it."""
        return self._ids.many([stem])[0]

    def vectors(self, ids: Sequence[int] | Ids) -> Vectors:
        """The vectors of the words with these ids. Shape: (ids, dimension)."""
        found = self._read.many([int(number) for number in ids])
        return np.stack(found) if found else np.zeros((0, self._dimension), dtype=np.float32)

    def held(self, passage: int) -> Ids:
        """The ids of the stems that a passage holds, ascending. Shape: (stems,)."""
        return self._passages.held(int(passage))

    def knows(self, word: str) -> bool:
        """Whether any passage has this word as it is written, in lower case."""
        return bool(self._there.many([word])[0])

    def near(self, word: str, edits: int) -> Sequence[str]:
        """The words of four letters and more within this many edits (1 or 2), sorted; of those within two, which begin as this one does."""
        return self._near.many([(word, edits)])[0]

    def _find(self, stems: list[str]) -> Mapping[str, int]:
        statement = sql.SQL("select stem, id from {} where stem = any(%s)").format(self._words)
        return dict(self._connections.read(lambda c: c.execute(statement, [stems]).fetchall()))

    def _all(self) -> Mapping[str, int]:
        statement = sql.SQL("select stem, id from {}").format(self._words)
        return dict(self._connections.read(lambda c: c.execute(statement).fetchall()))

    def _fetch(self, ids: list[int]) -> Mapping[int, Vectors]:
        statement = sql.SQL("select id, vector_send(v) from {} where id = any(%s::integer[])").format(self._vectors)
        rows = self._connections.read(lambda c: c.execute(statement, [ids], binary=True).fetchall())
        return dict(zip([number for number, _ in rows], binary.vectors([sent for _, sent in rows], self._dimension), strict=True))

    def _look(self, words: list[str] | None = None) -> Mapping[str, bool]:
        statement = sql.SQL("select word from {} where %s::text[] is null or word = any(%s)").format(self._written)
        return {word: True for (word,) in self._connections.read(lambda c: c.execute(statement, [words, words]).fetchall())}

    def _compare(self, asked: list[tuple[str, int]]) -> Mapping[tuple[str, int], tuple[str, ...]]:
        return {(word, edits): tuple(sorted(self._within(word, edits))) for word, edits in asked}

    def _within(self, word: str, edits: int) -> list[str]:
        given = {
            "letter": word[:1], "least": max(len(word) - edits, SHORTEST), "most": len(word) + edits,
            "rests": [word, word[1:]], "others": [word[1:], word[1:2] + word[:1] + word[2:]],
        }  # fmt: skip
        statement = sql.SQL(_CANDIDATES if edits > 1 else _CANDIDATES + _OTHER_LETTER).format(self._written)
        found = self._connections.read(lambda c: c.execute(statement, given).fetchall())
        letters = set(word)
        close = (other for (other,) in found if len(letters ^ set(other)) <= 2 * edits)  # which is seen sooner than the edits
        return [other for other in dict.fromkeys(close) if len(other) >= SHORTEST and within(word, other, edits)]


_CANDIDATES = "select word from {0} where substr(word, 1, 1) = %(letter)s and length(word) between %(least)s and %(most)s"
_OTHER_LETTER = " union all select word from {0} where substr(word, 2) = any(%(rests)s) or word = any(%(others)s)"
