"""Answers in Block Kit: every limit kept, nothing active in them, nothing lost."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import TypeVar, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matrix import Matrix
from bot.messages import Answer, Citation, Claim, Disagreement, Outcome, Recommendation
from bot.render import slack, slack_parts, slack_views
from tests.servers.slack_limits import message_problems, view_problems

T = TypeVar("T")
HOSTILE = (
    "<!channel>",
    "<@U0ANN>",
    "<#C0GEN>",
    "<http://evil.example|safe>",
    "`code`",
    "*bold*",
    "\u202eevil",
    "\u200f",
    "&lt;!here&gt;",
    ":tada:",
)
PIECES = (*HOSTILE, "a ", "word. ", "&", "<", "\n", "字", "🎉", "| a | b |\n", "\u0000", "\ud800", "é", " ", "")
URLS = (None, "https://example.org/a", "javascript:alert(1)", "http://[", "https://e.org/" + "x" * 4_000, "https://e.org/a|b>", "")


class Hostile:
    """Answers made of what an attacker would write, as many and as long as it gets. The same seed gives the same answer."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311

    def answer(self) -> Answer:
        """An answer; its engine is not asked whether it could have made it."""
        return Answer(
            self.text(), self.text(), self.one(get_args(Outcome)), self.text(), self.some(self.citation, 5),
            disagreements=self.some(self.disagreement, 2), suggestions=self.some(self.text, 7), plain=self.text(),
        )  # fmt: skip

    def matrix(self) -> Matrix:
        """A table, often too large, with cells marked that it may not have."""
        marked = self.some(lambda: (self._random.randrange(9), self._random.randrange(9)), 3)
        return Matrix(self.text(), self.text(), self.some(self.text, 22), self.some(lambda: self.some(self.text, 22), 6), marked=marked)

    def citation(self) -> Citation:
        """A citation of a guide that nobody has checked."""
        return Citation(
            self._random.randrange(60), self.text(), self.text(), self.text(), self.some(self.text, 4), (1, 2), self.text(), self.text(),
            self.text(), self.one(URLS), self.text(), self.some(self.text, 3),
        )  # fmt: skip

    def disagreement(self) -> Disagreement:
        """A disagreement of some figures."""
        return Disagreement(self.text(), self.some(lambda: Claim(self.text(), self._random.randrange(60)), 4))

    def text(self) -> str:
        """A text of hostile pieces, short or long, of one kind or mixed."""
        length = self.one((0, 1, 1, 2, 3, 5, 40, 300, 2_500) if self._random.random() < 0.06 else (0, 1, 1, 2, 3))
        if self._random.random() < 0.5:
            return self.one(PIECES) * length
        return "".join(self._random.choices(PIECES, k=length))

    def some(self, make: Callable[[], T], most: int) -> tuple[T, ...]:
        """Some things."""
        return tuple(make() for _ in range(self._random.randrange(most + 1)))

    def one(self, things: Sequence[T]) -> T:
        """One of some things."""
        return self._random.choice(things)


CITATION = Citation(
    1, "degrees", "corpus/guides/degrees.md", "Degrees", ("Paths", "Compared"), (4, 6), "A degree **is not** needed.", "Someone",
    "An Author", "https://example.org/degrees", "2026-03-17",
)  # fmt: skip
TABLE = Matrix(
    "path",
    "Choosing a path",
    ("Experience", "Product", "Research"),
    (("0-2 years", "Study", "Master's"), ("3+ years", "Pivot", "PhD")),
    ("experience", "goal"),
    ((1, 1),),
)


def _visible(payload: dict[str, object]) -> str:
    return " ".join(slack_parts.strings(payload["blocks"], only=("text", "url")))


def _mrkdwn(part: object) -> list[str]:
    """Every text of a payload that Slack reads as mrkdwn."""
    if isinstance(part, dict):
        here = [part["text"]] if part.get("type") == "mrkdwn" else []
        return here + [text for value in part.values() for text in _mrkdwn(value)]
    return [text for element in part for text in _mrkdwn(element)] if isinstance(part, list) else []


@settings(max_examples=10_000, deadline=None)
@given(st.integers(0, 2**32))
def test_any_answer_keeps_every_limit_and_is_harmless(seed: int) -> None:
    """Whatever stands in an answer, Slack takes its message, and nothing in it pings, links or formats."""
    hostile = Hostile(seed)
    matrix = hostile.matrix() if seed % 3 == 0 else None
    payload = slack.render(hostile.answer(), matrix, private=seed % 2 == 0, page=seed % 4)
    assert message_problems(payload) == []
    assert _mrkdwn(payload["blocks"]) == []
    assert not {"<", ">"} & set(payload["text"])
    assert not any(mark in json.dumps(payload, ensure_ascii=False) for mark in "\u202e\u202d\u200f\u2067")
    assert (payload["mrkdwn"], payload["unfurl_links"], payload["unfurl_media"]) == (False, False, False)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_shared_keeps_every_limit(seed: int) -> None:
    """The line that says who shares it fits as well."""
    hostile = Hostile(seed)
    assert message_problems(slack.shared(hostile.answer(), hostile.matrix(), hostile.text())) == []


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_any_home_and_modal_keeps_every_limit(seed: int) -> None:
    """Tables and questions of any size make views that Slack takes."""
    hostile = Hostile(seed)
    matrix = hostile.matrix()
    home = slack_views.home(hostile.some(hostile.text, 4), hostile.some(hostile.text, 6), has_tables=True, kept_days=7.0)
    assert (view_problems(home), "questions for 7 days" in str(home)) == ([], True)
    assert view_problems(slack_views.feedback("a1", {"channel": "C1"})) == []
    filled = Matrix("t", "Title", ("", *matrix.header, "x"), (*matrix.rows, ("y",)), ("experience", "goal"))
    assert view_problems(slack_views.path([filled, filled], 1, {"channel": "C1", "response_url": "https://hooks.example/1"})) == []


def test_an_answer_shows_its_quote_with_guide_section_date_and_link() -> None:
    """The quote is a quote; its place says where it stands; the source can be opened."""
    payload = slack.render(Answer("a1", "q", "answered", "No [1].", (CITATION,), plain="No [1]."))
    quote, place = payload["blocks"][1], payload["blocks"][2]
    assert quote["elements"][0]["type"] == "rich_text_quote"
    assert "".join(e["text"] for e in quote["elements"][0]["elements"]) == "[1] A degree is not needed."
    assert "[1] Degrees > Paths > Compared (Someone, An Author, updated 2026-03-17)" in _visible(payload)
    assert place["elements"][0]["elements"][-1] == {"type": "link", "url": "https://example.org/degrees", "text": "Open the source"}


def test_the_askers_cell_says_so_in_words() -> None:
    """The mark does not rest on bold alone."""
    answer = Answer(
        "a1", "q", "recommended", "Pivot [1].", (CITATION,), Recommendation("path", {"experience": "3+ years"}, ("Pivot",), (), 1)
    )
    table = next(block for block in slack.render(answer, TABLE)["blocks"] if block["type"] == "table")
    assert list(slack_parts.strings(table["rows"][2], only=("text",))) == ["3+ years", "You are here: Pivot", "PhD"]


def test_a_disagreement_shows_both_figures_with_their_places() -> None:
    """Neither figure is preferred."""
    claims = (Claim("6-12 months", 1), Claim("3-6 months", 1))
    payload = slack.render(
        Answer("a1", "q", "answered", "They differ [1].", (CITATION,), disagreements=(Disagreement("the time", claims),))
    )
    shown = _visible(payload)
    assert "The guides disagree about the time:" in shown
    assert "6-12 months: [1] Degrees, updated 2026-03-17" in shown
    assert "3-6 months: [1] Degrees, updated 2026-03-17" in shown


def test_what_is_not_covered_offers_questions_as_buttons() -> None:
    """A dead end has a way out; the button asks the whole question."""
    payload = slack.render(Answer("a1", "q", "not_covered", "Not covered.", suggestions=("Which path?", "How long does it take?")))
    buttons = [e for block in payload["blocks"] if block["type"] == "actions" for e in block["elements"]]
    assert [(b["text"]["text"], b["value"]) for b in buttons] == [
        ("Which path?", "Which path?"),
        ("How long does it take?", "How long does it take?"),
    ]


def test_a_long_answer_is_complete_over_its_pages() -> None:
    """Each page but the last leads to the next, and together they hold every quote."""
    citations = tuple(Citation(n, "g", "p", "T", (), (1, 1), f"Quote {n}. " + "word " * 300, None, None, None, None) for n in range(1, 31))
    answer = Answer("a1", "q", "answered", "Much.", citations)
    pages = [slack.render(answer, page=page) for page in range(slack.pages(answer))]
    shown = " ".join(_visible(page) for page in pages)
    assert all(f"Quote {n}." in shown for n in range(1, 31))
    leads = [
        [e["value"] for b in p["blocks"] if b["type"] == "actions" for e in b["elements"] if e["action_id"] == slack.REST] for p in pages
    ]
    assert leads == [[f"a1:{n}"] for n in range(1, len(pages))] + [[]]


def test_the_text_is_the_whole_answer_in_words() -> None:
    """What a screen reader and a notification say is what the terminal prints."""
    answer = Answer("a1", "q", "answered", "No [1].", (CITATION,), plain="No [1].\n\n[1] “A degree is not needed.”\n    Degrees > Paths")
    assert slack.render(answer)["text"] == slack_parts.escape(answer.plain)
