"""Markdown text to blocks that know their lines. The only file that imports markdown-it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

BlockKind = Literal["heading", "paragraph", "list", "table", "note", "footnote", "code"]

ASKED = "ASKED"  # the label of a note of questions
_ALERT = re.compile(r"^\s*>\s*\[!(?P<kind>[A-Z]+)\]\s*$")
_FOOTNOTE = re.compile(r"^\[\^(?P<mark>[^\]\s]+)\]:\s*(?P<text>.+)$")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]:\s*\S+(?:\s+[\"'(].*)?$")


@dataclass(frozen=True)
class Block:
    """One block of a guide.

    `lines` are the first and last line in the file, counted from 1 and inclusive; `text` is what stands there,
    character for character. `level` is a heading's depth (1 to 6) and 0 for anything else; `label` is a note's kind
    in upper case, such as GAP, or a footnote's mark.
    """

    kind: BlockKind
    lines: tuple[int, int]
    text: str
    level: int = 0
    label: str = ""

    @property
    def asks(self) -> bool:
        """Whether this is a note of the ways in which people ask for what stands above it."""
        return self.kind == "note" and self.label == ASKED


def blocks(text: str, first_line: int) -> list[Block]:
    """The blocks of `text` in order; its first line has the number `first_line` in the file."""
    source = text.split("\n")
    found: list[Block] = []
    for token in _outermost(_parser().parse(text)):
        if token.map is None:
            continue
        start, end = token.map
        while end > start + 1 and not source[end - 1].strip():
            end -= 1
        found += _of_token(token, source[start:end], start + first_line)
    return found


@functools.cache
def _parser() -> MarkdownIt:
    """The parser, imported where guides are read: an answer from an index needs none.

    References would swallow "[^1]: Levels.fyi"; what stands inside a line is not asked for, and costs the square of a
    line of "[[[[".
    """
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").disable(["reference", "inline"])


def cells(row: str) -> tuple[str, ...]:
    """The cells of one table row, without the spaces around them."""
    inner = row.strip()
    inner = inner.removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return tuple(cell.strip() for cell in _CELL_BORDER.split(inner))


@functools.lru_cache(maxsize=4_096)
def plain(text: str) -> str:
    """`text` as a person reads it: no emphasis, code or footnote marks, link text only, one space between words."""
    text = re.sub(r"\[\^[^\]\s]+\]", "", text)
    text = re.sub(r"!?\[([^\[\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<(https?://[^>]+)>", r"\1", text)
    text = re.sub(r"(?m)^\s*(?:[-*+]|\d+[.)])\s+", "", text)
    text = re.sub(r"(?m)^\s*>\s?", "", text)
    text = re.sub(r"\*\*|__|`", "", text)
    return re.sub(r"\s+", " ", text).strip()


def footnote_marks(text: str) -> tuple[str, ...]:
    """The marks of the footnotes that `text` refers to, each once, in order."""
    return tuple(dict.fromkeys(re.findall(r"\[\^([^\]\s]+)\](?!:)", text)))


def _outermost(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.level == 0 and token.nesting >= 0:
            yield token


def _of_token(token: Token, lines: list[str], at: int) -> list[Block]:
    text, span = "\n".join(lines), (at, at + len(lines) - 1)
    if token.type == "heading_open":
        return [Block("heading", span, _heading(text, token.markup), level=int(token.tag[1]))]
    if token.type in ("bullet_list_open", "ordered_list_open"):
        return [Block("list", span, text)]
    if token.type == "table_open":
        return [Block("table", span, text)]
    if token.type == "blockquote_open":
        return _note(lines, text, span)
    if token.type == "paragraph_open":
        return _paragraph(lines, span)
    if token.type in ("fence", "code_block"):
        return [Block("code", span, text)]
    return []


def _heading(text: str, markup: str) -> str:
    """The words of a heading, which is marked by number signs or by a line below it."""
    if not markup.startswith("#"):
        return text.rpartition("\n")[0].strip()
    return re.sub(r"^\s*#+|(?<=\s)#+\s*$", "", text).strip()


def _note(lines: list[str], text: str, span: tuple[int, int]) -> list[Block]:
    alert = _ALERT.match(lines[0])
    if alert and len(lines) > 1:
        return [Block("note", (span[0] + 1, span[1]), "\n".join(lines[1:]), label=alert["kind"])]
    return [Block("paragraph", span, text)]


def _paragraph(lines: list[str], span: tuple[int, int]) -> list[Block]:
    first = next((n for n, line in enumerate(lines) if _FOOTNOTE.match(line)), len(lines))
    if all(_DEFINITION.match(line) for line in lines[:first]):
        return _footnotes(lines[first:], span[0] + first)
    above = Block("paragraph", (span[0], span[0] + first - 1), "\n".join(lines[:first]))
    return [above, *_footnotes(lines[first:], span[0] + first)]


def _footnotes(lines: list[str], at: int) -> list[Block]:
    """One block for each footnote; a line that starts none belongs to the one above it."""
    notes: list[Block] = []
    for number, line in enumerate(lines, at):
        if match := _FOOTNOTE.match(line):
            notes.append(Block("footnote", (number, number), line, label=match["mark"]))
        else:
            last = notes.pop()
            notes.append(Block("footnote", (last.lines[0], number), f"{last.text}\n{line}", label=last.label))
    return notes
