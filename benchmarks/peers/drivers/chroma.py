"""Chroma on disk, with sentence-transformers as the embedding function: meaning alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import chromadb
from chromadb.config import Settings
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

from benchmarks.peers.passages import Passage

NAME = "Chroma, sentence-transformers"
VERSIONS = ("chromadb==1.5.9", "sentence-transformers==6.2.0")
SEARCH = "`PersistentClient`, a collection with `SentenceTransformerEmbeddingFunction`, HNSW at its defaults"
KEPT = "all"
ENCODES = "sentence_transformers.SentenceTransformer.encode"
WEIGHTS = "package"


class Peer:
    """The peer, with its model loaded."""

    def __init__(self, weights: str) -> None:
        self.function = SentenceTransformerEmbeddingFunction(model_name=weights, device="cpu")

    def index(self, passages: Sequence[Passage], folder: Path) -> None:
        """Index the passages in `folder`, as many at once as Chroma takes."""
        client = _client(folder)
        self.collection = client.create_collection("passages", embedding_function=self.function)
        most = client.get_max_batch_size()
        for start in range(0, len(passages), most):
            batch = passages[start : start + most]
            self.collection.add(ids=[str(start + n) for n in range(len(batch))], documents=[p.text for p in batch])

    def open(self, folder: Path) -> None:
        """Take up what `index` left in `folder`."""
        self.collection = _client(folder).get_collection("passages", embedding_function=self.function)

    def search(self, question: str, k: int) -> list[int]:
        """The positions of the `k` best passages, best first."""
        return [int(i) for i in self.collection.query(query_texts=[question], n_results=k)["ids"][0]]


def _client(folder: Path) -> chromadb.ClientAPI:
    return chromadb.PersistentClient(str(folder / "chroma"), settings=Settings(anonymized_telemetry=False))
