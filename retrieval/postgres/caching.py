"""What was read from the database and cannot change: kept up to a bound, what was not asked for the longest goes first."""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

FEW = 30_000  # words that are fetched whole: a few megabytes
KEPT = 100_000  # looks at words that are kept where there are more
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Cache(Generic[Key, Value]):
    """Values by key; those that are missing are fetched in one go. Safe to use from several threads."""

    def __init__(self, fetch: Callable[[list[Key]], Mapping[Key, Value]], room: int, size: Callable[[Value], int] = lambda _: 1) -> None:
        """`fetch` gives the values of keys, all of them or a KeyError follows; `room` is the most that all sizes add up to."""
        self._fetch = fetch
        self._room = room
        self._size = size
        self._filled = 0
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def many(self, keys: Sequence[Key]) -> list[Value]:
        """The value of each key, in order. Raises KeyError for one that is not there."""
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
        if missing := [key for key in dict.fromkeys(keys) if key not in found]:
            fetched = self._fetch(missing)
            found.update(fetched)
            self._keep(fetched)
        return [found[key] for key in keys]

    def _keep(self, fetched: Mapping[Key, Value]) -> None:
        with self._lock:
            for key, value in fetched.items():
                if key not in self._kept:
                    self._filled += self._size(value)
                self._kept[key] = value
            while self._filled > self._room and self._kept:
                _, gone = self._kept.popitem(last=False)
                self._filled -= self._size(gone)


class Lookup(Generic[Value]):
    """Values by words, None for a word that is not there. Where there are few, all are fetched at the first look. Safe to use likewise."""

    def __init__(
        self, some: Callable[[list[str]], Mapping[str, Value]], everything: Callable[[], Mapping[str, Value]], *, few: bool
    ) -> None:
        """`some` gives the values of those of the words that are there, `everything` all."""
        self._some: Cache[str, Value | None] = Cache(lambda words: {**dict.fromkeys(words), **some(words)}, KEPT)
        self._everything = functools.cache(everything)
        self._few = few

    def many(self, words: Sequence[str]) -> list[Value | None]:
        """The value of each word, in order."""
        if self._few:
            there = self._everything()
            return [there.get(word) for word in words]
        return self._some.many(words)
