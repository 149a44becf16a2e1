"""Several platforms in one process, over one bot and one index: each in a thread of its own, all until one stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

ALIVE = "fingerpost-alive"  # a file; as old as the last time that every platform was seen to run
EVERY = 10.0  # seconds between two signs of life

Platform = Callable[[threading.Event], None]


def run(platforms: Mapping[str, Platform], folder: Path, stop: threading.Event, every: float = EVERY) -> None:
    """Run all platforms until `stop`, with the sign of life in `folder`, given anew after so many seconds.

    Where one ends, the others are stopped, and its error is raised; there is no sign of life any more, however long they take.
    """
    errors: list[BaseException] = []
    threads = [threading.Thread(target=_guarded, args=(platform, stop, errors), name=name) for name, platform in platforms.items()]
    for thread in threads:
        thread.start()
    try:
        while not stop.wait(every):  # a platform that ends sets it
            (folder / ALIVE).touch()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]


def _guarded(platform: Platform, stop: threading.Event, errors: list[BaseException]) -> None:
    try:
        platform(stop)
    except BaseException as error:
        errors.append(error)
    finally:
        stop.set()
