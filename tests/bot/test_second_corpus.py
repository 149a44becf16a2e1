"""Guides about something else than the ones that come with the program work with no change to code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import evaluate
from bot.messages import Ask
from bot.wiring import Bot

CORPUS = Path(__file__).parents[1] / "second_corpus"
LEAST = 0.85


def quiet(_doing: str, _done: int, _of: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="module")
def gardener(make_bot: Callable[[Path, Path], Bot], tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """A bot over the guides about houseplants."""
    made = make_bot(CORPUS, tmp_path_factory.mktemp("houseplants"))
    report = made.reindex(quiet)
    assert report.published, report.failures
    return made


def test_questions_about_another_subject_are_answered(gardener: Bot) -> None:
    """Of thirty questions about houseplants, written before any was asked, at least 85% are answered right."""
    report = evaluate.corpus(gardener, quiet)
    assert report.figures["right"] >= LEAST, report.wrong


def test_an_axis_may_be_measured_in_any_unit(gardener: Bot) -> None:
    """A table whose rows are weeks is read from days, months and weeks alike, and asks for what is missing."""
    recommended = gardener.recommend("holiday", {"absence": "10 days", "pots": "many"})
    assert recommended.recommendation is not None
    assert ("Wick from a bucket", "capillary mat") == recommended.recommendation.options
    asked = gardener.handle(Ask("I have dozens of plants and leave for the holidays, what should i do about watering?"))
    assert ("clarify", True) == (asked.outcome, "How long are you away?" in asked.text)


def test_of_two_tables_the_one_that_is_meant_is_read(gardener: Bot) -> None:
    """A question that names what one table decides gets that one."""
    answer = gardener.handle(Ask("recommend me a plant, it is dark and i have a cat"))
    assert answer.recommendation is not None
    assert "plant" == answer.recommendation.table
