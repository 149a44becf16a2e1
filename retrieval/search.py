"""A question to ranked passages: dense and lexical candidates, fused."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np

from retrieval import words
from retrieval.encoder import Vectors
from retrieval.fusion import fuse
from retrieval.ports import HeadingSearch, LexicalSearch, VectorSearch

DEPTH = 32  # candidates that each index puts forward; by 60 as many of 2,100 answers are right, and nDCG@10 of three collections is as good


@dataclass(frozen=True)
class Indexes:
    """What is searched; a passage has the same id in all three."""

    vectors: VectorSearch
    headings: HeadingSearch
    lexical: LexicalSearch


class Hit(msgspec.Struct, frozen=True):
    """A passage that was found, by its position in the index.

    `similarity` and `heading` are the cosines (-1 to 1) of the passage and of its heading to the question, `bm25` is the
    lexical score (0 and up), `held` the same as a share of what a passage of mean length gets that has each of the
    question's words once (0 to about 2), `fused` the rank score (-1 to about 2); larger is better in all.
    """

    id: int
    similarity: float
    heading: float
    bm25: float
    held: float
    fused: float


def search(query: str, vector: Vectors, indexes: Indexes, k: int) -> list[Hit]:
    """The `k` best passages for `query`, best first. `vector` is the query's unit vector, shape (dimension,)."""
    stems = sorted(set(words.stems(query)))
    near, cosines = indexes.vectors.search(vector, DEPTH)
    by_words = dict(indexes.lexical.search(stems, DEPTH))
    others = np.array(list(by_words.keys() - near.tolist()), dtype=np.int64)
    ids = np.concatenate((near, others))
    similarities = np.concatenate((cosines, indexes.vectors.similarities(others, vector)))
    headings = indexes.headings.similarities(ids, vector)
    bm25 = np.array([by_words.get(i, 0.0) for i in ids.tolist()], dtype=np.float32)
    held = bm25 / max(indexes.lexical.ideal(stems), 1e-9)
    fused = fuse(similarities, headings, held)
    order = np.lexsort((ids, -fused))[:k]  # of equal ones the first passage
    return list(map(Hit, *(column[order].tolist() for column in (ids, similarities, headings, bm25, held, fused))))
