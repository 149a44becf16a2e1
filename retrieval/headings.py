"""What stands above passages, as vectors: one for each heading, however many passages share it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Vectors
from retrieval.vectors import VectorIndex


def distinct(headings: Sequence[str]) -> list[str]:
    """The headings that differ, in order, without empty ones."""
    return [heading for heading in dict.fromkeys(headings) if heading]


class Headings:
    """The headings of passages; a passage's id is its position."""

    def __init__(self, vectors: VectorIndex, headings: Sequence[str]) -> None:
        """`headings` has one for each passage, "" for none; `vectors` holds those of `distinct(headings)`, in order."""
        places = {heading: place for place, heading in enumerate(distinct(headings))}
        self.vectors = vectors
        self._places = np.array([places.get(heading, -1) for heading in headings], dtype=np.int64)

    @staticmethod
    def index(vectors: Vectors, dimension: int) -> VectorIndex:
        """The index of the vectors of distinct headings, which may be none."""
        return VectorIndex.build(vectors if len(vectors) else np.zeros((1, dimension), dtype=np.float32))

    def similarities(self, passages: list[int], vector: Vectors) -> NDArray[np.float32]:
        """The cosine (-1 to 1) of a question's unit vector to the heading of each passage; -1 where there is none."""
        places = self._places[passages]
        cosines = self.vectors.vectors(np.maximum(places, 0).tolist()) @ vector
        return np.where(places < 0, np.float32(-1), cosines).astype(np.float32)
