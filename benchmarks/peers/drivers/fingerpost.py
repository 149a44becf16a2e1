"""Fingerpost: its default search, as `fingerpost eval --beir` measures it and as a question of chat has it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.passages import Passage
from retrieval import encoder, words
from retrieval.headings import Headings, distinct
from retrieval.lexical import LexicalIndex
from retrieval.search import Indexes, search
from retrieval.spelling import Spelling
from retrieval.vectors import VectorIndex

NAME = "**Fingerpost**"
VERSIONS = ("fingerpost",)  # the checkout that this file stands in, with what its requirements.lock says
SEARCH = "the default: meaning, headings (the titles) and words as `retrieval/fusion.py` weighs them, typos corrected"
KEPT = "all"
ENCODES = ""


class Peer:
    """The search, with the exported model loaded."""

    def __init__(self, weights: str) -> None:
        """`weights` is where its export of the same weights is, or is put."""
        self.model = encoder.serve(encoder.EMBEDDED_MODEL, Path(weights))

    def index(self, passages: Sequence[Passage], folder: Path) -> None:
        """Index the passages in `folder`."""
        texts, titles = [p.text for p in passages], [p.title for p in passages]
        vectors = self.model.encode([*texts, *distinct(titles)])
        VectorIndex.build(vectors[: len(texts)]).save(folder / "vectors.faiss")
        Headings.index(vectors[len(texts) :], vectors.shape[1]).save(folder / "headings.faiss")
        LexicalIndex.build((words.stems(text) for text in texts), folder / "lexical")
        (folder / "titles.json").write_text(json.dumps(titles), "utf-8")
        (folder / "words.json").write_text(json.dumps(sorted({word for text in texts for word in words.surface(text)})), "utf-8")
        self.open(folder)

    def open(self, folder: Path) -> None:
        """Take up what `index` left in `folder`."""
        titles = json.loads((folder / "titles.json").read_text("utf-8"))
        headings = Headings(VectorIndex.open(folder / "headings.faiss"), titles)
        self.indexes = Indexes(VectorIndex.open(folder / "vectors.faiss"), headings, LexicalIndex.open(folder / "lexical"))
        self.spelling = Spelling(set(json.loads((folder / "words.json").read_text("utf-8"))))

    def search(self, question: str, k: int) -> list[int]:
        """The positions of the `k` best passages, best first."""
        text = self.spelling.corrected(question)
        return [hit.id for hit in search(text, self.model.encode([text])[0], self.indexes, k)]
