"""What stands above passages, as vectors: one for each heading, however many passages share it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.ports import Ids, Vectors, VectorSearch


def distinct(headings: Sequence[str]) -> list[str]:
    """The headings that differ, in order, without empty ones."""
    return [heading for heading in dict.fromkeys(headings) if heading]


def places(headings: Sequence[str]) -> NDArray[np.int32]:
    """For each passage the position of its heading among the distinct ones, -1 where it has none. Shape: (passages,)."""
    there = {heading: place for place, heading in enumerate(distinct(headings))}
    return np.array([there.get(heading, -1) for heading in headings], dtype=np.int32)


class Headings:
    """The headings of passages; a passage's id is its position."""

    def __init__(self, vectors: VectorSearch, of: NDArray[np.int32]) -> None:
        """`vectors` holds those of the distinct headings, `of` what `places` gives."""
        self.vectors = vectors
        self._places = of

    def similarities(self, passages: Sequence[int] | Ids, vector: Vectors) -> Vectors:
        """The cosine (-1 to 1) of a question's unit vector to the heading of each passage; -1 where there is none."""
        of = self._places.take(np.asarray(passages, dtype=np.int64)).astype(np.int64)
        if len(of) and of.min() >= 0:  # as nearly all are
            return self.vectors.similarities(of, vector)
        found = np.full(len(of), -1, dtype=np.float32)
        headed = np.flatnonzero(of >= 0)
        if len(headed):
            found[headed] = self.vectors.similarities(of[headed], vector)
        return found
