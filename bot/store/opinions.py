"""What people asked and what they thought of the answers."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from bot.messages import Answer
from bot.settings import LogQuestions
from bot.store.database import Database
from bot.store.schema import feedback, kept, questions, salts

OFTEN = 2  # people who have asked a question


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

        Nothing is remembered where `log_questions` is "off", and who asked only where it is "named"; else there is a hash, by which
        those who asked the same thing can be counted, and which has nothing in common with those of the person's other questions.
        """
        if self.log_questions == "off":
            return
        guides_cited = tuple(dict.fromkeys(citation.guide for citation in answer.citations))
        row = self._insert(questions).values(
            answer=key, text=answer.question, outcome=answer.outcome, guides=msgspec.json.encode(guides_cited).decode(),
            generation=answer.generation, person=person if self.log_questions == "named" else "", at=self._now(),
            asker=_asker(self._salt(), person, answer.question) if person else "",
        )  # fmt: skip
        self._write(row.on_conflict_do_nothing())

    def questions(self, since: float = 0.0) -> list[Asked]:
        """The questions from then on, oldest first."""
        rows = self._all(sa.select(questions).where(questions.c.at >= since).order_by(questions.c.at, questions.c.answer))
        decode = msgspec.json.Decoder(tuple[str, ...]).decode
        return [Asked(r.answer, r.text, r.outcome, decode(r.guides), r.generation, r.at, r.person) for r in rows]

    def most_asked(self, limit: int, since: float = 0.0) -> list[str]:
        """The questions that most people have asked from then on, in their latest form; case and white space do not count.

        At least OFTEN people: what only one person has asked, however often, is not shown to others. Nobody is counted where
        it is not known who asked.
        """
        rows = self._all(sa.select(questions.c.text, questions.c.asker).where(questions.c.at >= since).order_by(questions.c.at))
        latest, askers = {}, defaultdict(set)
        for row in rows:
            latest[_folded(row.text)] = str(row.text)
            askers[_folded(row.text)].update({row.asker} - {""})
        often = sorted(latest, key=lambda folded: -len(askers[folded]))
        return [latest[folded] for folded in often[:limit] if len(askers[folded]) >= OFTEN]

    def forget_questions(self, person: str) -> None:
        """Delete what this person has asked, with or without the name."""
        salt = self._salt()
        rows = self._all(sa.select(questions.c.answer, questions.c.text, questions.c.asker).where(questions.c.asker != ""))
        for row in rows:
            if row.asker == _asker(salt, person, row.text):
                self._write(sa.delete(questions).where(questions.c.answer == row.answer))
        self._write(sa.delete(questions).where(questions.c.person == person))

    def _salt(self) -> str:
        """The secret of this state that goes into each hash of a person; made when it is first needed."""
        made = sa.select(salts.c.salt).where(salts.c.name == "asker")
        row = self._one(made)
        if row is None:
            self._write(self._insert(salts).values(name="asker", salt=secrets.token_hex(16)).on_conflict_do_nothing())
            row = self._one(made)
        return "" if row is None else str(row.salt)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _asker(salt: str, person: str, question: str) -> str:
    """The same for one person and one question, whatever its case and spaces."""
    return hashlib.sha256("\0".join((salt, kept(person), _folded(kept(question)))).encode()).hexdigest()
