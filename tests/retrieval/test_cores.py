"""Threads that are kept on one core while they are many."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TypeVar

import pytest

from retrieval import cores
from retrieval.cores import FEW, MANY, Crowd

Told = TypeVar("Told")

pytestmark = pytest.mark.skipif(sys.platform != "linux" or cores.available() == 1, reason="threads are kept on a core, of several")


class Asker:
    """One thread, which comes and goes."""

    def __init__(self, crowd: Crowd) -> None:
        self._pool, self.crowd, self._inside = ThreadPoolExecutor(1), crowd, ExitStack()

    def tell(self, act: Callable[[], Told]) -> Told:
        """What comes of something that it does."""
        return self._pool.submit(act).result(30)

    def come(self) -> None:
        """Join the crowd."""
        self.tell(lambda: self._inside.enter_context(self.crowd.joined()))

    def go(self) -> None:
        """Leave it."""
        self.tell(self._inside.close)

    @property
    def cores(self) -> set[int]:
        """Those on which it may run."""
        return self.tell(lambda: os.sched_getaffinity(0))

    def end(self) -> None:
        """Go home."""
        self.go()
        self._pool.shutdown()


@pytest.fixture
def askers() -> Iterator[list[Asker]]:
    """A crowd's threads, and two more."""
    crowd = Crowd()
    made = [Asker(crowd) for _ in range(MANY + 2)]
    yield made
    for asker in made:
        asker.end()


@pytest.fixture
def everywhere() -> set[int]:
    """All cores of this process."""
    return os.sched_getaffinity(0)


def test_a_few_run_anywhere(askers: list[Asker], everywhere: set[int]) -> None:
    for asker in askers[: MANY - 1]:
        asker.come()
    assert all(asker.cores == everywhere for asker in askers)


def test_many_stay_on_one_core_until_they_are_few(askers: list[Asker], everywhere: set[int]) -> None:
    """Who comes when they are many is kept on the core of the one before, goes on there with the next question, and is free afterwards."""
    for asker in askers:
        asker.come()
    *first, one, two, three = askers
    assert all(asker.cores == everywhere for asker in first)
    assert one.cores == two.cores == three.cores
    assert len(one.cores) == 1
    three.go()
    three.come()
    assert three.cores == one.cores
    for asker in askers[FEW + 1 :]:
        asker.go()
    assert three.cores == one.cores != everywhere
    askers[0].go()
    assert all(asker.cores == everywhere for asker in askers)


def test_a_thread_that_one_of_many_has_started_is_free_with_it(askers: list[Asker], everywhere: set[int]) -> None:
    """A thread begins on the cores of that which starts it; it is not left on one when the crowd has gone."""
    for asker in askers:
        asker.come()
    over = threading.Event()
    started = threading.Thread(target=over.wait)
    askers[-1].tell(started.start)
    try:
        assert os.sched_getaffinity(started.native_id or 0) == askers[-1].cores != everywhere
        for asker in askers:
            asker.go()
        assert os.sched_getaffinity(started.native_id or 0) == everywhere
    finally:
        over.set()
        started.join()


def test_what_one_of_many_starts_may_have_all_cores(askers: list[Asker], everywhere: set[int]) -> None:
    """All cores are counted whoever asks; what is to run on them gives way and may, and so may a process that is started."""
    for asker in askers:
        asker.come()
    *_, one, two = askers
    assert one.tell(cores.available) == len(everywhere)
    assert one.tell(lambda: cores.giving_way(lambda: os.sched_getaffinity(0))) == everywhere
    assert one.cores == two.cores != everywhere
    two.tell(cores.spread)
    shown = two.tell(lambda: subprocess.check_output([sys.executable, "-c", "import os; print(*os.sched_getaffinity(0))"], text=True))
    assert set(map(int, shown.split())) == everywhere


def test_the_first_thread_is_kept_nowhere(askers: list[Asker], everywhere: set[int]) -> None:
    """What it may run on is what the process may."""
    for asker in askers:
        asker.come()
    with askers[0].crowd.joined():
        assert os.sched_getaffinity(0) == everywhere
        assert len(askers[-1].cores) == 1


def test_a_crowd_of_another_time_may_be_on_another_core(askers: list[Asker]) -> None:
    """The core is the one on which the system has put the thread that makes them many."""
    for core in sorted(os.sched_getaffinity(0))[:2]:
        *_, one, last = askers
        one.tell(lambda to=core: os.sched_setaffinity(0, {to}))  # type: ignore[misc]
        for asker in askers[: MANY - 1]:
            asker.come()
        one.come()
        last.come()
        assert one.cores == last.cores == {core}
        for asker in askers:
            asker.go()
