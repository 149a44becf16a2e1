"""The gate: a new generation answers beside the one that serves, and has to answer every check question as it must."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import checks
from bot.checks import Check
from bot.engine import Engine
from bot.messages import Answer, Ask, Citation
from bot.reindexing import differences
from bot.reindexing.differences import KINDS, Difference
from bot.reindexing.report import Failure
from retrieval import markdown, words
from retrieval.ports import Generation
from retrieval.reading import Progress


@dataclass(frozen=True)
class Verdict:
    """What the gate found. `compared` counts the questions that both generations answered."""

    asked: int
    failures: tuple[Failure, ...]
    compared: int
    differences: tuple[Difference, ...]


def judge(wanted: Sequence[Check], asked: Sequence[str], before: Engine | None, after: Engine, corpus: Path, progress: Progress) -> Verdict:
    """Ask the check questions and those that people `asked` of both generations; `before` is None where none serves."""
    failures: list[Failure] = []
    found: list[Difference] = []
    questions = _questions(wanted, asked)
    progress("checking", 0, len(questions))
    for done, (ask, check) in enumerate(questions, 1):
        then, now = before.handle(ask) if before else None, after.handle(ask)
        if check is not None and (reason := checks.lacks(check, now)):
            failures.append(_failure(check, reason, then, now, after.searcher.generation, corpus))
        if then is not None and (difference := differences.between(ask.question, then, now)) is not None:
            found.append(difference)
        progress("checking", done, len(questions))
    found.sort(key=lambda d: KINDS.index(d.kind))
    return Verdict(len(wanted), tuple(failures), len(questions) if before else 0, tuple(found))


def _questions(wanted: Sequence[Check], asked: Sequence[str]) -> list[tuple[Ask, Check | None]]:
    """Every question once: the check questions, then those that people asked beside them."""
    checked = {check.ask.casefold().strip() for check in wanted if not check.history}
    others = dict.fromkeys(question for question in asked if question.casefold().strip() not in checked)
    return [*((Ask(check.ask, check.history), check) for check in wanted), *((Ask(question), None) for question in others)]


def _failure(check: Check, reason: str, before: Answer | None, after: Answer, generation: Generation, corpus: Path) -> Failure:
    return Failure(
        check.ask, reason, f"{corpus.name}/{checks.FILE}:{check.line}", _guide_place(check, before, after, generation),
        already=before is not None and bool(checks.lacks(check, before)), shown=differences.shown(after),
    )  # fmt: skip


def _guide_place(check: Check, before: Answer | None, after: Answer, generation: Generation) -> str:
    """File and line of a passage, as the guide stands now: of what was cited before, else of what is wanted, else of what is cited."""
    there = generation.passages.of_guide(check.cites.partition(" > ")[0]) if check.cites else []
    wanted = next((p for p in there if checks.cites(check.cites, p.guide, p.section)), None)
    if wanted is not None and not (before and before.citations):
        return f"{generation.guides[wanted.guide].path}:{wanted.lines[0]}"
    for answer in (before, after):
        if answer is not None and answer.citations:
            deciding = _deciding(check, answer.citations)
            return _now(deciding, _core(check, deciding.quote), generation)
    return ""


def _deciding(check: Check, citations: Sequence[Citation]) -> Citation:
    """The citation that a check question is about: the one with the words that it wants, else the place, else the first."""

    def fits(citation: Citation) -> tuple[bool, bool]:
        quote = markdown.plain(citation.quote).casefold()
        says = any(markdown.plain(w).casefold() in quote for w in (*check.says, *check.recommends))
        return says, bool(check.cites) and checks.cites(check.cites, citation.guide, citation.section)

    return max(citations, key=fits)


def _core(check: Check, quote: str) -> str:
    """What of a quote is wanted: of a table the row with the words, else its last; all of other texts."""
    lines = quote.split("\n")
    if not lines[-1].lstrip().startswith("|"):
        return quote
    wanted = [markdown.plain(w).casefold() for w in (*check.says, *check.recommends)]
    return next((line for line in lines if any(w in markdown.plain(line).casefold() for w in wanted)), lines[-1])


def _now(citation: Citation, core: str, generation: Generation) -> str:
    """Where the core of a citation from another generation stands now; where it stood, if its section is gone."""
    there = [p for p in generation.passages.of_guide(citation.guide) if p.section == citation.section]
    if not there:
        return f"{citation.path}:{citation.lines[1]}"
    quoted = set(words.stems(core))

    def nearness(text: str, line: int) -> tuple[float, int]:
        stems = set(words.stems(text))
        return len(quoted & stems) / (len(quoted | stems) or 1), -abs(line - citation.lines[1])

    nearest = max(there, key=lambda p: nearness(p.text, p.lines[0]))
    return f"{generation.guides[nearest.guide].path}:{nearest.lines[0]}"
