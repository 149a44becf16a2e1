"""Several platforms in one process."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from bot import serving
from retrieval.errors import SettingsError


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
