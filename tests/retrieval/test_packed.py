"""Packed words hold what a set and a dict would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.packed import WordMap, WordSet
from retrieval.spelling import english_words, frequent_words

WORDS = st.text(st.characters(exclude_characters="\n\t"), max_size=6) | st.text("ab", max_size=3)


@given(st.sets(WORDS), WORDS)
def test_packed_words_are_those_that_were_given(given: set[str], asked: str) -> None:
    """Each word is there, and none that only begins, ends or lies in one."""
    packed = WordSet(given)
    others = {asked, *(word[1:] for word in given), *(word[:-1] for word in given), *(f"{word}a" for word in given)}
    assert {word: word in given for word in given | others} == {word: word in packed for word in given | others}


@given(st.dictionaries(WORDS, WORDS), WORDS)
def test_packed_words_stand_for_what_was_given(given: dict[str, str], asked: str) -> None:
    """Each word has its own meaning; a meaning is no word, and a word that is not there has none."""
    packed = WordMap(given.items())
    wanted = {*given, *given.values(), asked}
    assert {word: given.get(word) for word in wanted} == {word: packed.get(word) for word in wanted}
    assert {word: word in given for word in wanted} == {word: word in packed for word in wanted}


def test_every_english_word_is_known() -> None:
    """All that the list has, from the most frequent to the rarest, and no half of one."""
    words = frequent_words(100_000)
    assert words[:3] == ["the", "of", "and"]
    assert (len(words) > 80_000, [word for word in words if word not in english_words()]) == (True, [])
    assert [word for word in ("certificatio", "") if word in english_words()] == []
