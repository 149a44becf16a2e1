"""Who publishes or writes a guide can be named to ask what that guide says."""

from __future__ import annotations

import pytest

from bot.messages import Ask
from bot.wiring import Bot

KICKSTART, GENI = "Interview Kickstart", "Resume Geni"


@pytest.mark.parametrize(
    ("question", "publishers"),
    [
        ("what does Resume Geni say about a PhD?", {GENI}),
        ("according to interview kickstart, when does a phd make sense?", {KICKSTART}),
        ("what does the Interview Kickstart article say about self-study", {KICKSTART}),
        ("Blake Crosley on portfolios?", {GENI}),
        ("summarize Interview Kickstart", {KICKSTART}),
        ("what sources does Resume Geni cite?", {GENI}),
        ("Interview Kickstart vs Resume Geni on needing a PhD", {KICKSTART, GENI}),
    ],
)
def test_a_question_that_names_a_publisher_or_an_author_is_answered_from_their_guides(
    bot: Bot, question: str, publishers: set[str]
) -> None:  # fmt: skip
    """From theirs alone, and from both where both are named."""
    assert publishers == {citation.publisher for citation in bot.handle(Ask(question)).citations}


def test_what_a_publisher_says_is_asked_without_its_name(bot: Bot) -> None:
    """The words of its name are none of the subject, nor taken for typos: "Geni" is no "genai"."""
    answer = bot.handle(Ask("what does Resume Geni say about a PhD?"))
    assert "Do I need a PhD to become an ML engineer?" == answer.citations[0].section[-1]
