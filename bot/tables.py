"""Answers that are read from a table: a row's value, the lowest or highest of a column, a limit, a corner of a matrix."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from bot import amounts, decision, lookup, wording
from bot import cues as cue
from bot.composer import Citations
from bot.cues import Cues, Extreme
from bot.speech import Speech
from bot.statements import GENERIC
from retrieval import markdown, words
from retrieval.guides import Guide, Table
from retrieval.passages import Passage
from retrieval.quantities import Figure, Kind, figures
from retrieval.searcher import Found, Query, Searcher

NEAR = 20  # passages among which one that names a corner is looked for


class Tables:
    """Reads the tables of one generation, in one language."""

    def __init__(self, searcher: Searcher, speech: Speech) -> None:
        self._searcher = searcher
        self._speech = speech

    def read(self, question: str, query: Query, cues: Cues, found: Sequence[Found], citations: Citations) -> str:
        """The answer to a superlative, to limits over columns or to a count; "" where the question has none or names a row."""
        selects = bool(cue.SELECTS.search(question) or cues.extreme)
        limits = lookup.limits(question) if selects else []
        if (selects or cue.JUDGES.search(question)) and not limits and not cue.COUNT.search(question) and cues.extreme is None:
            limits = lookup.held(question, cues.kind)
        kinds = [limit.kind for limit in limits]
        if cues.extreme is not None and (ranked := cue.extreme_kind(question) or cues.kind) is not None:
            kinds.insert(0, ranked)
        by_kind = lookup.columns(found, tuple(dict.fromkeys(kinds)), self._searcher)
        columns = list(by_kind.values())
        if not columns or self._names_a_row(query, columns[0]):
            return ""
        rows = list(range(len(columns[0].table.rows)))
        for limit in limits:
            rows = [row for row in rows if row in lookup.within(by_kind[limit.kind], limit)]
        if not rows and any(limit.holds for limit in limits):
            return ""
        counted = bool(cue.COUNT.search(question))
        if cues.extreme is None:
            return self._rows(columns, rows, wording.WITHIN, counted=counted, citations=citations)
        ends: Sequence[Extreme] = ("lowest", "highest") if cues.ends else (cues.extreme,)
        said = [self._end(end, columns, rows, counted=counted, citations=citations) for end in ends]
        return " ".join(part for part in said if part)

    def _end(self, end: Extreme, columns: Sequence[lookup.Column], among: list[int], *, counted: bool, citations: Citations) -> str:
        """The rows with the lowest or the highest value of the first column."""
        template = wording.LOWEST if end == "lowest" else wording.HIGHEST
        return self._rows(columns, lookup.extreme(columns[0], end, among), template, counted=counted, citations=citations)

    def _rows(self, columns: Sequence[lookup.Column], rows: list[int], template: str, *, counted: bool, citations: Citations) -> str:
        """Rows with their values in some columns of one table, cited; with their number where that is asked for."""
        first = columns[0]
        if not rows:
            n = citations.add(first.passage, [])
            return self._speech.say(wording.NONE_WITHIN, section=first.table.section[-1], n=n) if n else ""
        n = citations.add_rows(first.passage, rows)
        values = self._speech.listed([self._valued(row, columns) for row in rows])
        said = self._speech.say(template, column=first.name.lower(), values=values, n=n) if n else ""
        return f"{self._speech.say(wording.COUNTED, count=len(rows), all=len(first.table.rows))} {said}" if said and counted else said

    def _valued(self, row: int, columns: Sequence[lookup.Column]) -> str:
        """A row's name with its values, all but the first with the name of their column."""
        more = "".join(f"; {column.name.lower()} {column.value(row)}" for column in columns[1:])
        return f"{columns[0].label(row)} ({columns[0].value(row)}{more})"

    def counted(self, question: str, found: Sequence[Found], citations: Citations) -> str:
        """How many rows the first table has that lists what is counted: "how many certifications"; "" where none does."""
        match = cue.COUNT.search(question)
        stems = [words.stem(word) for word in words.content(self._searcher.terms.unify(match["things"]))] if match else []
        fitting: defaultdict[tuple[str, int], float] = defaultdict(float)
        for place, hit in enumerate(found if stems else (), 1):
            there = self._searcher.tables.of(hit.passage)
            if there is not None and there[1].spec is None and hit.passage.table is not None:
                named = set(words.stems(self._searcher.terms.unify(markdown.plain(there[1].header[0]))))
                fitting[hit.passage.guide, hit.passage.table] += (stems[0] in named) / place
        if not any(fitting.values()):
            return ""
        guide, index = max(fitting, key=fitting.__getitem__)
        passage = self._searcher.tables.passage(guide, index)
        table, n = self._searcher.generation.guides[guide].tables[index], citations.add(passage, [])
        names = self._speech.listed([markdown.plain(row[0]) for row in table.rows])
        return self._speech.say(wording.COUNT, count=len(table.rows), section=table.section[-1], values=names, n=n) if n else ""

    def value(self, passage: Passage, cues: Cues, n: int) -> str:
        """A row's label, with the value of the column that is asked for; "" where the passage is no row."""
        there = self._searcher.tables.of(passage)
        if there is None or passage.row is None:
            return ""
        table, row = there[1], there[1].rows[passage.row]
        label = markdown.plain(row[0])
        for name, cell in zip(table.header[1:], row[1:], strict=True):
            if table.spec is None and cues.kind and any(f.kind == cues.kind for f in figures(cell)):
                return self._speech.say(wording.VALUE, label=label, column=markdown.plain(name).lower(), value=markdown.plain(cell), n=n)
        return self._speech.say(wording.ROW, label=label, n=n)

    def whole(self, passages: Sequence[Passage]) -> Passage | None:
        """The table that several of the passages are rows of, where the first of them is."""
        first = passages[0]
        rows = [p for p in passages if p.row is not None and (p.guide, p.table) == (first.guide, first.table)]
        if len(rows) < 2 or first.row is None or first.table is None:
            return None
        return self._searcher.tables.passage(first.guide, first.table)

    def decides(self, passage: Passage) -> bool:
        """Whether a passage is a row of a decision table, which says for whom a thing is and nothing of the thing."""
        there = self._searcher.tables.of(passage) if passage.row is not None else None
        return there is not None and there[1].spec is not None

    def higher(self, passages: Sequence[Passage], cues: Cues, question: str = "") -> str:
        """Which of two rows has the larger value in the column asked for, and by how much; "" where the ranges do not tell."""
        values = [self._measured(p, cues) for p in passages]
        if len(values) != 2 or values[0] is None or values[1] is None:
            return ""
        (one, first), (other, second) = values[0], values[1]
        apart = amounts.difference(first, second, self._speech) if cue.DIFFERENCE.search(question) else ""
        said = f" {self._speech.say(wording.DIFFERENCE, amount=apart)}" if apart else ""
        more = wording.LONGER if first.kind == "duration" else wording.HIGHER
        if (first.low, first.high) == (second.low, second.high):
            return said
        if first.low >= second.low and first.high >= second.high:
            return f" {self._speech.say(more, label=one)}{said}"
        if second.low >= first.low and second.high >= first.high:
            return f" {self._speech.say(more, label=other)}{said}"
        return said

    def _measured(self, passage: Passage, cues: Cues) -> tuple[str, Figure] | None:
        """A row's label with its first figure of the kind asked for."""
        there = self._searcher.tables.of(passage)
        if there is None or passage.row is None or cues.kind is None:
            return None
        row = there[1].rows[passage.row]
        found = next((f for cell in row[1:] for f in figures(markdown.plain(cell)) if f.kind == cues.kind), None)
        return (markdown.plain(row[0]), found) if found else None

    def corner(self, question: str, citations: Citations) -> str:
        """The cell or the row of a decision table that a question points at ("the top left box"); "" where it does not."""
        match, edge = cue.CORNER.search(question), cue.EDGE.search(question)
        tables = decision.tables(self._searcher.generation)
        if not (match or (edge and cue.MATRIX.search(question))) or not tables:
            return ""
        there = match or edge
        table, place = tables[0], there["row"].casefold() if there else ""
        row = 0 if place in ("top", "upper", "first") else len(table.row_labels) - 1
        left, right = 0, len(table.column_labels) - 1
        columns = [left if match["column"].casefold() == "left" else right] if match else range(right + 1)
        n = citations.add_rows(table.passage(self._searcher), [row])
        said = " ".join(
            self._speech.say(
                wording.CELL, section=table.table.section[-1], row=table.row_labels[row], column=table.column_labels[column], n=n,
                options=self._speech.listed(table.options(row, column), either=True),
            )
            for column in columns
        )  # fmt: skip
        return said + self._told_of(match.group(0), citations) if match else said

    def _told_of(self, phrase: str, citations: Citations) -> str:
        """A pointer to what a guide says in words of a corner that it names."""
        named = re.compile(re.sub(r"[ -]", "[ -]", phrase), re.IGNORECASE)
        there = (p for p in self._searcher.holding(words.surface(phrase), NEAR) if p.table is None and named.search(p.text))
        n = next((n for p in there if (n := citations.add(p, [])) is not None), None)
        return " " + self._speech.say(wording.SEE_ALSO, n=n) if n else ""

    def pair(self, one: Query, other: Query, cues: Cues) -> tuple[Passage, Passage] | None:
        """Two rows of one table of which each question names one, with a figure of the kind asked for if any is; else None."""
        best: tuple[int, tuple[Passage, Passage] | None] = (0, None)
        for guide, index in self._searcher.tables.naming({word.stem for query in (one, other) for word in query.words}):
            table = guide.tables[index]
            named = [self._named(guide.id, index, query) for query in (one, other)]
            if table.spec is not None or [len(rows) for rows in named] != [1, 1] or named[0] == named[1]:
                continue
            rows = [self.row(guide.id, index, rows[0]) for rows in named]
            told = sum(len(self._label(table, rows[0])) for rows in named)
            if told > best[0] and (cues.kind is None or all(self._measured(row, cues) for row in rows)):
                best = told, (rows[0], rows[1])
        return best[1]

    def cell(self, query: Query, kind: Kind) -> Passage | None:
        """The row that a question names, of the one table that has the figure asked for in a column that it names, if any."""
        asked = {word.stem for word in query.words}
        found = [(guide.id, index, row) for guide, index, row in self._naming(query) if self._gives(guide.tables[index], row, kind, asked)]
        return self.row(*found[0]) if len(found) == 1 else None

    def rows(self, query: Query) -> list[Passage]:
        """The rows that a question names, each the only one of its table, by the most words of their names."""
        asked = {word.stem for word in query.words}
        named = [(len(asked & self._label(guide.tables[index], row)), self.row(guide.id, index, row))
                 for guide, index, row in self._naming(query)]  # fmt: skip
        return [passage for held, passage in named if held == max(held for held, _ in named)]

    def _naming(self, query: Query) -> Iterator[tuple[Guide, int, int]]:
        """The rows of tables that give facts which a question names, where it names but one of a table: guide, table and row."""
        for guide, index in self._searcher.tables.naming({word.stem for word in query.words}):
            table = guide.tables[index]
            rows = self._named(guide.id, index, query) if table.spec is None else []
            if len(rows) == 1:
                yield guide, index, rows[0]

    def _gives(self, table: Table, row: int, kind: Kind, asked: set[str]) -> bool:
        """Whether a row has a figure of this kind under a heading of which a question has all words that name a thing."""
        cells = zip(table.header[1:], table.rows[row][1:], strict=True)
        return any(
            self._searcher.terms.stems(cue.without(markdown.plain(name))) - GENERIC <= asked
            for name, cell in cells if any(figure.kind == kind for figure in figures(markdown.plain(cell)))
        )  # fmt: skip

    def whom(self, query: Query, citations: Citations) -> str:
        """For whom the one row is that a question names, from a column that tells that; "" where there is none."""
        for guide, index in self._searcher.tables.naming({word.stem for word in query.words}):
            table = guide.tables[index]
            columns = [i for i, name in enumerate(table.header) if i and cue.FOR_WHOM.search(markdown.plain(name).lower())]
            rows = self._named(guide.id, index, query) if columns and table.spec is None else []
            if len(rows) == 1 and (n := citations.add_rows(self.row(guide.id, index, rows[0]), rows)):
                label, *values = (markdown.plain(cell) for cell in table.rows[rows[0]])
                column = columns[0]
                name = markdown.plain(table.header[column]).lower()
                value = self._speech.say(wording.VALUE, label=label, column=name, value=values[column - 1], n=n)
                return self._speech.say(wording.FOUND, places=value)
        return ""

    def unpaid(self, subject: Sequence[str]) -> bool:
        """Whether a question is of nothing but an occupation that rows name, though none of those rows with an amount."""
        asked = {words.stem(word) for word in subject}
        tables = [guide.tables[index] for guide, index in self._searcher.tables.naming(asked)]
        paid, unpaid = False, False
        for table in tables:
            for position, row in enumerate(table.rows):
                label = self._label(table, position)
                has = any(f.kind == "money" for cell in row[1:] for f in figures(markdown.plain(cell)))
                paid |= has and asked <= label
                unpaid |= not has and asked == label and len(asked) > 1
        return unpaid and not paid

    def row(self, guide: str, table: int, row: int) -> Passage:
        """The passage of one row."""
        return self._searcher.tables.passage(guide, table, row)

    def _names_a_row(self, query: Query, column: lookup.Column) -> bool:
        return column.passage.table is not None and bool(self._named(column.passage.guide, column.passage.table, query))

    def unasked(self, passage: Passage, query: Query) -> bool:
        """Whether a passage is a row of a table of which the question names other rows."""
        named = self.asked(passage, query)
        return bool(named) and passage.row not in named

    def asked(self, passage: Passage, query: Query) -> list[int]:
        """The rows that a question names of the table that a passage is a row of; none where it is no row."""
        return self._named(passage.guide, passage.table, query) if passage.table is not None and passage.row is not None else []

    def _named(self, guide: str, table: int, query: Query) -> list[int]:
        """The rows that a question speaks of: it has what only their names have, of one alternative at least, or the whole name."""
        asked = {word.stem for word in query.words}
        rows = self._searcher.tables.rows(guide, table)
        named = [place for place, row in enumerate(rows) if any(own <= asked for own in row.own)]
        return named + [place for place, row in enumerate(rows) if not row.own and row.name and row.name in query.text]

    def _label(self, table: Table, row: int) -> frozenset[str]:
        return self._searcher.terms.stems(table.rows[row][0].split("(")[0])
