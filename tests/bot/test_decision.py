"""Recommendations are read from the guides' tables, whatever their subject."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.messages import Answer, Ask
from bot.wiring import Bot
from retrieval.errors import RequestError
from tests.conftest import quiet


@pytest.mark.parametrize(
    ("experience", "goal", "options"),
    [
        ("18 months", "product", ("Self-study/portfolio", "bootcamp (6-12 months)")),
        ("0", "product", ("Self-study/portfolio", "bootcamp (6-12 months)")),
        ("2 years", "research", ("Master's programme (1-2 years)",)),
        ("3+", "product", ("Internal pivot (3-6 months)", "self-study")),
        ("a decade", "research", ("Master's + research focus (2+ years)",)),
        ("2.5 yrs", "research", ("Master's programme (1-2 years)", "Master's + research focus (2+ years)")),
    ],
)
def test_the_cell_where_both_axes_meet_is_recommended(bot: Bot, experience: str, goal: str, options: tuple[str, ...]) -> None:
    """Every cell can be reached, and between two rows both are shown."""
    answer = bot.recommend("path", {"experience": experience, "goal": goal})
    assert answer.recommendation is not None
    assert ("recommended", options, ()) == (answer.outcome, answer.recommendation.options, answer.recommendation.missing)


@pytest.mark.parametrize(
    ("values", "missing"), [({}, ("experience", "goal")), ({"goal": "product"}, ("experience",)), ({"experience": "1"}, ("goal",))]
)
def test_what_is_missing_is_asked_for(bot: Bot, values: dict[str, str], missing: tuple[str, ...]) -> None:
    """The bot asks for exactly what it does not know."""
    answer = bot.recommend(None, values)
    assert answer.recommendation is not None
    assert ("clarify", missing) == (answer.outcome, answer.recommendation.missing)


@pytest.mark.parametrize(
    ("table", "values", "says"),
    [
        ("nosuch", {}, "tables that can be asked: path"),
        ("path", {"goal": "fame"}, "product or research"),
        ("path", {"experience": "much"}, "an amount such as"),
    ],
)
def test_a_wrong_value_is_refused_with_what_can_be_given(bot: Bot, table: str, values: dict[str, str], says: str) -> None:
    """An error names what was wrong and what would be right."""
    with pytest.raises(RequestError, match=says):
        bot.recommend(table, values)


@pytest.mark.parametrize(
    ("message", "options"),
    [
        ("I have a dark room and half a year of experience, which path?", ("Fern", "ivy")),
        ("4 years of plants, south window. what do you recommend?", ("Bonsai",)),
        ("3 yrs, no sun, rather shade. recommend something", ("Orchid (6 months)",)),
    ],
)
def test_a_table_of_another_subject_needs_no_code(
    make_bot: Callable[[Path, Path], Bot], plants: Path, tmp_path: Path, message: str, options: tuple[str, ...]
) -> None:
    """A guide about anything else gets its recommendations from its own table."""
    bot = make_bot(plants, tmp_path / "home")
    bot.reindex(quiet)
    answer: Answer = bot.handle(Ask(message))
    assert answer.recommendation is not None
    assert ("recommended", options) == (answer.outcome, answer.recommendation.options)
