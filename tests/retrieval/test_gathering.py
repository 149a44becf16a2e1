"""Texts that arrive together are encoded together, and nobody gets another's result. Here a text's tokens are its letters."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.encoder import Model
from retrieval.gathering import Gathered
from retrieval.layout import PACKED

HALF = "x" * (PACKED // 2)  # two of them fill a pass


class Held:
    """An encoder that notes what each pass brings, and waits until it may go on."""

    def __init__(self) -> None:
        self.passes: list[list[str]] = []
        self.go_on = threading.Event()

    def __call__(self, texts: Sequence[str]) -> list[str]:
        """Each text in capitals."""
        self.passes.append(list(texts))
        assert self.go_on.wait(30)
        return [text.upper() for text in texts]


def until(reached: Callable[[], bool]) -> None:
    """Wait for something, half a minute at most."""
    end = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.001)


@contextmanager
def asking(passes: int) -> Iterator[tuple[Held, Gathered[str, str], Callable[[Sequence[str], int, int], Future[list[str]]]]]:
    """An encoder that waits, and a way to bring it texts, after which so many wait while it has so many passes."""
    held = Held()
    gathered: Gathered[str, str] = Gathered(held, passes)
    with ThreadPoolExecutor(64) as pool:

        def bring(texts: Sequence[str], waiting: int, running: int) -> Future[list[str]]:
            brought = pool.submit(gathered, texts)
            until(lambda: (gathered.waiting, len(held.passes)) == (waiting, running))
            return brought

        yield held, gathered, bring
        held.go_on.set()


def test_what_arrives_during_a_pass_makes_the_next() -> None:
    """While the first is encoded the others gather, and are encoded at once; each gets its own."""
    with asking(1) as (held, _, bring):
        brought = [bring(["a"], 0, 1), *(bring([f"b{n}"], n + 1, 1) for n in range(10))]
        held.go_on.set()
        assert [each.result(30) for each in brought] == [["A"], *([f"B{n}"] for n in range(10))]
    assert held.passes == [["a"], [f"b{n}" for n in range(10)]]


def test_as_many_passes_run_at_once_as_are_free_and_three_more_if_they_are_full() -> None:
    """What would fill no pass waits until one is done, so that it can grow; nothing waits for more than that."""
    with asking(2) as (held, gathered, bring):
        brought = [bring(["a"], 0, 1), bring(["b"], 0, 2)]
        for full in (3, 4, 5):
            brought += [bring([HALF], 1, full - 1), bring([HALF], 0, full)]
        brought += [bring([HALF], 1, 5), bring([HALF], 2, 5)]
        held.go_on.set()
        assert [each.result(30) for each in brought] == [["A"], ["B"], *([HALF.upper()],) * 8]
    assert sorted(held.passes, key=len) == [["a"], ["b"], *([HALF] * 2,) * 4]
    assert gathered(["c"]) == ["C"]


def test_a_pass_takes_the_oldest_and_of_the_others_what_it_has_room_for() -> None:
    """Whoever has waited longest comes next; one that is too long for the rest of a pass is the first of another."""
    texts = ["o" * (PACKED - 9), "l" * 10, "s" * 5, "t" * 4, "u"]
    with asking(1) as (held, _, bring):
        brought = [bring(["a"], 0, 1), bring(texts, 2, 2)]
        held.go_on.set()
        assert [each.result(30) for each in brought] == [["A"], [text.upper() for text in texts]]
    assert held.passes == [["a"], [texts[0], texts[2], texts[3]], [texts[1], texts[4]]]


def test_a_pass_goes_to_a_caller_that_waits() -> None:
    """Not to the one that is encoding a long text, though a short one of the same caller is the oldest in it."""
    done = {text[0]: threading.Event() for text in ("b", "l")}

    def encode(texts: Sequence[str]) -> list[str]:
        for text in texts:
            assert text[0] not in done or done[text[0]].wait(30)
        return [text.upper() for text in texts]

    gathered: Gathered[str, str] = Gathered(encode, 2)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(gathered, ["b" * 60])
        until(lambda: gathered._in_hand == 1)
        both = pool.submit(gathered, ["l" * PACKED, "s"])
        until(lambda: (gathered._in_hand, gathered.waiting) == (2, 1))
        other = pool.submit(gathered, ["t"])
        until(lambda: gathered.waiting == 2)
        done["b"].set()
        assert (first.result(30), other.result(30)) == (["B" * 60], ["T"])
        assert not both.done()
        done["l"].set()
        assert both.result(30) == ["L" * PACKED, "S"]


def test_a_text_that_is_longer_than_a_pass_has_one_of_its_own() -> None:
    gathered: Gathered[str, str] = Gathered(lambda texts: [f"{len(text)} of {len(texts)}" for text in texts])
    assert gathered(["a" * 1000, "b" * 999, "c"]) == ["1000 of 1", "999 of 1", "1 of 1"]


@given(st.lists(st.lists(st.integers(1, 2 * PACKED), max_size=6), max_size=12), st.integers(1, 3))
def test_everybody_gets_what_is_theirs_from_passes_that_are_not_too_large(brought: list[list[int]], passes: int) -> None:
    """Whatever comes, of whatever lengths: each text is encoded once, in a pass that holds what it may."""
    made: list[list[str]] = []

    def encode(texts: Sequence[str]) -> list[str]:
        made.append(list(texts))
        return [text.upper() for text in texts]

    texts = [[f"{caller}-{n}-".ljust(tokens, "x") for n, tokens in enumerate(each)] for caller, each in enumerate(brought)]
    gathered: Gathered[str, str] = Gathered(encode, passes)
    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(gathered, texts)) == [[text.upper() for text in each] for each in texts]
    assert sorted(text for each in made for text in each) == sorted(text for each in texts for text in each)
    assert all(len(each) == 1 or sum(map(len, each)) <= PACKED for each in made)


def test_an_error_reaches_all_whose_texts_are_in_the_pass_and_nobody_after() -> None:
    """A pass that fails is an error for its own texts only."""

    def encode(texts: Sequence[str]) -> list[str]:
        if "bad" in texts:
            raise ValueError("bad")
        return list(texts)

    gathered: Gathered[str, str] = Gathered(encode)
    with pytest.raises(ValueError, match="bad"):
        gathered(["bad", "b" * PACKED])
    assert gathered(["good"]) == ["good"]


def test_many_threads_get_the_vectors_of_their_own_texts(model: Model) -> None:
    """A text's vector beside those of 63 others is that which it has alone."""
    texts = [f"What does question {n} ask about " + "paths " * (n % 7) for n in range(64)]
    with ThreadPoolExecutor(64) as pool:
        together = list(pool.map(lambda text: model.encode_tokens([text, text.upper()]), texts))
    for text, found in zip(texts, together, strict=True):
        assert found is not None
        for given_text, tokens in zip((text, text.upper()), found, strict=True):
            assert float(tokens.vector @ model.encode([given_text])[0]) >= 0.999
            assert len(tokens.spans) == len(tokens.vectors)
