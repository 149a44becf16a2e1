"""Nearest neighbours among unit vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.encoder import Vectors
from retrieval.errors import IndexUnusable
from retrieval.vectors import VectorIndex


def unit(seed: int, count: int, dimension: int) -> Vectors:
    """Random unit vectors. Shape: (count, dimension)."""
    vectors = np.random.default_rng(seed).normal(size=(count, dimension))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@given(st.integers(0, 10_000), st.integers(1, 200), st.integers(2, 48), st.integers(1, 250))
def test_search_finds_what_comparing_with_every_vector_finds(seed: int, count: int, dimension: int, k: int) -> None:
    """The nearest vectors and their cosines are those of a comparison with every vector, nearest first."""
    vectors, query = unit(seed, count, dimension), unit(seed + 1, 1, dimension)[0]
    ids, similarities = VectorIndex.build(vectors).search(query, k)
    cosines = vectors.astype(np.float64) @ query
    nearest = np.argsort(-cosines)[:k]
    assert similarities == pytest.approx(cosines[nearest], abs=1e-6)
    assert cosines[ids] == pytest.approx(cosines[nearest], abs=1e-6)
    assert len(set(ids.tolist())) == min(k, count)


def test_ids_are_positions() -> None:
    """A vector is found under the position that it was given at, and the same vector has the cosine 1."""
    ids, similarities = VectorIndex.build(np.eye(4, dtype=np.float32)).search(np.array([0, 0.6, 0, 0.8], dtype=np.float32), 4)
    assert ids[:2].tolist() == [3, 1]
    assert similarities.tolist() == pytest.approx([0.8, 0.6, 0, 0])


def test_an_index_opens_as_it_was_saved(tmp_path: Path) -> None:
    """An index that was written and opened again holds the same vectors, bit for bit."""
    vectors = unit(1, 7, 5)
    VectorIndex.build(vectors).save(tmp_path / "v.faiss")
    opened = VectorIndex.open(tmp_path / "v.faiss")
    assert (len(opened), opened.dimension) == (7, 5)
    assert vectors.tobytes() == opened.vectors().tobytes()
    assert vectors[[6, 0, 6]].tobytes() == opened.vectors([6, 0, 6]).tobytes()


@pytest.mark.parametrize("content", [None, b"", b"IxFI", b"\x80\x04pickled", b"IxFI" + b"\xff" * 60])
def test_a_file_that_is_no_index_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """A file that is missing, torn or of another kind is refused with its name and what to do."""
    if content is not None:
        (tmp_path / "v.faiss").write_bytes(content)
    with pytest.raises(IndexUnusable, match=r"v\.faiss is not a readable vector index; run `fingerpost reindex`"):
        VectorIndex.open(tmp_path / "v.faiss")
