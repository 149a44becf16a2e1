"""Questions over a table's values: the cheapest, the longest, those within limits. Read from the table itself."""

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
_STRICT = re.compile(
    r"\b(?:more than|over|above|longer than|higher than|exceeds?|under|below|less than|fewer than|shorter than|cheaper than)\b",
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


@dataclass(frozen=True)
class Limit:
    """A limit that a question puts on a column: `amount` in months, dollars or percent; `strict` where it is itself left out.

    With `holds` no limit but an amount that a range has to hold: "155k, which level is that".
    """

    kind: Kind
    amount: float
    least: bool
    strict: bool = False
    holds: bool = False


def columns(found: Sequence[Found], kinds: Sequence[Kind], searcher: Searcher) -> dict[Kind, Column]:
    """A column for each of the kinds, in the first table among the passages found that has them all; else none."""
    for hit in found:
        there = searcher.tables.of(hit.passage)
        if there is None or there[1].spec is not None:
            continue
        fitting = {kind: column for kind in kinds if (column := _column(hit.passage, there[1], kind, searcher)) is not None}
        if fitting and len(fitting) == len(kinds):
            return fitting
    return {}


def extreme(found: Column, which: Extreme, among: Sequence[int] | None = None) -> list[int]:
    """The rows with the lowest or the highest value, by both ends of each range; several where they are equal."""
    there = {row: f for row, f in enumerate(found.figures) if f and (among is None or row in among)}
    if not there:
        return []
    values = {row: (f.low, f.high) if which == "lowest" else (f.high, f.low) for row, f in there.items()}
    if which == "highest" and any(math.isinf(v[0]) for v in values.values()):
        values = {row: (f.high if not math.isinf(f.high) else _stated(f), f.low) for row, f in there.items()}
    best = (min if which == "lowest" else max)(values.values())
    return [row for row, value in values.items() if value == best]


def limits(question: str) -> list[Limit]:
    """The limits that a question states, each by the words around its figure: "under $1000 and less than 6 months"."""
    found, end = [], 0
    stated = figures(question)
    for position, figure in enumerate(stated):
        following = stated[position + 1].span[0] if position + 1 < len(stated) else len(question)
        around = question[max(end, figure.span[0] - 30) : min(following, figure.span[1] + 20)]
        end = figure.span[1]
        amount = figure.low if figure.low and not math.isinf(figure.low) else figure.high
        least = bool(_AT_LEAST.search(around)) or math.isinf(figure.high)
        if least or figure.low == 0 or _AT_MOST.search(around):
            found.append(Limit(figure.kind, amount, least, bool(_STRICT.search(around))))
    return found


def held(question: str, kind: Kind | None) -> list[Limit]:
    """The amount that a question states with no limit, where it asks for that kind of figure and states one."""
    stated = [figure for figure in figures(question) if figure.kind == kind]
    return [Limit(f.kind, f.low, least=False, holds=True) for f in stated if f.low == f.high][:1] if len(stated) == 1 else []


def within(found: Column, limit: Limit) -> list[int]:
    """The rows whose value can meet a limit."""
    there = {row: f for row, f in enumerate(found.figures) if f}
    if limit.holds:
        return [row for row, f in there.items() if f.low <= limit.amount <= f.high]
    if limit.least:
        return [
            row for row, f in there.items() if max(f.high, _stated(f)) >= limit.amount and not (limit.strict and f.high == limit.amount)
        ]
    return [
        row for row, f in there.items()
        if _stated(f) <= limit.amount and not math.isinf(f.high) and not (limit.strict and f.low == limit.amount)
    ]  # fmt: skip


def _column(passage: Passage, table: Table, kind: Kind, searcher: Searcher) -> Column | None:
    """The first column of a table in which nearly all cells hold figures of a kind."""
    for index in range(1, len(table.header)):
        cells = tuple(_figure(row[index], kind) for row in table.rows)
        if sum(cell is not None for cell in cells) >= 0.75 * len(cells):
            position = searcher.generation.guides[passage.guide].tables.index(table)
            return Column(searcher.tables.passage(passage.guide, position), table, index, cells)
    return None


def _stated(figure: Figure) -> float:
    """The larger number that is written, also where the range is open above."""
    closed = figures(re.sub(r"\+|or more|exceeds?|over|more than|at least", "", figure.text))
    return max((f.high for f in closed if not math.isinf(f.high)), default=figure.low)


def _figure(cell: str, kind: Kind) -> Figure | None:
    return next((f for f in figures(markdown.plain(cell)) if f.kind == kind), None)
