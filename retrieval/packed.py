"""Many words in little memory: a set and a mapping whose entries lie together in a few thousand texts, one for each hash.

A frozenset of 80,000 words takes 9 MB, as each word is an object of its own; packed they take 1 MB, are made in about the same time
and looked up in a third of a microsecond. docs/performance.md has what else was measured.
"""

from __future__ import annotations

from collections.abc import Iterable

_TEXTS = 4096  # a power of two: of 80,000 words a look-up reads 20
_SMALL = 256  # that of a few thousand


class WordSet:
    """Words that can only be asked for. None may hold a line break."""

    def __init__(self, words: Iterable[str]) -> None:
        texts = ["\n"] * _TEXTS
        for word in words:
            texts[hash(word) % _TEXTS] += word + "\n"
        self._texts = texts

    def __contains__(self, word: str) -> bool:
        return f"\n{word}\n" in self._texts[hash(word) % _TEXTS]


class WordMap:
    """Words and phrases with what each stands for. Neither may hold a line break or a tabulator."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        texts = ["\n"] * _SMALL
        for word, meaning in entries:
            texts[hash(word) % _SMALL] += f"{word}\t{meaning}\n"
        self._texts = texts

    def __contains__(self, word: str) -> bool:
        return f"\n{word}\t" in self._texts[hash(word) % _SMALL]

    def get(self, word: str) -> str | None:
        """What a word stands for, None where it is not there."""
        text, entry = self._texts[hash(word) % _SMALL], f"\n{word}\t"
        found = text.find(entry)
        return None if found < 0 else text[found + len(entry) : text.index("\n", found + len(entry))]
