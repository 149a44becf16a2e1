"""The questions that every new index must still answer, and whether it does."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from bot.messages import Answer, Ask, Outcome
from retrieval import markdown
from retrieval.errors import CollectionError

FILE = "questions.toml"


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question with what its answer must have; see corpus/README.md."""

    ask: str
    outcome: Outcome
    history: tuple[str, ...] = ()
    cites: str = ""
    says: tuple[str, ...] = ()
    recommends: tuple[str, ...] = ()
    suggest: bool = True


class _File(msgspec.Struct, forbid_unknown_fields=True):
    question: list[Check] = []


@dataclass(frozen=True)
class Failure:
    """A check question whose answer lacks something."""

    ask: str
    reason: str


class Answers(Protocol):
    """What answers a question; `bot.engine.Engine` fits."""

    def handle(self, ask: Ask) -> Answer:
        """The answer to a question."""
        ...


def load(corpus: Path) -> list[Check]:
    """The check questions of a corpus; none where it has no such file. Raises CollectionError."""
    path = corpus / FILE
    if not path.is_file():
        return []
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File).question
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise CollectionError(f"{path}: {error}; corpus/README.md says what a question may have") from error


def run(checks: Sequence[Check], answers: Answers) -> list[Failure]:
    """Ask every question and return those that fail, with the reason."""
    failures = []
    for check in checks:
        reason = _reason(check, answers.handle(Ask(check.ask, check.history)))
        if reason:
            failures.append(Failure(check.ask, reason))
    return failures


def _reason(check: Check, answer: Answer) -> str:
    if answer.outcome != check.outcome:
        return f"it is {answer.outcome}, not {check.outcome}"
    if check.cites and not any(_cites(check.cites, c.guide, c.section) for c in answer.citations):
        return f"it does not cite {check.cites}"
    shown = markdown.plain(" ".join([answer.text, *(c.quote for c in answer.citations)])).casefold()
    for words in check.says:
        if markdown.plain(words).casefold() not in shown:
            return f"it does not say “{words}”"
    options = " ".join(answer.recommendation.options).casefold() if answer.recommendation else ""
    for words in check.recommends:
        if words.casefold() not in options:
            return f"it does not recommend “{words}”"
    return ""


def _cites(wanted: str, guide: str, section: Sequence[str]) -> bool:
    name, _, heading = wanted.partition(" > ")
    return name == guide and (not heading or heading in section)
