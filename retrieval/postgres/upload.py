"""From a folder into PostgreSQL: the parts of a sealed index, in batches, into tables that nobody reads yet.

Vectors that the generation before has are taken over inside the database; they are not sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from retrieval import fields, records, words
from retrieval.guides import Guide
from retrieval.passages import Passage
from retrieval.ports import Manifest, Overview
from retrieval.postgres import binary, layout
from retrieval.postgres.connections import Connection
from retrieval.postgres.opening import Facts
from retrieval.postgres.postings import Postings
from retrieval.postgres.schema import table
from retrieval.postgres.vectors import make_searchable
from retrieval.terms import Terms

PARTS = ("overview.json", "sources.msgpack")
_BATCH = 2_000  # vectors that are sent at a time
Progress = Callable[[str, int, int], None]


def upload(
    connection: Connection, schema: str, folder: Path, manifest: Manifest, before: str | None, progress: Progress
) -> Facts:  # fmt: skip
    """Copy a sealed folder into new tables; `before` is the schema of a generation of the same model, whose vectors are taken over."""
    layout.create(connection, schema, manifest.dimension)
    copying = Upload(connection, schema, folder, manifest, progress)
    made = copying.run(before)
    layout.index(connection, schema)
    progress("indexing vectors", 0, 1)
    search = make_searchable(connection, schema, layout.vectors(schema, "passages"), manifest.passages, manifest.dimension)
    progress("indexing vectors", 1, 1)
    return Facts(search, copying.counts(), made)


class Upload:
    """One folder on its way into the tables of one schema."""

    def __init__(self, connection: Connection, schema: str, folder: Path, manifest: Manifest, progress: Progress) -> None:
        self._connection = connection
        self._schema = schema
        self._folder = folder
        self._manifest = manifest
        self._progress = progress
        self._passages = records.Records(folder / "passages.records", Passage)
        self._guides = records.Records(folder / "guides.records", Guide)
        self._first = records.array(folder / "guides.first", "<i8")
        self._written: set[str] = set()
        self._ids = list(records.Texts(folder / "guides.ids"))

    def run(self, before: str | None) -> dict[str, tuple[int, int, int]]:
        """Fill the tables; what `Facts.fields` has."""
        self._copy("parts", "name content", ["text", "bytea"], ((name, (self._folder / name).read_bytes()) for name in PARTS))
        self._copy_texts()
        for name in layout.ENCODED:
            self._copy_vectors(name, before)
        return self._copy_postings()

    def counts(self) -> dict[str, int]:
        """How many vectors each part has."""
        width = 4 * self._manifest.dimension
        return {name: (self._folder / f"{name}.f32").stat().st_size // width for name in layout.ENCODED}

    def _copy(self, name: str, columns: str, types: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        binary.copy_rows(self._connection, table(self._schema, name), columns, types, rows)

    def _copy_texts(self) -> None:
        guides = records.Slices(self._folder / "guides.records")
        rows = ((place, guide, int(self._first[place]), guides[place]) for place, guide in enumerate(self._ids))
        self._copy("guides", "place id first body", ["int4", "text", "int4", "bytea"], rows)
        self._copy("passages", "id guide heading held body", ["int4", "int4", "int4", "bytea", "bytea"], self._passage_rows())
        self._copy("words", "id stem", ["int4", "text"], enumerate(records.Texts(self._folder / "stems.texts")))
        questions = records.Slices(self._folder / "questions.texts")
        self._copy("questions", "id text", ["int4", "text"], ((n, questions[n].decode()) for n in range(len(questions))))

    def _passage_rows(self) -> Iterator[tuple[int, int, int, bytes, bytes]]:
        bodies = records.Slices(self._folder / "passages.records")
        headings = records.array(self._folder / "headings.of", "<i4")
        ends, held = records.array(self._folder / "held.ends", "<i8"), records.array(self._folder / "held.ids", "<i4")
        guides = np.searchsorted(self._first, np.arange(len(bodies)), side="right") - 1
        for number in range(len(bodies)):
            yield number, int(guides[number]), int(headings[number]), held[ends[number] : ends[number + 1]].tobytes(), bodies[number]
            self._progress("copying passages", number + 1, len(bodies))

    def _copy_vectors(self, name: str, before: str | None) -> None:
        vectors = records.array(self._folder / f"{name}.f32", "<f4", self._manifest.dimension)
        digests = self._digests(name)
        missing = np.arange(len(vectors))
        if before is not None:
            missing = self._taken_over(name, before, digests)
        batches = (missing[start : start + _BATCH] for start in range(0, len(missing), _BATCH))
        into = layout.vectors(self._schema, name)
        binary.copy_encoded(self._connection, into, "id hash v", (self._sent(name, ids, len(missing), digests, vectors) for ids in batches))

    def _sent(self, name: str, ids: NDArray[np.int64], of: int, digests: NDArray[np.uint8], vectors: NDArray[np.float32]) -> bytes:
        self._progress(f"copying vectors of {name}", len(ids), of)
        return binary.vector_rows(ids, digests[ids], vectors[ids])

    def _digests(self, name: str) -> NDArray[np.uint8]:
        """The SHA-256 of what was encoded, in the order of a part's vectors. Shape: (vectors, 32)."""
        sorted_ = records.array(self._folder / "known.digests", "u1", binary.HASH)
        digests = np.empty_like(sorted_)
        digests[records.array(self._folder / "known.rows", "<i8")] = sorted_
        counts = list(self.counts().values())
        place = layout.ENCODED.index(name)
        return digests[sum(counts[:place]) : sum(counts[: place + 1])]

    def _taken_over(self, name: str, before: str, digests: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Take over what the generation before has; the ids of the vectors that it has not."""
        into = layout.vectors(self._schema, name)
        self._connection.execute("create temporary table wanted (id integer not null, hash bytea not null)")
        binary.copy_encoded(
            self._connection, sql.Composed([sql.SQL("wanted")]), "id hash", [binary.key_rows(np.arange(len(digests)), digests)]
        )
        self._connection.execute(sql.SQL(_TAKE_OVER).format(into, layout.vectors(before, name)))
        missing = self._connection.execute(sql.SQL(_MISSING).format(into)).fetchall()
        self._connection.execute("drop table wanted")
        return np.array([number for (number,) in missing], dtype=np.int64)

    def _copy_postings(self) -> dict[str, tuple[int, int, int]]:
        """Copy what BM25 needs, and the words."""
        terms = Terms(msgspec.json.decode((self._folder / PARTS[0]).read_bytes(), type=Overview).terms.values())
        postings = Postings(self._connection, self._schema)
        postings.add("lexical", fields.of_passages(self._noted()))
        postings.add("rows", fields.of_rows(self._passages, self._guides, terms))
        postings.add("named", fields.of_names(self._ids, self._first.tolist()))
        made = postings.finish()
        self._copy("written", "word", ["text"], ((word,) for word in sorted(self._written)))
        return made

    def _noted(self) -> Iterator[Passage]:
        """The passages; their words as they are written are noted in passing."""
        for number, passage in enumerate(self._passages):
            self._written.update(words.surface(passage.embedded))
            yield passage
            self._progress("copying postings", number + 1, len(self._passages))


_TAKE_OVER = """insert into {0} select distinct on (w.id) w.id, w.hash, k.v from wanted w join {1} k on k.hash = w.hash"""
_MISSING = "select id from wanted w where not exists (select from {0} n where n.id = w.id) order by id"
