"""The state that outlives a process: claims across threads, processes and restarts; conversations; feedback."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.store import KEPT_TURNS, MOST_TRIES, Event, Store, StoreError
from bot.store.postgres import Server
from tests.servers.places import Place, eventually, in_a_process_that_dies, out_of_order


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    opened = Store(place)
    yield opened
    opened.close()


def test_one_claim_of_an_event_wins(store: Store) -> None:
    """Of many threads that claim the same events, one gets each."""
    keys = [f"slack:T1:C1:{i}" for i in range(40)] * 5
    with ThreadPoolExecutor(16) as pool:
        won = [key for key, mine in zip(keys, pool.map(store.claim, keys), strict=True) if mine]
    assert sorted(won) == sorted(set(keys))


def test_a_claim_holds_across_processes(store: Store, place: Place) -> None:
    """A second process does not get what the first works on, and it has nothing to take up."""
    assert store.claim("slack:1")
    other = Store(place)
    assert (other.claim("slack:1"), other.unfinished("slack:")) == (False, [])
    other.close()


def test_a_done_event_is_never_claimed_again(store: Store, place: Place) -> None:
    """Neither by this process nor by the next one."""
    store.claim("slack:1")
    store.finish("slack:1")
    store.close()
    after = Store(place)
    assert (after.claim("slack:1"), after.unfinished("")) == (False, [])
    after.close()


def test_what_is_done_stays_done_though_it_could_not_be_noted(store: Store, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the database takes nothing, its process keeps the event; it notes that it is done as soon as it can."""
    monkeypatch.setattr(Server, "patience", 0.0)
    store.claim("slack:1", "p")
    with out_of_order(place, "events"):
        store.finish("slack:1")
        with pytest.raises(StoreError):
            store.unfinished("slack:")
    assert (store.claim("slack:1"), store.unfinished("slack:")) == (False, [])
    store.close()
    after = Store(place)
    assert (after.claim("slack:1"), after.unfinished("")) == (False, [])
    after.close()


def test_an_event_that_could_not_be_released_is_taken_up_again(store: Store, monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    """By the same process, once: nobody else can know that it is free."""
    monkeypatch.setattr(Server, "patience", 0.0)
    store.claim("slack:1", "p")
    with out_of_order(place, "events"), pytest.raises(StoreError):
        store.release("slack:1")
    assert store.unfinished("slack:") == [Event("slack:1", "p", 1)]
    assert [store.claim("slack:1"), store.claim("slack:1")] == [True, False]
    assert store.unfinished("slack:") == []


def test_an_event_of_a_killed_process_is_done_again(store: Store, place: Place) -> None:
    """What a process that was killed had claimed is listed with its payload, and claimed once."""
    in_a_process_that_dies(place, "assert store.claim('slack:1', 'p')")
    assert [(e.key, e.payload, e.tries) for e in eventually(lambda: store.unfinished("slack:"))] == [("slack:1", "p", 1)]
    assert [store.claim("slack:1"), store.claim("slack:1")] == [True, False]


def test_a_released_event_can_be_tried_only_so_often(store: Store) -> None:
    """An event on which every try fails does not keep the bot busy for ever; whoever tried last knows that it was the last time."""
    again = []
    while store.claim("slack:1"):
        again.append(store.release("slack:1"))
    assert (again, store.unfinished("slack:")) == ([True] * (MOST_TRIES - 1) + [False], [])


def test_a_try_that_does_not_count_is_never_the_last(store: Store) -> None:
    """As long as a platform cannot be reached, what it is to be told is kept."""
    for _ in range(2 * MOST_TRIES):
        assert (store.claim("slack:1", "p"), store.release("slack:1", counted=False)) == (True, True)
    assert [event.payload for event in store.unfinished("slack:")] == ["p"]


def test_unfinished_keeps_to_its_prefix(store: Store) -> None:
    """A platform sees its own events only; signs of SQL patterns are literal."""
    for key in ("slack:1", "discord:1", "sl%ck:1"):
        store.claim(key)
        store.release(key)
    assert [e.key for e in store.unfinished("sl%ck:")] == ["sl%ck:1"]


def test_history_is_one_persons_messages_before_this_one(store: Store) -> None:
    """Other people, other threads, later messages and the message itself are left out; a repeat counts once."""
    store.say("t1", "ann", "k1", "first")
    store.say("t1", "bob", "k2", "of bob")
    store.say("t2", "ann", "k3", "elsewhere")
    for _ in range(2):
        store.say("t1", "ann", "k4", "second")
    store.say("t1", "ann", "k5", "third")
    assert store.history("t1", "ann", before="k5") == ("first", "second")
    assert store.history("t1", "ann") == ("first", "second", "third")


def test_history_is_in_the_order_of_writing(store: Store) -> None:
    """Of two messages that arrive in the wrong order, the later one has the earlier one as its history."""
    store.say("t1", "ann", "k2", "second", said=2.0)
    store.say("t1", "ann", "k1", "first", said=1.0)
    assert (store.history("t1", "ann", before="k2"), store.history("t1", "ann", before="k1")) == (("first",), ())


def test_any_text_can_be_said(store: Store) -> None:
    """What no database takes, NUL and halves of signs, becomes the replacement character; all else is kept as it is."""
    texts = ["a\0b \ud83d c", "👍🏽 Ünïcode 日本 %s \\ ' \" ; -- \t\r\n", "x" * 100_000]
    for i, text in enumerate(texts):
        store.say("t\0", "ann", f"k{i}", text)
    assert store.history("t\0", "ann") == ("a\ufffdb \ufffd c", *texts[1:])


def test_history_is_short(store: Store) -> None:
    """Only the last messages are given."""
    for i in range(KEPT_TURNS + 3):
        store.say("t1", "ann", f"k{i}", str(i))
    assert store.history("t1", "ann") == tuple(str(i) for i in range(3, KEPT_TURNS + 3))


def test_the_latest_feedback_wins(store: Store) -> None:
    """The last click counts, also where it arrives first."""
    store.rate("a1", "ann", "down", at=20.0)
    store.rate("a1", "ann", "up", at=10.0)
    store.rate("a1", "bob", "up", at=30.0)
    assert [(f.person, f.verdict) for f in store.ratings("a1")] == [("ann", "down"), ("bob", "up")]


def test_channel_modes_survive(store: Store, place: Place) -> None:
    """A mode set in one process holds in the next."""
    assert store.mode("slack:T1:C1") is None
    store.set_mode("slack:T1:C1", "sure", "ann")
    store.set_mode("slack:T1:C1", "quiet", "bob")
    store.close()
    after = Store(place)
    assert after.mode("slack:T1:C1") == "quiet"
    after.close()


def test_what_is_held_is_taken_once(store: Store) -> None:
    """A thing held for a button can be looked at, and taken by one click only."""
    store.hold("share:1", "answer")
    assert store.held("share:1") == "answer"
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(store.take, ["share:1"] * 20))
    assert sorted(filter(None, taken)) == ["answer"]


def test_time_ends_what_is_held_and_remembered(place: Place) -> None:
    """After its time a held thing is gone; pruning forgets old messages and events. What is in work here stays so."""
    clock = [0.0]
    store = Store(place, now=lambda: clock[0], kept_days=8)
    store.hold("h", "x", seconds=10)
    store.say("t1", "ann", "k1", "old")
    store.join("t1")
    for key in ("slack:done", "slack:open"):
        store.claim(key, "p")
    store.finish("slack:done")
    clock[0] = 9 * 86_400.0
    assert store.held("h") is None
    store.prune()
    assert (store.history("t1", "ann"), store.joined("t1"), store.claim("slack:done"), store.claim("slack:open")) == (
        (),
        False,
        True,
        False,
    )
    store.close()


def test_an_event_that_nobody_finished_is_forgotten_after_its_time(place: Place) -> None:
    """What a process left when it died, and no other took up, is not kept for ever."""
    clock = [0.0]
    died = Store(place, now=lambda: clock[0], kept_days=8)
    died.claim("discord:interaction:1", "a payload")
    died.close()
    after = Store(place, now=lambda: clock[0], kept_days=8)
    clock[0] = 7 * 86_400.0
    after.prune()
    assert eventually(lambda: after.unfinished("discord:"))
    clock[0] = 9 * 86_400.0
    after.prune()
    assert after.unfinished("discord:") == []
    after.close()


def test_nothing_is_held_for_longer_than_what_people_said(place: Place) -> None:
    """An answer for a button has the question in it: it ends with the days of the setting, also of a setting that was shortened since."""
    clock = [0.0]
    long, short = (Store(place, now=lambda: clock[0], kept_days=days) for days in (90, 1))
    short.hold("new", "x")
    long.hold("old", "x")
    short.prune()
    clock[0] = 0.9 * 86_400.0
    assert (short.held("new"), short.held("old")) == ("x", "x")
    clock[0] = 1.1 * 86_400.0
    assert (short.held("new"), short.held("old")) == (None, None)
    long.close()
    short.close()


def test_a_person_can_be_forgotten(store: Store) -> None:
    """Nothing that the person said or clicked stays, and no answer to it."""
    store.say("t1", "ann", "k1", "hello")
    store.rate("a1", "ann", "up")
    for person in ("ann", "bob"):
        store.hold(f"answer:{person}", "hello", person=person)
    store.forget_person("ann")
    assert (store.history("t1", "ann"), store.ratings()) == ((), [])
    assert (store.held("answer:ann"), store.held("answer:bob")) == (None, "hello")


def test_what_was_not_answered_yet_is_forgotten_with_its_asker(place: Place) -> None:
    """Nobody takes it up, and where it is delivered again it is not done."""
    in_a_process_that_dies(place, 'store.claim("slack:1", "hello", "ann"); store.claim("slack:2", "hello", "bob")')
    store = Store(place)
    assert 2 == len(eventually(lambda: store.unfinished("slack:")))
    store.forget_person("ann")
    assert [event.key for event in store.unfinished("slack:")] == ["slack:2"]
    assert not store.claim("slack:1")
    store.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """A broken file is refused with its folder in the message, as one of our errors."""
    (tmp_path / "state.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match=str(tmp_path)):
        Store(tmp_path)


def test_several_stores_of_one_new_place_may_open_at_once(place: Place) -> None:
    """The platforms of one process, and other processes, begin together; the tables are made once."""
    with ThreadPoolExecutor(8) as pool:
        for store in list(pool.map(lambda _: Store(place), range(8))):
            store.close()


def test_a_closed_store_opens_nothing_anew(place: Place) -> None:
    """A thread that comes late is refused; no connection is left behind."""
    store = Store(place)
    store.close()
    for late in (lambda: store.claim("slack:1"), lambda: store.mode("c"), store.ratings):
        with pytest.raises(StoreError, match="is closed"):
            late()
