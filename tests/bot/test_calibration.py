"""Share right against share answered."""

from __future__ import annotations

from pathlib import Path

from bot import calibration, evidence
from bot.wiring import Bot


def quiet(_doing: str, _done: int, _of: int) -> None:
    """Progress that nobody watches."""


def test_what_is_asked_for_tells_more_than_one_similarity(bot: Bot) -> None:
    """On the program's own questions, evidence with its checks tells right answers from wrong ones better than a similarity does."""
    found = calibration.corpus(bot, quiet)
    areas = {name: signal.auroc for name, signal in found.signals.items()}
    assert areas["evidence, checked"] > areas["evidence"] > areas["similarity"], areas
    assert found.now[0] == evidence.ENOUGH
    assert 0 < found.answerable < found.cases


def test_a_collection_is_weighed_with_its_documents_taken_away(bot: Bot) -> None:
    """Each question of a collection is weighed as it is and without the documents that answer it, which then is no right answer."""
    found = calibration.collection(bot, Path(__file__).parents[1] / "retrieval" / "bicycles", quiet)
    assert (found.cases, found.answerable) == (48, 24)
    assert found.signals["evidence"].shares[-1] <= 0.5


def test_thresholds_are_reported_on_the_half_that_they_were_not_chosen_on() -> None:
    """What is right in the first half alone chooses the threshold, what is in the second alone is reported."""
    sure, unsure = (0.9, True), (0.3, False)
    cases = [dict.fromkeys(calibration.SIGNALS, case) for case in (sure, unsure, unsure, (0.95, False))]
    signal = calibration.calibrate(cases, 2).signals["evidence"]
    assert (signal.threshold, signal.answered, signal.right) == (0.9, 0.5, 0.0)
    assert "| evidence | " in calibration.describe(calibration.calibrate(cases, 2))
