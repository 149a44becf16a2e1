"""Runs: one at a time across processes, watched, cancelled, and never left as going on when their process is gone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.store import Store
from tests.servers.places import Place, eventually, in_a_process_that_dies


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    opened = Store(place)
    yield opened
    opened.close()


@pytest.fixture
def other(store: Store, place: Place) -> Iterator[Store]:
    """Another process' store."""
    opened = Store(place)
    yield opened
    opened.close()


def test_one_run_goes_on_at_a_time(store: Store, other: Store) -> None:
    """Of many that start at once, in two processes, one does; the others see who and since when."""
    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(lambda i: (store, other)[i % 2].start_run("reindex", f"p{i}", f"Name {i}"), range(16)))
    [run] = [run for run in begun if run]
    assert store.running() == other.running() == run
    assert store.end_run(run.id, "done", "r") or other.end_run(run.id, "done", "r")
    assert store.running() is None
    assert other.start_run("reindex", "p", "Next") is not None


def test_progress_is_seen_by_others_until_somebody_cancels(store: Store, other: Store) -> None:
    run = store.start_run("reindex", "slack:T1:U1", "Ann", "{}")
    assert run is not None
    assert store.progress_run(run.id, "embedding", 3, 10)
    seen = other.run(run.id)
    assert seen is not None
    assert (seen.stage, seen.done, seen.total, seen.name) == ("embedding", 3, 10, "Ann")
    assert (other.cancel_run(run.id, "Ben"), store.cancel_run(run.id, "Cid")) == (True, False)
    assert not store.progress_run(run.id, "embedding", 4, 10)
    assert store.end_run(run.id, "cancelled", "")
    assert not other.cancel_run(run.id, "Ben")
    assert [(r.state, r.cancelled_by) for r in other.runs()] == [("cancelled", "Ben")]


def test_only_its_own_process_says_how_a_run_goes(store: Store, other: Store) -> None:
    """Until another takes it over; a run that waits may be ended by anybody, once."""
    run = store.start_run("reindex", "p", "Ann")
    assert run is not None
    assert not other.progress_run(run.id, "reading", 1, 1)
    assert not other.end_run(run.id, "done", "")
    assert other.own_run(run.id)
    assert not store.progress_run(run.id, "reading", 1, 1)
    assert other.end_run(run.id, "waiting", "refused")
    assert (store.end_run(run.id, "done", "published"), store.end_run(run.id, "done", "again")) == (True, False)


def test_a_run_whose_process_was_killed_is_interrupted(store: Store, place: Place) -> None:
    """It is reported as such, and the next run may start."""
    in_a_process_that_dies(place, "assert store.start_run('reindex', 'p', 'Ann'); store.progress_run(store.runs()[0].id, 'reading', 1, 2)")
    assert eventually(lambda: store.running() is None)
    assert [(run.state, run.stage) for run in store.runs()] == [("interrupted", "reading")]
    assert store.start_run("reindex", "p", "Ben") is not None


def test_where_a_run_is_shown_outlives_the_process(store: Store, other: Store) -> None:
    store.follow("r1", "slack", "C1:1.0")
    store.follow("r1", "slack", "C1:1.0")
    store.follow("r1", "discord", "9")
    assert other.followed("slack") == [("r1", "C1:1.0")]
    other.shown("r1", "slack", "C1:1.0")
    assert (store.followed("slack"), store.followed("discord")) == ([], [("r1", "9")])


def test_acts_are_listed_newest_first(store: Store) -> None:
    store.note("slack:T1:U1", "Ann", "published", "3 passages", "g1", "g2")
    store.note("slack:T1:U2", "Ben", "rolled back", "", "g2", "g1")
    assert [(a.name, a.act, a.before, a.after) for a in store.audit()] == [
        ("Ben", "rolled back", "g2", "g1"), ("Ann", "published", "g1", "g2")]  # fmt: skip
    assert len(store.audit(1)) == 1
