"""Answers that are read from a table: a row's value, the lowest or highest of a column, a limit, a corner of a matrix."""

from __future__ import annotations

from collections.abc import Sequence

from bot import cues as cue
from bot import decision, lookup, wording
from bot.composer import Citations
from bot.cues import Cues
from retrieval import markdown, words
from retrieval.passages import Passage
from retrieval.quantities import Figure, figures
from retrieval.searcher import Found, Query, Searcher


class Tables:
    """Reads the tables of one generation."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def read(self, question: str, query: Query, cues: Cues, found: Sequence[Found], citations: Citations) -> str:
        """The answer to a superlative or a limit over a column, or "" where the question has none or names a row."""
        assert cues.kind is not None
        column = lookup.column(found, cues.kind, self._searcher)
        if column is None or self._names_a_row(query, column):
            return ""
        if cues.extreme is not None:
            rows, template = lookup.extreme(column, cues.extreme), wording.LOWEST if cues.extreme == "lowest" else wording.HIGHEST
        elif cue.SELECTS.search(question) and (fitting := lookup.within(column, question, cues.kind)) is not None:
            rows, template = fitting, wording.WITHIN
        else:
            return ""
        if not rows:
            n = citations.add(column.passage, [])
            return wording.NONE_WITHIN.format(section=column.table.section[-1], n=n) if n else ""
        n = citations.add_rows(column.passage, rows)
        values = wording.listed([f"{column.label(row)} ({column.value(row)})" for row in rows])
        return template.format(column=column.name.lower(), values=values, n=n) if n else ""

    def value(self, passage: Passage, cues: Cues, n: int) -> str:
        """A row's label, with the value of the column that is asked for; "" where the passage is no row."""
        there = self._searcher.table(passage)
        if there is None or passage.row is None:
            return ""
        table, row = there[1], there[1].rows[passage.row]
        label = markdown.plain(row[0])
        for name, cell in zip(table.header[1:], row[1:], strict=True):
            if table.spec is None and cues.kind and any(f.kind == cues.kind for f in figures(cell)):
                return wording.VALUE.format(label=label, column=markdown.plain(name).lower(), value=markdown.plain(cell), n=n)
        return wording.ROW.format(label=label, n=n)

    def whole(self, passages: Sequence[Passage]) -> Passage | None:
        """The table that several of the passages are rows of, where the first of them is."""
        rows = [p for p in passages if p.row is not None and (p.guide, p.table) == (passages[0].guide, passages[0].table)]
        if len(rows) < 2 or passages[0].row is None:
            return None
        own = [p for p in self._searcher.generation.passages if p.kind == "table"]
        return next(p for p in own if (p.guide, p.table) == (passages[0].guide, passages[0].table))

    def higher(self, passages: Sequence[Passage], cues: Cues) -> str:
        """Which of two rows has the larger value in the column asked for; "" where the ranges do not tell."""
        values = [self._measured(p, cues) for p in passages]
        if len(values) != 2 or values[0] is None or values[1] is None:
            return ""
        one, first = values[0]
        other, second = values[1]
        if (first.low, first.high) == (second.low, second.high):
            return ""
        if first.low >= second.low and first.high >= second.high:
            return " " + wording.HIGHER.format(label=one)
        if second.low >= first.low and second.high >= first.high:
            return " " + wording.HIGHER.format(label=other)
        return ""

    def _measured(self, passage: Passage, cues: Cues) -> tuple[str, Figure] | None:
        """A row's label with its first figure of the kind asked for."""
        there = self._searcher.table(passage)
        if there is None or passage.row is None or cues.kind is None:
            return None
        row = there[1].rows[passage.row]
        found = next((f for cell in row[1:] for f in figures(markdown.plain(cell)) if f.kind == cues.kind), None)
        return (markdown.plain(row[0]), found) if found else None

    def corner(self, question: str, citations: Citations) -> str:
        """The cell of a decision table that a question points at, such as "the top left box"; "" where it does not."""
        match = cue.CORNER.search(question)
        tables = decision.tables(self._searcher.generation.guides)
        if match is None or not tables:
            return ""
        table = tables[0]
        row = 0 if match["row"].casefold() in ("top", "upper") else len(table.row_labels) - 1
        column = 0 if match["column"].casefold() == "left" else len(table.column_labels) - 1
        n = citations.add_rows(table.passage(self._searcher.generation.passages), [row])
        options = wording.listed(table.options(row, column), "or")
        return wording.CELL.format(
            section=table.table.section[-1], row=table.row_labels[row], column=table.column_labels[column], n=n, options=options
        )

    def _names_a_row(self, query: Query, column: lookup.Column) -> bool:
        """Whether the question speaks of one row: it has all words of a row's name that other rows' names have not."""
        labels = [set(words.stems(self._searcher.terms.unify(row[0].split("(")[0]))) for row in column.table.rows]
        asked = {word.stem for word in query.words}
        for label in labels:
            own = {stem for stem in label if sum(stem in other for other in labels) == 1}
            if own and own <= asked:
                return True
        return False
