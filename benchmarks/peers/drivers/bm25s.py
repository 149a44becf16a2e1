"""bm25s with Snowball stemming and English stop words, as its documentation begins: words alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bm25s
import Stemmer

from benchmarks.peers.passages import Passage

NAME = "bm25s alone"
VERSIONS = ("bm25s==0.3.16", "PyStemmer==3.1.0")
SEARCH = "BM25 as Lucene has it, k1 1.5, b 0.75"
KEPT = "the BM25 index, memory-mapped"
ENCODES = ""
WEIGHTS = ""


class Peer:
    """The peer, which has no model."""

    def __init__(self, weights: str) -> None:
        del weights
        self.stemmer = Stemmer.Stemmer("english")

    def index(self, passages: Sequence[Passage], folder: Path) -> None:
        """Index the passages, in memory and in `folder`."""
        self.bm25 = bm25s.BM25()
        self.bm25.index(bm25s.tokenize([p.text for p in passages], "en", stemmer=self.stemmer, show_progress=False), show_progress=False)
        self.bm25.save(folder / "bm25")

    def open(self, folder: Path) -> None:
        """Take up what `index` left in `folder`."""
        self.bm25 = bm25s.BM25.load(folder / "bm25", mmap=True)

    def search(self, question: str, k: int) -> list[int]:
        """The positions of the `k` best passages, best first."""
        return [i for i, _ in self.scored(question, k)]

    def scored(self, question: str, k: int) -> list[tuple[int, float]]:
        """The same with their BM25 scores, all above 0."""
        tokens = bm25s.tokenize([question], "en", stemmer=self.stemmer, show_progress=False)
        positions, scores = self.bm25.retrieve(tokens, k=min(k, int(self.bm25.scores["num_docs"])), show_progress=False)
        return [(int(i), float(score)) for i, score in zip(positions[0], scores[0], strict=True) if score > 0]
