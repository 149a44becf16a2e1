"""Texts of several threads, encoded together: a pass takes what has waited longest, as much as it holds."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence, Sized
from typing import Generic, TypeVar

from retrieval.layout import PACKED

Text = TypeVar("Text", bound=Sized)
Result = TypeVar("Result")

READY = 3  # full passes at hand when one is done, so that no core waits for who puts the next together
ANYHOW = 2  # passes that begin however few texts wait; on more cores others only when they are full


class Gathered(Generic[Text, Result]):
    """Runs `encode` over what has gathered; who comes alone waits for nothing. Safe to use from several threads.

    The length of a text is its number of tokens. A pass is put together when it begins, of all that wait, and whoever was in it goes
    on as soon as it is done (Yu et al., "Orca", OSDI 2022).
    """

    def __init__(self, encode: Callable[[Sequence[Text]], Sequence[Result]], passes: int = 1) -> None:
        """`encode` gives one result for each text, in order; so many `passes` run at a time, and READY more wait for them if they are full.

        Texts that would fill no pass wait while ANYHOW of them run, so that they grow.
        """
        self._encode = encode
        self._passes = passes
        self._in_hand = 0
        self._mutex = threading.Lock()
        self._waiting: list[_Waiting[Text, Result]] = []

    def __call__(self, texts: Sequence[Text]) -> list[Result]:
        """The results for some texts, in order. Raises what `encode` raises."""
        if not texts:
            return []
        own: _Caller[Text, Result] = _Caller(len(texts))
        with self._mutex:
            self._waiting += [_Waiting(own, place, text) for place, text in enumerate(texts)]
            batch = self._taken()
            own.busy = bool(batch)
        if batch:
            self._run(batch, own)
        while own.left:
            if batch := own.leads.get():
                self._run(batch, own)
        if own.error is not None:
            raise own.error
        return [own.results[place] for place in range(len(texts))]

    @property
    def waiting(self) -> int:
        """How many texts wait for a pass."""
        return len(self._waiting)

    def _taken(self) -> list[_Waiting[Text, Result]]:
        """What makes the next pass, if one is to begin; by whoever has the mutex."""
        if not self._waiting or self._in_hand >= self._passes + READY:
            return []
        batch: list[_Waiting[Text, Result]] = []
        room = PACKED
        for each in self._waiting:
            if each.tokens <= room or not batch:  # the oldest in any case
                batch.append(each)
                room -= each.tokens
        full = len(batch) < len(self._waiting) or room * len(batch) < PACKED - room  # for another such text there is no room
        if not full and self._in_hand >= min(self._passes, ANYHOW):
            return []
        taken = set(batch)
        self._waiting = [each for each in self._waiting if each not in taken]
        self._in_hand += 1
        return batch

    def _run(self, batch: list[_Waiting[Text, Result]], runner: _Caller[Text, Result]) -> None:
        """Encode a batch, then have the next one encoded by a caller with a text in it who waits; by this one where none does."""
        while batch:
            self._encoded(batch)
            done = []
            with self._mutex:
                self._in_hand -= 1
                for each in batch:
                    each.caller.left -= 1
                    if not each.caller.left:
                        done.append(each.caller)
                batch = self._taken()
                runner.busy = False
                leader = next((each.caller for each in batch if not each.caller.busy), runner)
                leader.busy = bool(batch)
            if leader is not runner:
                leader.leads.put(batch)
                batch = []
            for caller in done:
                caller.leads.put([])

    def _encoded(self, batch: list[_Waiting[Text, Result]]) -> None:
        """Give each text's caller what comes of it."""
        try:
            for each, result in zip(batch, self._encode([each.text for each in batch]), strict=True):
                each.caller.results[each.place] = result
        except BaseException as error:  # it belongs to all whose texts are in this batch
            for each in batch:
                each.caller.error = error


class _Caller(Generic[Text, Result]):
    """Who has brought texts, how many of them are `left`, and what has become of the others."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.results: dict[int, Result] = {}
        self.error: BaseException | None = None
        self.busy = False  # while it encodes a batch
        self.leads: queue.SimpleQueue[list[_Waiting[Text, Result]]] = queue.SimpleQueue()  # batches to encode; an empty one at the end


class _Waiting(Generic[Text, Result]):
    """One text of a caller, at a place among its texts, and how many tokens it has."""

    __slots__ = ("caller", "place", "text", "tokens")

    def __init__(self, caller: _Caller[Text, Result], place: int, text: Text) -> None:
        self.caller = caller
        self.place = place
        self.text = text
        self.tokens = len(text)
