"""Nearest neighbours among unit vectors. The only file that imports faiss."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np

from retrieval import records
from retrieval.ports import Ids, Vectors

faiss.omp_set_num_threads(1)  # a question waits longer for a second thread than it gains


class VectorIndex:
    """Exact search by inner product, which is the cosine for unit vectors. A vector's id is its position."""

    def __init__(self, vectors: Vectors) -> None:
        """`vectors` may be memory-mapped. Shape: (vectors, dimension)."""
        self._vectors = vectors

    @classmethod
    def open(cls, path: Path, dimension: int) -> VectorIndex:
        """The vectors in a file, memory-mapped. Raises IndexUnusable."""
        return cls(records.array(path, "<f4", dimension))

    def save(self, path: Path) -> None:
        """Write the vectors to one file."""
        path.write_bytes(np.ascontiguousarray(self._vectors, dtype="<f4").tobytes())

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        return int(self._vectors.shape[1])

    def search(self, query: Vectors, k: int) -> tuple[Ids, Vectors]:
        """The ids and cosines (-1 to 1) of the `k` nearest vectors, nearest first. Shape of `query`: (dimension,)."""
        if not len(self):
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        found = faiss.knn(query.reshape(1, -1), self._vectors, min(k, len(self)), faiss.METRIC_INNER_PRODUCT)
        return found[1][0], found[0][0]

    def similarities(self, ids: Sequence[int], query: Vectors) -> Vectors:
        """The cosines (-1 to 1) of the vectors with these ids to a unit vector. Shape: (ids,)."""
        return np.asarray(self.vectors(ids) @ query, dtype=np.float32)

    def vectors(self, ids: Sequence[int] | None = None) -> Vectors:
        """The stored vectors with these ids, or all. Shape: (ids, dimension)."""
        return self._vectors if ids is None else self._vectors[np.asarray(ids, dtype=np.int64)]
