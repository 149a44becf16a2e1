"""The questions that every new index must still answer, and what an answer lacks."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec

from bot.messages import Answer, Outcome
from retrieval import markdown
from retrieval.errors import CollectionError

FILE = "questions.toml"
_ENTRY = re.compile(r"\s*\[\[\s*question\s*\]\]")
_ASK = re.compile(r"\s*[\"']?ask[\"']?\s*=")


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question with what its answer must have, as it stands in the file; see corpus/README.md."""

    ask: str
    outcome: Outcome
    history: tuple[str, ...] = ()
    cites: str = ""
    says: tuple[str, ...] = ()
    recommends: tuple[str, ...] = ()
    suggest: bool = True


class _File(msgspec.Struct, forbid_unknown_fields=True):
    question: list[_Written] = []


class Check(_Written, frozen=True):
    """A check question. `line` is where it is asked in the file, counted from 1."""

    line: int = 1


def load(corpus: Path) -> list[Check]:
    """The check questions of a corpus; none where it has no such file. Raises CollectionError."""
    path = corpus / FILE
    if not path.is_file():
        return []
    try:
        text = path.read_text("utf-8")
        written = msgspec.convert(tomllib.loads(text), _File).question
    except (OSError, ValueError) as error:
        raise CollectionError(f"{path}: {error}; corpus/README.md says what a question may have") from error
    lines = list(_lines(text))
    known = lines if len(lines) == len(written) else [1] * len(written)  # a file may also have them as one array
    return [Check(**msgspec.structs.asdict(w), line=line) for w, line in zip(written, known, strict=True)]


def lacks(check: Check, answer: Answer) -> str:
    """What the answer to a check question lacks, "" where it has everything."""
    if answer.outcome != check.outcome:
        return f"it is {answer.outcome}, not {check.outcome}"
    if check.cites and not any(cites(check.cites, c.guide, c.section) for c in answer.citations):
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


def cites(wanted: str, guide: str, section: Sequence[str]) -> bool:
    """Whether a place is the one that is wanted, such as "degrees" or "degrees > The paths compared"."""
    name, _, heading = wanted.partition(" > ")
    return name == guide and (not heading or heading in section)


def _lines(text: str) -> Iterator[int]:
    """The line on which each entry asks its question."""
    lines = text.split("\n")
    entries = [number for number, line in enumerate(lines) if _ENTRY.match(line)]
    for start, end in pairwise([*entries, len(lines)]):
        yield next((n for n in range(start, end) if _ASK.match(lines[n])), start) + 1
