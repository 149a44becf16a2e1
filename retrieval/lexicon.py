"""Vectors of frequent words, made once for a model and kept beside it, so that a word that no guide has costs a look-up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.records import Rows

Vectors = NDArray[np.float32]

WORDS, VECTORS = "words.txt", "words.npy"


class Lexicon:
    """Words with their unit vectors, in 16 bits. Safe to use from several threads."""

    def __init__(self, words: Sequence[str] = (), file: Path | None = None) -> None:
        """`file` is an array of shape (words, dimension), in the order of `words`. May raise OSError, ValueError."""
        self._places = {word: place for place, word in enumerate(words)}
        self._vectors = Rows(file) if file is not None else None

    @staticmethod
    def write(folder: Path, words: Sequence[str], vectors: Vectors) -> None:
        """Write words and their vectors, shape (words, dimension), into `folder`; nothing where there are none."""
        if not words:
            return
        (folder / WORDS).write_text("\n".join(words), "utf-8")
        np.save(folder / VECTORS, vectors.astype(np.float16))

    @classmethod
    def open(cls, folder: Path) -> Lexicon:
        """What `write` wrote; an empty one where there is nothing."""
        if not (folder / WORDS).is_file():
            return cls()
        return cls((folder / WORDS).read_text("utf-8").split("\n"), folder / VECTORS)

    def vector(self, word: str) -> Vectors | None:
        """The unit vector of a word, shape (dimension,); None for one that is not among them."""
        place = self._places.get(word)
        return None if place is None or self._vectors is None else self._vectors.row(place)
