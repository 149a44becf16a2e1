"""Years of experience and roles, read from the words of a message."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import profile
from tests.conftest import TODAY

CASES = [
    tuple(line.split(" => ", 1))
    for line in (Path(__file__).parent / "experience.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def _years(said: str) -> tuple[float, float] | None:
    if said == "-":
        return None
    low, _, high = said.partition("..")
    return float(low), float(high or low)


@pytest.mark.parametrize("number", ["101", "9" * 30, "9" * 400])
def test_more_than_a_life_of_experience_is_a_slip(number: str) -> None:
    """However large the number is."""
    assert profile.experience(f"{number} years of experience", TODAY) is None


@pytest.mark.parametrize(("text", "said"), CASES)
def test_years_are_read_in_any_form(text: str, said: str) -> None:
    """The asker's years are read, and ages, deadlines, courses and other people's years are not."""
    found = profile.experience(text, TODAY)
    expected = _years(said)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert (pytest.approx(found.low, abs=0.01), pytest.approx(found.high, abs=0.01)) == expected


@given(st.text(max_size=200))
def test_any_text_gives_years_or_none(text: str) -> None:
    """No text makes the reading fail, and years are never negative."""
    found = profile.experience(text, TODAY)
    assert found is None or (0 <= found.low <= found.high and not math.isnan(found.high))


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("data engineer here (airflow, spark), 3 years", True),
        ("i'm a data engineer and want to build models", True),
        ("as a data engineer, what do i lack", True),
        ("how long does a data engineer need", False),
        ("i want to become a data engineer", False),
        ("data scientist vs data engineer", False),
    ],
)
def test_a_role_is_claimed_or_aimed_at(text: str, claimed: bool) -> None:
    """What the asker is told apart from what the asker wants to become or asks about."""
    assert profile.claims(text, "data engineer") is claimed
