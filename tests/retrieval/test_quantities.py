"""Figures in text, read as durations, amounts and shares."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import numerals
from retrieval.quantities import Figure, figures

CASES = [
    tuple(line.split(" => "))
    for line in (Path(__file__).parent / "quantities.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
NAMES = {"duration": "months", "money": "dollars", "percent": "percent"}


def _said(figure: Figure) -> str:
    low, high = (f"{round(end, 9 if end < 1 else 6):.12g}" for end in (figure.low, figure.high))
    ends = low if low == high and "." in low else f"{low}..{high}"
    return f'{figure.currency or NAMES[figure.kind]} {ends} "{figure.text}"'


PIECES = st.sampled_from(
    """3 12 1,000 2.5 $ $5 % k + - – to or and months years yr weeks day a half twenty four under over up more
    < > million dollars percent . , ( x quarter decade""".split()
)
PROSE = st.lists(PIECES, max_size=12).flatmap(lambda parts: st.sampled_from([" ".join(parts), "".join(parts)]))


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_figure_is_read_as_a_person_reads_it(text: str, expected: str) -> None:
    """Every figure of a golden line is found with its kind, its bounds and its wording."""
    assert expected == ("; ".join(_said(figure) for figure in figures(text)) or "-")


@given(st.one_of(PROSE, st.text(), st.text(alphabet="0123456789.,$%+-–kKmy ſK٣", max_size=60)))
def test_figures_stand_where_they_say_in_order_and_apart(text: str) -> None:
    """In any text, figures come in order, overlap nowhere, have their lower bound first, and stand at their place word for word."""
    end = 0
    for figure in figures(text):
        assert end <= figure.span[0] < figure.span[1]
        assert figure.text == text[slice(*figure.span)]
        assert 0 <= figure.low <= figure.high
        end = figure.span[1]


@given(PROSE, PROSE)
def test_the_same_quantity_is_the_same_both_ways(one: str, other: str) -> None:
    """A figure is the same as itself, and if one is the same as another, so is the other as the one."""
    for a in figures(one):
        assert a.same_as(a)
        for b in figures(other):
            assert a.same_as(b) == b.same_as(a)


@given(st.integers(1, 400), st.integers(1, 400))
def test_a_range_holds_both_its_ends(low: int, high: int) -> None:
    """A range of months is the same in whichever order and with whichever dash it is written."""
    ends = sorted((float(low), float(high)))
    for text in (f"{low}-{high} months", f"{high}–{low} months", f"{low} to {high} mos"):
        assert [(f.kind, f.low, f.high) for f in figures(text)] == [("duration", *ends)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12 months", "1 year", True),
        ("12 months", "a year", True),
        ("2+ years", "24 months or more", True),
        ("2+ years", "2 years", False),
        ("up to 2 years", "2 years", False),
        ("$10k", "$10,000", True),
        ("10%", "10 dollars", False),
        ("6-12 months", "6 months", False),
    ],
)
def test_equal_quantities_in_other_words(one: str, other: str, same: bool) -> None:
    """Two figures are the same if kind and both bounds are, whatever their wording."""
    assert same == figures(one)[0].same_as(figures(other)[0])


def test_an_open_end_is_infinite() -> None:
    """The upper bound of "3+ years" is infinite."""
    assert figures("3+ years") == (Figure("duration", 36.0, math.inf, "3+ years", (0, 8)),)


@pytest.mark.parametrize(
    ("text", "value"), [("12", 12), ("1,000", 1000), ("2.", 2), ("Half  a", 0.5), ("twenty-one", 21), ("NINETY NINE", 99)]
)
def test_numbers_in_digits_and_words(text: str, value: float) -> None:
    """A number is read from digits and from words."""
    assert value == numerals.number(text)
