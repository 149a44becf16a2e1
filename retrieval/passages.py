"""A guide to passages: what is searched for and quoted.

A paragraph is a passage; a list stays with the line that introduces it; a question in a heading stays with its
answer; a table is one passage and each of its rows another, which knows its table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from retrieval import markdown
from retrieval.guides import Guide, Parsed, Table
from retrieval.markdown import Block
from retrieval.terms import Terms

Kind = Literal["prose", "list", "faq", "row", "table", "reference", "gap", "claim", "asked"]
NOTES: tuple[Kind, ...] = ("gap", "claim")  # what is said of the source, and answers nobody

LONGEST = 1_000  # characters of one passage; longer paragraphs are divided between sentences
_SENTENCE_END = re.compile(r"(?<=[.!?])(?P<closing>[\"”')\]]*)\s+(?=[\"“'(\[]*[A-Z0-9$])")


class Passage(msgspec.Struct, frozen=True):
    """One passage.

    `lines` are counted from 1, inclusive; `text` is what stands there. `embedded` is what the encoder and the lexical
    index read: the headings, then the text in plain words, with one name for each term; `heading` is the
    headings alone in the same words. `table` and `row` are positions in the guide's tables and in the table's rows.
    `references` are resolved. A question that is noted for a passage is an entry of the kind "asked", and `answers` says how many
    places before it the passage stands that answers it (0 of any other).
    """

    guide: str
    kind: Kind
    section: tuple[str, ...]
    lines: tuple[int, int]
    text: str
    embedded: str
    references: tuple[str, ...] = ()
    table: int | None = None
    row: int | None = None
    heading: str = ""
    answers: int = 0

    @property
    def says(self) -> bool:
        """Whether a guide says this: not a question that is noted for a passage, nor a note of what is missing."""
        return self.kind not in ("asked", "gap")


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, in order, none of their characters lost but the white space between them."""
    ends = list(_SENTENCE_END.finditer(text))
    spans = zip([0, *(m.end() for m in ends)], [*(m.end("closing") for m in ends), len(text)], strict=True)
    return [text[start:end] for start, end in spans if text[start:end].strip()]


def of_guide(parsed: Parsed, terms: Terms) -> list[Passage]:
    """The passages of one guide, in the order of its lines."""
    found: list[Passage] = []
    blocks = [(section, block) for section, block in parsed.blocks if block.kind != "heading" and not block.asks]
    tables = iter(range(len(parsed.guide.tables)))
    position = 0
    while position < len(blocks):
        section, block = blocks[position]
        taken = 1
        if block.kind == "table":
            found += _of_table(parsed.guide, next(tables), terms)
        elif _introduces(blocks, position, "list"):
            found.append(_joined(parsed.guide, "list", section, [block, blocks[position + 1][1]], terms))
            taken = 2
        elif _introduces(blocks, position, "table"):
            pass  # the table's caption, which its passages carry
        else:
            found += _of_block(parsed.guide, section, block, terms)
        position += taken
    made = sorted([*found, *_questions(parsed, terms), *_reference_list(parsed, terms)], key=lambda p: p.lines)
    return [msgspec.structs.replace(p, heading=terms.unify(". ".join(p.section))) for p in made]


def describe_row(table: Table, row: int) -> str:
    """A row in words, each value with the name of its column: "Path: Internal pivot. Cost: $0."."""
    pairs = zip(table.header, table.rows[row], strict=True)
    return " ".join(f"{markdown.plain(name)}: {markdown.plain(value)}." for name, value in pairs if markdown.plain(value))


def _introduces(blocks: list[tuple[tuple[str, ...], Block]], position: int, kind: str) -> bool:
    """Whether this is a paragraph that ends with a colon, and what it announces is of this kind."""
    (section, block), following = blocks[position], blocks[position + 1 : position + 2]
    return (
        block.kind == "paragraph"
        and bool(following)
        and (
            following[0][1].kind == kind
            and following[0][0] == section
            and markdown.plain(block.text).endswith((":", "."))
            and (kind == "table" or markdown.plain(block.text).endswith(":"))
        )
    )


def _of_block(guide: Guide, section: tuple[str, ...], block: Block, terms: Terms) -> Iterator[Passage]:
    if block.kind == "note":
        kind: Kind | None = {"GAP": "gap", "CLAIM": "claim"}.get(block.label, "prose")  # type: ignore[assignment]
        yield _joined(guide, kind or "prose", section, [block], terms)
    elif block.kind == "footnote":
        yield _joined(guide, "reference", section, [block], terms)
    elif block.kind in ("paragraph", "list", "code"):
        if block.kind == "paragraph" and section and section[-1].endswith("?"):
            return  # stays with its question
        for part in _divided(block):
            yield _joined(guide, "list" if block.kind == "list" else "prose", section, [part], terms)


def _divided(block: Block) -> Iterator[Block]:
    """A long block as several, cut between sentences or items."""
    if len(block.text) <= LONGEST:
        yield block
        return
    pieces = block.text.split("\n") if block.kind == "list" else sentences(block.text)
    end = 0
    for pack in _packed(pieces):
        start = end = block.text.index(pack[0], end)
        for piece in pack:
            end = block.text.index(piece, end) + len(piece)
        text, line = block.text[start:end], block.lines[0] + block.text.count("\n", 0, start)
        yield Block(block.kind, (line, line + text.count("\n")), text)


def _packed(pieces: list[str]) -> Iterator[list[str]]:
    pack: list[str] = []
    for piece in pieces:
        if pack and sum(len(p) + 1 for p in pack) + len(piece) > LONGEST:
            yield pack
            pack = []
        pack.append(piece)
    if pack:
        yield pack


def _questions(parsed: Parsed, terms: Terms) -> Iterator[Passage]:
    """Each heading that asks something, with all that stands below it."""
    asked: dict[tuple[int, tuple[str, ...]], list[Block]] = {}
    headings = 0
    for section, block in parsed.blocks:
        headings += block.kind == "heading"
        if block.kind in ("paragraph", "list", "table") and section and section[-1].endswith("?"):
            asked.setdefault((headings, section), []).append(block)
    for (_, section), blocks in asked.items():
        text = " ".join(markdown.plain(_readable(b)) for b in blocks)
        if len(text) <= LONGEST:
            yield _joined(parsed.guide, "faq", section, blocks, terms)
        else:
            for block in blocks:
                for part in _divided(block) if block.kind != "table" else ():
                    yield _joined(parsed.guide, "faq", section, [part], terms)


def _reference_list(parsed: Parsed, terms: Terms) -> Iterator[Passage]:
    """All references of a guide, where they stand together."""
    notes = [(section, block) for section, block in parsed.blocks if block.kind == "footnote"]
    if len(notes) > 1 and len({section for section, _ in notes}) == 1:
        yield _joined(parsed.guide, "list", notes[0][0], [block for _, block in notes], terms)


def _of_table(guide: Guide, index: int, terms: Terms) -> Iterator[Passage]:
    table = guide.tables[index]
    last = table.row_lines[-1]
    names = ", ".join(markdown.plain(cell) for cell in table.header)
    labels = ", ".join(markdown.plain(row[0]) for row in table.rows)
    overview = f"{table.caption} Table of {names}: {labels}."
    marks = markdown.footnote_marks(guide.slice(table.header_line - 2, last))
    yield Passage(
        guide.id, "table", table.section, (table.header_line, last), guide.slice(table.header_line, last),
        _embedded(table.section, overview, terms), _resolved(guide, marks), index,
    )  # fmt: skip
    above = guide.slice(max(1, table.header_line - 2), table.header_line - 1)
    for row, line in enumerate(table.row_lines):
        text = guide.slice(line, line)
        marks = markdown.footnote_marks(text) or markdown.footnote_marks(above)
        yield Passage(
            guide.id, "row", table.section, (line, line), text,
            _embedded(table.section, describe_row(table, row), terms), _resolved(guide, marks), index, row,
        )  # fmt: skip


def _joined(guide: Guide, kind: Kind, section: tuple[str, ...], blocks: list[Block], terms: Terms) -> Passage:
    lines = (blocks[0].lines[0], blocks[-1].lines[1])
    text = blocks[0].text if len(blocks) == 1 else guide.slice(*lines)
    words = " ".join(markdown.plain(_readable(b)) for b in blocks)
    return Passage(
        guide.id, kind, section, lines, text, _embedded(section, words, terms),
        _resolved(guide, markdown.footnote_marks(text)),
    )  # fmt: skip


def _readable(block: Block) -> str:
    """A block's text; of a table, its cells without borders."""
    if block.kind == "table":
        lines = [line for number, line in enumerate(block.text.split("\n")) if number != 1]
        return "; ".join(" ".join(markdown.cells(line)) for line in lines)
    if block.kind == "footnote":
        return block.text.split("]:", 1)[1]
    return re.sub(r"\n\s*(?:[-*+]|\d+[.)])\s+", "; ", f"\n{block.text}").strip("; \n")


def _embedded(section: tuple[str, ...], words: str, terms: Terms) -> str:
    return terms.unify(f"{'. '.join(section)}. {words}" if section else words)


def _resolved(guide: Guide, marks: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(guide.references[mark] for mark in marks if mark in guide.references)
