"""What flows through the program: questions in, answers out. All frozen; platforms differ in rendering only."""

from __future__ import annotations

from typing import Literal

import msgspec

Outcome = Literal["answered", "recommended", "clarify", "not_covered", "small_talk", "rejected"]


_FOR_RENDERINGS = ("language", "rephrased")


class Ask(msgspec.Struct, frozen=True):
    """A question as it was typed, with the same person's earlier messages in the thread, oldest first."""

    question: str
    history: tuple[str, ...] = ()
    id: str = ""


class Citation(msgspec.Struct, frozen=True):
    """A passage of a guide. `quote` stands at `lines` of `path` word for word; "…" marks what was left out."""

    n: int
    guide: str
    path: str
    title: str
    section: tuple[str, ...]
    lines: tuple[int, int]
    quote: str
    publisher: str | None
    author: str | None
    url: str | None
    updated: str | None
    references: tuple[str, ...] = ()


class Recommendation(msgspec.Struct, frozen=True):
    """What a decision table of a guide says for the asker.

    `matched` maps each axis to the heading that fits, `missing` names the axes that the asker has not given, `options`
    are the options of the cell, or of the cells that remain, as they stand in the guide.
    """

    table: str
    matched: dict[str, str]
    options: tuple[str, ...]
    missing: tuple[str, ...]
    citation: int


class Claim(msgspec.Struct, frozen=True):
    """A figure, as a cited passage has it."""

    figure: str
    citation: int


class Disagreement(msgspec.Struct, frozen=True):
    """Different figures for the same thing, each with its place; the bot picks none."""

    about: str
    claims: tuple[Claim, ...]


class Answer(msgspec.Struct, frozen=True):
    """The bot's answer. Field by field the object that `fingerpost ask --json` prints, but for what only renderings need.

    `language` is that of the bot's own words, by its code; quotes stay as they stand in the guide. `rephrased` where a
    language model has put `text` into words. These two are not printed.
    """

    id: str
    question: str
    outcome: Outcome
    text: str
    citations: tuple[Citation, ...] = ()
    recommendation: Recommendation | None = None
    disagreements: tuple[Disagreement, ...] = ()
    suggestions: tuple[str, ...] = ()
    plain: str = ""
    generation: str = ""
    took_ms: float = 0.0
    language: str = "en"
    rephrased: bool = False


def printed(answer: Answer) -> str:
    """The answer object on one line of JSON."""
    whole = msgspec.to_builtins(answer)
    return msgspec.json.encode({name: value for name, value in whole.items() if name not in _FOR_RENDERINGS}).decode()
