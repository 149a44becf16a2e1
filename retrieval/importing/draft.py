"""What a converter makes of a file: the text as Markdown, what the file says of itself, and what was left out."""

from __future__ import annotations

import datetime
import re

import msgspec


class Draft(msgspec.Struct, frozen=True):
    """Markdown without front matter. `left_out` holds the lines that are no part of the text, `doubts` what to look at."""

    text: str
    title: str = ""
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    updated: datetime.date | None = None
    left_out: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def table(rows: list[list[str]]) -> str:
    """Rows of cells, the first of them the header, as a Markdown table; "" for none."""
    filled = [[_cell(cell) for cell in row] for row in rows if any(_cell(cell) for cell in row)]
    if len(filled) < 2:
        return "\n\n".join(" ".join(cell for cell in row if cell) for row in filled)
    width = max(len(row) for row in filled)
    padded = [row + [""] * (width - len(row)) for row in filled]
    lines = [f"| {' | '.join(row)} |" for row in padded]
    return "\n".join([lines[0], f"|{'---|' * width}", *lines[1:]])


def _cell(text: str | None) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join((text or "").split()))
