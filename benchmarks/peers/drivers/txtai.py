"""txtai with `hybrid=True`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from txtai import Embeddings

from benchmarks.peers.passages import Passage

NAME = "txtai"
VERSIONS = ("txtai==9.14.0",)
SEARCH = "`Embeddings(hybrid=True)`: FAISS and its own BM25, normalised, half of each"
KEPT = "all"
ENCODES = "txtai.models.pooling.base.Pooling.encode"
WEIGHTS = "package"


class Peer:
    """The peer, with its model loaded."""

    def __init__(self, weights: str) -> None:
        self.embeddings = Embeddings(path=weights, hybrid=True, gpu=False)

    def index(self, passages: Sequence[Passage], folder: Path) -> None:
        """Index the passages, in memory and in `folder`."""
        self.embeddings.index([(position, p.text, None) for position, p in enumerate(passages)])
        self.embeddings.save(str(folder / "txtai"))

    def open(self, folder: Path) -> None:
        """Take up what `index` left in `folder`."""
        self.embeddings.load(str(folder / "txtai"))

    def search(self, question: str, k: int) -> list[int]:
        """The positions of the `k` best passages, best first."""
        return [int(position) for position, _ in self.embeddings.search(question, k)]
