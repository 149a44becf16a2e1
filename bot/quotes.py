"""Quotes: cut from a guide, and checked against it before anybody sees them."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.messages import Citation
from retrieval import markdown, words
from retrieval.guides import Guide
from retrieval.passages import Passage, sentences

LONGEST = 420  # characters of a quote of running text
LONGEST_TABLE = 1_300
GAP = "…"
_POINT = "▶ {} ◀"  # the asker's cell
_MARKS = str.maketrans(dict.fromkeys("*_`|>#[]\\", " "))
_RULE = re.compile(r"^[\s|:-]+$")
_FOOTNOTE = re.compile(r"^\[\^[^\]]+\]:\s*")


def cite(n: int, guide: Guide, passage: Passage, quote: str, lines: tuple[int, int]) -> Citation:
    """Citation number `n` of a passage."""
    return Citation(
        n=n, guide=guide.id, path=guide.path, title=guide.title, section=passage.section, lines=lines, quote=quote,
        publisher=guide.source.publisher, author=guide.source.author, url=guide.source.url, updated=guide.updated,
        references=passage.references,
    )  # fmt: skip


def of_passage(guide: Guide, passage: Passage, wanted: list[str]) -> tuple[str, tuple[int, int]]:
    """The quote of a passage, and its lines. Of a long text only the sentences with the most `wanted` words."""
    if passage.row is not None and passage.table is not None:
        return of_rows(guide, passage.table, [passage.row])
    if passage.kind == "table" and passage.table is not None:
        return of_rows(guide, passage.table, list(range(len(guide.tables[passage.table].rows))))
    if len(passage.text) <= LONGEST or passage.kind in ("list", "reference") or "|" in passage.text:
        return passage.text, passage.lines
    return _shortened(passage.text, wanted), passage.lines


def of_rows(guide: Guide, table: int, rows: list[int]) -> tuple[str, tuple[int, int]]:
    """A table's heading and some of its rows, as they stand; gaps are marked."""
    found = guide.tables[table]
    quote = guide.slice(found.header_line, found.header_line)
    previous = found.header_line
    for row in rows:
        line = guide.slice(found.row_lines[row], found.row_lines[row])
        if len(quote) + len(line) > LONGEST_TABLE:
            break
        follows = found.row_lines[row] == previous + 1
        quote += f"\n{line}" if follows else f"\n{GAP}\n{line}"
        previous = found.row_lines[row]
    return quote, (found.header_line, previous)


def stands(citation: Citation, guide: Guide) -> bool:
    """Whether the quote stands at its lines, word for word; white space and Markdown marks aside."""
    written = guide.slice(*citation.lines)
    if citation.quote in written:  # as most do to a letter, which costs no comparison of the words
        return bool(citation.quote.replace(GAP, " ").translate(_MARKS).strip())
    there = _letters(written)
    at = 0
    parts = [part for part in (_letters(p) for p in citation.quote.split(GAP)) if part]
    for part in parts:
        found = there.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return bool(parts)


def readable(quote: str) -> str:
    """A quote without Markdown marks, on one line; each row of a table as "label | column: value; ..."."""
    return " ".join(lines(quote))


def lines(quote: str, marked: Callable[[str, str], bool] = lambda _row, _column: False) -> list[str]:
    """A quote as `readable` has it, its text and each row of a table on a line of its own.

    `marked` is asked for each cell, by its row's and its column's name, whether to point at it.
    """
    there = [line for line in quote.split("\n") if line.strip() and line.strip() != GAP]
    rows = [markdown.cells(line) for line in there if line.lstrip().startswith("|") and not _RULE.match(line)]
    text = markdown.plain("\n".join(_FOOTNOTE.sub("", line) for line in there if not line.lstrip().startswith("|")))
    return [part for part in (text, *(_row(rows[0], row, marked) for row in rows[1:])) if part]


def _row(header: tuple[str, ...], row: tuple[str, ...], marked: Callable[[str, str], bool]) -> str:
    label = markdown.plain(row[0])
    cells = [(markdown.plain(h), markdown.plain(c)) for h, c in zip(header[1:], row[1:], strict=False)]
    said = [f"{name}: {_POINT.format(value) if marked(label, name) else value}" for name, value in cells if value]
    return f"{label} | {'; '.join(said)}."


def _shortened(text: str, wanted: list[str]) -> str:
    """The run of sentences that holds the most wanted words and is short enough."""
    parts = sentences(text)
    stems = {words.stem(word) for word in wanted}
    best: tuple[int, int, int] = (-1, 0, 1)
    for start in range(len(parts)):
        for end in range(start + 1, len(parts) + 1):
            chosen = " ".join(parts[start:end])
            if len(chosen) > LONGEST and end > start + 1:
                break
            score = len(stems & set(words.stems(chosen))) * 10 + (end - start)
            best = max(best, (score, -start, end), key=lambda b: (b[0], b[1]))
    _, start, end = best
    first = text.index(parts[-start])
    last = text.index(parts[end - 1], first) + len(parts[end - 1])
    return text[first:last]


def _letters(text: str) -> str:
    return " ".join(text.translate(_MARKS).split()).casefold()
