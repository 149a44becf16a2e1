"""The words of an index in a folder: their stems, which passage holds which, and how they are written."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.lexical import WordIndex
from retrieval.ports import Ids, Vectors, VectorSearch
from retrieval.records import Texts


class FolderVocabulary:
    """Fits `retrieval.ports.Vocabulary`; all that it holds is memory-mapped."""

    def __init__(
        self, stems: Texts, vectors: VectorSearch, ends: NDArray[np.int64], held: NDArray[np.int32], written: WordIndex
    ) -> None:  # fmt: skip
        """Passage i holds the stems `held[ends[i]:ends[i + 1]]`."""
        self._stems = stems
        self._vectors = vectors
        self._ends, self._held = ends, held
        self._written = written
        self.find = functools.lru_cache(maxsize=10_000)(stems.find)

    def __len__(self) -> int:
        return len(self._stems)

    def vectors(self, ids: Sequence[int] | Ids) -> Vectors:
        """The vectors of the words with these ids. Shape: (ids, dimension)."""
        return self._vectors.vectors(ids)

    def held(self, passage: int) -> Ids:
        """The ids of the stems that a passage holds, ascending. Shape: (stems,)."""
        return self._held[int(self._ends[passage]) : int(self._ends[passage + 1])].astype(np.int64)

    def knows(self, word: str) -> bool:
        """Whether any passage has this word as it is written, in lower case."""
        return self._written.knows(word)

    def near(self, word: str, edits: int) -> Sequence[str]:
        """The words of four letters and more within this many edits (1 or 2)."""
        return self._written.near(word, edits)
