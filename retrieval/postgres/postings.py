"""Documents to postings: inverted block by block, so that memory does not grow with the corpus."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from retrieval.postgres import binary
from retrieval.postgres.connections import Connection
from retrieval.postgres.lexical import BLOCK, LENGTHS, POSTING
from retrieval.postgres.schema import table

_LENGTHS = LENGTHS.tolist()
_MOST = np.iinfo(np.uint16).max  # times that a stem is counted in one document


class Postings:
    """Writes the fields of one generation. Held in memory are the distinct stems, and one block."""

    def __init__(self, connection: Connection, schema: str, block: int = BLOCK) -> None:
        """`block` is how many documents are inverted at a time."""
        self._block = block
        self._connection = connection
        self._schema = schema
        self._ids: dict[tuple[str, str], int] = {}
        self._documents: Counter[int] = Counter()
        self._fields: dict[str, tuple[int, int, int]] = {}

    def add(self, field: str, documents: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Index the stems of documents, which come with their ids, ascending."""
        count = tokens = 0
        found = array("i")
        for document, stems in documents:
            length = bisect_right(_LENGTHS, len(stems)) - 1
            for stem, times in Counter(stems).items():
                found.extend((self._ids.setdefault((field, stem), len(self._ids)), document, min(times, _MOST), length))
            count, tokens = count + 1, tokens + len(stems)
            if count % self._block == 0:
                self._write(count // self._block, found)
                found = array("i")
        self._write(count // self._block + 1, found)
        self._fields[field] = (count, tokens, sum(name == field for name, _ in self._ids))

    def finish(self) -> dict[str, tuple[int, int, int]]:
        """Write what is known of all stems; how many documents each field has, their length in stems, and how many different ones."""
        stems = ((number, field, stem, self._documents[number]) for (field, stem), number in self._ids.items())
        binary.copy_rows(
            self._connection, table(self._schema, "stems"), "id field stem documents", ["int4", "text", "text", "int4"], stems
        )  # fmt: skip
        return self._fields

    def _write(self, block: int, found: array[int]) -> None:
        """The rows of one block: for each stem its postings, by the documents' ids. `found` has four numbers for each posting."""
        if not found:
            return
        columns = np.frombuffer(found, dtype=np.int32).reshape(-1, 4)
        columns = columns[np.lexsort((columns[:, 1], columns[:, 0]))]
        postings = np.zeros(len(columns), POSTING)
        postings["id"], postings["count"], postings["length"] = columns[:, 1], columns[:, 2], columns[:, 3]
        starts = np.flatnonzero(np.diff(columns[:, 0], prepend=-1))
        ends = np.append(starts[1:], len(columns))
        self._documents.update(dict(zip(columns[starts, 0].tolist(), (ends - starts).tolist(), strict=True)))
        rows = (
            (stem, block, postings[start:end].tobytes())
            for stem, start, end in zip(columns[starts, 0].tolist(), starts.tolist(), ends.tolist(), strict=True)
        )
        binary.copy_rows(self._connection, table(self._schema, "postings"), "stem block content", ["int4", "int4", "bytea"], rows)
