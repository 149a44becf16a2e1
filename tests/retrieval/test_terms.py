"""Names that mean the same."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval import words
from retrieval.terms import Terms

TERMS = Terms(
    [
        {"machine learning engineer": ["MLE", "ML engineer"], "machine learning": ["ML"], "master's degree": ["masters", "MSc"]},
        {"C++": ["cpp"], "start-up": ["startup"], "nothing": ["", " "]},
    ]
)


@pytest.mark.parametrize(
    ("text", "unified"),
    [
        ("An MLE", "an machine learning engineer"),
        ("the MLE’s pay", "the machine learning engineer pay"),
        ("ML engineer, ML", "machine learning engineer, machine learning"),
        ("HTML and mles", "html and machine learning engineer"),
        ("ML-based", "ml-based"),
        ("a masters? an MSc!", "a master's degree? an master's degree!"),
        ("a masters degree", "a master's degree"),
        ("two masters degrees", "two master's degrees"),
        ("a master's degree", "a master's degree"),
        ("masters and degree", "master's degree and degree"),
        ("cpp or C++", "c++ or c++"),
        ("StartUp", "start-up"),
        ("nothing  here", "nothing  here"),
    ],
)
def test_a_variant_is_read_as_its_main_name(text: str, unified: str) -> None:
    """Each declared variant is read as its main name, longer ones first, whole words only, whatever the case."""
    assert unified == TERMS.unify(text)


def test_the_main_names_are_known() -> None:
    """All main names are listed, of all guides, and nothing else."""
    assert set(TERMS.names()) == {"machine learning engineer", "machine learning", "master's degree", "c++", "start-up", "nothing"}


def test_without_terms_a_text_is_only_normalised() -> None:
    """A corpus that declares no terms leaves words as they are."""
    assert Terms([]).unify("An MLE’s") == "an mle's"


NAMES = st.text(alphabet="ab '’-+.(ß", max_size=4)


@example({"": ["ß"]}, "ß")
@given(st.dictionaries(NAMES, st.lists(NAMES, max_size=3), max_size=4), st.text(alphabet="ab '’s-+.(ß", max_size=30))
def test_any_terms_read_any_text(declared: dict[str, list[str]], text: str) -> None:
    """Whatever names a guide declares, reading a text ends, and a text without any of them is only normalised."""
    unified = Terms([declared]).unify(text)
    names = {words.normalise(n) for main, variants in declared.items() for n in (main, *variants)}
    if not any(name.strip() and name in words.normalise(text) for name in names):
        assert unified == words.normalise(text)


def test_names_come_in_one_order() -> None:
    """The names are ordered by length and then by letter, so that two processes read a question alike."""
    declared = {"data engineer": ["de"], "sql": [], "data": [], "aws": []}
    assert ("data engineer", "data", "aws", "sql") == Terms([declared]).names()
