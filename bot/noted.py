"""Whether the questions that are noted in the guides are answered by the passages for which they are noted."""

from __future__ import annotations

from collections import Counter

from bot.evaluate import Report
from bot.messages import Answer, Ask
from bot.wiring import Bot
from retrieval.passages import NOTES, Passage
from retrieval.reading import Progress


def measure(bot: Bot, progress: Progress) -> Report:
    """Ask each of them: the share that cites its passage, or is refused where that is a note of a gap, and all of the others."""
    passages = bot.engine().searcher.generation.passages
    entries = list(passages)
    noted = [(entry, entries[place - entry.answers]) for place, entry in enumerate(entries) if entry.answers]
    lost: Counter[str] = Counter()
    wrong = []
    for number, (question, passage) in enumerate(noted, 1):
        fault = _fault(passage, bot.handle(Ask(question.text)))
        if fault:
            lost[fault] += 1
            wrong.append(f"{question.guide}.md:{question.lines[0]} {question.text!r}: {fault}")
        progress("asking", number, len(noted))
    figures = {"questions noted": float(len(noted)), "answered by their passage": 1 - len(wrong) / len(noted) if noted else 1.0}
    return Report(figures, {}, dict(lost.most_common()), tuple(wrong))


def _fault(passage: Passage, answer: Answer) -> str:
    """What is wrong with the answer to a question noted for a passage; "" where nothing is."""
    if passage.kind in NOTES:
        return "answered, though noted below a gap" if answer.outcome in ("answered", "recommended") else ""
    if any(c.guide == passage.guide and c.lines[0] <= passage.lines[1] and passage.lines[0] <= c.lines[1] for c in answer.citations):
        return ""
    return "answered from elsewhere" if answer.citations else f"not answered ({answer.outcome})"
