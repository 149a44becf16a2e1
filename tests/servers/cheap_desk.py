"""A desk without an index: quick, predictable answers for tests whose subject is a platform."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from bot.matrix import Matrix
from bot.messages import Answer, Ask, Citation, Recommendation
from retrieval.errors import IndexUnusable, RequestError

INNARDS = "/home/somebody/secret: permission denied"
TABLE = Matrix(
    "path", "Choosing a path", ("Experience", "Product", "Research"),
    (("0-2 years", "Self-study", "Master's"), ("3+ years", "Internal pivot", "PhD")), ("experience", "goal"),
)  # fmt: skip
OTHER = Matrix("tools", "Choosing a tool", ("Team", "Small data", "Big data"), (("One person", "Sheet", "Notebook"),), ("team", "data"))


class CheapDesk:
    """Answers each question in its own way: "unknown", "boom" and "no index" in it have their meaning.

    Each answer computes for `busy` seconds; with `gate` an answer waits until it opens.
    """

    def __init__(self, busy: float = 0.0, gate: threading.Event | None = None) -> None:
        self.asked: list[Ask] = []
        self.rephrasing: threading.Event | None = None  # a language model puts "slowly" into words when it opens
        self.waiting = threading.Semaphore(0)  # released for each that waits for it
        self._busy = busy
        self._gate = gate

    def handle(self, ask: Ask) -> Answer:
        """Answer with the question and the history, so that a test sees both."""
        self.asked.append(ask)
        end = time.perf_counter() + self._busy
        while time.perf_counter() < end:  # as an engine does: no other thread gets the interpreter for nothing
            pass
        if self._gate is not None:
            self._gate.wait(20)
        if "boom" in ask.question:
            raise RuntimeError(INNARDS)
        if "no index" in ask.question:
            raise IndexUnusable("there is no index")
        if "unknown" in ask.question:
            return Answer(
                ask.id,
                ask.question,
                "not_covered",
                "The guides do not cover that.",
                suggestions=("Do I need a degree?",),
                plain="Not covered.",
            )
        if "path" in ask.question:
            return self._recommended(ask.id, ask.question, {"experience": "3+ years", "goal": "Product"})
        said = f"About “{ask.question}” [1]." + (f" Before: {' / '.join(ask.history)}." if ask.history else "")
        return Answer(ask.id, ask.question, "answered", said, (_citation(),), plain=said)

    def rephrase(self, answer: Answer) -> Answer:
        """As it is; while a test holds it up, after `rephrasing` opens."""
        if self.rephrasing is not None and "slowly" in answer.question:
            self.waiting.release()
            self.rephrasing.wait(20)
        return answer

    def recommend(self, table: str | None, values: Mapping[str, str]) -> Answer:
        """The cell of the table."""
        if table not in ("path", "tools"):
            raise RequestError(f"no decision table '{table}'")
        return self._recommended("", str(dict(values)), dict(values))

    def matrix(self, answer: Answer) -> Matrix | None:
        """The table, its cell marked where both axes are given."""
        if answer.recommendation is None:
            return None
        matched = answer.recommendation.matched
        marked = ((1, 1),) if matched == {"experience": "3+ years", "goal": "Product"} else ()
        return Matrix(TABLE.table, TABLE.title, TABLE.header, TABLE.rows, TABLE.axes, marked)

    def tables(self) -> list[Matrix]:
        """Two tables."""
        return [TABLE, OTHER]

    def examples(self) -> tuple[str, ...]:
        """Two questions."""
        return ("Do I need a degree?", "How long does it take?")

    def status(self) -> tuple[str, ...]:
        """A line."""
        return ("2 guides, 40 passages",)

    def _recommended(self, answer_id: str, question: str, matched: dict[str, str]) -> Answer:
        said = f"The table recommends for {matched}: Internal pivot [1]."
        recommendation = Recommendation("path", matched, ("Internal pivot",), (), 1)
        return Answer(answer_id, question, "recommended", said, (_citation(),), recommendation, plain=said)


def _citation() -> Citation:
    return Citation(
        1, "degrees", "corpus/guides/degrees.md", "Degrees", ("Paths",), (4, 4), "A degree is not needed.", "P", None, None, "2026-03-17"
    )
