"""Nearest neighbours among unit vectors. The only file that imports faiss."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Vectors
from retrieval.errors import IndexUnusable


class VectorIndex:
    """Exact search by inner product, which is the cosine for unit vectors. A vector's id is its position."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> VectorIndex:
        """An index of `vectors`. Shape: (passages, dimension), at least one passage."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> VectorIndex:
        """The index that `save` wrote. Raises IndexUnusable."""
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise IndexUnusable(f"{path} is not a readable vector index; run `fingerpost reindex`") from error

    def save(self, path: Path) -> None:
        """Write the index to one file."""
        path.write_bytes(faiss.serialize_index(self._index).tobytes())  # faiss' own writer does not notice a full disk

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        return int(self._index.d)

    def search(self, query: Vectors, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The ids and cosines (-1 to 1) of the `k` nearest vectors, nearest first. Shape of `query`: (dimension,)."""
        similarities, ids = self._index.search(query.reshape(1, -1), min(k, len(self)))
        return ids[0], similarities[0]

    def vectors(self, ids: list[int] | None = None) -> Vectors:
        """The stored vectors with these ids, or all. Shape: (ids, dimension)."""
        if ids is None:
            return np.asarray(self._index.reconstruct_n(0, len(self)), dtype=np.float32)
        return np.asarray(self._index.reconstruct_batch(np.asarray(ids, dtype=np.int64)), dtype=np.float32)
