"""Whether a table decides, as "experience by goal" does, and how it would be declared; for a person to look over."""

from __future__ import annotations

import re

from retrieval import words
from retrieval.frontmatter import Axis, TableSpec
from retrieval.guides import Table
from retrieval.quantities import figures

_YEARS = re.compile(r"\b\d+\s*(?:[-–]\s*\d+)?\s*\+?\s*(?:years?|yrs?)\b", re.IGNORECASE)
_CHOICE = re.compile(r"\bOR\b|\s\+\s|\bthen\b")


def guess(table: Table, taken: set[str]) -> TableSpec | None:
    """The declaration of a table whose cells say what to do where a row and a column meet; None for any other.

    Such a table has at least two rows and two columns beside the first, its cells are advice rather than values of a
    column, and its rows or its columns are steps of one thing: ranges of years, or headings that share a word.
    """
    columns = table.header[1:]
    if len(columns) < 2 or len(table.rows) < 2 or not table.section:
        return None
    shared = _shared(columns)
    by_years = all(_YEARS.search(row[0]) for row in table.rows)
    if not by_years or not (shared or _advises(table)) or _is_values(table):
        return None
    first = words.content(table.header[0])
    rows = Axis(_axis(first[0] if first else "experience", taken=set()), unit="years")
    values: dict[str, list[str]] = {own: [] for own in (_own(column, columns, shared) for column in columns)}
    if len(values) < len(columns) or "" in values:
        return None
    columns_axis = Axis(_axis(shared or "goal", taken={rows.axis}), values={value: [value] for value in values})
    identity = _axis(f"{rows.axis}-{columns_axis.axis}", taken)
    return TableSpec(identity, table.section[-1], "decision", rows, columns_axis)


def _shared(columns: tuple[str, ...]) -> str:
    """The last word that all headings share, such as "goal"."""
    common = set.intersection(*(set(words.content(column)) for column in columns))
    return next((word for word in reversed(words.content(columns[0])) if word in common), "")


def _own(column: str, columns: tuple[str, ...], shared: str) -> str:
    """The first word of a heading that no other heading has, as it stands there."""
    others = {word for other in columns if other != column for word in words.content(other)}
    return next((w for w in re.findall(r"[^\W\d_]+", column.casefold()) if w not in others and w != shared and words.content(w)), "")


def _advises(table: Table) -> bool:
    cells = [cell for row in table.rows for cell in row[1:]]
    return any(_CHOICE.search(cell) for cell in cells)


def _is_values(table: Table) -> bool:
    """Whether a column holds nothing but quantities, as prices and times do."""
    columns = list(zip(*(row[1:] for row in table.rows), strict=True))
    return any(all(_bare(cell) for cell in column) for column in columns)


def _bare(cell: str) -> bool:
    """Whether a cell is a quantity and nothing else."""
    rest = cell
    for figure in figures(cell):
        rest = rest.replace(figure.text, "")
    return bool(figures(cell)) and not re.search(r"[^\W\d_]{3,}", rest)


def _axis(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[^a-z0-9-]+", "-", name.casefold()).strip("-") or "table"
    number, found = 2, plain
    while found in taken:
        found, number = f"{plain}-{number}", number + 1
    return found
