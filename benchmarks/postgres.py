"""Search in PostgreSQL beside the same search in a folder: how good it is, and what it costs at any size.

    python -m benchmarks.postgres quality FOLDER...     nDCG@10 of both on test collections in BEIR's format
    python -m benchmarks.postgres size 10000 100000     what is built, and milliseconds a search, on texts and vectors that are drawn

A PostgreSQL with pgvector is started for it, from the package that the tests use.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from bot.progress import Bar
from retrieval import beir, encoder, evaluation, words
from retrieval.encoder import EMBEDDED_MODEL
from retrieval.headings import Headings, distinct, places
from retrieval.lexical import LexicalIndex
from retrieval.ports import Vectors
from retrieval.postgres import binary, layout, schema
from retrieval.postgres.connections import Connection, Connections
from retrieval.postgres.lexical import PostgresLexical
from retrieval.postgres.opened import PostgresHeadings
from retrieval.postgres.postings import Postings
from retrieval.postgres.vectors import PostgresVectors, make_searchable
from retrieval.search import Indexes, search
from retrieval.vectors import VectorIndex
from tests.servers.postgres import running

SCHEMA = "fingerpost_bench"
_BATCH = 2_000
_DIMENSION, _STEMS, _QUERIES = 384, 60_000, 200
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
        how = make_searchable(connection, SCHEMA, layout.vectors(SCHEMA, "passages"), len(vectors), dimension)
    sys.stderr.write(f"vectors: {how}\n")
    try:
        yield Indexes(
            PostgresVectors(connections, layout.vectors(SCHEMA, "passages"), len(vectors), dimension, how),
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


def drawn(count: int, seed: int, clusters: int) -> Vectors:
    """Unit vectors that lie as those of texts do: in clusters, most of what tells them apart in few dimensions."""
    rng, world = np.random.default_rng(seed), np.random.default_rng(0)
    scale = (np.arange(1, _DIMENSION + 1) ** -0.4).astype(np.float32)
    centres = world.standard_normal((clusters, _DIMENSION), dtype=np.float32) * scale
    made = centres[rng.integers(0, clusters, count)] + 0.8 * rng.standard_normal((count, _DIMENSION), dtype=np.float32) * scale
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def texts(count: int, seed: int) -> Documents:
    """Documents of about thirty stems, drawn as often as Zipf's law has it."""
    rng = np.random.default_rng(seed)
    weights = 1 / (np.arange(1, _STEMS + 1) + 10)
    lengths = np.clip(rng.lognormal(3.2, 0.6, count).astype(int), 3, 300)
    stems = rng.choice(_STEMS, int(lengths.sum()), p=weights / weights.sum())
    return [[f"s{stem}" for stem in document] for document in np.split(stems, np.cumsum(lengths)[:-1])]


def size(connections: Connections, count: int) -> None:
    """What an index of so many documents takes to build, on disk, and a search."""
    clusters, rng = max(count // 50, 10), np.random.default_rng(2)
    vectors, documents, queries = drawn(count, 1, clusters), texts(count, 1), drawn(_QUERIES, 3, clusters)
    asked = [[str(s) for s in rng.choice(documents[int(n)], 4)] for n in rng.integers(0, count, _QUERIES)]
    began = time.perf_counter()
    with indexed(connections, vectors, documents, [""] * count, vectors[:0]) as here, tempfile.TemporaryDirectory() as scratch:
        say(f"{count} documents: filled and indexed in {time.perf_counter() - began:.0f} s; {_sizes(connections)}")
        began = time.perf_counter()
        none = Headings(VectorIndex(vectors[:0]), places([""] * count))
        there = Indexes(VectorIndex(vectors), none, LexicalIndex.build(documents, Path(scratch) / "lexical"))
        say(f"  tantivy's index in {time.perf_counter() - began:.0f} s")
        exact, found = ([set(index.vectors.search(query, 10)[0].tolist()) for query in queries] for index in (there, here))
        say(f"  recall@10 of questions: {sum(len(a & b) for a, b in zip(exact, found, strict=True)) / (10 * len(queries)):.4f}")
        for name, index in (("PostgreSQL", here), ("folder, exact", there)):
            _searched(name, index, queries, asked, lambda: _server_seconds(connections))


def _searched(name: str, index: Indexes, queries: Vectors, asked: Documents, server: Callable[[], float]) -> None:
    say(f"  {name}: vectors {_times(lambda n: index.vectors.search(queries[n], 100), server)}")
    say(f"  {name}: words {_times(lambda n: index.lexical.search(sorted(set(asked[n])), 100), server)}")
    say(f"  {name}: both, fused {_times(lambda n: search(' '.join(asked[n]), queries[n], index, 10), server)}")


def _times(work: Callable[[int], object], server: Callable[[], float]) -> str:
    """Wall time of a search, and its CPU time in the mean."""
    took, own, there = [], time.process_time(), server()
    for number in range(_QUERIES):
        began = time.perf_counter()
        work(number)
        took.append(1_000 * (time.perf_counter() - began))
    mean = [1_000 * seconds / _QUERIES for seconds in (time.process_time() - own, server() - there)]
    wall = f"p50 {np.percentile(took, 50):.2f} ms, p99 {np.percentile(took, 99):.2f} ms"
    return f"{wall}; CPU here {mean[0]:.2f} ms, in the server {mean[1]:.2f} ms"


def _server_seconds(connections: Connections) -> float:
    """The CPU time of the server's processes for this program, in seconds."""
    look = "select pid from pg_stat_activity where application_name = 'fingerpost-index'"
    seconds = 0.0
    for (pid,) in connections.read(lambda c: c.execute(look).fetchall()):
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


def _sizes(connections: Connections) -> str:
    """What the tables take on disk, with their keys."""
    wanted = "select relname, pg_total_relation_size(c.oid) from pg_class c join pg_namespace n on n.oid = relnamespace "
    rows = connections.read(lambda c: c.execute(wanted + "where nspname = %s and relkind = 'r' order by 2 desc", [SCHEMA]).fetchall())
    hnsw = connections.read(lambda c: c.execute("select coalesce(pg_relation_size(to_regclass(%s)), 0)", [f"{SCHEMA}.hnsw"]).fetchall())
    return ", ".join(f"{name} {number / 1e6:.1f} MB" for name, number in [*rows[:4], ("of that HNSW", hnsw[0][0])])


def say(line: str) -> None:
    """A line of the report."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> None:
    """One of the two."""
    with running("shared_buffers=2GB", "maintenance_work_mem=2GB", "max_parallel_maintenance_workers=0") as server:
        to = Connections(server.address(server.database()).reveal())
        if arguments[0] == "quality":
            quality(to, arguments[1:])
        else:
            for count in arguments[1:]:
                size(to, int(count))
        to.close()


if __name__ == "__main__":
    main(sys.argv[1:])
