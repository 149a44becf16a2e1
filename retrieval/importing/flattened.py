"""Tables that were flattened as a page was copied: cells parted by tabs or wide gaps, one cell a line, or one row a line.

What tells a table is that its columns hold the same sort of thing in every row: durations, amounts, shares, a rating.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from retrieval.importing import lines as line_of
from retrieval.importing.rows import split_rows
from retrieval.quantities import figures

LEAST_ROWS = 2  # below the heading
MOST_COLUMNS = 8
LONGEST_CELL = 14  # words
FARTHEST = 300  # lines that one table may take
_GAP = re.compile(r"\t+| {3,}")
_NOTHING = frozenset(("", "-", "–", "—", "n/a", "none", "free", "varies", "?"))
_ANSWERS = frozenset("yes no ✓ ✗ ✔ ✘ high medium low moderate".split())


class Found(NamedTuple):
    """A table: how many lines it took, and its rows, the heading first. `guessed` where nothing but spaces parted the heading."""

    lines: int
    rows: list[list[str]]
    guessed: bool = False


def find(lines: Sequence[str]) -> Found | None:
    """The table that begins with the first of these lines, if one does."""
    return _gapped(lines) or _one_cell_a_line(lines) or _one_row_a_line(lines)


def _gapped(lines: Sequence[str]) -> Found | None:
    """Cells parted by tabs, or by three spaces and more: as many in each row."""
    if not _GAP.search(lines[0].strip()):
        return None
    split = [_GAP.split(line.strip(" ")) if "\t" in line else _GAP.split(line.strip()) for line in lines[:FARTHEST]]
    rows = list(takewhile(lambda row: len(row) == len(split[0]), split))
    return Found(len(rows), rows) if len(rows) > 1 and 1 < len(split[0]) <= 20 else None


def _one_cell_a_line(lines: Sequence[str]) -> Found | None:
    """The table of most rows among those that the number of columns may give."""
    if not any(_sort(line.strip()) for line in lines[1 : 4 * MOST_COLUMNS]):
        return None  # soon told of nearly every line
    filled = [(at, line) for at, line in enumerate(takewhile(_celllike, lines[:FARTHEST])) if line.strip()]
    best: Found | None = None
    for width in range(2, MOST_COLUMNS + 1):
        cells = [line.strip() for _, line in filled]
        rows = [cells[at : at + width] for at in range(0, len(cells) - width + 1, width)]
        if len(rows) <= LEAST_ROWS or any(_sort(cell) for cell in rows[0]) or not all(cell[0].isupper() for cell in rows[0]):
            continue
        count = _regular(rows)
        taken = (1 + count) * width
        if count >= LEAST_ROWS and (best is None or taken > len(best.rows) * len(best.rows[0])):
            best = Found(filled[taken - 1][0] + 1, rows[: 1 + count])
    return best


def _celllike(line: str) -> bool:
    text = line.strip()
    return not text or (
        len(text.split()) <= LONGEST_CELL
        and not line_of.is_prose(text)
        and not line_of.BULLET.match(text)
        and not line_of.HASHES.match(text)
        and not text.startswith("|")
        and not text.endswith(":")
    )


def _regular(rows: Sequence[Sequence[str]]) -> int:
    """How many rows below the heading have columns of one sort each, at least one of them a sort of its own."""
    sorts = [[_sort(cell) for cell in row] for row in rows[1:]]
    columns = [next((sort for sort in column if sort != "nothing"), "") for column in zip(*sorts[:LEAST_ROWS], strict=True)]
    if not any(columns):
        return 0
    return len(list(takewhile(lambda row: _fits(row, columns), sorts)))


def _fits(row: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether a row's cells are of their columns' sorts; one of them may be in words ("on request")."""
    pairs = list(zip(row, columns, strict=True))
    wrong = [sort for sort, wanted in pairs if sort not in (wanted, "nothing")]
    return not wrong or (wrong == [""] and any(wanted and sort in (wanted, "nothing") for sort, wanted in pairs))


@functools.lru_cache(maxsize=4096)
def _sort(cell: str) -> str:
    """What a cell holds: the kind of the quantity that it begins with, "number", "answer", "nothing"; "" for words."""
    folded = cell.casefold().strip()
    if folded in _NOTHING:
        return "nothing"
    if folded.split(" ")[0].strip(",;:") in _ANSWERS and len(folded.split()) < 4:
        return "answer"
    found = [figure for figure in figures(cell) if figure.span[0] <= 1]
    if found and len(line_of.words(cell)) <= 8:
        return found[0].kind
    return "number" if re.fullmatch(r"[#~≈<>]?\s?[\d.,]+\s?\+?(?:\s?[^\W\d_]{1,12}\.?)?", folded) else ""


def _one_row_a_line(lines: Sequence[str]) -> Found | None:
    """A heading in words, then rows whose cells only spaces part."""
    run = _rowlike(lines)
    if len(run) <= LEAST_ROWS or figures(run[0]) or not line_of.is_title(run[0]):
        return None
    rows = split_rows(run[0], run[1:])
    return Found(len(run), rows, guessed=True) if rows else None


def _rowlike(lines: Sequence[str]) -> list[str]:
    """The lines from the first on that may be rows: each of some words, none a sentence, no empty line between."""
    return [line.strip() for line in takewhile(may_be_row, lines[:FARTHEST])]


def may_be_row(line: str) -> bool:
    """Whether a line may be a row whose cells only spaces part: some words, and no sentence, item or heading."""
    text = line.strip()
    return (
        bool(text)
        and text[0] not in "|#>["
        and not line_of.BULLET.match(text)
        and not line_of.BOLD.match(text)
        and 3 <= len(text.split()) <= 24
        and text[-1] not in ".?!:;,"
    )
