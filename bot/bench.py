"""What answering and indexing cost, each beside the plain encoder in the same run, so that machines can be compared."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from bot import grading
from bot.messages import Ask
from bot.wiring import Bot
from retrieval import encoder
from retrieval.reading import Progress

ROUNDS = 3
QUESTIONS = 60


class Row(msgspec.Struct, frozen=True):
    """One measurement. `ratio` is ours by the peer's: below 1 where less is better and we are ahead."""

    what: str
    ours: float
    peer: float
    unit: str

    @property
    def ratio(self) -> float:
        """Ours divided by the peer's."""
        return self.ours / self.peer if self.peer else 0.0


def run(bot: Bot, progress: Progress) -> list[Row]:
    """Answer and encode the same questions, index and encode the same passages, in turn. CPU time of this process."""
    questions = [question.ask for question in grading.load(bot.settings.corpus)][:QUESTIONS]
    passages = [p.embedded for p in bot.engine().searcher.generation.passages]
    reference: Any = encoder.load(bot.settings.model).encoder
    bot.handle(Ask(questions[0]))
    answering: list[float] = []
    encoding: list[float] = []
    for done in range(ROUNDS):
        answering += [_cpu_ms(lambda q=q: bot.handle(Ask(q))) for q in questions]  # type: ignore[misc]
        encoding += [_cpu_ms(lambda q=q: reference.encode([q])) for q in questions]  # type: ignore[misc]
        progress("answering", done + 1, ROUNDS)
    ours = min(_cpu_ms(lambda: bot.model.encode(passages)) for _ in range(ROUNDS))
    peer = min(_cpu_ms(lambda: reference.encode(passages)) for _ in range(ROUNDS))
    return [
        Row("one question, whole answer, median", statistics.median(answering), statistics.median(encoding), "CPU ms"),
        Row("one question, whole answer, 99th of 100", _percentile(answering, 0.99), _percentile(encoding, 0.99), "CPU ms"),
        Row("one passage, embedded", ours / len(passages), peer / len(passages), "CPU ms"),
    ]


def describe(rows: Sequence[Row]) -> str:
    """The rows as a table for a person."""
    lines = [f"{'':42} {'fingerpost':>11} {'encode only':>12} {'ratio':>6}"]
    lines += [f"{row.what:42} {row.ours:11.2f} {row.peer:12.2f} {row.ratio:6.2f}  {row.unit}" for row in rows]
    return "\n".join(lines)


def _cpu_ms(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
