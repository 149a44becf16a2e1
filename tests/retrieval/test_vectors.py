"""Nearest neighbours among unit vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.encoder import Vectors
from retrieval.errors import IndexUnusable
from retrieval.vectors import VectorIndex


def unit(seed: int, count: int, dimension: int) -> Vectors:
    """Random unit vectors. Shape: (count, dimension)."""
    vectors = np.random.default_rng(seed).normal(size=(count, dimension))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@settings(deadline=None)  # the first search takes long
@given(st.integers(0, 10_000), st.integers(1, 200), st.integers(2, 48), st.integers(1, 250))
def test_search_finds_what_comparing_with_every_vector_finds(seed: int, count: int, dimension: int, k: int) -> None:
    """The nearest vectors and their cosines are those of a comparison with every vector, nearest first."""
    vectors, query = unit(seed, count, dimension), unit(seed + 1, 1, dimension)[0]
    ids, similarities = VectorIndex(vectors).search(query, k)
    cosines = vectors.astype(np.float64) @ query
    nearest = np.argsort(-cosines)[:k]
    assert similarities == pytest.approx(cosines[nearest], abs=1e-6)
    assert cosines[ids] == pytest.approx(cosines[nearest], abs=1e-6)
    assert len(set(ids.tolist())) == min(k, count)


def test_ids_are_positions() -> None:
    """A vector is found under the position that it was given at, and the same vector has the cosine 1."""
    ids, similarities = VectorIndex(np.eye(4, dtype=np.float32)).search(np.array([0, 0.6, 0, 0.8], dtype=np.float32), 4)
    assert ids[:2].tolist() == [3, 1]
    assert similarities.tolist() == pytest.approx([0.8, 0.6, 0, 0])


def test_an_index_opens_as_it_was_saved(tmp_path: Path) -> None:
    """An index that was written and opened again holds the same vectors, bit for bit."""
    vectors = unit(1, 7, 5)
    VectorIndex(vectors).save(tmp_path / "v.f32")
    opened = VectorIndex.open(tmp_path / "v.f32", 5)
    assert (len(opened), opened.dimension) == (7, 5)
    assert vectors.tobytes() == opened.vectors().tobytes()
    assert vectors[[6, 0, 6]].tobytes() == opened.vectors([6, 0, 6]).tobytes()


def test_similarities_are_those_of_the_vectors(tmp_path: Path) -> None:
    """The cosines of some vectors come in the order in which those are named."""
    vectors, query = unit(2, 9, 6), unit(3, 1, 6)[0]
    VectorIndex(vectors).save(tmp_path / "v.f32")
    found = VectorIndex.open(tmp_path / "v.f32", 6).similarities([8, 0, 3], query)
    assert found == pytest.approx((vectors[[8, 0, 3]] @ query).tolist(), abs=1e-6)


def test_an_index_may_be_empty(tmp_path: Path) -> None:
    """Where there are no vectors, none are found."""
    (tmp_path / "v.f32").write_bytes(b"")
    opened = VectorIndex.open(tmp_path / "v.f32", 6)
    assert (len(opened), opened.dimension, [len(part) for part in opened.search(unit(3, 1, 6)[0], 5)]) == (0, 6, [0, 0])


@pytest.mark.parametrize("content", [None, b"x", b"x" * 25])
def test_a_file_that_is_no_index_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """A file that is missing or torn is refused with its name and what to do."""
    if content is not None:
        (tmp_path / "v.f32").write_bytes(content)
    with pytest.raises(IndexUnusable, match=r"v\.f32 cannot be read .*; run `fingerpost reindex`"):
        VectorIndex.open(tmp_path / "v.f32", 6)
