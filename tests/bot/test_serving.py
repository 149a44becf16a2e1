"""Several platforms in one process."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import cast

import pytest

from bot import serving
from retrieval.errors import SettingsError
from tests.servers.places import eventually


def test_all_platforms_run_until_one_stop(tmp_path: Path) -> None:
    """Both platforms are started, and both see the stop."""
    stop, ended = threading.Event(), []
    together = threading.Barrier(2)

    def platform(name: str) -> serving.Platform:
        def serve(stop: threading.Event) -> None:
            together.wait(10)
            stop.set()
            stop.wait(10)
            ended.append(name)

        return serve

    serving.run({"one": platform("one"), "other": platform("other")}, tmp_path, stop)
    assert sorted(ended) == ["one", "other"]


class Rounds(threading.Event):
    """A stop that says whether the one who gives the sign of life has seen it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        """As an event does."""
        stopped = super().wait(timeout)
        if stopped and threading.current_thread() is threading.main_thread():
            self.seen.set()
        return stopped


def test_the_sign_of_life_is_given_while_every_platform_runs(tmp_path: Path) -> None:
    """Again and again; once one has ended no more, though another is not done yet: a container's health is judged by its age."""
    alive, stop, given = tmp_path / serving.ALIVE, Rounds(), []

    def dies(_: threading.Event) -> None:
        for _ in range(2):
            given.append(eventually(alive.is_file))
            alive.unlink()
        given.append(eventually(alive.is_file))

    def lingers(stop: threading.Event) -> None:
        stop.wait(60)
        given.append(eventually(cast("Rounds", stop).seen.is_set))
        alive.unlink()

    serving.run({"dies": dies, "lingers": lingers}, tmp_path, stop, every=0.01)
    assert given == [True] * 4
    assert not alive.exists()


def test_an_error_of_one_platform_stops_all_and_is_raised(tmp_path: Path) -> None:
    """A token that is refused ends the process with its reason; the other platform is stopped in order."""
    ended = []

    def refused(stop: threading.Event) -> None:
        raise SettingsError("the token is refused")

    def fine(stop: threading.Event) -> None:
        stop.wait(10)
        ended.append(stop.is_set())

    with pytest.raises(SettingsError, match="the token is refused"):
        serving.run({"refused": refused, "fine": fine}, tmp_path, threading.Event())
    assert ended == [True]
