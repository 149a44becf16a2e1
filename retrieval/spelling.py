"""Typos in questions, corrected to words of the guides."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from typing import Protocol

from retrieval import words
from retrieval.keeping import kept
from retrieval.packed import WordSet

_WORD = re.compile(r"\b[a-z]{3,}\b")
SHORTEST = 4  # letters; shorter words have too many neighbours


class Words(Protocol):
    """The words of the guides; `retrieval.ports.Vocabulary` fits."""

    def knows(self, word: str) -> bool:
        """Whether any guide has this word as it is written, in lower case."""
        ...

    def near(self, word: str, edits: int) -> Sequence[str]:
        """The words of four letters and more within this many edits (1 or 2); two letters that change places are one."""
        ...


class Few:
    """Some words that are compared one by one."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._words = frozenset(vocabulary)
        self._letters = [(word, frozenset(word)) for word in self._words if len(word) >= SHORTEST]

    def knows(self, word: str) -> bool:
        """Whether this word is one of them."""
        return word in self._words

    def near(self, word: str, edits: int) -> Sequence[str]:
        """Those within this many edits."""
        own = frozenset(word)  # an edit takes at most one letter away and brings one
        return [other for other, letters in self._letters if len(own ^ letters) <= 2 * edits and within(word, other, edits)]


class Spelling:
    """Corrects a word that neither the guides nor English know to the nearest word of the guides. `parts` give their words."""

    def __init__(self, *parts: Words) -> None:
        self._parts = parts

    def corrected(self, text: str) -> str:
        """`text` in lower case with the typos in its words corrected."""
        text = words.normalise(text)
        if not _swapped().keys().isdisjoint(_WORD.findall(text)):  # of little words few are ever mistyped
            text = _WORD.sub(lambda m: self._little(m.group(0)), text)
        for word in dict.fromkeys(words.content(text)):
            if (meant := self.correct(word)) != word:
                text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", meant, text)
        return text

    def _little(self, word: str) -> str:
        return word if self._known(word) else _swapped().get(word, word)

    @kept(10_000)
    def correct(self, word: str) -> str:
        """`word`, or what it was probably meant to be: one edit for up to six letters, two for longer ones."""
        if len(word) < SHORTEST or not word.isalpha() or word in english_words() or self._known(word):  # the cheaper first
            return word
        for edits in (1,) if len(word) <= 6 else (1, 2):
            if found := [other for part in self._parts for other in part.near(word, edits)]:
                fitting = (other for other in found if other[0] == word[0])
                return min(fitting, key=lambda other: (not _left_out(word, other), other), default=word)
        return word

    @kept(10_000)
    def _known(self, word: str) -> bool:
        return any(part.knows(word) for part in self._parts)


def _left_out(word: str, other: str) -> bool:
    """Whether `word` is `other` without some of its letters, which is likelier meant than a word with others ("statistican")."""
    letters = iter(other)
    return all(letter in letters for letter in word)


def within(one: str, other: str, edits: int) -> bool:
    """Whether so many edits make one word the other; two neighbouring letters that change places are one (optimal alignment)."""
    if abs(len(one) - len(other)) > edits:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
    return row[-1] <= edits


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
def english_words() -> WordSet:
    """About 80,000 English words, from the frequency list that symspellpy carries."""
    return WordSet(_by_frequency())


def frequent_words(count: int) -> list[str]:
    """The most frequent words of that list, the most frequent first."""
    return list(itertools.islice(_by_frequency(), count))


def _by_frequency() -> Iterator[str]:
    """One word at a time: whoever has them all in hand leaves megabytes in pieces behind."""
    with resources.files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").open(encoding="utf-8-sig") as lines:
        for line in lines:
            yield line.partition(" ")[0]
