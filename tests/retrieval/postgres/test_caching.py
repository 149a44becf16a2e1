"""What was fetched is kept up to a bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.postgres.caching import Cache, Lookup


@given(asked=st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=20), room=st.integers(0, 12))
def test_values_are_those_that_were_fetched_and_the_bound_holds(asked: list[list[int]], room: int) -> None:
    """Whatever is asked for in whatever order; what is asked for twice in one go is fetched once."""
    fetched: list[int] = []

    def fetch(keys: list[int]) -> dict[int, str]:
        fetched.extend(keys)
        assert len(keys) == len(set(keys))
        return {key: "x" * key for key in keys}

    cache = Cache(fetch, room, len)
    for keys in asked:
        assert cache.many(keys) == ["x" * key for key in keys]
        assert sum(len(value) for value in cache._kept.values()) == cache._filled <= room
    before = len(fetched)
    cache.many([0, 0])
    assert len(fetched) - before <= 1


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    """Of three, with room for two; a key that is not there is an error and not kept."""
    fetched: list[str] = []

    def fetch(keys: list[str]) -> dict[str, str]:
        fetched.extend(keys)
        return {key: key for key in keys if key != "nowhere"}

    cache = Cache(fetch, 2)
    for keys in (["a", "b"], ["a"], ["c"], ["a"], ["b"]):
        cache.many(keys)
    assert fetched == ["a", "b", "c", "b"]
    for _ in range(2):
        with pytest.raises(KeyError):
            cache.many(["nowhere"])


@pytest.mark.parametrize("few", [True, False])
def test_a_word_that_is_not_there_is_nothing_and_is_asked_for_once(few: bool) -> None:
    """Few words are fetched whole, of many those that are asked for."""
    there, looks = {"fern": 1, "ivy": 2}, []

    def some(words: list[str]) -> dict[str, int]:
        looks.append(words)
        return {word: there[word] for word in words if word in there}

    def everything() -> dict[str, int]:
        looks.append(["everything"])
        return there

    lookup = Lookup(some, everything, few=few)
    for _ in range(2):
        assert lookup.many(["fern", "moss", "fern"]) == [1, None, 1]
    assert looks == ([["everything"]] if few else [["fern", "moss"]])
