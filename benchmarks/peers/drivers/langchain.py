"""LangChain: EnsembleRetriever of its BM25Retriever and its FAISS store, half of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings

from benchmarks.peers.passages import MOST, Passage

NAME = "LangChain"
VERSIONS = (
    "langchain-classic==1.0.8", "langchain-community==0.4.2", "langchain-huggingface==1.2.3", "sentence-transformers==6.2.0",
    "faiss-cpu==1.15.1", "rank_bm25==0.2.2",
)  # fmt: skip
SEARCH = "`EnsembleRetriever` of `BM25Retriever` (words as white space divides them) and `FAISS`, weights .5 and .5"
KEPT = "the FAISS store with the texts; `BM25Retriever` cannot be kept and is made anew at each start"
ENCODES = "sentence_transformers.SentenceTransformer.encode"
WEIGHTS = "package"


class Peer:
    """The peer, with its model loaded."""

    def __init__(self, weights: str) -> None:
        self.model = HuggingFaceEmbeddings(model_name=weights, model_kwargs={"device": "cpu"})

    def index(self, passages: Sequence[Passage], folder: Path) -> None:
        """Index the passages, in memory and in `folder`."""
        store = FAISS.from_texts([p.text for p in passages], self.model, [{"position": n} for n in range(len(passages))])
        store.save_local(str(folder / "faiss"))
        self._ensemble(store)

    def open(self, folder: Path) -> None:
        """Take up what `index` left in `folder`."""
        self._ensemble(FAISS.load_local(str(folder / "faiss"), self.model, allow_dangerous_deserialization=True))

    def _ensemble(self, store: FAISS) -> None:
        documents = [store.docstore.search(i) for i in store.index_to_docstore_id.values()]
        words = BM25Retriever.from_documents(documents, k=MOST)
        self.retriever = EnsembleRetriever(retrievers=[words, store.as_retriever(search_kwargs={"k": MOST})], weights=[0.5, 0.5])

    def search(self, question: str, k: int) -> list[int]:
        """The positions of the `k` best passages, best first."""
        return [int(document.metadata["position"]) for document in self.retriever.invoke(question)][:k]
