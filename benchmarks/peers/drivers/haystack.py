"""Haystack: both retrievers of its store in memory, joined by reciprocal ranks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from benchmarks.peers.passages import MOST, Passage

NAME = "Haystack"
VERSIONS = ("haystack-ai==3.4.1", "sentence-transformers-haystack==2.0.0", "sentence-transformers==6.2.0")
SEARCH = "`InMemoryBM25Retriever` (BM25L) and `InMemoryEmbeddingRetriever`, joined by `DocumentJoiner` with `reciprocal_rank_fusion`"
KEPT = "all, as one JSON file, from which the BM25 statistics are made anew at each start"
ENCODES = "sentence_transformers.SentenceTransformer.encode"
WEIGHTS = "package"


class Peer:
    """The peer; its components load their model with the pipeline."""

    def __init__(self, weights: str) -> None:
        self.weights = weights

    def index(self, passages: Sequence[Passage], folder: Path) -> None:
        """Index the passages, in memory and in `folder`."""
        embedder = SentenceTransformersDocumentEmbedder(model=self.weights, progress_bar=False)
        embedder.warm_up()
        store = InMemoryDocumentStore()
        store.write_documents(embedder.run([Document(id=str(n), content=p.text) for n, p in enumerate(passages)])["documents"])
        store.save_to_disk(str(folder / "store.json"))
        self._connect(store)

    def open(self, folder: Path) -> None:
        """Take up what `index` left in `folder`."""
        self._connect(InMemoryDocumentStore.load_from_disk(str(folder / "store.json")))

    def _connect(self, store: InMemoryDocumentStore) -> None:
        self.pipeline = Pipeline()
        self.pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=self.weights, progress_bar=False))
        self.pipeline.add_component("meaning", InMemoryEmbeddingRetriever(store, top_k=MOST))
        self.pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=MOST))
        self.pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        self.pipeline.connect("embedder.embedding", "meaning.query_embedding")
        self.pipeline.connect("meaning", "joiner")
        self.pipeline.connect("words", "joiner")
        self.pipeline.warm_up()

    def search(self, question: str, k: int) -> list[int]:
        """The positions of the `k` best passages, best first."""
        found = self.pipeline.run({"embedder": {"text": question}, "words": {"query": question}})
        return [int(document.id) for document in found["joiner"]["documents"]][:k]
