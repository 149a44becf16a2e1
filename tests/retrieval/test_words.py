"""Text to words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import words


@pytest.mark.parametrize(
    ("text", "normal"),
    [("Don’t", "don't"), ("6–12—x", "6-12-x"), ("ﬁne ①", "fine 1"), ("STRASSE Straße", "strasse strasse"), ("−5", "-5"), ("‘a’", "'a'")],
)  # fmt: skip
def test_writing_is_made_plain(text: str, normal: str) -> None:
    """Case, typographic marks and compatibility forms make no difference."""
    assert normal == words.normalise(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A master's degree, please!", ["a", "master", "degree", "please"]),
        ("don't won’t", ["dont", "wont"]),
        ("C++ and node.js_x", ["c", "and", "node", "js", "x"]),
        ("3-5 years", ["3", "5", "years"]),
        ("résumé 日本", ["résumé", "日本"]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_words(text: str, found: list[str]) -> None:
    """Words are letters and figures, without a possessive s and without marks."""
    assert found == words.surface(text)


def test_words_that_carry_no_meaning_are_left_out() -> None:
    """The words of a question that only hold it together are not searched for."""
    assert words.content("How long does it take to get the certification, please?") == ["long", "take", "certification"]


def test_forms_of_a_word_share_a_stem() -> None:
    """Inflected forms of a word are one to the search, with repetitions kept."""
    assert words.stems("certified, certify, certifies: engineers engineering") == ["certifi", "certifi", "certifi", "engin", "engin"]


@given(st.text())
def test_any_text_gives_words_without_white_space(text: str) -> None:
    """From any text come words of letters and figures only, and reading them again changes nothing."""
    found = words.surface(text)
    assert [word for word in found if not word or any(letter.isspace() for letter in word)] == []
    assert words.content(text) == [word for word in found if word not in words.STOP_WORDS]
