"""Which cores threads run on, and which threads give way to others."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

Made = TypeVar("Made")
LOWER = 5  # how much nicer threads are that encode for a crowd than those that answer it
MANY, FEW = 16, 4  # threads from which they are a crowd, and down to which they stay one: a few gain more by all cores
STAYS = 10.0  # seconds after which a crowd goes to another core, if the system has since put a thread of it there


def available() -> int:
    """How many cores this process may use, whatever core the thread that asks is kept on."""
    return len(_of_process()) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _of_process() -> set[int]:
    return os.sched_getaffinity(os.getpid())  # its first thread's, which is kept nowhere


def spread() -> None:
    """Let this thread, and what it starts from now on, run on all cores of the process."""
    if hasattr(os, "sched_setaffinity"):
        _bind(0, _of_process())


def _bind(thread: int, to: set[int]) -> None:
    with suppress(OSError):  # the thread has ended, or a container forbids it
        os.sched_setaffinity(thread, to)


class Crowd:
    """Keeps threads on one core while they are many: only one of them at a time has Python's lock and can run.

    There the next finds in the caches what the last one left, and none is woken on another core only to wait. What they wait for, such as
    the encoding of texts, has all cores. Safe to use from several threads.
    """

    def __init__(self) -> None:
        locked: Callable[[], bool] = getattr(sys, "_is_gil_enabled", lambda: True)
        # The core of a thread; asked with Python's lock held, which to give up and take again costs more.
        self._here: Callable[[], int] | None = getattr(ctypes.PyDLL(None), "sched_getcpu", None) if sys.platform == "linux" else None
        self._binds = self._here is not None and locked() and available() > 1
        self._counting = threading.Lock()
        self._inside = 0
        self._core = -1  # where the crowd is; -1 while there is none
        self._until = 0.0  # when it may go to another
        self._stay = threading.local()
        self._stays = 0

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Be one of them. Who is the one by whom they are many stays on their core, as those do who follow, until they are few."""
        with self._counting:
            self._inside += 1
            if self._binds and self._inside >= MANY and threading.get_native_id() != os.getpid():
                self._stand()
        try:
            yield
        finally:
            with self._counting:
                self._inside -= 1
                if self._core >= 0 and self._inside <= FEW:
                    self._part()

    def _stand(self) -> None:
        """Have this thread stay on the crowd's core: the one that the system has put a thread on which waited for its question."""
        now = time.monotonic()
        if self._here is not None and (self._core < 0 or now > self._until):
            self._core, self._until = self._here(), now + STAYS
            self._stays += 1
        if getattr(self._stay, "number", 0) != self._stays:
            self._stay.number = self._stays
            _bind(0, {self._core})

    def _part(self) -> None:
        """Let all threads run anywhere, those too that one of the crowd has started."""
        self._core = -1
        for thread in threading.enumerate():
            if thread.native_id is not None:
                _bind(thread.native_id, _of_process())


def giving_way(make: Callable[[], Made]) -> Made:
    """What `make` makes, in a thread on any core whose lower priority goes over to those that it starts.

    So what is left to do of one question comes before the encoding of others, which takes the time that no core is wanted for.
    """
    from concurrent.futures import ThreadPoolExecutor  # for which a process that nobody crowds has no use

    with ThreadPoolExecutor(1, initializer=_give_way) as aside:
        return aside.submit(make).result()


def _give_way() -> None:
    """Lower the priority of this thread, where a thread has one of its own, and let it run on any core."""
    spread()
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):  # where a container forbids it
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + LOWER)
