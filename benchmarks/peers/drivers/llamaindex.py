"""LlamaIndex: QueryFusionRetriever over its vector index and its BM25Retriever, one query, in its mode of reciprocal ranks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever

from benchmarks.peers.passages import MOST, Passage

NAME = "LlamaIndex"
VERSIONS = (
    "llama-index-core==0.14.25", "llama-index-retrievers-bm25==0.8.0", "llama-index-embeddings-huggingface==0.8.0",
)  # fmt: skip
SEARCH = '`QueryFusionRetriever` of `VectorStoreIndex` and `BM25Retriever`, `mode="reciprocal_rerank"`, `num_queries=1`'
KEPT = "all"
ENCODES = "sentence_transformers.SentenceTransformer.encode"
WEIGHTS = "package"


class Peer:
    """The peer, with its model loaded."""

    def __init__(self, weights: str) -> None:
        self.model = HuggingFaceEmbedding(model_name=weights, device="cpu")

    def index(self, passages: Sequence[Passage], folder: Path) -> None:
        """Index the passages, in memory and in `folder`."""
        nodes = [TextNode(text=p.text, id_=str(position)) for position, p in enumerate(passages)]
        index = VectorStoreIndex(nodes, embed_model=self.model)
        words = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=MOST)
        index.storage_context.persist(folder / "vectors")
        words.persist(str(folder / "words"))
        self._fuse(index, words)

    def open(self, folder: Path) -> None:
        """Take up what `index` left in `folder`."""
        index = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(folder / "vectors")), embed_model=self.model)
        self._fuse(index, BM25Retriever.from_persist_dir(str(folder / "words")))

    def _fuse(self, index: VectorStoreIndex, words: BM25Retriever) -> None:
        self.retriever = QueryFusionRetriever(
            [index.as_retriever(similarity_top_k=MOST), words], llm=MockLLM(), mode="reciprocal_rerank", similarity_top_k=MOST,
            num_queries=1, use_async=False,
        )  # fmt: skip

    def search(self, question: str, k: int) -> list[int]:
        """The positions of the `k` best passages, best first."""
        return [int(found.node.node_id) for found in self.retriever.retrieve(question)][:k]
