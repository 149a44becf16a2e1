"""Texts of several threads, encoded together: what arrives while one batch is encoded makes the next one."""

from __future__ import annotations

import bisect
import itertools
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Result = TypeVar("Result")

MOST = 32  # texts of one batch, or all of one caller: more makes each wait longer, and encodes hardly more in a second


class Gathered(Generic[Result]):
    """Runs `encode` over what has gathered; who comes alone waits for nothing. Safe to use from several threads."""

    def __init__(self, encode: Callable[[Sequence[str]], Sequence[Result]], passes: int = 1) -> None:
        """`encode` gives one result for each text, in order; at most so many `passes` run at a time."""
        self._encode = encode
        self._free = passes
        self._mutex = threading.Lock()
        self._waiting: list[_Texts[Result]] = []

    def __call__(self, texts: Sequence[str]) -> Sequence[Result]:
        """The results for texts that go into one batch, in order. Raises what `encode` raises."""
        own: _Texts[Result] = _Texts(texts)
        with self._mutex:
            self._waiting.append(own)
            batch = self._taken() if self._free else []
            self._free -= bool(batch)
        if not batch:
            own.sleeps.acquire()
            batch = own.leads
        if batch:
            self._run(batch)
        if own.error is not None:
            raise own.error
        return own.results

    @property
    def waiting(self) -> int:
        """How many callers wait for the next batch."""
        return len(self._waiting)

    def _taken(self) -> list[_Texts[Result]]:
        sizes = list(itertools.accumulate(len(each.texts) for each in self._waiting))
        count = max(bisect.bisect_right(sizes, MOST), 1)
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    def _run(self, batch: list[_Texts[Result]]) -> None:
        """Encode a batch, whose first caller does it, then hand the pass to the first of those that wait."""
        try:
            results = iter(self._encode([text for each in batch for text in each.texts]))
            for each in batch:
                each.results = list(itertools.islice(results, len(each.texts)))
        except BaseException as error:  # it belongs to all who wait for this batch
            for each in batch:
                each.error = error
        with self._mutex:
            following = self._taken()
            self._free += not following
        if following:
            following[0].leads = following
            following[0].sleeps.release()
        for each in batch[1:]:
            each.sleeps.release()


class _Texts(Generic[Result]):
    """The texts of one caller, which wait, and what has become of them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.results: list[Result] = []
        self.error: BaseException | None = None
        self.leads: list[_Texts[Result]] = []  # the batch that its thread is to encode
        self.sleeps = threading.Lock()  # until it is released; an Event would be made of three objects for each question
        self.sleeps.acquire()
