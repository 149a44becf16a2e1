"""An index in a folder, opened: every part is memory-mapped, and decoded when it is asked for. `retrieval/writing.py` wrote it."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from retrieval.errors import IndexUnusable
from retrieval.guides import Guide
from retrieval.headings import Headings
from retrieval.lexical import LexicalIndex, WordIndex
from retrieval.passages import Passage
from retrieval.ports import Generation, Manifest, Overview, Source, Vectors, VectorSearch
from retrieval.records import Records, Slices, Texts, array
from retrieval.vectors import VectorIndex
from retrieval.vocabulary import FolderVocabulary

DIGEST = 32  # bytes of a SHA-256
DERIVED = (  # what is made of the other files
    "lexical", "named", "rows", "spelling", "passages.ivf", "passages.sq8", "passages.i8", "questions.ivf", "questions.sq8",
    "questions.i8", "passages.words", "passages.words.ends",
)  # fmt: skip
ENCODED = ("passages", "words", "headings", "questions")  # whose vectors the next generation may take over


def open_folder(folder: Path, manifest: Manifest) -> Generation:
    """The index that lies in `folder`. Raises IndexUnusable, MsgspecError, OSError where it cannot be read."""
    overview = msgspec.json.decode((folder / "overview.json").read_bytes(), type=Overview)
    vectors = {name: VectorIndex.open(folder / f"{name}.f32", manifest.dimension) for name in ENCODED}
    ids = Texts(folder / "guides.ids")
    first = array(folder / "guides.first", "<i8")
    passages = FolderPassages(Records(folder / "passages.records", Passage), ids, first, folder / "passages.words")
    guides = Records(folder / "guides.records", Guide)
    of = array(folder / "headings.of", "<i4")
    ends, held = array(folder / "held.ends", "<i8"), array(folder / "held.ids", "<i4")
    stems = Texts(folder / "stems.texts")
    counted = (len(passages), len(vectors["passages"]), len(of), len(ends) - 1, int(first[-1]) if len(first) else -1)
    if set(counted) != {manifest.passages} or not len(guides) == len(ids) == manifest.guides or len(stems) != len(vectors["words"]):
        raise IndexUnusable(f"the index {manifest.name} cannot be read: its parts are not of one size; run `fingerpost reindex`")
    return Generation(
        manifest, overview, FolderGuides(guides, ids), passages, vectors["passages"], Headings(vectors["headings"], of),
        LexicalIndex.open(folder / "lexical"),
        FolderVocabulary(stems, vectors["words"], ends, held, WordIndex.open(folder / "spelling")),
        FolderQuestions(Slices(folder / "questions.texts"), vectors["questions"]), FolderKnown(folder, vectors),
        LexicalIndex.open(folder / "rows"), LexicalIndex.open(folder / "named"), FolderSources(folder / "sources.msgpack"),
    )  # fmt: skip


class FolderGuides(Mapping[str, Guide]):
    """The guides by id, in the order of their paths."""

    def __init__(self, records: Records[Guide], ids: Texts) -> None:
        self._records = records
        self._ids = ids
        self._find = functools.lru_cache(maxsize=10_000)(ids.find)

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __getitem__(self, guide: str) -> Guide:
        place = self._find(guide)
        if place is None:
            raise KeyError(guide)
        return self._records.get(place)


class FolderPassages:
    """Fits `retrieval.ports.Passages`."""

    def __init__(self, records: Records[Passage], guides: Texts, first: NDArray[np.int64], words: Path) -> None:
        """`first` is the id of each guide's first passage, and at its end the number of all; `words` is a file that may not be there."""
        self._words = words
        self._records = records
        self._guides = guides
        self._first = first

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, number: int, /) -> Passage:
        return self._records.get(number)

    def __iter__(self) -> Iterator[Passage]:
        return iter(self._records)

    def many(self, ids: Sequence[int]) -> list[Passage]:
        """The passages with these ids, in this order."""
        return list(map(self._records.get, map(int, ids)))

    @functools.cached_property
    def _written(self) -> Slices | None:
        return Slices(self._words) if self._words.exists() else None

    def words_of(self, guide: str) -> list[str] | None:
        """The words of each passage of a guide as they are written, with spaces between; None where they were not kept."""
        place = self._guides.find(guide)
        if place is None or self._written is None:
            return None
        return [self._written[number].decode() for number in range(int(self._first[place]), int(self._first[place + 1]))]

    def of_guide(self, guide: str) -> list[Passage]:
        """The passages of one guide, in order; none where there is no such guide."""
        place = self._guides.find(guide)
        return [] if place is None else self.many(range(int(self._first[place]), int(self._first[place + 1])))


def written(generation: Generation, guide: str) -> list[str] | None:
    """The words of each passage of a guide as they are written, with spaces between; None where no folder has kept them."""
    there = generation.passages
    return there.words_of(guide) if isinstance(there, FolderPassages) else None


class FolderQuestions:
    """Fits `retrieval.ports.Questions`."""

    def __init__(self, texts: Slices, vectors: VectorSearch) -> None:
        self._texts = texts
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._texts)

    def first(self, count: int) -> list[str]:
        """The first ones."""
        return [self._texts[number].decode() for number in range(min(count, len(self)))]

    def nearest(self, vector: Vectors, count: int) -> list[str]:
        """The nearest in meaning to a unit vector, nearest first."""
        ids, _ = self._vectors.search(vector, count)
        return [self._texts[int(number)].decode() for number in ids]


class FolderKnown:
    """Fits `retrieval.ports.Known`: the digests of all that was encoded, sorted, each with its place among the vectors."""

    def __init__(self, folder: Path, parts: Mapping[str, VectorSearch]) -> None:
        """`parts` are the vectors by the names of ENCODED."""
        self._folder = folder
        self._parts = [parts[name] for name in ENCODED]

    def has(self, digests: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which of these texts are known, shape (texts,)."""
        return self._places(digests) >= 0

    def find(self, digests: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], Vectors]:
        """The same, and the vectors of those that are, in order, shape (known, dimension)."""
        places = self._places(digests)
        rows = array(self._folder / "known.rows", "<i8")[places[places >= 0]]
        found = np.zeros((len(rows), self._parts[0].dimension), np.float32)
        start = 0
        for part in self._parts:
            mine = np.flatnonzero((rows >= start) & (rows < start + len(part)))
            found[mine] = part.vectors((rows[mine] - start).tolist())
            start += len(part)
        return places >= 0, found

    def _places(self, digests: NDArray[np.uint8]) -> NDArray[np.int64]:
        there = array(self._folder / "known.digests", "u1", DIGEST)
        return search_sorted(array(self._folder / "known.keys", "<u8"), there, digests)


class FolderSources:
    """Fits `retrieval.ports.Sources`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> Mapping[str, Source]:
        """Each file by its path. Raises IndexUnusable."""
        try:
            return msgspec.msgpack.decode(self._path.read_bytes(), type=dict[str, Source])
        except (OSError, msgspec.MsgspecError) as error:
            raise IndexUnusable(f"{self._path} cannot be read: {error}; run `fingerpost reindex`") from error


def sort_keys(digests: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The first eight bytes of each digest as a number that sorts as they do. Shape: (digests,)."""
    return np.ascontiguousarray(digests[:, :8]).view(">u8").ravel().astype(np.uint64)


def search_sorted(keys: NDArray[np.uint64], there: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The place of each wanted digest among those that are `there`, sorted by their `keys`; -1 where it is not. Shape: (wanted,)."""
    if not len(there):
        return np.full(len(wanted), -1, np.int64)
    places = np.minimum(np.searchsorted(keys, sort_keys(wanted)), len(there) - 1)
    return np.where((there[places] == wanted).all(axis=1), places, -1).astype(np.int64)
