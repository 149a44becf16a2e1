"""Texts to files of vectors, in pieces: what is known already is taken over, what is new is kept in the journal at once."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Model, Vectors
from retrieval.folder import DIGEST
from retrieval.journal import Journal
from retrieval.ports import Known

PIECE = 8_192  # texts that are looked up and sorted by length at a time
WRITTEN = 1_024  # vectors that are written at a time: for more the system hands out new memory each time, which is most of the cost
SAVED = 256  # texts after which the journal has them


class Embedder:
    """Writes the vectors of texts with one model."""

    def __init__(self, model: Model, known: Known | None, dimension: int, journal: Journal) -> None:
        """`known` are the vectors of a generation that this model has made; `dimension` is theirs, 0 where there are none."""
        self._model = model
        self._parts = [part for part in (known, journal) if part is not None]
        self._journal = journal
        self.dimension = dimension or journal.dimension

    def write(self, path: Path, digests: NDArray[np.uint8], text: Callable[[int], str], progress: Callable[[int, int], None]) -> int:
        """Write the vectors of texts, given by their digests, shape (texts, 32), to `path`; how many of the texts were not known.

        `text` gives one by its position; `progress` is told how many are made and how many have to be.
        """
        pieces = [slice(start, start + PIECE) for start in range(0, len(digests), PIECE)]
        done, of = 0, sum(len(self._missing(digests[piece])) for piece in pieces)
        with path.open("wb") as file:
            for piece in pieces:
                missing = self._missing(digests[piece]) if of else ()  # without what an earlier piece has as well
                new = [piece.start + int(n) for n in missing]
                self._encode(digests[new], [text(n) for n in new], functools.partial(_after, progress, done, of))
                done += len(new)
                of_piece = digests[piece]
                for start in range(0, len(of_piece), WRITTEN):
                    file.write(self._find(of_piece[start : start + WRITTEN])[1].astype("<f4", copy=False).data)
        return of

    def _missing(self, digests: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Which of the texts no part has."""
        rest = np.arange(len(digests))
        for part in self._parts if self.dimension else ():
            rest = rest[~part.has(digests[rest])]
        return rest

    def _find(self, digests: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], Vectors]:
        """Which of the texts are known, and the vectors of those, in order."""
        found = np.zeros(len(digests), bool)
        vectors = np.zeros((len(digests), self.dimension), np.float32)
        for part in self._parts if self.dimension else ():
            rest = np.flatnonzero(~found)
            there, values = part.find(digests[rest])
            if there.any():
                vectors[rest[there]] = values
                found[rest[there]] = True
        return found, vectors[found]

    def _encode(self, digests: NDArray[np.uint8], texts: list[str], progress: Callable[[int], None]) -> None:
        """Encode texts, each once, the short ones first."""
        order = list({digests[n].tobytes(): n for n in sorted(range(len(texts)), key=lambda n: len(texts[n]))}.values())
        for start in range(0, len(order), SAVED):
            some = order[start : start + SAVED]
            vectors = self._model.encode([texts[n] for n in some])
            self.dimension = vectors.shape[1]
            self._journal.add(digests[some], vectors)
            progress(len(texts) if start + SAVED >= len(order) else start + len(some))


def _after(progress: Callable[[int, int], None], done: int, of: int, newly: int) -> None:
    progress(done + newly, of)


def digest(text: str) -> bytes:
    """The SHA-256 of a text: equal for those that have the same vector."""
    return hashlib.sha256(text.encode()).digest()


def digests(texts: Iterable[str]) -> NDArray[np.uint8]:
    """The digest of each text. Shape: (texts, 32)."""
    return np.frombuffer(b"".join(map(digest, texts)), np.uint8).reshape(-1, DIGEST)
