"""Nearest neighbours by pgvector, beside all cosines computed by NumPy."""

from __future__ import annotations

import itertools
import logging

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.ports import Recall, Vectors
from retrieval.postgres import binary, layout
from retrieval.postgres import vectors as searching
from retrieval.postgres.connections import Connections
from retrieval.postgres.vectors import EXACT, HNSW, PostgresVectors

NUMBERS = itertools.count(1)


def unit(rows: Vectors) -> Vectors:
    """The same at length 1."""
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def clustered(count: int, dimension: int, seed: int) -> Vectors:
    """Unit vectors in clusters of about fifty."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((max(count // 50, 1), dimension))
    return unit(centres[rng.integers(0, len(centres), count)] + 0.8 * rng.standard_normal((count, dimension)))


def stored(connections: Connections, vectors: Vectors, exact_most: int, enough: float = searching.ENOUGH) -> tuple[PostgresVectors, Recall]:
    """The vectors in a table of their own, made searchable, and how."""
    schema = f"vectors_{next(NUMBERS)}"
    table = layout.vectors(schema, "passages")
    with connections.writing() as connection:
        layout.create(connection, schema, vectors.shape[1])
        digests = np.zeros((len(vectors), binary.HASH), np.uint8)
        binary.copy_encoded(connection, table, "id hash v", [binary.vector_rows(np.arange(len(vectors)), digests, vectors)])
        layout.index(connection, schema)
        search = searching.make_searchable(connection, schema, table, len(vectors), vectors.shape[1], exact_most, enough)
    return PostgresVectors(connections, table, len(vectors), vectors.shape[1], search), search


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(1, 60), dimension=st.sampled_from([1, 3, 32]), seed=st.integers(0, 99), k=st.integers(1, 70))
def test_exact_search_is_what_numpy_finds(connections: Connections, count: int, dimension: int, seed: int, k: int) -> None:
    """For any vectors: the nearest first, with their cosines; and each vector comes back to the bit."""
    vectors = clustered(count, dimension, seed)
    index, _ = stored(connections, vectors, exact_most=1_000)
    query = clustered(1, dimension, seed + 100)[0]
    ids, cosines = index.search(query, k)
    expected = vectors @ query
    assert len(ids) == len(set(ids.tolist())) == min(k, count)
    assert cosines == pytest.approx(expected[ids], abs=1e-5)
    assert cosines.tolist() == pytest.approx(sorted(expected.tolist(), reverse=True)[:k], abs=1e-5)
    some = [count - 1, 0]
    assert index.similarities(some, query) == pytest.approx(expected[some], abs=1e-5)
    assert np.array_equal(index.vectors(), vectors)
    assert index.vectors([]).shape == (0, dimension)


def test_a_large_index_is_searched_by_hnsw_that_finds_nearly_all(connections: Connections) -> None:
    """Its recall is measured where it is built, and holds for other questions; cosines are those of the vectors themselves."""
    vectors = clustered(3_000, 32, 1)
    index, search = stored(connections, vectors, exact_most=1_000)
    assert (search.kind, search.recall >= searching.ENOUGH) == (HNSW, True)
    queries = clustered(50, 32, 1)
    found = [index.search(query, 10) for query in queries]
    shared = [
        len(set(ids.tolist()) & set(np.argsort(-(vectors @ query))[:10].tolist())) for (ids, _), query in zip(found, queries, strict=True)
    ]
    assert sum(shared) / (10 * len(queries)) >= searching.ENOUGH
    for (ids, cosines), query in zip(found, queries, strict=True):
        assert cosines == pytest.approx((vectors @ query)[ids], abs=1e-5)
        assert cosines.tolist() == sorted(cosines.tolist(), reverse=True)


def test_where_hnsw_misses_too_much_all_are_compared(connections: Connections, caplog: pytest.LogCaptureFixture) -> None:
    """Then there is no such index, and it is said in the log."""
    caplog.set_level(logging.WARNING)
    index, search = stored(connections, clustered(1_500, 16, 2), exact_most=1_000, enough=1.01)
    assert search == Recall(EXACT)
    assert "compared instead" in caplog.text
    assert len(index.search(clustered(1, 16, 3)[0], 10)[0]) == 10
