"""Texts of several threads, encoded together: what arrives while one batch is encoded makes the next one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Result = TypeVar("Result")

MOST = 32  # texts of one batch: more makes each wait longer, and encodes hardly more in a second


class Gathered(Generic[Result]):
    """Runs `encode` over what has gathered; a text that comes alone waits for nothing. Safe to use from several threads."""

    def __init__(self, encode: Callable[[Sequence[str]], Sequence[Result]]) -> None:
        """`encode` gives one result for each text, in order."""
        self._encode = encode
        self._encoding = threading.Lock()
        self._mutex = threading.Lock()
        self._waiting: list[_Text[Result]] = []

    def __call__(self, text: str) -> Result:
        """The result for one text. Raises what `encode` raises."""
        own = _Text[Result](text)
        with self._mutex:
            self._waiting.append(own)
        while not own.done:
            with self._encoding:
                if not own.done:  # nobody has taken it along
                    self._next_batch()
        if own.error is not None:
            raise own.error
        return own.results[0]

    @property
    def waiting(self) -> int:
        """How many texts wait for the next batch."""
        return len(self._waiting)

    def _next_batch(self) -> None:
        with self._mutex:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            for text, result in zip(batch, self._encode([text.text for text in batch]), strict=True):
                text.results.append(result)
        except Exception as error:  # it belongs to all who wait for this batch
            for text in batch:
                text.error = error
        for text in batch:
            text.done = True


class _Text(Generic[Result]):
    """A text that waits, and what has become of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.results: list[Result] = []
        self.error: Exception | None = None
        self.done = False
