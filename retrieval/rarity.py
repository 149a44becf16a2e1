"""How rare the words of a generation are among its passages."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

from retrieval import words
from retrieval.ports import Generation

TELLING = 1.0  # from which a word tells things apart; nearly every passage has a less rare one


class Rarity:
    """The inverse document frequency (0 and up), as BM25 has it."""

    def __init__(self, generation: Generation) -> None:
        lexical, names = generation.lexical, generation.overview.names

        @functools.lru_cache(10_000)
        def count(stem: str) -> int:
            return lexical.counts([stem])[stem]

        @functools.lru_cache(10_000)
        def of_stem(stem: str) -> float:
            return _rarity(count(stem), len(lexical))

        @functools.lru_cache(10_000)
        def of_word(word: str) -> float:
            return _rarity(names.get(word, 0), len(lexical)) if " " in word else of_stem(words.stem(word))

        # They hold no object that holds them, and so need no `kept`: each is asked for many times a question.
        self.count: Callable[[str], int] = count  # in how many passages a stem is
        self.of_stem: Callable[[str], float] = of_stem
        self.of_word: Callable[[str], float] = of_word  # that of a word, or of a name of several


def _rarity(count: int, passages: int) -> float:
    return math.log(1 + (passages - count + 0.5) / (count + 0.5))
