"""Search in PostgreSQL beside the same search in a folder, on test collections in BEIR's format.

    python -m benchmarks.postgres FOLDER...     nDCG@10 of both, for all that is fused, for vectors and for words alone

A PostgreSQL with pgvector is started for it, from the package that the tests use.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from bot.progress import Bar
from retrieval import beir, encoder, evaluation, words
from retrieval.encoder import EMBEDDED_MODEL
from retrieval.headings import distinct, places
from retrieval.ports import Vectors
from retrieval.postgres import binary, layout, schema
from retrieval.postgres.connections import Connection, Connections
from retrieval.postgres.lexical import PostgresLexical
from retrieval.postgres.opened import PostgresHeadings
from retrieval.postgres.postings import Postings
from retrieval.postgres.vectors import PostgresVectors, make_searchable
from retrieval.search import Indexes
from tests.servers.postgres import running

SCHEMA = "fingerpost_bench"
_BATCH = 2_000
Documents = Sequence[Sequence[str]]


@contextmanager
def indexed(
    connections: Connections, vectors: Vectors, documents: Documents, titles: Sequence[str], of_titles: Vectors
) -> Iterator[Indexes]:
    """The indexes of documents in tables of their own, for as long as they are used."""
    dimension = vectors.shape[1]
    with connections.writing() as connection:
        schema.make(connection, connections.name)
        layout.create(connection, SCHEMA, dimension)
        _fill(connection, "passages", vectors)
        _fill(connection, "headings", of_titles)
        rows = ((n, 0, int(place), b"", b"") for n, place in enumerate(places(titles)))
        binary.copy_rows(
            connection, schema.table(SCHEMA, "passages"), "id guide heading held body", ["int4", "int4", "int4", "bytea", "bytea"], rows
        )
        postings = Postings(connection, SCHEMA)
        postings.add("lexical", enumerate(documents))
        fields = postings.finish()
        layout.index(connection, SCHEMA)
        search = make_searchable(connection, SCHEMA, layout.vectors(SCHEMA, "passages"), len(vectors), dimension)
    sys.stderr.write(f"vectors: {search}\n")
    try:
        yield Indexes(
            PostgresVectors(connections, layout.vectors(SCHEMA, "passages"), len(vectors), dimension, search),
            PostgresHeadings(connections, SCHEMA),
            PostgresLexical(connections, SCHEMA, "lexical", *fields["lexical"]),
        )
    finally:
        with connections.writing() as connection:
            connection.execute(f"drop schema {SCHEMA} cascade")


def quality(connections: Connections, folders: Sequence[str]) -> None:
    """A row for each collection: nDCG@10 in a folder and in PostgreSQL."""
    model = encoder.serve(EMBEDDED_MODEL, Path(".fingerpost") / "models")
    sys.stdout.write(
        "| collection | fused | PostgreSQL | vectors alone | PostgreSQL | words alone | PostgreSQL |\n|---|---|---|---|---|---|---|\n"
    )
    for folder in map(Path, folders):
        collection = beir.read(folder)
        with Bar() as bar, evaluation.indexed(collection, model, bar.show) as there:
            texts = list(collection.documents.values())
            titles = [collection.titles.get(name, "") for name in collection.documents]
            of_titles = model.encode(distinct(titles)) if distinct(titles) else np.zeros((0, model.encode(["x"]).shape[1]), np.float32)
            with indexed(connections, model.encode(texts), [words.stems(text) for text in texts], titles, of_titles) as indexes:
                here = evaluation.Indexed(collection, there.ids, indexes, there.spelling, model)
                rows = [_measures(index, bar.show) for index in (there, here)]
        cells = " | ".join(f"{value:.4f}" for pair in zip(*rows, strict=True) for value in pair)
        sys.stdout.write(f"| {folder.name} | {cells} |\n")


def _measures(index: evaluation.Indexed, progress: evaluation.Progress) -> list[float]:
    found = index.search(index.collection.queries, progress)
    scores: list[Callable[[evaluation.Hit], float]] = [lambda hit: hit.fused + 1, lambda hit: hit.similarity + 1, lambda hit: hit.bm25]
    return [index.measure(found, score)["nDCG@10"] for score in scores]


def _fill(connection: Connection, name: str, vectors: Vectors) -> None:
    digests = np.random.default_rng(0).integers(0, 256, (len(vectors), binary.HASH), dtype=np.uint8)
    batches = (np.arange(start, min(start + _BATCH, len(vectors))) for start in range(0, len(vectors), _BATCH))
    encoded = (binary.vector_rows(ids, digests[ids], vectors[ids]) for ids in batches)
    binary.copy_encoded(connection, layout.vectors(SCHEMA, name), "id hash v", encoded)


if __name__ == "__main__":
    with running() as server:
        to = Connections(server.address(server.database()).reveal())
        quality(to, sys.argv[1:])
        to.close()
