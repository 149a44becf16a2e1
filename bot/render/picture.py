"""A table as a picture: the same for every platform, readable on light and on dark ground.

The only file that imports Pillow. The fonts lie in the package, so a picture looks the same on every machine.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

MARK = "You are here"
LONGEST_DESCRIPTION = 1_000  # characters; the shortest limit of the platforms is 1,024
_MOST_ROWS, _MOST_COLUMNS, _LONGEST_CELL = 30, 8, 300
_SIZE, _PADDING, _WIDTH, _BORDER = 22, 16, 300, 3  # pixels; _WIDTH is that of a column's text
_PAPER, _INK, _LINE = "#ffffff", "#1d1c1d", "#6b6b6b"
_HEAD, _MARKED, _MARK_INK = "#e8edf2", "#fff3c4", "#7a4b00"
_FONTS = Path(__file__).parent / "fonts"


def picture(header: Sequence[str], rows: Sequence[Sequence[str]], marked: Collection[tuple[int, int]] = ()) -> bytes:
    """The table as a PNG, dark text on its own white ground.

    `marked` are cells as (row, column), both counted from 0 without the header; each is framed, coloured and says
    so in words. A table that is larger than a picture can show is cut, and says so.
    """
    cells = _cells(header, rows, marked)
    heights = [max(_height(cell) for cell in line) + 2 * _PADDING for line in cells]
    column = _WIDTH + 2 * _PADDING
    image = Image.new("RGB", (column * len(cells[0]) + _BORDER, sum(heights) + _BORDER), _PAPER)
    draw = ImageDraw.Draw(image)
    top = 0
    for number, (line, height) in enumerate(zip(cells, heights, strict=True)):
        for position, cell in enumerate(line):
            box = (position * column, top, (position + 1) * column, top + height)
            _draw(draw, box, cell, head=number == 0 or position == 0, marked=cell.startswith(MARK) and (number - 1, position) in marked)
        top += height
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


class Canvas:
    """A white ground to draw on."""

    def __init__(self, width: int, height: int) -> None:
        self._image = Image.new("RGB", (width, height), _PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def box(self, box: tuple[float, float, float, float], colour: str) -> None:
        """A filled box with a thin frame; none where it has no height."""
        if box[3] - box[1] >= 1:
            self._draw.rectangle(box, fill=colour, outline=_PAPER)

    def text(self, where: tuple[float, float], text: str, *, bold: bool = False, ink: str = _INK) -> None:
        """One line."""
        self._draw.text(where, text, fill=ink, font=_font(bold))

    def png(self) -> bytes:
        """The picture."""
        out = io.BytesIO()
        self._image.quantize(64).save(out, "PNG", optimize=True)
        return out.getvalue()


def describe(header: Sequence[str], rows: Sequence[Sequence[str]], marked: Collection[tuple[int, int]] = ()) -> str:
    """The picture in words, for those who do not see it: first the marked cells, then the rest."""
    there: list[str] = []
    others: list[str] = []
    for r, row in enumerate(rows):
        for c, cell in enumerate(row[1:], 1):
            said = f"{row[0]}, {header[c] if c < len(header) else ''}: {cell}"
            (there if (r, c) in marked else others).append(said)
    parts = [f"{MARK}: {'; '.join(there)}."] if there else []
    parts.append(f"Table of {len(rows)} rows. {'; '.join(others)}.")
    text = " ".join(" ".join(parts).split())
    return text if len(text) <= LONGEST_DESCRIPTION else text[: LONGEST_DESCRIPTION - 1] + "…"


def _cells(header: Sequence[str], rows: Sequence[Sequence[str]], marked: Collection[tuple[int, int]]) -> list[list[str]]:
    """All cells with the header first, each row as wide as the header, what is too much cut."""
    width = max(1, min(_MOST_COLUMNS, len(header) or max((len(row) for row in rows), default=1)))
    lines = [_line(header, width)]
    for r, row in enumerate(rows[:_MOST_ROWS]):
        line = _line(row, width)
        lines.append([f"{MARK}: {cell}" if (r, c) in marked else cell for c, cell in enumerate(line)])
    if len(rows) > _MOST_ROWS:
        lines.append(_line([f"… and {len(rows) - _MOST_ROWS} more rows in the guide"], width))
    return lines


def _line(cells: Sequence[str], width: int) -> list[str]:
    texts = [" ".join("".join(c for c in cell if c.isprintable() or c.isspace()).split()) for cell in cells[:width]]
    texts = [text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…" for text in texts]
    return texts + [""] * (width - len(texts))


def _draw(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], cell: str, *, head: bool, marked: bool) -> None:
    ground = _MARKED if marked else _HEAD if head else _PAPER
    draw.rectangle(box, fill=ground, outline=_LINE, width=_BORDER if marked else 1)
    where = (box[0] + _PADDING, box[1] + _PADDING)
    draw.multiline_text(where, _wrapped(cell), fill=_MARK_INK if marked else _INK, font=_font(head or marked), spacing=6)


def _height(cell: str) -> int:
    lines = _wrapped(cell).count("\n") + 1
    return lines * (_SIZE + 10)


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")), _SIZE)


def _wrapped(text: str) -> str:
    """The text in lines that fit a column, measured in the wider of the two fonts; a word that is too long is broken."""
    lines, line = [], ""
    for word in text.split():
        for piece in _pieces(word):
            longer = f"{line} {piece}".strip()
            if line and _font(True).getlength(longer) > _WIDTH:
                lines.append(line)
                line = piece
            else:
                line = longer
    return "\n".join([*lines, line])


def _pieces(word: str) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and _font(True).getlength(pieces[-1] + letter) > _WIDTH:
            pieces.append("")
        pieces[-1] += letter
    return pieces
