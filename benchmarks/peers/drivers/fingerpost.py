"""Fingerpost: its default search, as `fingerpost eval --beir` measures it and as a question of chat has it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.peers.passages import Passage
from retrieval import encoder, words
from retrieval.headings import Headings, distinct, places
from retrieval.lexical import LexicalIndex, WordIndex
from retrieval.search import Indexes, search
from retrieval.spelling import Spelling
from retrieval.vectors import VectorIndex

NAME = "**Fingerpost**"
VERSIONS = ("fingerpost",)  # the checkout that this file stands in, with what its requirements.lock says
SEARCH = "the default: meaning, headings (the titles) and words as `retrieval/fusion.py` weighs them, typos corrected"
KEPT = "all"
ENCODES = "retrieval.encoder.Model.encode"
WEIGHTS = "ours"
DIMENSION = 384  # of the embedded model


class Peer:
    """The search, with the exported model loaded."""

    def __init__(self, weights: str) -> None:
        """`weights` is where its export of the same weights is, or is put."""
        self.model = encoder.serve(encoder.EMBEDDED_MODEL, Path(weights))

    def index(self, passages: Sequence[Passage], folder: Path) -> None:
        """Index the passages in `folder`."""
        texts, titles = [p.text for p in passages], [p.title for p in passages]
        vectors = self.model.encode([*texts, *distinct(titles)])
        VectorIndex(vectors[: len(texts)]).save(folder / "passages.f32")
        VectorIndex(vectors[len(texts) :]).save(folder / "headings.f32")
        np.save(folder / "headings.npy", places(titles))
        LexicalIndex.build((words.stems(text) for text in texts), folder / "lexical")
        WordIndex.build((word for text in texts for word in words.surface(text)), folder / "spelling")
        self.open(folder)

    def open(self, folder: Path) -> None:
        """Take up what `index` left in `folder`."""
        meaning, above = (VectorIndex.open(folder / f"{name}.f32", DIMENSION) for name in ("passages", "headings"))
        headings = Headings(above, np.load(folder / "headings.npy"))
        self.indexes = Indexes(meaning, headings, LexicalIndex.open(folder / "lexical"))
        self.spelling = Spelling(WordIndex.open(folder / "spelling"))

    def search(self, question: str, k: int) -> list[int]:
        """The positions of the `k` best passages, best first."""
        text = self.spelling.corrected(question)
        return [hit.id for hit in search(text, self.model.encode([text])[0], self.indexes, k)]
