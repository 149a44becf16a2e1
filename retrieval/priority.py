"""Threads that give way: what they do takes the time that no core is wanted for."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Made = TypeVar("Made")
LOWER = 5  # how much nicer threads are that encode for a crowd than those that answer it


def giving_way(make: Callable[[], Made]) -> Made:
    """What `make` makes, in a thread whose lower priority goes over to those that it starts.

    So what is left to do of one question comes before the encoding of others, which takes the time that no core is wanted for.
    """
    from concurrent.futures import ThreadPoolExecutor  # for which a process that nobody crowds has no use

    with ThreadPoolExecutor(1, initializer=_lower) as aside:
        return aside.submit(make).result()


def _lower() -> None:
    """Lower the priority of this thread, where a thread has one of its own."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):  # where a container forbids it
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + LOWER)
