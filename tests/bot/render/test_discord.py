"""What an answer becomes on Discord: within every limit, and with nothing in it that acts."""

from __future__ import annotations

import random
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matrix import Matrix
from bot.messages import Answer, Citation, Claim, Disagreement, Recommendation
from bot.render import discord as render
from bot.render import discord_parts as parts
from tests.servers import discord_limits, discord_schema

HOSTILE = (
    "@everyone", "@here", "<@1>", "<@!1>", "<@&1>", "<#1>", "</ask:1>", "<t:1:R>", "<:x:1>", "<a:x:1>", "<id:browse>", "<https://x.y>",
    "[click](https://evil.example)", "[a](javascript:alert(1))",
    "https://evil.example/x", "http://a.b", "discord.gg/abc", "||spoiler||", "**b**",
    "__u__", "~~s~~", "*i*", "_i_", "`code`", "```js\ncode\n```", "# head", "## head", "### head", "-# small", "> quote", ">>> quote",
    "- item",
    "* item", "+ item", "1. item", "12) item", "\u202egnp.exe", "\u2066x\u2069", "\u200f", "\u200b", "\x00", "\x1b[31m", "\ud800", "\ufeff",
    "\n", "\n\n\n", "\r\n", "\\", "\\\\", "😀", "👩\u200d👩\u200d👧", "ﷺ" * 5, "ก็็็็็", "a" * 300, "word " * 80, "Sentence one. " * 40,
    "漢" * 90,
)  # fmt: skip
URLS = (
    None, "https://a.example/x", "javascript:alert(1)", "https://a.example/" + "x" * 600, "http://[", "https://u:p@x.y", "https://x.y/ z",
    "\u202ehttps://x", "HTTPS://A.EXAMPLE", "https://a.example/\u00e9", "//a.example", "data:text/html,x", "",
)  # fmt: skip
OUTCOMES = ("answered", "recommended", "clarify", "not_covered", "small_talk", "rejected")


class _Hostile:
    """Answers that somebody made to break the renderer, each from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  # nothing here is a secret

    def text(self, most: int = 12) -> str:
        chosen = self._random.choices(HOSTILE, k=self._random.randint(0, most))
        return self._random.choice((" ", "\n", "")).join(chosen)

    def line(self) -> str:
        return self.text(3)

    def long(self) -> str:
        return self.text() * self._random.choice((1, 1, 1, 3, 20))

    def lines(self, most: int) -> tuple[str, ...]:
        return tuple(self.line() for _ in range(self._random.randint(0, most)))

    def maybe(self, value: Any) -> Any:
        return value if self._random.random() < 0.6 else None

    def citation(self) -> Citation:
        return Citation(
            self._random.randint(1, 99), self.line(), self.line(), self.line(), self.lines(3), (1, 2), self.long(), self.maybe(self.line()),
            self.maybe(self.line()), self._random.choice(URLS), self.maybe(self.line()), self.lines(3),
        )  # fmt: skip

    def disagreement(self) -> Disagreement:
        return Disagreement(self.line(), tuple(Claim(self.line(), n) for n in range(self._random.randint(0, 6))))

    def answer(self) -> Answer:
        some = self._random.randint
        recommended = Recommendation(self.line(), {}, (), self.lines(1), 1)
        return Answer(
            self.line(), self.text(), self._random.choice(OUTCOMES), self.long(), tuple(self.citation() for _ in range(some(0, 8))),
            self.maybe(recommended), tuple(self.disagreement() for _ in range(some(0, 3))), self.lines(8), self.long(),
        )  # fmt: skip

    def matrix(self) -> Matrix | None:
        columns, rows = self._random.randint(1, 6), self._random.randint(0, 12)
        header = tuple(self.line() for _ in range(columns))
        return self.maybe(Matrix(self.line(), self.line(), header, tuple(header for _ in range(rows)), ("a", "b"), ((0, 1), (2, 2))))


@settings(max_examples=10_000, deadline=None)
@given(seed=st.integers(0, 2**64), private=st.booleans(), page=st.integers(0, 3))
def test_no_answer_breaks_a_limit_or_acts(seed: int, private: bool, page: int) -> None:
    """10,000 hostile answers: every limit of Discord's is kept, nobody is called, nothing in a text is Markdown of theirs."""
    hostile = _Hostile(seed)
    answer, matrix = hostile.answer(), hostile.matrix()
    _holds(render.render(answer, matrix, private=private, page=page, asked=hostile.text()))
    _holds(render.shared(answer, matrix, hostile.line(), hostile.text()))
    _holds(render.fallback(answer))
    _holds(render.notice(answer.text))


def _holds(payload: dict[str, Any]) -> None:
    assert payload["allowed_mentions"] == {"parse": []}
    assert discord_limits.refused(payload, files=len(payload.get("attachments", ()))) is None
    components = payload.get("components", [])
    every = list(parts.walk(components))
    assert len(every) <= 40
    assert parts.length("".join(c.get("content", "") + c.get("label", "") for c in every)) <= 4_000
    for component in every:
        _fits(component)
    for text in [c["content"] for c in every if c["type"] == parts.TEXT] + [payload.get("content", "")]:
        assert active(text) == [], text
        text.encode()


def _fits(component: dict[str, Any]) -> None:
    assert len(component.get("label", "")) <= 80
    assert len(component.get("custom_id", "")) <= 100
    assert len(component.get("url", "")) <= 512
    if component["type"] == parts.ACTION_ROW:
        assert 1 <= len(component["components"]) <= 5
    if component["type"] == parts.CONTAINER:
        assert component["components"]
    if component["type"] == parts.GALLERY:
        assert all(1 <= len(item["description"]) <= 1_024 for item in component["items"])


_OURS = re.compile(r"^(?:> |-# |▶ )+|\*\*(?=\S)|(?<=\S)\*\*", re.MULTILINE)
_ACTIVE = re.compile(
    r"[*_~|`#<>\[\]]|@(?:everyone|here)|https?://|^\s*(?:[-+]\s|\d+[.)]\s)|[\u202a-\u202e\u2066-\u2069\u200e\u200f\ud800-\udfff\x00-\x08\x1b]",
    re.MULTILINE,
)


def active(text: str) -> list[str]:
    """Everything in a text that Discord would act on, apart from what the renderer itself writes."""
    bare = re.sub(r"\\[^0-9A-Za-z\s]", "\ue000", text)
    return [found[0] for found in _ACTIVE.finditer(_OURS.sub("", bare))]


def _answer_with(**more: Any) -> Answer:
    citation = Citation(1, "g", "g.md", "A guide", ("Part",), (1, 2), "What stands there.", "Us", None, "https://a.example/g", "2026-01-01")
    return msgspec.structs.replace(Answer("7", "Is it so?", "answered", "It is so [1].", (citation,)), **more)


def test_an_answer_has_its_text_its_quote_and_a_link_to_its_source() -> None:
    """Text, then the quote with guide, section, publisher and date beside a button that opens it."""
    box, *_ = render.render(_answer_with())["components"]
    text, section = box["components"]
    assert text["content"] == "It is so \\[1\\]."
    assert section["components"][0]["content"] == "> **\\[1\\]** “What stands there.”\n-# A guide \\> Part \\(Us, updated 2026-01-01\\)"
    assert section["accessory"] == {"type": 2, "style": 5, "label": "Open", "url": "https://a.example/g"}


def test_a_quoted_table_has_a_line_for_each_row() -> None:
    """Rows stand below each other, each with its own cells, all within the one quote."""
    table = "| Path | Time | Cost |\n|---|---|---|\n| Pivot | 6 months | $0 |\n| Bootcamp | 3 months | $3K |"
    box, *_ = render.render(_answer_with(citations=(msgspec.structs.replace(_answer_with().citations[0], quote=table, url=None),)))[
        "components"
    ]
    quoted = [line for line in box["components"][1]["content"].split("\n") if line.startswith("> ")]
    assert len(quoted) == 2
    assert all(
        cell in line for line, cells in zip(quoted, (("Pivot", "6 months"), ("Bootcamp", "3 months")), strict=True) for cell in cells
    )


def test_a_disagreement_is_amber_and_has_both_figures() -> None:
    """Two figures stand in a box of their own, in the colour of caution, and in words."""
    differing = Disagreement("the duration", (Claim("3 months", 1), Claim("6 months", 2)))
    boxes = [c for c in render.render(_answer_with(disagreements=(differing,)))["components"] if c["type"] == parts.CONTAINER]
    amber = next(box for box in boxes if box["accent_color"] == render.AMBER)
    said = amber["components"][0]["content"]
    assert said == "**The guides disagree about the duration**\n**3 months**: \\[1\\] A guide, updated 2026-01-01\n**6 months**: \\[2\\]"


def test_every_button_carries_an_identifier_and_no_text() -> None:
    """What a button is for stands in its custom_id; the question that it asks does not."""
    answer = _answer_with(id="7", outcome="not_covered", suggestions=("Do I need a PhD?", "x" * 200))
    buttons = [c for c in parts.walk(render.render(answer)["components"]) if "custom_id" in c]
    assert [b["custom_id"] for b in buttons] == ["fp:ask:7:0", "fp:ask:7:1", "fp:up:7", "fp:down:7"]
    assert buttons[1]["label"] == "x" * 79 + "…"


def test_what_does_not_fit_is_on_the_next_page() -> None:
    """All pages together hold every quote, none twice, and each page but the last has a button for the next."""
    citations = tuple(msgspec.structs.replace(_answer_with().citations[0], n=n, quote=f"quote {n}. " * 40) for n in range(1, 20))
    answer = _answer_with(citations=citations)
    pages = [render.render(answer, page=page) for page in range(render.pages(answer))]
    seen = [
        re.findall(r"\*\*\\\[(\d+)\\\]\*\*", c["content"]) for p in pages for c in parts.walk(p["components"]) if c["type"] == parts.TEXT
    ]
    assert [int(n) for found in seen for n in found] == list(range(1, 20))
    more = [any(c.get("label") == "Show the rest" for c in parts.walk(p["components"])) for p in pages]
    assert more == [True] * (len(pages) - 1) + [False]


def test_the_table_marks_the_askers_cell_in_words() -> None:
    """The asker's cell says so in the text and in the description of the picture."""
    table = Matrix("path", "Path", ("Years", "Product", "Research"), (("0-2", "bootcamp", "master's"),), ("years", "goal"), ((0, 1),))
    recommended = Recommendation("path", {}, ("bootcamp",), (), 1)
    payload = render.render(_answer_with(outcome="recommended", recommendation=recommended), table)
    texts = [c["content"] for c in parts.walk(payload["components"]) if c["type"] == parts.TEXT]
    assert "**0-2**\n▶ **You are here.** Product: bootcamp ◀\nResearch: master's" in texts
    assert payload["attachments"][0]["description"].startswith("You are here: 0-2, Product: bootcamp.")
    assert discord_schema.problems(payload, "MessageCreateRequest") == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_in_a_question_or_a_guide_acts(hostile: str) -> None:
    """Each hostile text, in each place that shows a text of others, stays a text."""
    citation = msgspec.structs.replace(_answer_with().citations[0], quote=hostile, title=hostile, section=(hostile,), publisher=hostile)
    payload = render.render(_answer_with(text=f"{hostile}\n{hostile}", citations=(citation,)), asked=hostile)
    _holds(payload)
    assert discord_schema.problems(payload, "MessageCreateRequest") == []
