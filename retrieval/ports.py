"""What an open index has to give, wherever it lies: a folder (`retrieval/folder.py`) or a database.

Nothing here grows with the corpus when an index is opened: what is asked for is read when it is asked for. A passage's position
is its id in `vectors`, `headings`, `lexical` and `vocabulary.held`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from retrieval.guides import Guide
from retrieval.passages import Passage

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]

TAGS = 100  # tags that an overview has at most


class Recall(msgspec.Struct, frozen=True):
    """How the nearest vectors are found.

    `kind` is "exact", "i8", "sq8", "ivf sq8" or "hnsw halfvec"; `setting` is the number of lists that are read, or `ef_search` (0: none).
    `recall` is the share of the true ten nearest that were found for a sample of the index's own vectors, 0 to 1.
    """

    kind: str = "exact"
    setting: int = 0
    recall: float = 1.0


class Manifest(msgspec.Struct, frozen=True):
    """What a generation is made of. `guides` and `passages` are counts, `files` maps a file to its SHA-256.

    `reader` says which code has read the guides, `search` how vectors are found; `noted` of the passages are questions that a guide
    notes for another.
    """

    name: str
    format: int
    created: str
    model: str
    dimension: int
    guides: int
    passages: int
    files: dict[str, str]
    reader: str = ""
    search: Recall = Recall()
    checks_passed: int = 0
    checks_failed: tuple[str, ...] = ()
    noted: int = 0

    @property
    def quotable(self) -> int:
        """How many passages an answer can quote."""
        return self.passages - self.noted


class Overview(msgspec.Struct, frozen=True):
    """What is known of all guides at once, made when they are indexed.

    `terms` are what guides declare, by their ids and in their order; `tags` the most frequent tags, those first; `deciding` the ids of
    guides with a decision table, sorted; `names` in how many passages a declared name of several words stands;
    `suggested` how many of the questions are not from headings; `credits` the ids of the guides of each publisher and author with a
    name of several words, as `words.normalise` has it: those with the most guides, and no ids where they are too many to choose by.
    """

    terms: dict[str, dict[str, list[str]]] = {}
    tags: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()
    names: dict[str, int] = {}
    suggested: int = 0
    credits: dict[str, tuple[str, ...]] = {}


class Source(msgspec.Struct, frozen=True):
    """A guide's file as it was when it was indexed: the SHA-256 of its bytes, its size in bytes and its time of change in ns."""

    digest: str
    size: int = -1
    mtime: int = -1


class Passages(Protocol):
    """The passages of all guides, each at the position that is its id."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> Passage: ...

    def __iter__(self) -> Iterator[Passage]:
        """All of them, in order: for what is rarely done."""
        ...

    def many(self, ids: Sequence[int]) -> list[Passage]:
        """The passages with these ids, in this order."""
        ...

    def of_guide(self, guide: str) -> list[Passage]:
        """The passages of one guide, in order; none where there is no such guide."""
        ...


class VectorSearch(Protocol):
    """Unit vectors, each at the position that is its id."""

    def __len__(self) -> int: ...

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        ...

    def search(self, query: Vectors, k: int) -> tuple[Ids, Vectors]:
        """The ids and cosines (-1 to 1) of the `k` nearest vectors, nearest first. Shape of `query`: (dimension,)."""
        ...

    def similarities(self, ids: Sequence[int] | Ids, query: Vectors) -> Vectors:
        """The cosines (-1 to 1) of the vectors with these ids to a unit vector. Shape: (ids,)."""
        ...

    def vectors(self, ids: Sequence[int] | Ids | None = None) -> Vectors:
        """The vectors with these ids, or all. Shape: (ids, dimension)."""
        ...


class HeadingSearch(Protocol):
    """What stands above passages, as vectors."""

    def similarities(self, passages: Sequence[int] | Ids, vector: Vectors) -> Vectors:
        """The cosine (-1 to 1) of a question's unit vector to the heading of each passage; -1 where there is none."""
        ...


class LexicalSearch(Protocol):
    """Search by stems; a document's id is its position."""

    def __len__(self) -> int: ...

    def search(self, stems: Sequence[str], k: int) -> list[tuple[int, float]]:
        """Ids and BM25 scores (0 and up) of the `k` best documents that hold any of `stems`, best first."""
        ...

    def counts(self, stems: Sequence[str]) -> dict[str, int]:
        """In how many documents each stem stands."""
        ...

    def ideal(self, stems: Sequence[str]) -> float:
        """The BM25 score (0 and up) of a document of mean length that holds each of `stems` once."""
        ...


class Vocabulary(Protocol):
    """The stems of all passages, each with an id and the vector of one of its words, and the words as they are written."""

    def __len__(self) -> int: ...

    def find(self, stem: str) -> int | None:
        """The id of a stem; None where no passage has it."""
        ...

    def vectors(self, ids: Sequence[int] | Ids) -> Vectors:
        """The vectors of the words with these ids. Shape: (ids, dimension)."""
        ...

    def held(self, passage: int) -> Ids:
        """The ids of the stems that a passage holds, ascending. Shape: (stems,)."""
        ...

    def knows(self, word: str) -> bool:
        """Whether any passage has this word as it is written, in lower case."""
        ...

    def near(self, word: str, edits: int) -> Sequence[str]:
        """The words of four letters and more within this many edits (1 or 2); two letters that change places are one."""
        ...


class Questions(Protocol):
    """The questions that the guides answer: those to be suggested first, then those in headings, each once."""

    def __len__(self) -> int: ...

    def first(self, count: int) -> list[str]:
        """The first ones."""
        ...

    def nearest(self, vector: Vectors, count: int) -> list[str]:
        """The nearest in meaning to a unit vector, nearest first."""
        ...


class Known(Protocol):
    """The vectors of a generation by what was encoded, to be taken over by the next one.

    A text is given by its SHA-256: `digests` have the shape (texts, 32).
    """

    def has(self, digests: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which of these texts are known, shape (texts,)."""
        ...

    def find(self, digests: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], Vectors]:
        """The same, and the vectors of those that are, in order, shape (known, dimension)."""
        ...


class Sources(Protocol):
    """The files that the guides were read from."""

    def all(self) -> Mapping[str, Source]:
        """Each file by its path, as `Guide.path` has it."""
        ...


@dataclass(frozen=True)
class Generation:
    """A whole index, open.

    `rows` finds rows of tables by the stems of their first cell (a document's id is the passage's), `named` finds guides by the
    stems of their ids (a document's id is that of the guide's first passage).
    """

    manifest: Manifest
    overview: Overview
    guides: Mapping[str, Guide]
    passages: Passages
    vectors: VectorSearch
    headings: HeadingSearch
    lexical: LexicalSearch
    vocabulary: Vocabulary
    questions: Questions
    known: Known
    rows: LexicalSearch
    named: LexicalSearch
    sources: Sources
