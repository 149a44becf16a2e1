"""The table that an answer rests on, whole, with the asker's cells marked: what platforms draw and put into forms."""

from __future__ import annotations

from dataclasses import dataclass

from bot import decision
from bot.messages import Answer
from retrieval import markdown
from retrieval.ports import Generation

Cell = tuple[int, int]  # row and column, counted from 0; row 0 is the first below the header, column 0 the row's label


@dataclass(frozen=True)
class Matrix:
    """A decision table in plain words. `rows` have as many cells as `header`; `marked` are the asker's cells."""

    table: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    axes: tuple[str, str] = ("", "")
    marked: tuple[Cell, ...] = ()


def every(generation: Generation) -> list[Matrix]:
    """All decision tables of the guides, none marked."""
    return [_whole(table) for table in decision.tables(generation)]


def of(answer: Answer, generation: Generation) -> Matrix | None:
    """The table that a recommendation was read from, with the cells that it names; None for any other answer."""
    if answer.recommendation is None:
        return None
    there = [table for table in decision.tables(generation) if table.spec.id == answer.recommendation.table]
    if not there:
        return None
    whole = _whole(there[0])
    matched = answer.recommendation.matched
    rows = _named(there[0].row_labels, matched.get(whole.axes[0]))
    columns = _named(there[0].column_labels, matched.get(whole.axes[1]))
    marked = tuple((r, c + 1) for r in rows for c in columns) if matched else ()
    return Matrix(whole.table, whole.title, whole.header, whole.rows, whole.axes, marked)


def _whole(table: decision.DecisionTable) -> Matrix:
    header = tuple(markdown.plain(cell) for cell in table.table.header)
    rows = tuple(tuple(markdown.plain(cell) for cell in row) for row in table.table.rows)
    title = table.table.section[-1] if table.table.section else table.guide.title
    return Matrix(table.spec.id, title, header, rows, (table.spec.rows.axis, table.spec.columns.axis))


def _named(labels: list[str], matched: str | None) -> list[int]:
    """The positions of the labels that `matched` names; all of them where the asker has not said."""
    if matched is None:
        return list(range(len(labels)))
    return [i for i, label in enumerate(labels) if label == matched] or [i for i, label in enumerate(labels) if label in matched]
