"""Questions over a table's values: the cheapest, the longest, those under a limit. Read from the table itself."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.cues import Extreme
from retrieval import markdown
from retrieval.guides import Table
from retrieval.passages import Passage
from retrieval.quantities import Figure, Kind, figures
from retrieval.searcher import Found, Searcher

_AT_LEAST = re.compile(
    r"\b(?:at least|more than|over|above|or more|reach(?:es)?|exceeds?|upwards of|minimum|longer than|higher than)\b|\d\s*\+", re.IGNORECASE
)
_AT_MOST = re.compile(
    r"\b(?:under|below|less than|at most|within|up to|no more than|cheaper than|shorter than|faster than|or less|max(?:imum)?|"
    r"quicker than|fewer than|afford|in)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Column:
    """A column of a table whose cells hold figures of one kind. `passage` is the table's passage."""

    passage: Passage
    table: Table
    index: int
    figures: tuple[Figure | None, ...]

    @property
    def name(self) -> str:
        """The column's heading in plain words."""
        return markdown.plain(self.table.header[self.index])

    def label(self, row: int) -> str:
        """The first cell of a row in plain words."""
        return markdown.plain(self.table.rows[row][0])

    def value(self, row: int) -> str:
        """The cell of a row in plain words."""
        return markdown.plain(self.table.rows[row][self.index])


def column(found: Sequence[Found], kind: Kind, searcher: Searcher) -> Column | None:
    """The column with figures of this kind in the table that comes first among the passages found."""
    for hit in found:
        there = searcher.table(hit.passage)
        if there is None or there[1].spec is not None:
            continue
        for index in range(1, len(there[1].header)):
            cells = tuple(_figure(row[index], kind) for row in there[1].rows)
            if sum(cell is not None for cell in cells) >= 0.75 * len(cells):
                return Column(_table_passage(hit.passage, searcher), there[1], index, cells)
    return None


def extreme(found: Column, which: Extreme) -> list[int]:
    """The rows with the lowest or the highest value, by both ends of each range; several where they are equal."""
    values = {row: (f.low, f.high) if which == "lowest" else (f.high, f.low) for row, f in enumerate(found.figures) if f}
    if which == "highest" and any(math.isinf(v[0]) for v in values.values()):
        values = {row: (f.high if not math.isinf(f.high) else _stated(f), f.low) for row, f in enumerate(found.figures) if f}
    best = (min if which == "lowest" else max)(values.values())
    return [row for row, value in values.items() if value == best]


def within(found: Column, question: str, kind: Kind) -> list[int] | None:
    """The rows whose value can meet the limit in the question, or None where it states none."""
    limit = next((f for f in figures(question) if f.kind == kind), None)
    if limit is None:
        return None
    amount = limit.low if limit.low and not math.isinf(limit.low) else limit.high
    around = question[max(0, limit.span[0] - 30) : limit.span[1] + 20]
    if _AT_LEAST.search(around) or math.isinf(limit.high):
        return [row for row, f in enumerate(found.figures) if f and max(f.high, _stated(f)) >= amount]
    if limit.low == 0 or _AT_MOST.search(around):
        return [row for row, f in enumerate(found.figures) if f and _stated(f) <= amount and not math.isinf(f.high)]
    return None


def _stated(figure: Figure) -> float:
    """The larger number that is written, also where the range is open above."""
    closed = figures(re.sub(r"\+|or more|exceeds?|over|more than|at least", "", figure.text))
    return max((f.high for f in closed if not math.isinf(f.high)), default=figure.low)


def _figure(cell: str, kind: Kind) -> Figure | None:
    return next((f for f in figures(markdown.plain(cell)) if f.kind == kind), None)


def _table_passage(passage: Passage, searcher: Searcher) -> Passage:
    return next(
        p for p in searcher.generation.passages
        if p.kind == "table" and p.guide == passage.guide and p.table == passage.table
    )  # fmt: skip
