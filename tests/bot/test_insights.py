"""What people ask, counted and grouped by meaning with the real model."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from bot import insights
from bot.insights import Insights
from bot.render import chart
from bot.store import DAY, Asked, Feedback
from bot.wiring import Bot

NOW = 100 * DAY


def _asked(texts: list[str], outcome: str, *, at: float = NOW - DAY, guides: tuple[str, ...] = ()) -> list[Asked]:
    return [Asked(f"{outcome}:{at}:{n}:{text}", text, outcome, guides, "g1", at) for n, text in enumerate(texts)]


def _gathered(bot: Bot) -> Insights:
    questions = [
        *_asked(["do I need a PhD?"] * 3, "answered", guides=("degrees", "career-switch")),
        *_asked(["which path?"], "recommended", guides=("degrees",)),
        *_asked(
            ["is remote work common?", "can I do remote work?", "Is remote work common?", "do they allow remote work?"],
            "not_covered",
        ),
        *_asked(["what is the best pizza in Naples"], "not_covered"),
        *_asked(["hi"], "small_talk", at=NOW - 10 * DAY),
        *_asked(["far too old"], "answered", at=NOW - 40 * DAY),
    ]
    first, second = questions[0].answer, questions[1].answer
    ratings = [
        Feedback(first, "ann", "up", "", NOW), Feedback(first, "ben", "down", "", NOW), Feedback(second, "ann", "up", "", NOW),
        Feedback("another answer", "ann", "up", "", NOW),
    ]  # fmt: skip
    return insights.gather(questions, ratings, bot.engine().searcher, NOW)


def test_outcomes_and_opinions_are_counted_apart(bot: Bot) -> None:
    """Each outcome; thumbs up, thumbs down, and answers with neither; only those of the days that are looked at."""
    found = _gathered(bot)
    assert found.outcomes == {"answered": 3, "recommended": 1, "clarify": 0, "not_covered": 5, "small_talk": 1, "rejected": 0}
    assert (found.up, found.down, found.unrated) == (2, 1, 8)
    assert sum(sum(week.outcomes.values()) for week in found.weeks) == 10
    assert [sum(week.outcomes.values()) for week in found.weeks][-2:] == [1, 9]


def test_what_is_not_covered_is_grouped_by_meaning_largest_first(bot: Bot) -> None:
    """Each group with an example of it and the nearest section of a guide."""
    gaps = _gathered(bot).gaps
    assert [gap.asked for gap in gaps] == [4, 1]
    assert "remote" in gaps[0].example.casefold()
    titles = [guide.title for guide in bot.engine().searcher.generation.guides.values()]
    assert all(gap.nearest.startswith(tuple(titles)) for gap in gaps)


def test_guides_are_told_by_use_and_by_age(bot: Bot) -> None:
    found = _gathered(bot)
    assert [count for _, count in found.cited] == [4, 3]
    dates = [date for _, date in found.oldest]
    assert dates == sorted(dates)
    assert len(dates) == len(bot.engine().searcher.generation.guides)


def test_it_is_told_in_lines_and_as_a_picture(bot: Bot) -> None:
    """The words say all that the picture shows."""
    found = _gathered(bot)
    lines = "\n".join(insights.describe(found))
    assert "Questions in 30 days: 10 (3 answered, 1 recommended, 5 not covered and 1 small talk)" in lines
    assert "with 👍: 2, with 👎: 1, with neither: 8" in lines
    image = Image.open(io.BytesIO(chart.picture(found)))
    assert image.width > image.height
    assert chart.SHADES["not_covered"].lstrip("#") in {
        "".join(f"{c:02x}" for c in pixel) for pixel in set(image.convert("RGB").get_flattened_data())
    }
    assert "5 not covered" in chart.describe(found)


def test_nobody_has_asked_anything(bot: Bot) -> None:
    found = insights.gather([], [], bot.engine().searcher, NOW)
    assert insights.describe(found)[0] == "Questions in 30 days: 0"
    assert chart.picture(found).startswith(b"\x89PNG")


def test_every_question_is_in_one_group() -> None:
    vectors = np.eye(4, dtype=np.float32)[[0, 1, 0, 2, 0, 1]]
    assert insights.communities(vectors) == [[0, 2, 4], [1, 5], [3]]
