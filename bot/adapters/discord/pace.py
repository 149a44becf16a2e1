"""How fast one person may ask."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST_PEOPLE = 10_000  # remembered at a time


class Pace:
    """At most `questions` in any `seconds` for each person."""

    def __init__(self, questions: int = 6, seconds: float = 30.0, now: Callable[[], float] = time.monotonic) -> None:
        self._questions, self._seconds, self._now = questions, seconds, now
        self._asked: OrderedDict[int, deque[float]] = OrderedDict()

    def wait(self, person: int) -> float:
        """Count a question of this person. 0 where it may be answered, else the seconds until the next one may."""
        now = self._now()
        asked = self._asked.setdefault(person, deque())
        self._asked.move_to_end(person)
        if len(self._asked) > MOST_PEOPLE:
            self._asked.popitem(last=False)
        while asked and asked[0] <= now - self._seconds:
            asked.popleft()
        if len(asked) >= self._questions:
            return asked[0] + self._seconds - now
        asked.append(now)
        return 0.0
