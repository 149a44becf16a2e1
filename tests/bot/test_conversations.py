"""Messages that build on each other: follow-ups, corrections, changes of subject, several questions at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import quotes
from bot.messages import Ask
from bot.wiring import Bot
from retrieval import markdown

CASES = [
    markdown.cells(line)
    for line in (Path(__file__).parent / "conversations.md").read_text("utf-8").splitlines()
    if line.startswith("|") and not line.startswith(("|--", "| messages"))
]


@pytest.mark.parametrize(("messages", "outcome", "shows", "lacks"), CASES, ids=[case[0][-40:] for case in CASES])
def test_a_conversation(bot: Bot, messages: str, outcome: str, shows: str, lacks: str) -> None:
    """The last message of each conversation gets its outcome and its words, and nothing that belongs to an earlier one."""
    *history, question = messages.split(" / ")
    answer = bot.handle(Ask(question, tuple(history)))
    shown = " ".join([answer.text, *(quotes.readable(c.quote) for c in answer.citations)]).casefold()
    assert outcome == answer.outcome, answer.text
    assert [words for words in shows.split("; ") if words.casefold() not in shown] == []
    assert [words for words in lacks.split("; ") if words and words.casefold() in answer.text.casefold()] == []
