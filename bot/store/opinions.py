"""What people asked and what they thought of the answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from bot.store.database import Database
from bot.store.schema import feedback, questions


@dataclass(frozen=True)
class Feedback:
    """What one person last said of one answer. `at` is in seconds since 1970."""

    answer: str
    person: str
    verdict: str
    comment: str
    at: float


@dataclass(frozen=True)
class Asked:
    """A question that was answered. `answer` is its answer's key, `guides` those that it cites; `person` is mostly left out."""

    answer: str
    text: str
    outcome: str
    guides: tuple[str, ...]
    generation: str
    at: float
    person: str = ""


class Opinions(Database):
    """Questions and feedback: the last word of each person on each answer."""

    def rate(self, answer: str, person: str, verdict: str, comment: str = "", at: float | None = None) -> None:
        """Remember what a person thinks of an answer. The click with the latest `at` wins, in whatever order they arrive."""
        given = self._insert(feedback).values(
            answer=answer, person=person, verdict=verdict, comment=comment, at=self._now() if at is None else at)  # fmt: skip
        latest = given.on_conflict_do_update(
            index_elements=["answer", "person"], where=feedback.c.at <= given.excluded.at,
            set_={"verdict": given.excluded.verdict, "comment": given.excluded.comment, "at": given.excluded.at},
        )  # fmt: skip
        self._write(latest)

    def ratings(self, answer: str | None = None) -> list[Feedback]:
        """All feedback, or that on one answer, oldest first."""
        asked = sa.select(feedback).order_by(feedback.c.at)
        rows = self._all(asked if answer is None else asked.where(feedback.c.answer == answer))
        return [Feedback(row.answer, row.person, row.verdict, row.comment, row.at) for row in rows]

    def ask(self, asked: Asked) -> None:
        """Remember a question; that of one answer is remembered once."""
        row = self._insert(questions).values(
            answer=asked.answer, text=asked.text, outcome=asked.outcome, guides=msgspec.json.encode(asked.guides).decode(),
            generation=asked.generation, person=asked.person, at=asked.at,
        )  # fmt: skip
        self._write(row.on_conflict_do_nothing())

    def questions(self, since: float = 0.0) -> list[Asked]:
        """The questions from then on, oldest first."""
        rows = self._all(sa.select(questions).where(questions.c.at >= since).order_by(questions.c.at, questions.c.answer))
        decode = msgspec.json.Decoder(tuple[str, ...]).decode
        return [Asked(r.answer, r.text, r.outcome, decode(r.guides), r.generation, r.at, r.person) for r in rows]

    def most_asked(self, limit: int, since: float = 0.0) -> list[str]:
        """The questions that were asked most often from then on, in their latest form; case and white space do not count."""
        rows = self._all(sa.select(questions.c.text).where(questions.c.at >= since).order_by(questions.c.at))
        latest = {" ".join(row.text.casefold().split()): str(row.text) for row in rows}
        counts = Counter(" ".join(row.text.casefold().split()) for row in rows)
        return [latest[folded] for folded, _ in counts.most_common(limit)]
