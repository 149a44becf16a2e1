"""Texts of several threads, encoded together: what arrives while one batch is encoded makes the next one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Result = TypeVar("Result")

MOST = 32  # texts of one batch: more makes each wait longer, and encodes hardly more in a second


class Gathered(Generic[Result]):
    """Runs `encode` over what has gathered; a text that comes alone waits for nothing. Safe to use from several threads."""

    def __init__(self, encode: Callable[[Sequence[str]], Sequence[Result]], passes: int = 1) -> None:
        """`encode` gives one result for each text, in order; at most so many `passes` run at a time."""
        self._encode = encode
        self._free = passes
        self._mutex = threading.Lock()
        self._waiting: list[_Text[Result]] = []

    def __call__(self, text: str) -> Result:
        """The result for one text. Raises what `encode` raises."""
        own = _Text[Result](text)
        with self._mutex:
            self._waiting.append(own)
            batch = self._taken() if self._free else []
            self._free -= bool(batch)
        if not batch:
            own.woken.wait()
            batch = own.leads
        if batch:
            self._run(batch)
        if own.error is not None:
            raise own.error
        return own.results[0]

    @property
    def waiting(self) -> int:
        """How many texts wait for the next batch."""
        return len(self._waiting)

    def _taken(self) -> list[_Text[Result]]:
        batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        return batch

    def _run(self, batch: list[_Text[Result]]) -> None:
        """Encode a batch, then hand the pass to the first of those that wait."""
        try:
            for text, result in zip(batch, self._encode([text.text for text in batch]), strict=True):
                text.results.append(result)
        except BaseException as error:  # it belongs to all who wait for this batch
            for text in batch:
                text.error = error
        with self._mutex:
            following = self._taken()
            self._free += not following
        if following:
            following[0].leads = following
            following[0].woken.set()
        for text in batch:
            text.woken.set()


class _Text(Generic[Result]):
    """A text that waits, and what has become of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.results: list[Result] = []
        self.error: BaseException | None = None
        self.leads: list[_Text[Result]] = []  # the batch that its thread is to encode
        self.woken = threading.Event()
