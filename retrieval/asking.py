"""Other ways in which people ask for what a passage says, as a guide's author notes them below it.

Each is searched for like a passage and stands for the one that answers: a question lies nearer to a question than to its answer
(R. Nogueira, W. Yang, J. Lin, K. Cho, "Document Expansion by Query Prediction", 2019, whose questions a model writes).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from retrieval import markdown
from retrieval.guides import Parsed, Table
from retrieval.markdown import Block
from retrieval.passages import Passage
from retrieval.terms import Terms


def woven(parsed: Parsed, passages: Sequence[Passage], terms: Terms) -> list[Passage]:
    """The passages of a guide in order, each followed by the questions that are noted for it."""
    ends: defaultdict[int, list[int]] = defaultdict(list)  # the places of the passages that end with a line
    for place, passage in enumerate(passages):
        ends[passage.lines[1]].append(place)
    tables = {table.header_line: table for table in parsed.guide.tables}
    asked: defaultdict[int, list[Passage]] = defaultdict(list)
    for above, note in _notes(parsed):
        whole, table = _answering(above, passages, ends), tables.get(above.lines[0])
        rows = _rows(table, passages, ends) if table else {}
        for line, written in enumerate(note.text.split("\n"), note.lines[0]):
            row, question = _parted(markdown.plain(written), rows)
            for place in () if not question else whole if row is None else [row]:
                of, section = asked[place], passages[place].section
                of.append(Passage(parsed.guide.id, "asked", section, (line, line), question, terms.unify(question), answers=len(of) + 1))
    return [entry for place, passage in enumerate(passages) for entry in (passage, *asked.get(place, ()))]


def _notes(parsed: Parsed) -> Iterator[tuple[Block, Block]]:
    """The notes of questions, each with the block above it."""
    above: Block | None = None
    for _, block in parsed.blocks:
        if not block.asks:
            above = block
        elif above is not None:
            yield above, block


def _answering(above: Block, passages: Sequence[Passage], ends: Mapping[int, Sequence[int]]) -> list[int]:
    """The places of the passages that answer what is noted below a block: one, or the parts of a long paragraph."""
    first, last = above.lines
    there = [place for line in range(first, last + 1) for place in ends.get(line, ()) if passages[place].row is None]
    whole = [place for place in there if passages[place].lines[1] == last]
    if not whole:
        return []
    best = passages[min(whole, key=lambda place: (passages[place].kind != "faq", last - passages[place].lines[0]))]
    return [
        place for place in there if passages[place] is best or (passages[place].kind == best.kind and passages[place].lines[0] >= first)
    ]


def _rows(table: Table, passages: Sequence[Passage], ends: Mapping[int, Sequence[int]]) -> dict[str, int]:
    """The places of a table's rows, by their names."""
    places = (place for line in table.row_lines for place in ends[line] if passages[place].row is not None)
    return {_name(row[0]): place for row, place in zip(table.rows, places, strict=True)}


def _parted(text: str, rows: Mapping[str, int]) -> tuple[int | None, str]:
    """The place of the row that a line begins with, None for what stands above as a whole, and the question."""
    label, _, question = text.partition(":")
    row = rows.get(_name(label)) if question.strip() else None
    return (None, text) if row is None else (row, question.strip())


def _name(cell: str) -> str:
    return markdown.plain(cell).casefold()
