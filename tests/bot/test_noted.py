"""The questions that are noted in guides are answered by the passages for which they are noted, or listed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot import noted
from bot.wiring import Bot

GUIDE = """---
title: Ferns
source:
  publisher: Green Desk
---

# Ferns

## Water

Water a fern every 3 days.

> [!ASKED]
> how thirsty are ferns
> Is once a week enough for my fern?

> [!GAP]
> The guide does not say which fertiliser a fern needs.

> [!ASKED]
> Which fertiliser do I buy?

## Light

Ferns like shade.

> [!ASKED]
> thanks!
"""


def quiet(_doing: str, _done: int, _of: int) -> None:
    """Progress that nobody watches."""


def test_a_question_that_its_passage_does_not_answer_is_listed(make_bot: Callable[[Path, Path], Bot], tmp_path: Path) -> None:
    """By the line of the guide and with what was answered; those that are answered so, or refused below a gap, are not."""
    guides = tmp_path / "corpus" / "guides"
    guides.mkdir(parents=True)
    (guides / "ferns.md").write_text(GUIDE, "utf-8")
    bot = make_bot(tmp_path / "corpus", tmp_path / "home")
    bot.reindex(quiet)
    report = noted.measure(bot, quiet)
    assert report.figures == {"questions noted": 4.0, "answered by their passage": 0.75}
    assert report.wrong == ("ferns.md:28 'thanks!': not answered (small_talk)",)


def test_the_questions_of_our_own_guides_are_answered_by_their_passages(bot: Bot) -> None:
    """All but a few, which is what a change to search or to the guides could lose without anybody's notice."""
    report = noted.measure(bot, quiet)
    assert report.figures["questions noted"] > 1_000
    assert report.figures["answered by their passage"] >= 0.97, report.wrong
