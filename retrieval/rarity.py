"""How rare the words of a generation are among its passages."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

from retrieval import words
from retrieval.keeping import kept
from retrieval.ports import Generation

TELLING = 1.0  # from which a word tells things apart; nearly every passage has a less rare one


class Rarity:
    """The inverse document frequency (0 and up), as BM25 has it."""

    def __init__(self, generation: Generation) -> None:
        lexical = generation.lexical
        self._passages = len(lexical)
        self._names = generation.overview.names
        # In how many passages a stem is. It holds no object that holds it, and so needs no `kept`.
        self.count: Callable[[str], int] = functools.lru_cache(10_000)(lambda stem: lexical.counts([stem])[stem])

    @kept(10_000)
    def of_word(self, word: str) -> float:
        """That of a word, or of a name of several."""
        return self._of(self._names.get(word, 0)) if " " in word else self.of_stem(words.stem(word))

    @kept(10_000)
    def of_stem(self, stem: str) -> float:
        """That of a stem."""
        return self._of(self.count(stem))

    def _of(self, count: int) -> float:
        return math.log(1 + (self._passages - count + 0.5) / (count + 0.5))
