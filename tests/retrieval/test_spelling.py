"""Typos in questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.spelling import Few, Spelling

SPELLING = Spelling(Few(["certification", "salary", "pytorch", "kubeflow", "path", "mlops", "degree", "degrees"]))


@pytest.mark.parametrize(
    ("word", "corrected"),
    [
        ("certifcation", "certification"),
        ("sertification", "sertification"),
        ("certifictaoin", "certification"),
        ("salry", "salary"),
        ("pytroch", "pytorch"),
        ("kubflow", "kubeflow"),
        ("degreee", "degree"),
        ("degres", "degrees"),
        ("pat", "pat"),
        ("math", "math"),
        ("salad", "salad"),
        ("mlop5", "mlop5"),
        ("zzzzzz", "zzzzzz"),
        ("salary", "salary"),
    ],
)
def test_a_typo_becomes_a_word_of_the_guides(word: str, corrected: str) -> None:
    """A word that nobody knows becomes the nearest of the guides' own with the same first letter; English words stay."""
    assert corrected == SPELLING.correct(word)


@pytest.mark.parametrize(
    ("text", "corrected"),
    [("hwo is teh path", "how is the path"), ("waht path", "what path"), ("the path", "the path")],
)
def test_little_words_with_swapped_letters_are_read(text: str, corrected: str) -> None:
    """Two neighbouring letters of a little word may have changed places."""
    assert corrected == SPELLING.corrected(text)


def test_a_word_of_the_guides_is_no_little_word_with_swapped_letters() -> None:
    """A name that the guides know stays, though it is "was" with two letters swapped."""
    assert Spelling(Few(["aws"])).corrected("aws path") == "aws path"


@given(st.text(max_size=30))
def test_any_word_is_kept_or_becomes_one_of_the_guides(word: str) -> None:
    """Whatever is typed, it stays as it is or becomes a word of the guides."""
    assert SPELLING.correct(word) in {word, "certification", "salary", "pytorch", "kubeflow", "path", "mlops", "degree", "degrees"}


def test_a_vocabulary_may_be_empty() -> None:
    """Without any words nothing is corrected."""
    assert Spelling(Few([])).correct("certifcation") == "certifcation"


def test_a_whole_question_is_corrected() -> None:
    """Each typo is corrected wherever it stands as a word of its own, and all else stays as it is but for upper case."""
    assert (
        SPELLING.corrected("A Certifcation's salry (SALRY)? presalry, my-salry 5%")
        == "a certification's salary (salary)? presalry, my-salary 5%"
    )
