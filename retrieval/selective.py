"""Answering some questions and refusing others: how well a confidence tells the right answers from the wrong ones.

Measures of selective answering: the area under the ROC curve, and share right against share answered, with its area as
error (R. El-Yaniv, Y. Wiener, "On the Foundations of Noise-free Selective Classification", JMLR 2010).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A question that was or could be answered: the `confidence` (any range, larger is surer) and whether it is `right`."""

    confidence: float
    right: bool


@dataclass(frozen=True)
class Point:
    """What comes of answering from `threshold` up: the share of questions answered, and of those the share right, 0 to 1."""

    threshold: float
    answered: float
    right: float


def auroc(cases: Sequence[Case]) -> float:
    """How often a right answer has more confidence than a wrong one, 0 to 1; equals count half. 0.5 where all are of one sort."""
    wrong = sorted(case.confidence for case in cases if not case.right)
    right = [case.confidence for case in cases if case.right]
    if not wrong or not right:
        return 0.5
    ahead = sum(bisect_left(wrong, sure) + bisect_right(wrong, sure) for sure in right) / 2
    return ahead / (len(wrong) * len(right))


def point(cases: Sequence[Case], threshold: float) -> Point:
    """What comes of answering from `threshold` up; nothing answered is nothing wrong."""
    answered = [case for case in cases if case.confidence >= threshold]
    share = len(answered) / len(cases) if cases else 0.0
    return Point(threshold, share, sum(case.right for case in answered) / len(answered) if answered else 1.0)


def curve(cases: Sequence[Case]) -> list[Point]:
    """A point for each threshold that makes a difference, the fewest answered first."""
    return [point(cases, threshold) for threshold in sorted({case.confidence for case in cases}, reverse=True)]


def at_share(points: Sequence[Point], answered: float) -> Point | None:
    """The point at which at least this share is answered; None where there is no point."""
    return next((p for p in points if p.answered >= answered - 1e-9), points[-1] if points else None)


def most_answered(points: Sequence[Point], right: float) -> Point | None:
    """The point with the most answered of which at least this share is right; None where there is none."""
    kept = [p for p in points if p.right >= right]
    return max(kept, key=lambda p: p.answered, default=None)


def area(cases: Sequence[Case]) -> float:
    """The mean share wrong over all shares answered, 0 (best) to 1."""
    ordered = sorted(cases, key=lambda case: (-case.confidence, case.right))
    wrong, total = 0, 0.0
    for number, case in enumerate(ordered, 1):
        wrong += not case.right
        total += wrong / number
    return total / len(ordered) if ordered else 0.0
