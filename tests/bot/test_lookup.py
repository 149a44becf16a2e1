"""Questions over a table's values are answered from the values."""

from __future__ import annotations

import pytest

from bot.messages import Ask
from bot.wiring import Bot


@pytest.mark.parametrize(
    ("question", "has", "lacks"),
    [
        ("what is the cheapest path?", "Internal pivot ($0)", "Bootcamps"),
        ("what is the most expensive path?", "Bootcamps/structured courses ($3K-$10K)", "Internal"),
        ("which path is the shortest?", "Bootcamps/structured courses (3 months)", "Internal"),
        (
            "which backgrounds have the shortest timeline into MLE?",
            "Data scientist (3-6 months) and Research scientist (PhD) (3-6 months)",
            "Statistician",
        ),
        ("which paths cost under $1000?", "Internal pivot ($0) and Self-study + portfolio ($0-$500)", "Bootcamps"),
        ("which of the destination roles has the highest median salary?", "$150,000-$300,000+", "Product Manager"),
    ],
)
def test_a_superlative_or_a_limit_is_read_from_the_table(bot: Bot, question: str, has: str, lacks: str) -> None:
    """The rows that answer are named with their values, the others are not."""
    answer = bot.handle(Ask(question))
    assert (True, False) == (has in answer.text, lacks in answer.text)
    assert answer.citations
