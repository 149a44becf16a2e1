"""A file to a Guide: sections, blocks, tables and references, each with the lines it came from."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from retrieval import frontmatter, markdown
from retrieval.errors import GuideError
from retrieval.frontmatter import Source, TableSpec
from retrieval.markdown import ASKED, Block

MAX_GUIDE_BYTES = 5_000_000
SUFFIXES = (".md", ".markdown")


class Table(msgspec.Struct, frozen=True):
    """A table of a guide.

    `header` and each of `rows` have the same number of cells; `header_line` and `row_lines` are their lines in the
    file, counted from 1. `caption` is the paragraph just above the table.
    """

    section: tuple[str, ...]
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    header_line: int
    row_lines: tuple[int, ...]
    spec: TableSpec | None = None


class Guide(msgspec.Struct, frozen=True):
    """One guide. `path` is relative to the parent of the corpus folder, with forward slashes; `text` is the file."""

    id: str
    path: str
    title: str
    source: Source
    updated: str | None
    tags: tuple[str, ...]
    terms: dict[str, list[str]]
    text: str
    tables: tuple[Table, ...]
    references: dict[str, str]
    digest: str

    def slice(self, first: int, last: int) -> str:
        """What stands at these lines, counted from 1, inclusive."""
        return "\n".join(_lines(self.text)[first - 1 : last])


@functools.lru_cache(maxsize=16)  # an answer quotes several passages of a guide
def _lines(text: str) -> list[str]:
    return text.split("\n")


class Parsed(msgspec.Struct, frozen=True):
    """A guide with its blocks, each under the headings that lead to it (the title's heading left out)."""

    guide: Guide
    blocks: tuple[tuple[tuple[str, ...], Block], ...]


def paths(corpus: Path) -> list[Path]:
    """The guide files of a corpus folder, sorted. Raises GuideError where there is no folder `guides`."""
    folder = corpus / "guides"
    if not folder.is_dir():
        raise GuideError(str(folder), 1, "no such folder; put the guides (*.md) there or set FINGERPOST_CORPUS")
    found = (Path(inside, name) for inside, _, names in os.walk(folder) for name in names if _is_guide(name))
    return sorted((path for path in found if path.is_file()), key=lambda path: path.parts)


def _is_guide(name: str) -> bool:
    stem, _, suffix = name.rpartition(".")
    return bool(stem) and f".{suffix.lower()}" in SUFFIXES


def read(path: Path, corpus: Path) -> Parsed:
    """Read one guide. Raises GuideError with file and line for anything that is wrong with it."""
    name = path.relative_to(corpus.parent).as_posix()
    if not name.isprintable():
        raise GuideError(ascii(name), 1, "the file's name has a character that cannot be shown; rename it")
    return parse(_bytes(name, path), name, path.relative_to(corpus / "guides").with_suffix("").as_posix())


def parse(raw: bytes, name: str, identity: str) -> Parsed:
    """The content of a guide's file. `name` is its path as the author knows it. Raises GuideError, as `read` does."""
    _check_bytes(name, raw)
    text = _decode(name, raw)
    head, body, first_line = frontmatter.split(name, text)
    found = markdown.blocks(body, first_line)
    _check_pipes(name, text, first_line, found)
    placed = tuple(_place(found))
    _check_asked(name, placed)
    tables = tuple(_tables(name, placed, head.tables))
    references = {b.label: markdown.plain(b.text.split("]:", 1)[1]) for b in found if b.kind == "footnote"}
    _check_references(name, found, references)
    guide = Guide(
        id=identity,
        path=name,
        title=head.title,
        source=head.source,
        updated=head.updated.isoformat() if head.updated else None,
        tags=tuple(head.tags),
        terms=head.terms,
        text=text,
        tables=tables,
        references=references,
        digest=hashlib.sha256(raw).hexdigest(),
    )
    return Parsed(guide, placed)


def terms(path: Path, corpus: Path) -> dict[str, list[str]]:
    """The terms that a guide declares; none where it cannot be read, which `read` explains."""
    name = path.relative_to(corpus.parent).as_posix()
    try:
        raw = _bytes(name, path)
        _check_bytes(name, raw)
        return frontmatter.split(name, _decode(name, raw))[0].terms
    except GuideError:
        return {}


def digest(path: Path) -> str:
    """The SHA-256 of a guide's file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bytes(name: str, path: Path) -> bytes:
    """What stands in the file, up to the first byte that is too many."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_GUIDE_BYTES + 1)
    except OSError as error:
        raise GuideError(name, 1, f"cannot be opened ({error.strerror}); check that it is a readable file") from error


def _check_bytes(name: str, raw: bytes) -> None:
    """A guide is a text of a size that can be read."""
    if len(raw) > MAX_GUIDE_BYTES:
        line = raw.count(b"\n") + 1
        raise GuideError(name, line, f"the guide is larger than {MAX_GUIDE_BYTES // 1_000_000} MB; split it")
    if (nul := raw.find(b"\0")) >= 0:
        raise GuideError(name, raw.count(b"\n", 0, nul) + 1, "has a NUL byte; save the file as plain UTF-8 text")


def _decode(name: str, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise GuideError(name, line, "is not UTF-8; save the file in the encoding UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _place(found: list[Block]) -> Iterator[tuple[tuple[str, ...], Block]]:
    """Each block with the headings above it; headings of level 1 are the guide's title and not repeated."""
    path: list[tuple[int, str]] = []
    for block in found:
        if block.kind == "heading":
            path = [(level, text) for level, text in path if level < block.level]
            if block.level > 1:
                path.append((block.level, markdown.plain(block.text)))
        yield tuple(text for _, text in path), block


def _check_pipes(name: str, text: str, first_line: int, found: list[Block]) -> None:
    """A line that starts with a bar has to be part of a table or of code; else the table is torn."""
    inside = {n for b in found if b.kind in ("table", "code") for n in range(b.lines[0], b.lines[1] + 1)}
    for number, line in enumerate(text.split("\n"), 1):
        if number >= first_line and line.startswith("|") and number not in inside:
            raise GuideError(name, number, "a table row that belongs to no table; is the heading or |---| line missing?")


def _check_asked(name: str, placed: tuple[tuple[tuple[str, ...], Block], ...]) -> None:
    """Questions are noted below something that answers, and below the whole of it."""
    others = [(section, block) for section, block in placed if not block.asks]
    above = 0  # how many of the others stand above
    for _, block in placed:
        if not block.asks:
            above += 1
            continue
        line = block.lines[0] - 1
        if not above or others[above - 1][1].kind == "heading":
            problem = f"[!{ASKED}] stands below nothing that answers; put it below a paragraph, a list, a table or a note"
            raise GuideError(name, line, problem)
        if above < len(others) and _joined(others[above - 1], others[above]):
            raise GuideError(name, line, f"[!{ASKED}] parts what belongs together; put it below the whole of it")


def _joined(one: tuple[tuple[str, ...], Block], other: tuple[tuple[str, ...], Block]) -> bool:
    """Whether two neighbours belong together: an answer's parts, a table with its caption, a list with the line that introduces it."""
    (section, block), (following_section, following) = one, other
    if section != following_section or following.kind not in ("paragraph", "list", "table"):
        return False
    introduces = block.kind == "paragraph" and (following.kind == "table" or markdown.plain(block.text).endswith(":"))
    return (bool(section) and section[-1].endswith("?")) or introduces


def _tables(name: str, placed: tuple[tuple[tuple[str, ...], Block], ...], specs: list[TableSpec]) -> Iterator[Table]:
    tables: list[Table] = []
    previous: Block | None = None
    for section, block in placed:
        if block.kind == "table":
            caption = previous.text if previous is not None and previous.kind == "paragraph" else ""
            tables.append(_table(name, section, block, markdown.plain(caption)))
        previous = block
    declared = [_declared(name, spec, tables) for spec in specs]
    if len(set(declared)) < len(declared):
        raise GuideError(name, specs[-1].line, "two declared tables name the same section; give each its own section")
    for index, table in enumerate(tables):
        spec = specs[declared.index(index)] if index in declared else None
        yield msgspec.structs.replace(table, spec=spec)


def _table(name: str, section: tuple[str, ...], block: Block, caption: str) -> Table:
    rows = [markdown.cells(line) for line in block.text.split("\n")]
    first = block.lines[0]
    for offset, row in enumerate(rows):
        if len(row) != len(rows[0]):
            problem = f"this table row has {len(row)} cells, but its heading has {len(rows[0])}"
            raise GuideError(name, first + offset, problem)
    if len(rows) < 3:
        raise GuideError(name, first, "this table has no rows below its heading")
    lines = tuple(range(first + 2, first + len(rows)))
    return Table(section, caption, rows[0], tuple(rows[2:]), first, lines)


def _declared(name: str, spec: TableSpec, tables: list[Table]) -> int:
    """The index of the table that a declaration means."""
    wanted = spec.section.casefold()
    found = [i for i, table in enumerate(tables) if any(part.casefold() == wanted for part in table.section[-1:])]
    if len(found) != 1:
        problem = f"the table '{spec.id}' is declared for section '{spec.section}', which has {len(found)} tables"
        raise GuideError(name, spec.line, f"{problem}; it has to have exactly one")
    table = tables[found[0]]
    for value in spec.columns.values:
        if not any(value.casefold() in heading.casefold() for heading in table.header[1:]):
            problem = f"no column of '{spec.id}' has '{value}' in its heading"
            raise GuideError(name, spec.line, f"{problem} (headings: {', '.join(table.header[1:])})")
    for value in spec.rows.values:
        if not any(value.casefold() in row[0].casefold() for row in table.rows):
            raise GuideError(name, spec.line, f"no row of '{spec.id}' has '{value}' in its first cell")
    return found[0]


def _check_references(name: str, found: list[Block], references: dict[str, str]) -> None:
    for block in found:
        if block.kind == "code":
            continue
        for mark in markdown.footnote_marks(block.text):
            if mark not in references:
                raise GuideError(name, block.lines[0], f"the reference [^{mark}] is not defined; add '[^{mark}]: ...'")
