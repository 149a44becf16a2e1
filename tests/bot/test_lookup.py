"""Questions over a table's values are answered from the values."""

from __future__ import annotations

import pytest

from bot import amounts
from bot.messages import Ask
from bot.speech import ENGLISH, Speech
from bot.wiring import Bot
from retrieval.quantities import figures


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
        (
            "which paths cost under $1000 and take less than 7 months",
            "Self-study + portfolio ($0-$500; time investment 3-6 months)",
            "pivot",
        ),
        ("cheapest path that takes at least 6 months", "Internal pivot ($0; time investment 6-12 months)", "Self-study"),
        ("shortest path under $1000", "Self-study + portfolio (3-6 months; cost $0-$500)", "Bootcamps"),
        ("what is the cheapest option over $1000?", "Bootcamps/structured courses ($3K-$10K)", "Internal pivot"),
        ("what is the longest option under 5 months?", "Bootcamps/structured courses (3 months)", "Internal pivot"),
        ("shortest path under 2 months", "None in “The paths compared” fits", "Bootcamps"),
        ("which paths take under half a year", "Bootcamps/structured courses (3 months)", "pivot"),
        ("which backgrounds need longer than 6 months", "Software engineer", "Data scientist"),
        ("how many paths cost less than 1000 dollars?", "2 of 3. What fits, by cost: Internal pivot ($0)", "Bootcamps"),
        ("which of the destination roles has the highest median salary?", "$150,000-$300,000+", "Product Manager"),
    ],
)
def test_a_superlative_or_a_limit_is_read_from_the_table(bot: Bot, question: str, has: str, lacks: str) -> None:
    """The rows that answer are named with their values, the others are not."""
    answer = bot.handle(Ask(question))
    assert (True, False) == (has in answer.text, lacks in answer.text)
    assert answer.citations


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("how much more does a bootcamp cost than self-study?", "The difference: $2,500 to $10,000."),
        ("how much longer does the internal pivot take than a bootcamp", "The difference: 3 months to 9 months."),
        ("how much do i save with self-study instead of a bootcamp", "The difference: $2,500 to $10,000."),
        ("what's the difference in salary between a senior and a mid-level ML engineer", "The higher of both: Senior ML engineer."),
        ("bootcamp vs internal pivot: which is faster?", "The longer of both: Internal pivot."),
    ],
)
def test_a_difference_is_worked_out_from_two_rows_that_are_cited(bot: Bot, question: str, says: str) -> None:
    """Of two rows the answer says which is more and what lies between them, and quotes both before anything else."""
    answer = bot.handle(Ask(question))
    assert says in answer.text
    assert 2 == len({citation.quote for citation in answer.citations[:2] if citation.quote.startswith("|")})


@pytest.mark.parametrize(
    ("question", "says"),
    [("how many certifications are there", "has 5: AWS"), ("how many roles can i go to after being an MLE?", "“Destination roles” has 5")],
)
def test_the_rows_of_a_table_are_counted(bot: Bot, question: str, says: str) -> None:
    """How many of a thing there are is read from the table that lists them."""
    assert says in bot.handle(Ask(question)).text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("i got offered 155k as mle, which level band is that in", "Mid-level ML engineer ($140,000-$200,000)"),
        ("whos the internal route meant for", "best for 3+ years SWE at tech firms"),
    ],
)
def test_a_row_is_found_by_an_amount_and_by_whom_it_is_for(bot: Bot, question: str, says: str) -> None:
    """An amount names the row whose range holds it; a column says for whom a row is."""
    assert says in bot.handle(Ask(question)).text


def test_a_limit_does_not_make_a_place_forgotten(bot: Bot) -> None:
    """A question over a column that names a place of which no table speaks is not answered from it."""
    assert "not_covered" == bot.handle(Ask("which destination roles pay over 200k in germany")).outcome


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        ("$150K", "$100,000", "$50,000"),
        ("$3K-$10K", "$0-$500", "$2,500 to $10,000"),
        ("3-6 months", "4-7 months", "up to 4 months"),
        ("1 year", "3 months", "9 months"),
        ("2 hours", "45 minutes", "75 minutes"),
        ("10%", "25%", "15 percentage points"),
        ("$300,000+", "$100,000-$140,000", "at least $160,000"),
        ("3+ years", "4+ years", ""),
        ("$5", "€3", ""),
        ("$5", "3 months", ""),
    ],
)
def test_what_lies_between_two_figures(one: str, other: str, says: str) -> None:
    """A difference is said in the smaller unit of the two; where ends are open or units differ, only what is certain."""
    assert says == amounts.difference(figures(one)[0], figures(other)[0], Speech.of(ENGLISH))
    assert says == amounts.difference(figures(other)[0], figures(one)[0], Speech.of(ENGLISH))
