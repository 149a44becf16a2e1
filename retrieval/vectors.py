"""Nearest neighbours among unit vectors. The only file that imports faiss.

A few are compared one by one. Of more, only those in the lists nearest to the query are looked at, by codes of a byte a number,
and the best of them are compared exactly (`IndexIVFScalarQuantizer`). How many lists are read is chosen when the index is built,
from what is found of the true ten nearest; where that is too little, all are compared one by one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import faiss
import numpy as np

from retrieval import records
from retrieval.errors import IndexNotWritten, IndexUnusable
from retrieval.ports import Ids, Recall, Vectors, VectorSearch

EXACT = 16_384  # vectors that are compared one by one in less than a millisecond
LEAST, WANTED = 0.98, 0.983  # share of the true ten nearest that has to be found, and that is aimed at on half of the sample
LISTS = (8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 192, 224, 256)  # lists that are read, of which the fewest that do are taken
SAMPLE = 1_000  # vectors whose nearest ones are compared with the true ones
TRAINED = 40  # vectors for each list by which the lists are laid out
PIECE = 65_536  # vectors that are added at a time
SURE = 100  # candidates that are compared exactly, at least
_NEAREST = 10


class VectorIndex:
    """Search by inner product, which is the cosine for unit vectors. A vector's id is its position."""

    def __init__(self, vectors: Vectors, lists: faiss.IndexIVFScalarQuantizer | None = None) -> None:
        """`vectors` may be memory-mapped, shape (vectors, dimension); without `lists` all are compared."""
        self._vectors = vectors
        self.lists = lists

    @classmethod
    def open(cls, path: Path, dimension: int) -> VectorIndex:
        """The vectors in a file, memory-mapped, with the lists beside it if there are any. Raises IndexUnusable."""
        vectors, beside = records.array(path, "<f4", dimension), _beside(path)
        if not beside.exists():
            return cls(vectors)
        try:
            lists = faiss.read_index(str(beside), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise IndexUnusable(f"{beside} cannot be read as a vector index; run `fingerpost reindex`") from error
        if (lists.ntotal, lists.d) != vectors.shape:
            raise IndexUnusable(f"{beside} cannot be read: it is not of {path.name}; run `fingerpost reindex`")
        return cls(vectors, cast("faiss.IndexIVFScalarQuantizer", lists))

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
        faiss.omp_set_num_threads(1)  # which holds for this thread alone: a question waits longer for a second one than it gains
        if self.lists is None or k >= len(self):
            cosines, ids = faiss.knn(query.reshape(1, -1), self._vectors, min(k, len(self)), faiss.METRIC_INNER_PRODUCT)
            return ids[0], cosines[0]
        _, near = self.lists.search(query.reshape(1, -1), max(2 * k, SURE))
        ids = near[0][near[0] >= 0]
        cosines = self.similarities(ids, query)
        best = np.argsort(-cosines, kind="stable")[:k]
        return ids[best], cosines[best]

    def similarities(self, ids: Sequence[int] | Ids, query: Vectors) -> Vectors:
        """The cosines (-1 to 1) of the vectors with these ids to a unit vector. Shape: (ids,)."""
        return np.asarray(self._vectors[np.asarray(ids, dtype=np.int64)] @ query, dtype=np.float32)

    def vectors(self, ids: Sequence[int] | None = None) -> Vectors:
        """The stored vectors with these ids, or all. Shape: (ids, dimension)."""
        return self._vectors if ids is None else self._vectors[np.asarray(ids, dtype=np.int64)]


def lay_out(path: Path, dimension: int, exact: int = EXACT, least: float = LEAST, before: VectorSearch | None = None) -> Recall:
    """Write lists beside a file of vectors where there are more than `exact` of them and enough is found by lists.

    `least` is the share of the true ten nearest that has to be found (0 to 1). Of an index from `before` of about as many vectors its
    middles are taken over, as long as by them enough is found; where it had no lists, none are tried. Raises IndexNotWritten.
    """
    vectors = records.array(path, "<f4", dimension)
    there = before if isinstance(before, VectorIndex) and len(before) > exact and 0.9 < len(vectors) / len(before) < 1.1 else None
    if len(vectors) <= exact or (there is not None and there.lists is None):
        return Recall()
    with _all_cores():
        chance = np.random.default_rng(0)
        lists, found = None, None
        if there is not None and there.lists is not None:
            lists = _added(_emptied(there.lists), vectors)
            found = _measured(lists, vectors, _some(chance, vectors, SAMPLE // 5), least, (there.lists.nprobe,))
        if lists is None or found is None:
            lists = _added(_trained(vectors, chance), vectors)
            found = _measured(lists, vectors, _some(chance, vectors, SAMPLE), least)
    if found is None:
        return Recall()
    try:
        with _beside(path).open("wb") as file:  # faiss' own writer does not notice a full disk
            faiss.write_index(lists, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]
    except (RuntimeError, OSError) as error:
        raise IndexNotWritten(str(path.parent), str(error)) from error
    return found


def _trained(vectors: Vectors, chance: np.random.Generator) -> faiss.IndexIVFScalarQuantizer:
    """Empty lists around middles: about eight for each root of the number of vectors, of 39 vectors and more each."""
    dimension, number = vectors.shape[1], 1 << round(np.log2(min(8 * np.sqrt(len(vectors)), len(vectors) / 39)))
    lists = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension), dimension, number, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, True
    )  # fmt: skip
    lists.cp.niter, lists.cp.max_points_per_centroid = 8, TRAINED
    lists.train(np.ascontiguousarray(vectors[_some(chance, vectors, TRAINED * number)]))
    return lists


def _emptied(there: faiss.IndexIVFScalarQuantizer) -> faiss.IndexIVFScalarQuantizer:
    """Empty lists around the middles of others."""
    lists = faiss.IndexIVFScalarQuantizer(
        faiss.clone_index(there.quantizer), there.d, there.nlist, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, True
    )  # fmt: skip
    lists.sq, lists.is_trained = there.sq, True
    return lists


def _some(chance: np.random.Generator, vectors: Vectors, count: int) -> Ids:
    """The ids of some vectors, ascending."""
    ids: Ids = np.sort(chance.choice(len(vectors), min(len(vectors), count), replace=False))
    return ids


def _added(lists: faiss.IndexIVFScalarQuantizer, vectors: Vectors) -> faiss.IndexIVFScalarQuantizer:
    """The lists with all vectors in them."""
    for start in range(0, len(vectors), PIECE):
        lists.add(np.ascontiguousarray(vectors[start : start + PIECE]))
    return lists


def _measured(
    lists: faiss.IndexIVFScalarQuantizer, vectors: Vectors, sample: Ids, least: float, settings: Sequence[int] = LISTS
) -> Recall | None:
    """The fewest lists by which enough of half of the sample is found, and of the other half as well; None where none does."""
    true = [[int(i) for i in row if i != own][:_NEAREST] for own, row in zip(sample, _exact(vectors, sample), strict=True)]
    halves = [list(zip(sample, true, strict=True))[half::2] for half in (0, 1)]
    for setting in settings:
        lists.nprobe = setting
        if setting < lists.nlist and _recall(lists, vectors, halves[0]) >= (max(WANTED, least) if settings is LISTS else least):
            recall = _recall(lists, vectors, halves[1])
            if recall >= least:
                return Recall("ivf sq8", setting, round(recall, 4))
    return None


def _exact(vectors: Vectors, sample: Ids) -> Ids:
    """The nearest vectors of some of them, with themselves. Shape: (sample, 11)."""
    ids: Ids = faiss.knn(np.ascontiguousarray(vectors[sample]), vectors, _NEAREST + 1, faiss.METRIC_INNER_PRODUCT)[1]
    return ids


def _recall(lists: faiss.IndexIVFScalarQuantizer, vectors: Vectors, half: Sequence[tuple[np.int64, list[int]]]) -> float:
    """The share of the true nearest that a search finds, 0 to 1."""
    index = VectorIndex(vectors, lists)
    found = (set(index.search(vectors[own], _NEAREST + 1)[0].tolist()) & set(true) for own, true in half)
    return sum(map(len, found)) / sum(len(true) for _, true in half)


@contextmanager
def _all_cores() -> Iterator[None]:
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(1)


def _beside(path: Path) -> Path:
    return path.with_suffix(".ivf")
