"""A few thousand unit vectors as a byte a number: a quarter of what there is to read. The only file that imports simsimd."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval import records
from retrieval.errors import IndexNotWritten

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.ports import Ids, Vectors

SPARE = 20  # candidates beyond those wanted that are compared exactly, at least: the order by codes is nearly the true one
_LITTLE = 1e-9  # more than nothing, of a vector of zeros


def scale(vectors: Vectors) -> float:
    """What makes 127 of the largest number in some vectors."""
    return 127 / max(-float(vectors.min()), float(vectors.max()), _LITTLE)


def candidates(k: int) -> int:
    """How many are to be compared exactly where `k` are wanted."""
    return k + max(SPARE, k // 5)


class Codes:
    """Vectors in whole numbers from -127 to 127, all multiplied with one scale. Shape: (vectors, dimension)."""

    def __init__(self, codes: NDArray[np.int8]) -> None:
        import simsimd  # products of bytes, which numpy has only in a slow loop

        self._codes = codes
        self._products = simsimd.cdist

    @classmethod
    def of(cls, vectors: Vectors) -> Codes:
        """The codes of some vectors."""
        return cls(np.rint(vectors * scale(vectors)).astype(np.int8))

    @classmethod
    def open(cls, path: Path, dimension: int) -> Codes:
        """The codes in a file, memory-mapped. Raises IndexUnusable."""
        return cls(records.array(path, "i1", dimension))

    @property
    def shape(self) -> tuple[int, ...]:
        """How many vectors there are, and the length of each."""
        return self._codes.shape

    def save(self, path: Path) -> None:
        """Write them to a file. Raises IndexNotWritten."""
        try:
            path.write_bytes(self._codes.tobytes())
        except OSError as error:
            raise IndexNotWritten(str(path.parent), str(error)) from error

    def nearest(self, query: Vectors, k: int) -> Ids:
        """The ids of the `candidates` among which the `k` nearest are, in no order; of all where there are no more of them."""
        wanted = candidates(k)
        if wanted >= len(self._codes):
            return np.arange(len(self._codes))
        query = (query * scale(query)).astype(np.int8)
        products = np.asarray(self._products(query, self._codes, metric="dot", out_dtype="float32"))[0]
        return np.argpartition(products, len(products) - wanted)[-wanted:]
