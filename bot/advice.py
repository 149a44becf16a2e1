"""Recommendations: read from a decision table, with what is missing asked for and what is unclear shown."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot import cues, decision, lookup, profile, wording
from bot.composer import Citations
from bot.decision import DecisionTable, Place
from bot.messages import Outcome, Recommendation
from retrieval import words
from retrieval.frontmatter import Axis
from retrieval.searcher import Searcher

AXES = ("rows", "columns")


@dataclass(frozen=True)
class Advice:
    """A recommendation, or the question that it still needs."""

    outcome: Outcome
    text: str
    recommendation: Recommendation


class Adviser:
    """Reads the asker's place on a table's axes and says what the table has there."""

    def __init__(self, searcher: Searcher, today: datetime.date) -> None:
        self._searcher = searcher
        self._today = today
        self.tables = decision.tables(searcher.generation.guides)

    def places(self, table: DecisionTable, said: Sequence[str]) -> tuple[Place, Place]:
        """Where the asker stands on the rows and the columns, by what was said; the latest message counts first."""
        spec = table.spec
        return self._place(spec.rows, table.row_labels, said), self._place(spec.columns, table.column_labels, said)

    def asked(self, question: str, said: Sequence[str], follows: bool) -> DecisionTable | None:
        """The table that a message asks for advice from, if any; of several the one of which the asker says most.

        Advice is asked for in words, by what the table decides ("which plant"), or by a message that says who is
        asking and what they want and asks nothing else.
        """
        kind = cues.kind(question)
        if kind in ("money", "percent") or (kind == "duration" and not cues.ADVICE.search(question)):
            return None
        fitting = [(known, table) for table in self.tables if (known := self._asked_of(table, question, said, follows)) is not None]
        return max(fitting, key=lambda entry: (self._decides(entry[1], question), entry[0]))[1] if fitting else None

    def answered(self, message: str, said: Sequence[str]) -> DecisionTable | None:
        """The table whose advice the message before asked for, where this one only tells what was missing."""
        earlier = said[:-1]
        if not earlier or "?" in message or cues.kind(message) is not None:
            return None
        table = self.asked(earlier[-1], earlier, follows=len(earlier) > 1)
        missing = [i for i, place in enumerate(self.places(table, earlier)) if not place.positions] if table else []
        told = self.places(table, [message]) if table else ()
        return table if table and any(told[i].positions for i in missing) else None

    def _asked_of(self, table: DecisionTable, question: str, said: Sequence[str], follows: bool) -> int | None:
        """On how many axes the asker's place is known, where a message asks for this table's advice; else None."""
        if self.other_role(table, said):
            return None
        known = sum(bool(place.positions) for place in self.places(table, said))
        fresh = any(place.positions for place in self.places(table, [question]))
        if not fresh and lookup.limits(question):
            return None  # "which paths take under 6 months" asks for rows
        advice, decides = bool(cues.ADVICE.search(question)), self._decides(table, question)
        if known == len(AXES) and fresh and (advice or decides or follows or "?" not in question or cues.WISH.search(question)):
            return known
        if cues.kind(question) is not None or not (advice or decides):
            return None
        return known if (known and cues.PATHS.search(question)) or cues.RECOMMEND.search(question) or (fresh and decides) else None

    def _decides(self, table: DecisionTable, question: str) -> bool:
        """Whether a question asks for what the table decides, by the words of its name: "which plant"."""
        decided = set(words.stems(self._searcher.terms.unify(f"{table.spec.id} {table.spec.section}")))
        return any(words.stem(match["thing"]) in decided for match in cues.WHICH.finditer(self._searcher.terms.unify(question)))

    def other_role(self, table: DecisionTable, said: Sequence[str]) -> str | None:
        """The role that the asker claims where the table is not for it, as a guide names it."""
        unify = self._searcher.terms.unify
        audience = [unify(name) for name in table.spec.audience]
        others = [name for name in self._roles(audience) if name not in audience]
        for message in reversed(said):
            text = unify(message)
            if any(profile.claims(text, name) for name in audience):
                return None
            if claimed := next((name for name in others if profile.claims(text, name)), None):
                return claimed
        return None

    def from_places(self, table: DecisionTable, rows: Place, columns: Place, citations: Citations) -> Advice | None:
        """What the table has for these places; None where its quote does not stand."""
        n = self._cite(table, rows, citations)
        if n is None:
            return None
        missing = tuple(p.axis for p in (rows, columns) if not p.positions)
        if missing:
            return self._open(table, rows, columns, missing, n)
        return self._given(table, rows, columns, n)

    def from_values(self, table: DecisionTable, values: Mapping[str, str], citations: Citations) -> Advice | None:
        """What the table has for values given by the names of its axes. Raises RequestError for a wrong value."""
        places = []
        for axis, labels in ((table.spec.rows, table.row_labels), (table.spec.columns, table.column_labels)):
            value = values.get(axis.axis)
            found = decision.chosen(axis, labels, value, self._searcher.terms, self._today) if value else Place(axis.axis, ())
            places.append(found)
        return self.from_places(table, places[0], places[1], citations)

    def _given(self, table: DecisionTable, rows: Place, columns: Place, n: int) -> Advice:
        section = table.table.section[-1]
        cells = [(r, c, table.options(r, c)) for r in rows.positions for c in columns.positions]
        options = tuple(option for _, _, cell in cells for option in cell)
        matched = {
            rows.axis: wording.listed([table.row_labels[r] for r in rows.positions], "or"),
            columns.axis: wording.listed([table.column_labels[c] for c in columns.positions], "or"),
        }
        if len(cells) == 1:
            said = wording.listed([self._said(p, axis) for p, axis in ((rows, table.spec.rows), (columns, table.spec.columns))])
            text = wording.RECOMMENDED.format(said=said, section=section, options=wording.listed(options, "or"), n=n)
            text += " " + wording.MATCHED.format(
                places=wording.listed([f"row “{matched[rows.axis]}”", f"column “{matched[columns.axis]}”"])
            )
        else:
            text = self._between(table, rows, columns, n)
        return Advice("recommended", text, Recommendation(table.spec.id, matched, options, (), n))

    def _said(self, place: Place, axis: Axis) -> str:
        return f"{place.said} of {place.axis}" if axis.unit else f"the {place.axis} “{place.said}”"

    def _between(self, table: DecisionTable, rows: Place, columns: Place, n: int) -> str:
        """Both cells, where the asker stands between two headings."""
        several, labels = (rows, table.row_labels) if len(rows.positions) > 1 else (columns, table.column_labels)
        names = [labels[p] for p in several.positions]
        either = []
        for r in rows.positions:
            for c in columns.positions:
                name = table.row_labels[r] if several is rows else table.column_labels[c]
                either.append(wording.EITHER.format(place=name, options=wording.listed(table.options(r, c), "or")))
        return wording.BETWEEN.format(
            said=several.said, first=names[0], second=names[-1], section=table.table.section[-1], n=n, options="; ".join(either)
        )

    def _open(self, table: DecisionTable, rows: Place, columns: Place, missing: tuple[str, ...], n: int) -> Advice:
        """A question for what is missing, with what holds for what is known."""
        axes: list[tuple[Axis, list[str], Place]] = [
            (table.spec.rows, table.row_labels, rows), (table.spec.columns, table.column_labels, columns),
        ]  # fmt: skip
        questions = " ".join(ask(axis, labels) for axis, labels, place in axes if place.axis in missing)
        either = []
        for r in rows.positions or range(len(table.row_labels)):
            for c in columns.positions or range(len(table.column_labels)):
                unknown = [
                    name for name, place in ((table.row_labels[r], rows), (table.column_labels[c], columns)) if place.axis in missing
                ]
                either.append(wording.EITHER.format(place=", ".join(unknown), options=wording.listed(table.options(r, c), "or")))
        matched = {p.axis: wording.listed([labels[i] for i in p.positions], "or") for _, labels, p in axes if p.positions}
        options = tuple(o for r in rows.positions for c in range(len(table.column_labels)) for o in table.options(r, c)) or tuple(
            o for c in columns.positions for r in range(len(table.row_labels)) for o in table.options(r, c)
        )
        text = wording.OPEN.format(questions=questions, section=table.table.section[-1], n=n, options="; ".join(either))
        if len(missing) == len(axes):
            text = questions
        return Advice("clarify", text, Recommendation(table.spec.id, matched, options, missing, n))

    def _cite(self, table: DecisionTable, rows: Place, citations: Citations) -> int | None:
        passage = table.passage(self._searcher.generation.passages)
        return citations.add_rows(passage, list(rows.positions) or list(range(len(table.row_labels))))

    def _place(self, axis: Axis, labels: list[str], said: Sequence[str]) -> Place:
        found = (decision.place(axis, labels, message, self._searcher.terms, self._today) for message in reversed(said))
        return next((place for place in found if place.positions), Place(axis.axis, ()))

    def _roles(self, audience: list[str]) -> list[str]:
        """The roles that a guide's table sets beside those of the audience, by the names in its first column."""
        unify = self._searcher.terms.unify
        for guide in self._searcher.generation.guides.values():
            for table in guide.tables:
                names = [unify(row[0]).split(" (")[0] for row in table.rows]
                if any(name in audience for name in names):
                    return names
        return []


def ask(axis: Axis, labels: list[str]) -> str:
    """The question for one axis of a table."""
    if axis.ask:
        return axis.ask
    if axis.unit:
        asked = wording.ASK_EXPERIENCE if axis.axis == decision.EXPERIENCE else wording.ASK_AMOUNT
        return asked.format(axis=axis.axis, unit=axis.unit)
    return wording.ASK_DEFAULT.format(axis=axis.axis, values=wording.listed(list(axis.values) or labels, "or"))
