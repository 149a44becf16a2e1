"""Recommendations: read from a decision table, with what is missing asked for and what is unclear shown."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot import cues, decision, lookup, profile, wording
from bot.composer import Citations
from bot.decision import DecisionTable, Place
from bot.messages import Outcome, Recommendation
from bot.profile import Years
from bot.speech import ENGLISH, Speech
from retrieval import words
from retrieval.frontmatter import Axis
from retrieval.guides import Guide
from retrieval.keeping import kept
from retrieval.searcher import Searcher

AXES = ("rows", "columns")
MOST_READ = 1_000  # readings of messages that are kept
Row = tuple[str, int, int]
"""A guide, the position of a table in it, and of a row in that."""


@dataclass(frozen=True)
class Advice:
    """A recommendation, or the question that it still needs."""

    outcome: Outcome
    text: str
    recommendation: Recommendation


class Adviser:
    """Reads the asker's place on a table's axes and says what the table has there, in one language and on one day."""

    def __init__(self, searcher: Searcher, today: datetime.date, speech: Speech) -> None:
        self._searcher = searcher
        self._speech = speech
        self._today = today
        self.tables = decision.tables(searcher.generation)
        self._read: dict[tuple[str, str, str], Place] = {}  # what a message says of an axis of a table

    def places(self, table: DecisionTable, said: Sequence[str]) -> tuple[Place, Place]:
        """Where the asker stands on the rows and the columns, by what was said; the latest message counts first."""
        spec = table.spec
        return self._place(spec.id, spec.rows, table.row_labels, said), self._place(spec.id, spec.columns, table.column_labels, said)

    def asked(self, question: str, said: Sequence[str], follows: bool) -> DecisionTable | None:
        """The table that a message asks for advice from, if any; of several the one of which the asker says most.

        Advice is asked for in words, by what the table decides ("which plant"), or by a message that says who is
        asking and what they want and asks nothing else.
        """
        kind, read = cues.kind(question), cues.read(question)
        if (
            kind in ("money", "percent")
            or cues.DECIDES.search(question)
            or (kind == "duration" and not read.advice and read.extreme != "lowest")
        ):
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
        advice, decides = cues.read(question).advice, self._decides(table, question)
        asks = advice or decides or follows or "?" not in question or bool(cues.WISH.search(question))
        if not asks:
            return None  # most questions ask for no advice
        fresh = any(place.positions for place in self.places(table, [question]))
        if not (fresh or advice or decides) or self.other_role(table, said):
            return None
        if not fresh and lookup.limits(question):
            return None  # "which paths take under 6 months" asks for rows
        known = sum(bool(place.positions) for place in self.places(table, said))
        if known == len(AXES) and fresh:
            return known
        if cues.kind(question) is not None or not (advice or decides):
            return None
        return known if (known and cues.PATHS.search(question)) or cues.RECOMMEND.search(question) or (fresh and decides) else None

    def _decides(self, table: DecisionTable, question: str) -> bool:
        """Whether a question asks for what the table decides, by the words of its name: "which plant"."""
        unify = self._searcher.terms.unify
        asked = {words.stem(match["thing"]) for match in cues.WHICH.finditer(unify(question))}
        return bool(asked) and not asked.isdisjoint(words.stems(unify(f"{table.spec.id} {table.spec.section}")))

    def role_row(self, question: str, said: Sequence[str]) -> Row | None:
        """Where a guide's table has the role that the asker claims, as guide, table and row, if advice is asked for.

        For those whom no decision table is for: "data scientist here, how do I get in?".
        """
        if cues.kind(question) in ("money", "percent") or not any(asks.search(question) for asks in (cues.ADVICE, cues.WISH, cues.LACKS)):
            return None
        for table in self.tables:
            claimed = self.other_role(table, said)
            there = self._roles(tuple(map(self._searcher.terms.unify, table.spec.audience))) if claimed else None
            if there is not None:
                guide, index, names = there
                return guide.id, index, names.index(str(claimed))
        return None

    def other_role(self, table: DecisionTable, said: Sequence[str]) -> str | None:
        """The role that the asker claims where the table is not for it, as a guide names it."""
        unify = self._searcher.terms.unify
        audience = tuple(map(unify, table.spec.audience))
        there = self._roles(audience)
        others = [name for name in there[2] if name not in audience] if there else []
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
            rows.axis: _named([table.row_labels[r] for r in rows.positions]),
            columns.axis: _named([table.column_labels[c] for c in columns.positions]),
        }
        if len(cells) == 1:
            said = self._speech.listed([self._said(p, axis) for p, axis in ((rows, table.spec.rows), (columns, table.spec.columns))])
            recommended = self._speech.say(wording.RECOMMENDED, said=said, section=section, options=self._either(options), n=n)
            text = f"{recommended} {self._speech.say(wording.MATCHED, row=matched[rows.axis], column=matched[columns.axis])}"
        else:
            text = self._between(table, rows, columns, n)
        return Advice("recommended", text, Recommendation(table.spec.id, matched, options, (), n))

    def _said(self, place: Place, axis: Axis) -> str:
        if place.years is not None:
            return self._speech.say(wording.SAID_OF_EXPERIENCE, said=self._amount(place.years))
        return self._speech.say(wording.SAID_OF if axis.unit else wording.SAID_VALUE, said=place.said, axis=place.axis)

    def _amount(self, years: Years) -> str:
        """A length of experience in words: "6 months", "4 years", "3+ years", "2-4 years"."""
        if years.low == years.high and 0 < years.low < 1:
            return self._speech.count(wording.LENGTHS["month"], round(years.low * 12))
        if years.low == years.high:
            return self._speech.count(wording.LENGTHS["year"], years.low)
        low, high = self._speech.number(years.low), self._speech.number(years.high)
        amount = f"{low}+" if math.isinf(years.high) else f"{low}-{high}"
        return self._speech.count(wording.LENGTHS["year"], 2, amount=amount)

    def _either(self, options: Sequence[str]) -> str:
        return self._speech.listed(options, either=True)

    def _between(self, table: DecisionTable, rows: Place, columns: Place, n: int) -> str:
        """Both cells, where the asker stands between two headings."""
        several, labels = (rows, table.row_labels) if len(rows.positions) > 1 else (columns, table.column_labels)
        names = [labels[p] for p in several.positions]
        either = []
        for r in rows.positions:
            for c in columns.positions:
                name = table.row_labels[r] if several is rows else table.column_labels[c]
                either.append(self._speech.say(wording.EITHER, place=name, options=self._either(table.options(r, c))))
        said = several.said if several.years is None else self._amount(several.years)
        return self._speech.say(
            wording.BETWEEN, said=said, first=names[0], second=names[-1], section=table.table.section[-1], n=n, options="; ".join(either)
        )

    def _open(self, table: DecisionTable, rows: Place, columns: Place, missing: tuple[str, ...], n: int) -> Advice:
        """A question for what is missing, with what holds for what is known."""
        axes: list[tuple[Axis, list[str], Place]] = [
            (table.spec.rows, table.row_labels, rows), (table.spec.columns, table.column_labels, columns),
        ]  # fmt: skip
        questions = " ".join(ask(axis, labels, self._speech) for axis, labels, place in axes if place.axis in missing)
        either = []
        for r in rows.positions or range(len(table.row_labels)):
            for c in columns.positions or range(len(table.column_labels)):
                unknown = [
                    name for name, place in ((table.row_labels[r], rows), (table.column_labels[c], columns)) if place.axis in missing
                ]
                either.append(self._speech.say(wording.EITHER, place=", ".join(unknown), options=self._either(table.options(r, c))))
        matched = {p.axis: _named([labels[i] for i in p.positions]) for _, labels, p in axes if p.positions}
        options = tuple(o for r in rows.positions for c in range(len(table.column_labels)) for o in table.options(r, c)) or tuple(
            o for c in columns.positions for r in range(len(table.row_labels)) for o in table.options(r, c)
        )
        text = self._speech.say(wording.OPEN, questions=questions, section=table.table.section[-1], n=n, options="; ".join(either))
        if len(missing) == len(axes):
            text = questions
        return Advice("clarify", text, Recommendation(table.spec.id, matched, options, missing, n))

    def _cite(self, table: DecisionTable, rows: Place, citations: Citations) -> int | None:
        passage = table.passage(self._searcher)
        return citations.add_rows(passage, list(rows.positions) or list(range(len(table.row_labels))))

    def _place(self, table: str, axis: Axis, labels: list[str], said: Sequence[str]) -> Place:
        for message in reversed(said):
            if (place := self._read.get((table, axis.axis, message))) is None:
                if len(self._read) >= MOST_READ:
                    self._read = {}
                place = self._read[table, axis.axis, message] = decision.place(axis, labels, message, self._searcher.terms, self._today)
            if place.positions:
                return place
        return Place(axis.axis, ())

    @kept(100)
    def _roles(self, audience: tuple[str, ...]) -> tuple[Guide, int, list[str]] | None:
        """The table that sets other roles beside those of the audience: its guide, its place there, the names in its first column."""
        unify = self._searcher.terms.unify
        for guide, index in self._searcher.tables.naming({stem for name in audience for stem in words.stems(name)}):
            names = [unify(row[0]).split(" (")[0] for row in guide.tables[index].rows]
            if any(name in audience for name in names):
                return guide, index, names
        return None


def ask(axis: Axis, labels: list[str], speech: Speech) -> str:
    """The question for one axis of a table: in English as its guide puts it."""
    if axis.ask and speech.language == ENGLISH:
        return axis.ask
    if axis.unit:
        asked = wording.ASK_EXPERIENCE if axis.axis == decision.EXPERIENCE else wording.ASK_AMOUNT
        return speech.say(asked, axis=axis.axis, unit=speech.say(wording.UNITS[axis.unit]))
    return speech.say(wording.ASK_DEFAULT, axis=axis.axis, values=speech.listed(list(axis.values) or labels, either=True))


def _named(labels: Sequence[str]) -> str:
    """Headings as the answer object has them, whatever the language."""
    return Speech.of(ENGLISH).listed(labels, either=True)
