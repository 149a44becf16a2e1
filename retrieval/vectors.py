"""Nearest neighbours among unit vectors. The only file that imports faiss.

The fewest are compared one by one. Of more, all are looked at by codes of a byte a number, and the best are compared exactly: of a few
thousand by `retrieval/codes.py`, so that such an index need not import faiss, of more by its `IndexScalarQuantizer`. Of many only those in
the lists nearest to the query are looked at (`IndexIVFScalarQuantizer`). How many lists are read is chosen when the index is built, from
what is found of the true ten nearest; where that is too little, the slower way is taken.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval import records
from retrieval.codes import Codes, candidates, scale
from retrieval.errors import IndexNotWritten, IndexUnusable
from retrieval.ports import Ids, Recall, Vectors, VectorSearch

if TYPE_CHECKING:
    import faiss

EXACT = 512  # vectors that are compared one by one as soon as by their codes
FEW = 2_048  # vectors whose nearest are found without faiss, which takes 45 ms and 13 MB of a start
CODED = 32_768  # vectors of which all codes are read in less than a millisecond
LEAST, WANTED = 0.98, 0.983  # share of the true ten nearest that has to be found, and that is aimed at on half of the sample
LISTS = (8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 192, 224, 256)  # lists that are read, of which the fewest that do are taken
SAMPLE = 1_000  # vectors whose nearest ones are compared with the true ones
TRAINED = 40  # vectors for each list by which the lists are laid out
PIECE = 65_536  # vectors that are added to lists at a time
ROUNDED = 2_048  # vectors that are made codes at a time: for more the system hands out new memory, which takes longer than the codes
SURE = 100  # candidates from lists that are compared exactly, at least
_WANTED = 10
_LISTS, _CODES, _BYTES = ".ivf", ".sq8", ".i8"  # the file beside one of vectors


class VectorIndex:
    """Search by inner product, which is the cosine for unit vectors. A vector's id is its position."""

    def __init__(self, vectors: Vectors, codes: faiss.Index | Codes | None = None) -> None:
        """`vectors` may be memory-mapped, shape (vectors, dimension); without their `codes` all are compared."""
        self._vectors = vectors
        self.codes = codes

    @property
    def lists(self) -> faiss.IndexIVFScalarQuantizer | None:
        """The codes in lists; None where there are none, or all are looked at."""
        if self.codes is None or isinstance(self.codes, Codes):
            return None
        import faiss

        return self.codes if isinstance(self.codes, faiss.IndexIVFScalarQuantizer) else None

    @classmethod
    def open(cls, path: Path, dimension: int) -> VectorIndex:
        """The vectors in a file, memory-mapped, with the codes beside it if there are any. Raises IndexUnusable."""
        vectors = records.array(path, "<f4", dimension)
        beside = next((there for kind in (_LISTS, _CODES, _BYTES) if (there := path.with_suffix(kind)).exists()), None)
        if beside is None:
            return cls(vectors)
        codes = Codes.open(beside, dimension) if beside.suffix == _BYTES else _read(beside)
        if (codes.shape if isinstance(codes, Codes) else (codes.ntotal, codes.d)) != vectors.shape:
            raise IndexUnusable(f"{beside} cannot be read: it is not of {path.name}; run `fingerpost reindex`")
        return cls(vectors, codes)

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
        if isinstance(self.codes, Codes):
            return self._best(self.codes.nearest(query, k), query, k)
        if self.codes is None and len(self) <= FEW:
            cosines = np.asarray(self._vectors @ query, dtype=np.float32)
            near = np.flatnonzero(cosines >= np.partition(cosines, -k)[-k]) if k < len(cosines) else np.arange(len(cosines))
            best = near[np.argsort(-cosines[near], kind="stable")[:k]]  # of equal ones the first
            return best, cosines[best]
        import faiss

        faiss.omp_set_num_threads(1)  # which holds for this thread alone: a question waits longer for a second one than it gains
        if self.codes is None or k >= len(self):
            cosines, ids = faiss.knn(query.reshape(1, -1), self._vectors, min(k, len(self)), faiss.METRIC_INNER_PRODUCT)
            return ids[0], cosines[0]
        if self.lists is None:  # faiss cuts the query's numbers off to whole ones
            ids = self.codes.search(query.reshape(1, -1) * scale(query), candidates(k))[1][0]
            ids = ids[: len(self)]  # where there are fewer than wanted, -1 stands behind them
        else:
            _, near = self.lists.search(query.reshape(1, -1), max(2 * k, SURE))
            ids = near[0][near[0] >= 0]
        return self._best(ids, query, k)

    def _best(self, ids: Ids, query: Vectors, k: int) -> tuple[Ids, Vectors]:
        """The `k` nearest of some candidates, nearest first."""
        cosines = self.similarities(ids, query)
        best = (-cosines).argsort(kind="stable")[:k]
        return ids[best], cosines[best]

    def similarities(self, ids: Sequence[int] | Ids, query: Vectors) -> Vectors:
        """The cosines (-1 to 1) of the vectors with these ids to a unit vector. Shape: (ids,)."""
        return np.asarray(self._vectors.take(np.asarray(ids, dtype=np.int64), axis=0) @ query, dtype=np.float32)

    def vectors(self, ids: Sequence[int] | Ids | None = None) -> Vectors:
        """The stored vectors with these ids, or all. Shape: (ids, dimension)."""
        return self._vectors if ids is None else self._vectors.take(np.asarray(ids, dtype=np.int64), axis=0)


def lay_out(
    path: Path, dimension: int, exact: int = EXACT, few: int = FEW, coded: int = CODED, least: float = LEAST,
    before: VectorSearch | None = None,
) -> Recall:  # fmt: skip
    """Write codes beside a file of vectors where there are more than `exact` of them, faiss' own from `few` on, lists from `coded` on.

    `least` is the share of the true ten nearest that has to be found (0 to 1), else the slower way is taken. Of an index from `before`
    of about as many vectors its middles are taken over, as long as by them enough is found; where it had no lists, none are tried.
    Raises IndexNotWritten.
    """
    vectors = records.array(path, "<f4", dimension)
    if len(vectors) <= exact:
        return Recall()
    there = before if isinstance(before, VectorIndex) and len(before) > coded and 0.9 < len(vectors) / len(before) < 1.1 else None
    found = None
    if len(vectors) > coded and (there is None or there.lists is not None):
        with _all_cores():
            found = _in_lists(path, vectors, least, there.lists if there is not None else None)
    return found or (_in_codes if len(vectors) > few else _in_bytes)(path, vectors, least) or Recall()


def _in_lists(path: Path, vectors: Vectors, least: float, before: faiss.IndexIVFScalarQuantizer | None) -> Recall | None:
    """Write codes in lists; None where by them too little is found."""
    chance = np.random.default_rng(0)
    lists, found = None, None
    if before is not None:
        lists = _added(_emptied(before), vectors)
        found = _measured(lists, vectors, _some(chance, vectors, SAMPLE // 5), least, (before.nprobe,))
    if lists is None or found is None:
        lists = _added(_trained(vectors, chance), vectors)
        found = _measured(lists, vectors, _some(chance, vectors, SAMPLE), least)
    if found is not None:
        _write(lists, path.with_suffix(_LISTS))
    return found


def _in_bytes(path: Path, vectors: Vectors, least: float) -> Recall | None:
    """Write all codes of a few; None where by them too little is found."""
    codes = Codes.of(vectors)
    recall = _recall_of_some(codes, vectors)
    if recall < least:
        return None
    codes.save(path.with_suffix(_BYTES))
    return Recall("i8", 0, recall)


def _in_codes(path: Path, vectors: Vectors, least: float) -> Recall | None:
    """Write all codes; None where by them too little is found."""
    import faiss

    codes = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT)
    scaled = scale(vectors)
    for start in range(0, len(vectors), ROUNDED):
        codes.add(np.asarray(np.rint(vectors[start : start + ROUNDED] * scaled), dtype=np.float32))
    recall = _recall_of_some(codes, vectors)
    if recall < least:
        return None
    _write(codes, path.with_suffix(_CODES))
    return Recall("sq8", 0, recall)


def _recall_of_some(codes: faiss.Index | Codes, vectors: Vectors) -> float:
    """The share of the true nearest of some of the vectors that is found by their codes, 0 to 1."""
    sample = _some(np.random.default_rng(0), vectors, SAMPLE // 5)
    return round(_recall(VectorIndex(vectors, codes), list(zip(sample, _nearest(vectors, sample), strict=True))), 4)


def _read(path: Path) -> faiss.Index:
    import faiss

    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise IndexUnusable(f"{path} cannot be read as a vector index; run `fingerpost reindex`") from error


def _write(index: faiss.Index, path: Path) -> None:
    import faiss

    try:
        with path.open("wb") as file:  # faiss' own writer does not notice a full disk
            faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]
    except (RuntimeError, OSError) as error:
        raise IndexNotWritten(str(path.parent), str(error)) from error


def _trained(vectors: Vectors, chance: np.random.Generator) -> faiss.IndexIVFScalarQuantizer:
    """Empty lists around middles: about eight for each root of the number of vectors, of 39 vectors and more each."""
    import faiss

    dimension, number = vectors.shape[1], 1 << round(np.log2(min(8 * np.sqrt(len(vectors)), len(vectors) / 39)))
    lists = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension), dimension, number, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, True
    )  # fmt: skip
    lists.cp.niter, lists.cp.max_points_per_centroid = 8, TRAINED
    lists.train(np.ascontiguousarray(vectors[_some(chance, vectors, TRAINED * number)]))
    return lists


def _emptied(there: faiss.IndexIVFScalarQuantizer) -> faiss.IndexIVFScalarQuantizer:
    """Empty lists around the middles of others."""
    import faiss

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
    index, true = VectorIndex(vectors, lists), _nearest(vectors, sample)
    halves = [list(zip(sample, true, strict=True))[half::2] for half in (0, 1)]
    for setting in settings:
        lists.nprobe = setting
        if setting < lists.nlist and _recall(index, halves[0]) >= (max(WANTED, least) if settings is LISTS else least):
            recall = _recall(index, halves[1])
            if recall >= least:
                return Recall("ivf sq8", setting, round(recall, 4))
    return None


def _nearest(vectors: Vectors, sample: Ids) -> list[list[int]]:
    """The ten nearest of each of some vectors, without itself."""
    import faiss

    ids = faiss.knn(np.ascontiguousarray(vectors[sample]), vectors, _WANTED + 1, faiss.METRIC_INNER_PRODUCT)[1]
    return [[int(i) for i in row if i != own][:_WANTED] for own, row in zip(sample, ids, strict=True)]


def _recall(index: VectorIndex, of: Sequence[tuple[np.int64, list[int]]]) -> float:
    """The share of the true nearest of some vectors that a search finds, 0 to 1."""
    found = (set(index.search(index.vectors([int(own)])[0], _WANTED + 1)[0].tolist()) & set(true) for own, true in of)
    return sum(map(len, found)) / sum(len(true) for _, true in of)


@contextmanager
def _all_cores() -> Iterator[None]:
    import faiss

    faiss.omp_set_num_threads(os.cpu_count() or 1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(1)
