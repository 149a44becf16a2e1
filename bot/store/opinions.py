"""What people asked and what they thought of the answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from bot.messages import Answer
from bot.settings import LogQuestions
from bot.store.database import Database
from bot.store.schema import feedback, questions

OFTEN = 2


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
    """A question that was answered. `answer` is its answer's key, `guides` those that it cites; `person` is mostly ""."""

    answer: str
    text: str
    outcome: str
    guides: tuple[str, ...]
    generation: str
    at: float
    person: str = ""


class Opinions(Database):
    """Questions and feedback: the last word of each person on each answer."""

    log_questions: LogQuestions = "yes"

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

    def ask(self, key: str, answer: Answer, person: str = "") -> None:
        """Remember an answer under its key, once: the question, how it went, and what it cites.

        Nothing is remembered where `log_questions` is "off", and who asked only where it is "named".
        """
        if self.log_questions == "off":
            return
        guides_cited = tuple(dict.fromkeys(citation.guide for citation in answer.citations))
        row = self._insert(questions).values(
            answer=key, text=answer.question, outcome=answer.outcome, guides=msgspec.json.encode(guides_cited).decode(),
            generation=answer.generation, person=person if self.log_questions == "named" else "", at=self._now(),
        )  # fmt: skip
        self._write(row.on_conflict_do_nothing())

    def questions(self, since: float = 0.0) -> list[Asked]:
        """The questions from then on, oldest first."""
        rows = self._all(sa.select(questions).where(questions.c.at >= since).order_by(questions.c.at, questions.c.answer))
        decode = msgspec.json.Decoder(tuple[str, ...]).decode
        return [Asked(r.answer, r.text, r.outcome, decode(r.guides), r.generation, r.at, r.person) for r in rows]

    def most_asked(self, limit: int, since: float = 0.0) -> list[str]:
        """The questions that were asked most often from then on, in their latest form; case and white space do not count.

        At least OFTEN times: what only one person has asked is not shown to others.
        """
        rows = self._all(sa.select(questions.c.text).where(questions.c.at >= since).order_by(questions.c.at))
        latest = {" ".join(row.text.casefold().split()): str(row.text) for row in rows}
        counts = Counter(" ".join(row.text.casefold().split()) for row in rows)
        return [latest[folded] for folded, count in counts.most_common(limit) if count >= OFTEN]
