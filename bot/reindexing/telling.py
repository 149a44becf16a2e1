"""A report in words for people, the same in chat and in the terminal: plain lines, of which those of a list begin with "- "."""

from __future__ import annotations

import math
from collections import Counter

from bot.reindexing.differences import Difference, Shown, shorten
from bot.reindexing.report import Failure, Report
from bot.speech import ENGLISH, Speech

MOST_LINES = 20
MOST_CHARACTERS = 3_000  # of all lines together
MOST_NAMES = 5  # guides named of one kind
_KINDS = {
    "lost": "the answer is lost",
    "other outcome": "another kind of answer",
    "other recommendation": "another recommendation",
    "other figure": "another figure",
    "other citation": "another passage is cited",
    "gained": "answered now",
}
_OUTCOMES = {"not_covered": "not covered", "clarify": "asks back", "small_talk": "small talk", "rejected": "refused"}


def describe(report: Report, most: int = MOST_LINES) -> tuple[str, ...]:
    """What a reindex or a rollback did and changed, in at most `most` lines; of each difference both answers."""
    if report.problem:
        return (report.problem,)
    head = [*_guides(report), *_counted(report)]
    told = {f.ask for f in report.failures}
    changed = {d.question: d for d in report.differences}
    body = [_failed(f, changed.get(f.ask)) for f in report.failures]
    others = [d for d in report.differences if d.question not in told]
    body += [_differs(d) for d in others]
    return _cut([*head, *body], most, len(head))


def answer(shown: Shown, *, figures: bool = False) -> str:
    """An answer in short, such as "“Water a fern every 3 days.” (plants › Watering)".

    With `figures` it begins with them, unless the quotes show them all.
    """
    if shown.options:
        return f"recommends {Speech.of(ENGLISH).listed(shown.options, either=True)}"
    if not shown.citations:
        return ": ".join(part for part in (_OUTCOMES.get(shown.outcome, shown.outcome), shown.text) if part)
    cited = "; ".join(f"“{c.quote}” ({' › '.join(p for p in (c.guide, c.section) if p)})" for c in shown.citations)
    unseen = figures and any(figure not in cited for figure in shown.figures)
    return f"{Speech.of(ENGLISH).listed(shown.figures)}, from {cited}" if unseen else cited


def _guides(report: Report) -> list[str]:
    change = report.change
    kinds = (("added", change.added), ("changed", change.changed), ("removed", change.removed))
    named = [f"guides {kind}: {_names(paths)}" for kind, paths in kinds if paths]
    return named or ["no guide changed"]


def _names(paths: tuple[str, ...]) -> str:
    more = len(paths) - MOST_NAMES
    return ", ".join(paths[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _counted(report: Report) -> list[str]:
    lines = []
    if report.change.reused or report.change.embedded:
        lines.append(f"passages: {report.change.embedded} embedded, {report.change.reused} taken over")
    lines.append(f"check questions: {report.asked - len(report.failures)} of {report.asked} passed")
    if report.compared:
        kinds = Counter(d.kind for d in report.differences)
        said = "; ".join(f"{_KINDS[kind]}: {count}" for kind, count in kinds.items())
        lines.append(f"compared on {report.compared} questions: {said or 'every answer is the same'}")
    return lines


def _failed(failure: Failure, difference: Difference | None) -> str:
    places = ", ".join(p for p in (failure.where, failure.guide) if p)
    already = ", as it did before" if failure.already else ""
    both = _both(difference) if difference else f"Now: {_sentence(answer(failure.shown))}"
    return f"- “{failure.ask}” fails{already} ({places}): {failure.reason}. {both}"


def _differs(difference: Difference) -> str:
    return f"- “{shorten(difference.question)}”: {_KINDS[difference.kind]}. {_both(difference)}"


def _both(difference: Difference) -> str:
    before, after = difference.before, difference.after
    figures = difference.kind == "other figure" and before.figures != after.figures
    of_citations = difference.kind in ("other figure", "other citation")
    grown = of_citations and before.kept and not after.kept
    shrunk = of_citations and after.kept and not before.kept
    had = _sentence(answer(before, figures=figures and not grown))
    has = _sentence(answer(after, figures=figures and not shrunk))
    if grown:  # what is new would read like all that there is
        return f"As before: {had} Now also: {has}"
    return f"Before also: {had} Still: {has}" if shrunk else f"Before: {had} Now: {has}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "…", "!", "?")) else f"{text}."


def _cut(lines: list[str], most: int, head: int) -> tuple[str, ...]:
    """As many of the lines as there is room for, and how many more there are."""
    shown, room = 0, MOST_CHARACTERS
    while shown < len(lines) and room >= len(lines[shown]) and (shown < most - 1 or len(lines) == most):
        room -= len(lines[shown])
        shown += 1
    shown = max(shown, head)
    return tuple(lines) if shown >= len(lines) else (*lines[:shown], f"- and {len(lines) - shown} more")


def stage(doing: str, done: int, of: int) -> str:
    """How far a run is, such as "embedding 64 of 300"."""
    return f"{doing} {done} of {of}" if doing and of else doing or "about to begin"


def span(seconds: float) -> str:
    """A time in words, such as "40 s" or "3 minutes"."""
    if seconds < 100:
        return f"{max(0, math.floor(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 100 else f"{round(minutes / 60)} hours"
