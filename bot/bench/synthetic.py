"""Passages by the million: texts in words as frequent as in any text, and vectors that lie as those of sentences do.

The vectors: 19,116 questions, titles and first sentences of four public collections, encoded with the embedded model, have cosines of
.76 to their nearest and .55 to their tenth nearest neighbour, and of their ten nearest a search that reads 8, 16, 32 and 64 of 512 lists
finds .91, .95, .98 and .99. As many vectors that are made in this way have .76, .56, and .96, .98, .99 and .99.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from retrieval import frontmatter
from retrieval.encoder import Model
from retrieval.guides import Guide
from retrieval.passages import Passage
from retrieval.ports import Source, Vectors
from retrieval.reading import Read
from retrieval.spelling import frequent_words

DIMENSION = 384
WORDS = 80_000  # of which the texts are made
OF_GUIDE = 20  # passages
LENGTH = 40  # words of a passage
STOPPED = 200  # words without meaning, which in any text are the most frequent (G. K. Zipf, 1949) and are not searched for
_OWN, _HEAVY, _MIXED = 0.4, 0.3, 0.5  # how far passages lie from their subject, how much that differs, and how far they lean to another
_SUBJECTS = ((0.4, 12_800), (0.6, 320), (0.6, 8))  # how far subjects lie apart, and how many passages share one, from wide to narrow


class Subjects:
    """Where passages lie: near a narrow subject, which lies near a wider one. A text decides where by its letters."""

    def __init__(self, passages: int) -> None:
        chance = np.random.default_rng(1)
        spread = (np.arange(DIMENSION) + 10.0) ** -0.5  # fewer directions tell more, as those of sentences do
        self._spread = (spread / np.linalg.norm(spread)).astype(np.float32)
        self._subjects = np.zeros((1, DIMENSION), np.float32)
        for apart, shared in _SUBJECTS:
            count = max(8, passages // shared)
            self._subjects = self._subjects[chance.integers(0, len(self._subjects), count)] + apart * self._some(chance, count)

    def vectors(self, texts: Sequence[str], kind: int = 0) -> Vectors:
        """The unit vectors of texts; of another `kind` those of others on the same subjects. Shape: (texts, DIMENSION)."""
        return np.stack([self._vector(_number(text), kind) for text in texts])

    def _vector(self, number: int, kind: int) -> Vectors:
        chance, own = np.random.default_rng([number, kind]), np.random.default_rng([number, 0])
        here, there = own.integers(0, len(self._subjects), 2)
        lean = np.float32(own.random() * _MIXED)
        far = np.float32(_OWN * np.exp(_HEAVY * chance.normal()))
        vector = (1 - lean) * self._subjects[here] + lean * self._subjects[there] + far * self._some(chance, 1)[0]
        return np.asarray(vector / np.linalg.norm(vector), np.float32)

    def _some(self, chance: np.random.Generator, count: int) -> Vectors:
        return chance.standard_normal((count, DIMENSION), np.float32) * self._spread


class Encoder:
    """Fits `retrieval.encoder.Encoder`."""

    def __init__(self, subjects: Subjects) -> None:
        self._subjects = subjects

    def encode(self, inputs: list[str], /, **_options: Any) -> Vectors:
        """Shape: (inputs, DIMENSION)."""
        return self._subjects.vectors(inputs)


def model(passages: int) -> tuple[Model, Subjects]:
    """A model that costs next to nothing, and what it knows."""
    subjects = Subjects(passages)
    return Model(Encoder(subjects), "synthetic"), subjects


def guides(passages: int) -> Iterator[Read]:
    """Guides of OF_GUIDE passages each, until there are so many."""
    chance = np.random.default_rng(2)
    for first in range(0, passages, OF_GUIDE):
        name = f"guide-{first // OF_GUIDE}"
        made = [_passage(name, number, _text(chance, LENGTH)) for number in range(first, min(first + OF_GUIDE, passages))]
        guide = Guide(name, f"{name}.md", name, frontmatter.Source(), None, (), {}, "\n".join(p.text for p in made), (), {}, "")
        yield Read(guide, Source(""), made)


def question(number: int) -> str:
    """Eight words, as somebody would ask."""
    return _text(np.random.default_rng([number, 3]), 8)


def _passage(guide: str, number: int, text: str) -> Passage:
    section = " ".join(text.split()[:3])
    return Passage(guide, "prose", (section,), (1, 1), text, text, heading=section if number % 4 == 0 else "")


def _text(chance: np.random.Generator, count: int) -> str:
    words = _words()
    ranks = STOPPED * ((STOPPED + len(words)) / STOPPED) ** chance.random(count) - STOPPED
    return " ".join(words[min(int(rank), len(words) - 1)] for rank in ranks)


@functools.cache
def _words() -> list[str]:
    return frequent_words(WORDS)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
