"""How well a confidence tells right answers from wrong ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.selective import Case, Point, area, at_share, auroc, curve, most_answered, point

CASES = [Case(0.9, True), Case(0.8, False), Case(0.7, True), Case(0.2, False)]
ANY = st.lists(st.builds(Case, st.floats(0, 1), st.booleans()), max_size=30)


def test_measures_are_those_computed_by_hand() -> None:
    """Three of four pairs are in order, and the shares wrong from the surest down are 0, 1/2, 1/3 and 1/2."""
    assert auroc(CASES) == 0.75
    assert area(CASES) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert curve(CASES) == [Point(0.9, 0.25, 1.0), Point(0.8, 0.5, 0.5), Point(0.7, 0.75, 2 / 3), Point(0.2, 1.0, 0.5)]


def test_a_threshold_is_chosen_by_what_is_right_or_by_what_is_answered() -> None:
    """The most that can be answered with so many right, and what is right where so many are answered."""
    points = curve(CASES)
    assert most_answered(points, 0.6) == Point(0.7, 0.75, 2 / 3)
    assert most_answered(points[1:2], 0.9) is None
    assert [at_share(points, 0.3), at_share([], 0.3)] == [Point(0.8, 0.5, 0.5), None]


def test_nothing_and_one_sort_are_no_error() -> None:
    """Without cases, or with right ones alone, there is nothing to tell apart and nothing wrong."""
    assert [auroc([]), auroc(CASES[:1]), area([]), curve([]), point([], 0.5)] == [0.5, 0.5, 0.0, [], Point(0.5, 0.0, 1.0)]


def test_equal_confidence_tells_nothing() -> None:
    """Where all are as sure, a right answer is ahead in half of the pairs."""
    assert auroc([Case(0.5, True), Case(0.5, False), Case(0.5, False)]) == 0.5


@given(ANY)
def test_less_sure_answers_more(cases: list[Case]) -> None:
    """Down the curve more is answered, up to everything; every share lies between 0 and 1."""
    points = curve(cases)
    answered = [p.answered for p in points]
    assert answered == sorted(set(answered))
    assert not points or answered[-1] == 1.0
    assert all(0 <= value <= 1 for value in (auroc(cases), area(cases), *(p.right for p in points)))


@given(ANY)
def test_only_the_order_matters(cases: list[Case]) -> None:
    """Another scale of the same order has the same area under the curve."""
    order = {value: place for place, value in enumerate(sorted({case.confidence for case in cases}))}
    assert auroc([Case(order[case.confidence], case.right) for case in cases]) == auroc(cases)
