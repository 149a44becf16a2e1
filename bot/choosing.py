"""Which of the passages that answer a question are shown."""

from __future__ import annotations

from collections.abc import Sequence

from bot import cues as cue
from bot import lookup
from bot.cues import Cues
from bot.evidence import Ranked
from bot.statements import Statement
from bot.tables import Tables
from retrieval.passages import NOTES, Passage
from retrieval.quantities import figures
from retrieval.searcher import Query, Searcher

SHOWN = 3  # passages shown for one question
CLOSE = 0.12  # evidence below the best passage's that still counts as an answer
SECOND = 0.25  # the same for a second passage, where the first is short
STATED = 0.3  # the same for one that states the figure asked about, or has a word that the others lack
WEIGHTY = 0.15  # share of a question of a word that one of the passages has to hold
HELD = 0.9  # how far a passage has to hold it
SIDES = 5  # passages of each side of a comparison among which two of one table are looked for


class Choice:
    """Chooses from one generation."""

    def __init__(self, searcher: Searcher, tables: Tables) -> None:
        self._searcher = searcher
        self._tables = tables

    def of(self, ranked: list[Ranked], cues: Cues, differing: Sequence[Statement], query: Query) -> list[Passage]:
        """The passages to show, best first."""
        if differing:
            return list(dict.fromkeys([s.passage for s in differing]))
        usable = [r for r in ranked if r.found.passage.kind not in NOTES]
        if cues.row and (rows := self._tables.rows(query)):
            usable = [r for r in usable if r.found.passage in rows] or usable
        if cues.both_guides:
            first = {r.found.passage.guide: r for r in reversed(usable) if r.found.passage.kind != "table"}
            return [r.found.passage for r in sorted(first.values(), key=lambda r: -r.rank)]
        best = usable[0]
        if not cues.listing and not cues.compares:
            usable = [best, *(r for r in usable[1:] if not self._tables.unasked(r.found.passage, query))]
        if cue.SUM.search(query.text) and len(parts := self._amounts(best.found.passage, cues)) > 1:
            return parts
        kept = distinct([r for r in usable if r.evidence >= best.evidence - CLOSE])[:SHOWN]
        if (whole := self._whole(kept, cues, query)) is not None:
            return [whole]
        if cues.listing and best.found.passage.kind == "prose":
            section = self._section(best.found.passage)
            return [*section, *(r.found.passage for r in kept if r.found.passage not in section)]
        if len(kept) == 1 and best.found.passage.kind not in ("table", "list"):
            kept = distinct([best, *[r for r in usable[1:3] if r.evidence >= best.evidence - SECOND]])[:2]
        return [r.found.passage for r in self._completed(kept, usable, query)]

    def _whole(self, kept: list[Ranked], cues: Cues, query: Query) -> Passage | None:
        """The table in place of its rows, where a list is asked for or all that is kept are rows of it, and none is named."""
        passages = [r.found.passage for r in kept]
        many = len(kept) == SHOWN and len({(p.guide, p.table) for p in passages}) == 1 and all(p.row is not None for p in passages)
        return self._tables.whole(passages) if (cues.listing or many) and not self._tables.asked(passages[0], query) else None

    def _completed(self, kept: list[Ranked], usable: Sequence[Ranked], query: Query) -> list[Ranked]:
        """What is kept, with a passage that holds a weighty word of the question which the others lack."""
        lacking = [w.text for w in query.words if w.known and w.weight >= WEIGHTY and all(r.found.covered[w.text] < HELD for r in kept)]
        near = [r for r in usable if r not in kept and r.evidence >= kept[0].evidence - STATED]
        more = next((r for r in near if any(r.found.covered[word] >= HELD for word in lacking)), None)
        return distinct([*kept[: SHOWN - 1], more, *kept[SHOWN - 1 :]]) if more else kept

    def _section(self, passage: Passage) -> list[Passage]:
        """A paragraph with the others of its section, first the one that was found."""
        own = [p for p in self._searcher.generation.passages.of_guide(passage.guide) if p.section == passage.section]
        return [passage, *(p for p in own if p.kind in ("prose", "list") and p.lines != passage.lines)]

    def _amounts(self, passage: Passage, cues: Cues) -> list[Passage]:
        """The paragraphs of a section that state amounts, first the one that was found; none where that is none of them."""
        section = self._section(passage) if passage.kind == "prose" and cues.kind == "money" else []
        return [p for p in section if any(figure.kind == cues.kind for figure in figures(p.text))][:SHOWN]

    def confirming(self, question: str, ranked: Sequence[Ranked]) -> list[Passage]:
        """The best passage that states a figure of the question, where it says the figure is so: "does it really exceed 400k?"."""
        said = [] if lookup.limits(question) and not cue.WHETHER.search(question) else figures(question)
        if not said:
            return []
        near = [
            r.found.passage for r in ranked if r.evidence >= ranked[0].evidence - STATED and r.found.passage.kind not in (*NOTES, "table")
        ]
        same = [p for p in near if any(f.same_amount(s) for f in figures(p.text) for s in said)]
        return same[: 2 if cue.EITHER.search(question) else 1]


def side_by_side(one: Sequence[Ranked], other: Sequence[Ranked]) -> tuple[Passage, Passage]:
    """A passage for each side: two rows of one table where both sides have one, else the best of each."""
    for r in one[:SIDES]:
        for s in other[:SIDES]:
            p, q = r.found.passage, s.found.passage
            near = r.evidence >= one[0].evidence - SECOND and s.evidence >= other[0].evidence - SECOND
            if near and p.row is not None and q.row is not None and p.row != q.row and (p.guide, p.table) == (q.guide, q.table):
                return p, q
    first = one[0].found.passage
    return first, next((s.found.passage for s in other if s.found.passage != first), first)


def distinct(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Without passages that lie within one already chosen, such as a row of a table that is shown whole."""
    kept: list[Ranked] = []
    for r in ranked:
        p = r.found.passage
        if not any(
            k.found.passage.guide == p.guide and k.found.passage.lines[0] <= p.lines[1] and p.lines[0] <= k.found.passage.lines[1]
            for k in kept
        ):
            kept.append(r)
    return kept
