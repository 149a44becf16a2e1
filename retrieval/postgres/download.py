"""From PostgreSQL into a folder: the parts of a generation as the files that they came from, to the byte."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from psycopg import sql

from retrieval import records
from retrieval.ports import Manifest
from retrieval.postgres import binary, layout
from retrieval.postgres.connections import Connection, Connections
from retrieval.postgres.schema import table
from retrieval.postgres.upload import PARTS
from retrieval.writing import write_known

_PAGE = 2_000  # rows that are fetched at a time


def download(connections: Connections, schema: str, manifest: Manifest, folder: Path) -> None:
    """Write what was copied, and nothing that can be made of it, into an empty folder. Raises IndexUnusable, IndexUnreachable."""
    _Download(connections, schema, manifest, folder).run()


def written(connections: Connections, schema: str) -> Iterator[str]:
    """The words of all passages as they are written."""
    statement = sql.SQL("select word from {} order by word").format(table(schema, "written"))
    return (word for (word,) in connections.read(lambda c: c.execute(statement).fetchall()))


class _Download:
    def __init__(self, connections: Connections, schema: str, manifest: Manifest, folder: Path) -> None:
        self._connections = connections
        self._schema = schema
        self._manifest = manifest
        self._folder = folder

    def run(self) -> None:
        for name, content in self._rows("select name, content from {} where name = any(%s)", "parts", [list(PARTS)]):
            (self._folder / name).write_bytes(content)
        self._guides()
        self._passages()
        records.write_texts(self._folder / "stems.texts", [stem for _, stem in self._pages("id, stem", "words")])
        questions = records.Writer(self._folder / "questions.texts")
        for _, question in self._pages("id, text", "questions"):
            questions.add(question.encode())
        questions.close()
        digests = [self._vectors(name) for name in layout.ENCODED]
        write_known(self._folder, np.concatenate(digests))

    def _guides(self) -> None:
        rows = list(self._pages("place, id, first, body", "guides", "place"))
        guides = records.Writer(self._folder / "guides.records")
        for *_, body in rows:
            guides.add(body)
        guides.close()
        records.write_texts(self._folder / "guides.ids", [guide for _, guide, *_ in rows])
        records.write_array(self._folder / "guides.first", [*(first for _, _, first, _ in rows), self._manifest.passages], "<i8")

    def _passages(self) -> None:
        passages = records.Writer(self._folder / "passages.records")
        headings: list[int] = []
        ends = [0]
        with (self._folder / "held.ids").open("wb") as held_ids:
            for _, heading, held, body in self._pages("id, heading, held, body", "passages"):
                passages.add(body)
                headings.append(heading)
                ends.append(ends[-1] + len(held) // 4)
                held_ids.write(held)
        passages.close()
        records.write_array(self._folder / "headings.of", headings, "<i4")
        records.write_array(self._folder / "held.ends", ends, "<i8")

    def _vectors(self, name: str) -> Any:
        """Write the vectors of one part; the digests of what was encoded. Shape: (vectors, 32)."""
        digests: list[bytes] = []
        with (self._folder / f"{name}.f32").open("wb") as file:
            rows = self._pages("id, hash, vector_send(v)", f"{name}_vectors")
            for page in iter(lambda: list(itertools.islice(rows, _PAGE)), []):
                digests += [digest for _, digest, _ in page]
                file.write(binary.vectors([sent for _, _, sent in page], self._manifest.dimension).astype("<f4").tobytes())
        return np.frombuffer(b"".join(digests), np.uint8).reshape(-1, binary.HASH)

    def _rows(self, statement: str, name: str, given: list[Any]) -> list[tuple[Any, ...]]:
        wanted = sql.SQL(statement).format(table(self._schema, name))

        def read(connection: Connection) -> list[tuple[Any, ...]]:
            return connection.execute(wanted, given, binary=True).fetchall()

        return self._connections.read(read)

    def _pages(self, columns: str, name: str, key: str = "id") -> Iterable[tuple[Any, ...]]:
        """The rows of a table by their ids, which begin with 0 and leave none out."""
        statement = f"select {columns} from {{}} where {key} >= %s and {key} < %s order by {key}"  # noqa: S608 - ours
        for start in itertools.count(0, _PAGE):
            rows = self._rows(statement, name, [start, start + _PAGE])
            yield from rows
            if len(rows) < _PAGE:
                return
