"""sentence-transformers with FAISS and bm25s, by reciprocal rank fusion: what is written by hand most often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.drivers import bm25s, dense
from benchmarks.peers.passages import Passage

NAME = "the same + BM25, reciprocal ranks"
VERSIONS = ("sentence-transformers==6.2.0", "faiss-cpu==1.15.1", "bm25s==0.3.16", "PyStemmer==3.1.0")
SEARCH = "the first hundred of each, by reciprocal ranks, k 60"
KEPT = "both indexes"
ENCODES = "sentence_transformers.SentenceTransformer.encode"
WEIGHTS = "package"
DEPTH, K = 100, 60  # the first of each ranking, and the constant of the fusion


class Peer:
    """Both parts, each with its own index."""

    def __init__(self, weights: str) -> None:
        self.dense, self.lexical = dense.Peer(weights), bm25s.Peer(weights)

    def index(self, passages: Sequence[Passage], folder: Path) -> None:
        """Index the passages, in memory and in `folder`."""
        self.dense.index(passages, folder)
        self.lexical.index(passages, folder)

    def open(self, folder: Path) -> None:
        """Take up what `index` left in `folder`."""
        self.dense.open(folder)
        self.lexical.open(folder)

    def search(self, question: str, k: int) -> list[int]:
        """The positions of the `k` best passages, best first."""
        fused: dict[int, float] = defaultdict(float)
        for ranking in (self.dense.search(question, DEPTH), self.lexical.search(question, DEPTH)):
            for rank, position in enumerate(ranking, 1):
                fused[position] += 1 / (K + rank)
        return sorted(fused, key=lambda position: -fused[position])[:k]
