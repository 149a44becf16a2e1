"""Measures the bot: retrieval and answers on the questions of the corpus, or retrieval on a public collection."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bot import grading
from bot.grading import Question
from bot.messages import Answer, Ask
from bot.wiring import Bot
from retrieval import beir, evaluation
from retrieval.reading import Progress

SHOWN = 20


class Report(msgspec.Struct, frozen=True):
    """Figures of one evaluation, each 0 to 1 but for counts and characters.

    `kinds` is the share right by kind of question, `lost` counts where the others were lost, `wrong` gives some.
    """

    figures: dict[str, float]
    kinds: dict[str, float] = {}
    lost: dict[str, int] = {}
    wrong: tuple[str, ...] = ()


def collection(bot: Bot, folder: Path, progress: Progress) -> Report:
    """Retrieval measures on a folder in BEIR's format. Raises CollectionError."""
    return Report(evaluation.evaluate(beir.read(folder), bot.model, progress))


def corpus(bot: Bot, progress: Progress) -> Report:
    """Retrieval and answer measures on the evaluation questions of the corpus. Raises CollectionError."""
    questions = grading.load(bot.settings.corpus)
    answers = []
    for number, question in enumerate(questions, 1):
        answers.append(bot.handle(Ask(question.ask, question.history, question.id)))
        progress("asking", number, len(questions))
    judged = [(question, answer, grading.faults(question, answer)) for question, answer in zip(questions, answers, strict=True)]
    figures = {**_answer_figures(judged), **_retrieval_figures(bot, questions)}
    lost = Counter(_place_of_loss(bot, q, a, why) for q, a, why in judged if why)
    wrong = tuple(f"{q.id} {q.ask[:80]!r}: {'; '.join(why)[:160]}" for q, _, why in judged if why)[:SHOWN]
    return Report(figures, _by_kind(judged), dict(lost.most_common()), wrong)


def describe(report: Report) -> str:
    """A report for a person."""
    parts = [_table("measure", report.figures)]
    if report.kinds:
        parts.append(_table("kind", report.kinds))
    if report.lost:
        parts.append("\n".join(["where answers are lost", *(f"{count:5}  {place}" for place, count in report.lost.items())]))
    parts.append("\n".join(report.wrong))
    return "\n\n".join(part for part in parts if part)


def _table(head: str, rows: dict[str, float]) -> str:
    width = max(len(name) for name in rows)
    lines = [f"{name:{width}}  {value:.3f}" if value <= 1 else f"{name:{width}}  {value:.0f}" for name, value in rows.items()]
    return "\n".join([head, *lines])


def _answer_figures(judged: Sequence[tuple[Question, Answer, list[str]]]) -> dict[str, float]:
    yes = [entry for entry in judged if entry[0].answerable]
    no = [entry for entry in judged if not entry[0].answerable]
    return {
        "right": _share([not why for _, _, why in judged]),
        "right, answerable": _share([not why for _, _, why in yes]),
        "right, not covered": _share([not why for _, _, why in no]),
        "refused without cause": _share(["refused without cause" in why for _, _, why in yes]),
        "answered without cause": _share(["answered without cause" in why for _, _, why in no]),
        "median characters": statistics.median(len(answer.plain) for _, answer, _ in judged),
    }


def _retrieval_figures(bot: Bot, questions: Sequence[Question]) -> dict[str, float]:
    """Measures of the search alone, on the questions that stand on their own and say where their answer is."""
    searcher = bot.engine().searcher
    places = grading.places(searcher.generation.passages)
    relevant: dict[str, dict[str, int]] = {}
    runs: dict[str, dict[str, float]] = {}
    for question in questions:
        if question.answerable and question.sections and not question.history:
            relevant[question.id] = {str(i): 1 for i in grading.relevant(question, places)}
            found = searcher.search(searcher.read(question.ask), 100)
            runs[question.id] = {str(f.hit.id): f.hit.fused for f in found}
    return evaluation.measure(relevant, runs)


def _place_of_loss(bot: Bot, question: Question, answer: Answer, why: Sequence[str]) -> str:
    """At which step a question was lost."""
    if why[0] in ("refused without cause", "answered without cause"):
        return why[0]
    if question.kind == "recommendation":
        return "the asker misread" if answer.outcome in ("recommended", "clarify") else "advice not seen as asked for"
    if not question.sections:
        return "other"
    searcher = bot.engine().searcher
    wanted = {tuple(place.split(" > ", 1)) for place in question.sections}
    if any((c.guide, c.section[-1] if c.section else "") in wanted for c in answer.citations):
        return "the right section cited, but not all of what is expected"
    found = searcher.search(searcher.read(question.ask), 10)
    seen = any((f.passage.guide, f.passage.section[-1] if f.passage.section else "") in wanted for f in found)
    return "found, but not chosen" if seen else "not found among the first ten"


def _by_kind(judged: Sequence[tuple[Question, Answer, list[str]]]) -> dict[str, float]:
    kinds = dict.fromkeys(question.kind for question, _, _ in judged)
    return {kind: _share([not why for question, _, why in judged if question.kind == kind]) for kind in kinds}


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0
