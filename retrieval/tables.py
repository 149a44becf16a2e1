"""The tables of a generation's guides: which one a passage is of, what their rows are called, where each of them is quoted."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from retrieval import markdown
from retrieval.guides import Guide, Table
from retrieval.keeping import kept
from retrieval.passages import Passage
from retrieval.ports import Generation
from retrieval.rarity import TELLING, Rarity
from retrieval.terms import Terms

ROWS = 200  # rows that a question may name
_ALTERNATIVE = re.compile(r"\s*[/+&]\s*|\s+or\s+", re.IGNORECASE)


@dataclass(frozen=True)
class RowName:
    """A row of a table, by its first cell: as it is written, in stems, and in those that tell it from the other rows.

    `own` has one entry for each way in which it is named alone: the whole name, and of "bootcamp/structured course" either part.
    """

    name: str
    stems: frozenset[str]
    own: tuple[frozenset[str], ...]


class GuideTables:
    """Tables by their guide's id and their position in it. Safe to use from several threads."""

    def __init__(self, generation: Generation, terms: Terms, rarity: Rarity) -> None:
        self._generation = generation
        # The names of the rows of a guide's table, in order.
        self.rows: Callable[[str, int], tuple[RowName, ...]] = functools.lru_cache(1_000)(
            functools.partial(_rows, generation, terms, rarity)
        )

    def of(self, passage: Passage) -> tuple[Guide, Table] | None:
        """The table that a passage is, belongs to or holds, with its guide."""
        guide = self._generation.guides[passage.guide]
        if passage.table is not None:
            return guide, guide.tables[passage.table]
        first, last = passage.lines
        held = (table for table in guide.tables if first <= table.header_line <= last) if "|" in passage.text else ()
        return next(((guide, table) for table in held), None)

    @kept(1_000)
    def passage(self, guide: str, table: int, row: int | None = None) -> Passage:
        """The passage of a whole table, or of one of its rows."""
        there = (p for p in self._generation.passages.of_guide(guide) if (p.table, p.row) == (table, row))
        return next(p for p in there if row is not None or p.kind == "table")

    def naming(self, stems: Iterable[str]) -> list[tuple[Guide, int]]:
        """The tables, each as its guide and its position there, of which a row's first cell has any of these stems, in order."""
        return [(self._generation.guides[guide], table) for guide, table in self._naming(frozenset(stems))]

    @kept(1_000)
    def _naming(self, stems: frozenset[str]) -> tuple[tuple[str, int], ...]:
        found = self._generation.passages.many(sorted(i for i, _ in self._generation.rows.search(sorted(stems), ROWS)))
        return tuple((guide, table) for guide, table in dict.fromkeys((p.guide, p.table) for p in found) if table is not None)


def _rows(generation: Generation, terms: Terms, rarity: Rarity, guide: str, table: int) -> tuple[RowName, ...]:
    labels = [row[0] for row in generation.guides[guide].tables[table].rows]
    stems = [terms.stems(label.split("(")[0]) for label in labels]
    counted = Counter(stem for label in stems for stem in label)
    names = [terms.unify(markdown.plain(label)).split(" (")[0] for label in labels]
    telling = {stem for stem, count in counted.items() if count == 1 and rarity.of_word(stem) >= TELLING}
    parts = [_ALTERNATIVE.split(label.split("(")[0]) for label in labels]
    own = [dict.fromkeys([s & telling, *(terms.stems(p) & telling for p in part)]) for s, part in zip(stems, parts, strict=True)]
    return tuple(RowName(n, s, tuple(o for o in ways if o)) for n, s, ways in zip(names, stems, own, strict=True))
