"""sentence-transformers with a flat FAISS index: meaning alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer

from benchmarks.peers.passages import Passage

NAME = "sentence-transformers + FAISS flat"
VERSIONS = ("sentence-transformers==6.2.0", "faiss-cpu==1.15.1")
SEARCH = "the nearest unit vectors by inner product, exact"
KEPT = "the FAISS index"
ENCODES = "sentence_transformers.SentenceTransformer.encode"
WEIGHTS = "package"


class Peer:
    """The peer, with its model loaded."""

    def __init__(self, weights: str) -> None:
        self.model = SentenceTransformer(weights, device="cpu")

    def index(self, passages: Sequence[Passage], folder: Path) -> None:
        """Index the passages, in memory and in `folder`."""
        vectors = self.model.encode([p.text for p in passages], normalize_embeddings=True, show_progress_bar=False)
        self.vectors = faiss.IndexFlatIP(vectors.shape[1])
        self.vectors.add(vectors)
        faiss.write_index(self.vectors, str(folder / "vectors.faiss"))

    def open(self, folder: Path) -> None:
        """Take up what `index` left in `folder`."""
        self.vectors = faiss.read_index(str(folder / "vectors.faiss"))

    def search(self, question: str, k: int) -> list[int]:
        """The positions of the `k` best passages, best first."""
        vector = self.model.encode([question], normalize_embeddings=True, show_progress_bar=False)
        return [int(i) for i in self.vectors.search(vector, k)[1][0] if i >= 0]
