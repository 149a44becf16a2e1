"""Vectors of frequent words, made once for a model and kept beside it, so that a word that no guide has costs a look-up."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

WORDS, VECTORS = "words.txt", "words.npy"


class Lexicon:
    """Words with their unit vectors, in 16 bits. Safe to use from several threads.

    A vector is read when it is asked for, which takes three microseconds: mapped, the whole file is soon in memory, as each look
    brings its neighbours along.
    """

    def __init__(self, words: Sequence[str] = (), file: Path | None = None) -> None:
        """`file` is an array of shape (words, dimension), in the order of `words`. May raise OSError, ValueError."""
        self._places = {word: place for place, word in enumerate(words)}
        self._reading = threading.Lock()
        if file is not None:
            there = np.lib.format.open_memmap(file, mode="r")
            self._start, self._size = there.offset, there.strides[0]
            self._file = file.open("rb", buffering=0)  # held open: the folder may be made anew while this one serves
            weakref.finalize(self, self._file.close)

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
        if place is None:
            return None
        with self._reading:
            self._file.seek(self._start + place * self._size)
            found = self._file.read(self._size)
        return np.frombuffer(found, dtype=np.float16).astype(np.float32)
