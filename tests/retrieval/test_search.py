"""Dense and lexical candidates, fused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.fusion import convex
from retrieval.lexical import LexicalIndex
from retrieval.search import DEPTH, search
from retrieval.vectors import VectorIndex


def test_the_best_of_both_rankings_are_fused(tmp_path: Path) -> None:
    """Hits carry their cosine, their BM25 score and both fused, best first."""
    cosines = np.array([0.9, 0.5, -0.2], dtype=np.float32)
    vectors = VectorIndex.build(np.stack([cosines, np.sqrt(1 - cosines**2)], axis=1))
    lexical = LexicalIndex.build([["moss"], ["fern"], ["fern", "fern", "moss"]], tmp_path / "lexical")
    hits = search("A fern?", np.array([1, 0], dtype=np.float32), vectors, lexical, 5)
    bm25 = np.array([dict(lexical.search(["fern"], 5)).get(i, 0.0) for i in range(3)], dtype=np.float32)
    fused = convex(cosines, bm25)
    assert [hit.id for hit in hits] == sorted(range(3), key=lambda i: -fused[i])
    assert [(h.similarity, h.bm25, h.fused) for h in hits] == [pytest.approx((cosines[h.id], bm25[h.id], fused[h.id])) for h in hits]


def test_a_word_finds_what_meaning_alone_would_miss(tmp_path: Path) -> None:
    """A passage that only its words put forward is a candidate with its true cosine, however many are nearer in meaning."""
    cosines = np.linspace(1, -1, DEPTH + 50, dtype=np.float32)
    vectors = VectorIndex.build(np.stack([cosines, np.sqrt(1 - cosines**2)], axis=1))
    documents = [["moss"]] * (DEPTH + 49) + [["cactus"]]
    hits = search("cactus", np.array([1, 0], dtype=np.float32), vectors, LexicalIndex.build(documents, tmp_path / "l"), DEPTH + 50)
    assert [h.id for h in hits if h.id >= DEPTH] == [DEPTH + 49]
    assert [h.similarity for h in hits if h.id >= DEPTH] == [pytest.approx(-1.0)]


def test_equals_come_in_the_order_of_the_guides(tmp_path: Path) -> None:
    """Passages with the same score come in the order in which they stand, and no more than were asked for."""
    vectors = VectorIndex.build(np.ones((6, 1), dtype=np.float32))
    lexical = LexicalIndex.build([["moss"]] * 6, tmp_path / "lexical")
    assert [h.id for h in search("moss", np.ones(1, dtype=np.float32), vectors, lexical, 4)] == [0, 1, 2, 3]
