"""A question to ranked passages: dense and lexical candidates, fused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retrieval import words
from retrieval.encoder import Vectors
from retrieval.fusion import convex
from retrieval.lexical import LexicalIndex
from retrieval.vectors import VectorIndex

DEPTH = 100  # candidates that each index puts forward


@dataclass(frozen=True)
class Hit:
    """A passage that was found, by its position in the index.

    `similarity` is the cosine to the question (-1 to 1), `bm25` the lexical score (0 and up), `fused` the rank score
    (0 to 1); larger is better in all.
    """

    id: int
    similarity: float
    bm25: float
    fused: float


def search(query: str, vector: Vectors, vectors: VectorIndex, lexical: LexicalIndex, k: int) -> list[Hit]:
    """The `k` best passages for `query`, best first. `vector` is the query's unit vector, shape (dimension,)."""
    ids, _ = vectors.search(vector, DEPTH)
    by_words = dict(lexical.search(sorted(set(words.stems(query))), DEPTH))
    candidates = sorted({int(i) for i in ids} | set(by_words))
    similarities = vectors.vectors(candidates) @ vector
    bm25 = np.array([by_words.get(i, 0.0) for i in candidates], dtype=np.float32)
    fused = convex(similarities, bm25)
    order = sorted(range(len(candidates)), key=lambda n: (-fused[n], candidates[n]))[:k]
    return [Hit(candidates[n], float(similarities[n]), float(bm25[n]), float(fused[n])) for n in order]
