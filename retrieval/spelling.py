"""Typos in questions, corrected to words of the guides. The only file that imports symspellpy."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable
from importlib import resources

from symspellpy import SymSpell, Verbosity

from retrieval import words

_WORD = re.compile(r"\b[a-z]{3,}\b")
_SHORTEST = 4  # letters; shorter words have too many neighbours


class Spelling:
    """Corrects a word that neither the guides nor English know to the nearest word of the guides."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._known = frozenset(vocabulary)
        self._nearest = SymSpell(max_dictionary_edit_distance=2)
        for word in self._known:
            if len(word) >= _SHORTEST:
                self._nearest.create_dictionary_entry(word, 1)

    def corrected(self, text: str) -> str:
        """`text` in lower case with the typos in its words corrected."""
        text = _WORD.sub(lambda m: self._little(m.group(0)), words.normalise(text))
        for word in dict.fromkeys(words.content(text)):
            if (meant := self.correct(word)) != word:
                text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", meant, text)
        return text

    def _little(self, word: str) -> str:
        return word if word in self._known else _swapped().get(word, word)

    def correct(self, word: str) -> str:
        """`word`, or what it was probably meant to be: one edit for up to six letters, two for longer ones."""
        if len(word) < _SHORTEST or word in self._known or not word.isalpha() or word in english_words():
            return word
        found = self._nearest.lookup(word, Verbosity.CLOSEST, max_edit_distance=1 if len(word) <= 6 else 2)
        nearest = [f for f in found if f.term[0] == word[0]]
        return min(nearest, key=lambda f: (f.distance, f.term)).term if nearest else word


@functools.cache
def _swapped() -> dict[str, str]:
    """Little words with two neighbouring letters swapped ("hwo", "teh"), and what each was meant to be."""
    swapped: dict[str, str] = {}
    for word in sorted(words.STOP_WORDS):
        if not word.isalpha() or len(word) < 3:  # a word of two letters has too many neighbours
            continue
        for i in range(len(word) - 1):
            typo = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
            if typo not in english_words() and typo not in words.STOP_WORDS:
                swapped.setdefault(typo, word)
    return swapped


@functools.cache
def english_words() -> frozenset[str]:
    """About 80,000 English words, from the frequency list that symspellpy carries."""
    return frozenset(_by_frequency())


def frequent_words(count: int) -> list[str]:
    """The most frequent words of that list that carry meaning, the most frequent first."""
    return list(itertools.islice((word for word in _by_frequency() if word not in words.STOP_WORDS), count))


def _by_frequency() -> list[str]:
    text = resources.files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text("utf-8-sig")
    return [line.split(" ", 1)[0] for line in text.splitlines()]
