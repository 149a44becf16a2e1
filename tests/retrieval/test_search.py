"""Dense and lexical candidates, fused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from retrieval.encoder import Vectors
from retrieval.fusion import fuse
from retrieval.headings import Headings, places
from retrieval.lexical import LexicalIndex
from retrieval.search import DEPTH, Indexes, search
from retrieval.vectors import VectorIndex

QUESTION = np.array([1, 0], dtype=np.float32)


def at(cosines: Sequence[float]) -> Vectors:
    """Unit vectors with these cosines to QUESTION. Shape: (cosines, 2)."""
    values = np.asarray(cosines, dtype=np.float32)
    return np.stack([values, np.sqrt(1 - values**2)], axis=1)


def indexes(folder: Path, cosines: Sequence[float], documents: list[list[str]], headings: dict[str, float] | None = None) -> Indexes:
    """What is searched: the cosines and stems of passages, and the cosine of the heading of each of the first ones."""
    above = headings or {}
    named = [*above, *[""] * (len(documents) - len(above))]
    nearby = Headings(VectorIndex(at(list(above.values()))), places(named))
    return Indexes(VectorIndex(at(cosines)), nearby, LexicalIndex.build(documents, folder / "lexical"))


def test_the_best_of_all_rankings_are_fused(tmp_path: Path) -> None:
    """Hits carry the cosines of passage and heading, their BM25 score, its share of the ideal, and all fused, best first."""
    cosines = np.array([0.9, 0.5, -0.2], dtype=np.float32)
    opened = indexes(tmp_path, cosines.tolist(), [["moss"], ["fern"], ["fern", "fern", "moss"]], {"ferns": 0.1, "mosses": 0.8})
    hits = search("A fern?", QUESTION, opened, 5)
    bm25 = np.array([dict(opened.lexical.search(["fern"], 5)).get(i, 0.0) for i in range(3)], dtype=np.float32)
    headings = np.array([0.1, 0.8, -1], dtype=np.float32)
    held = bm25 / np.float32(opened.lexical.ideal(["fern"]))
    fused = fuse(cosines, headings, held)
    assert [hit.id for hit in hits] == sorted(range(3), key=lambda i: -fused[i])
    expected = [(cosines[h.id], headings[h.id], bm25[h.id], held[h.id], fused[h.id]) for h in hits]
    assert [(h.similarity, h.heading, h.bm25, h.held, h.fused) for h in hits] == [pytest.approx(e, abs=1e-6) for e in expected]


def test_a_word_finds_what_meaning_alone_would_miss(tmp_path: Path) -> None:
    """A passage that only its words put forward is a candidate with its true cosine, however many are nearer in meaning."""
    documents = [["moss"]] * (DEPTH + 49) + [["cactus"]]
    opened = indexes(tmp_path, np.linspace(1, -1, DEPTH + 50).tolist(), documents)
    hits = search("cactus", QUESTION, opened, DEPTH + 50)
    assert [h.id for h in hits if h.id >= DEPTH] == [DEPTH + 49]
    assert [h.similarity for h in hits if h.id >= DEPTH] == [pytest.approx(-1.0)]


def test_a_question_without_a_known_word_is_ranked_by_meaning(tmp_path: Path) -> None:
    """Stop words and words that no passage has leave the cosines to decide."""
    opened = indexes(tmp_path, [0.1, 0.7, 0.4], [["moss"], ["fern"], ["fern"]])
    assert [[h.id for h in search(query, QUESTION, opened, 3)] for query in ("what is it?", "bicycle", "")] == [[1, 2, 0]] * 3


def test_equals_come_in_the_order_of_the_guides(tmp_path: Path) -> None:
    """Passages with the same score come in the order in which they stand, and no more than were asked for."""
    opened = indexes(tmp_path, [1] * 6, [["moss"]] * 6)
    assert [h.id for h in search("moss", QUESTION, opened, 4)] == [0, 1, 2, 3]
