"""A question about what the guides say, to the passages that say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot import cues as cue
from bot import disagreement, evidence, lookup, wording
from bot.composer import Citations
from bot.conversation import subject_words
from bot.cues import Cues
from bot.evidence import Ranked
from bot.messages import Claim, Disagreement
from retrieval import markdown
from retrieval.passages import Passage
from retrieval.quantities import figures
from retrieval.searcher import Found, Query, Searcher

DEPTH = 12
SHOWN = 3  # passages shown for one question
CLOSE = 0.1  # evidence below the best passage's that still counts as an answer
ROOM = 900  # characters quoted in one answer, after the first passage


@dataclass(frozen=True)
class Reply:
    """The answer to one question of a message; `text` is empty where it is not covered and `uncovered` says why."""

    text: str = ""
    uncovered: str = ""
    disagreements: tuple[Disagreement, ...] = field(default=())


class Facts:
    """Answers one question at a time from the passages."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def reply(self, question: str, cues: Cues, citations: Citations) -> Reply:
        """Answer `question`, adding what it quotes to `citations`."""
        if cues.compares and (sides := self._sides(question, cues)):
            if (compared := self._compared(sides, citations)) is not None:
                return compared
        query = self._searcher.read(question, evidence.weightless)
        ranked = evidence.rank(self._searcher.search(query, DEPTH), cues)
        if (refused := self._refused(ranked, query, cues)) is not None:
            return refused
        found = [r.found for r in ranked]
        if cues.kind and (read := self._read_table(question, cues, found, citations)):
            return Reply(read + self._second_view(ranked, citations))
        if cues.both_guides:
            return self._each_guide(query, ranked, cues, citations)
        return self._passages(question, query, ranked, cues, citations)

    def _refused(self, ranked: list[Ranked], query: Query, cues: Cues) -> Reply | None:
        """Why nothing found answers the question, or None where something does."""
        if not ranked:
            return Reply(uncovered=wording.NOT_COVERED)
        best = ranked[0]
        if not evidence.enough(best, query, cues, self._searcher):
            lacking = evidence.lacking(best.found, query, self._searcher)
            words = wording.listed([f"“{word}”" for word in lacking[:2]], "or")
            return Reply(uncovered=wording.NOT_COVERED_WORDS.format(words=words) if words else wording.NOT_COVERED)
        if best.found.passage.kind in ("gap", "claim"):
            section = markdown.plain(best.found.passage.section[-1]) if best.found.passage.section else ""
            template = wording.NOT_COVERED_GAP if best.found.passage.kind == "gap" else wording.NOT_COVERED_CLAIM
            return Reply(uncovered=template.format(section=section))
        return None

    def _read_table(self, question: str, cues: Cues, found: list[Found], citations: Citations) -> str:
        """The answer to a superlative or a limit over a column, or "" where the question has none."""
        assert cues.kind is not None
        column = lookup.column(found, cues.kind, self._searcher)
        if column is None:
            return ""
        if cues.extreme is not None:
            rows, template = lookup.extreme(column, cues.extreme), wording.LOWEST if cues.extreme == "lowest" else wording.HIGHEST
        elif (fitting := lookup.within(column, question, cues.kind)) is not None:
            rows, template = fitting, wording.WITHIN
        else:
            return ""
        if not rows:
            n = citations.add(column.passage, [])
            return wording.NONE_WITHIN.format(section=column.table.section[-1], n=n) if n else ""
        n = citations.add_rows(column.passage, rows)
        values = wording.listed([f"{column.label(row)} ({column.value(row)})" for row in rows])
        return template.format(column=column.name.lower(), values=values, n=n) if n else ""

    def _second_view(self, ranked: list[Ranked], citations: Citations) -> str:
        """A passage in words that says the same or something else, beside a table's value."""
        for other in ranked:
            if other.found.passage.kind in ("faq", "prose") and other.evidence >= ranked[0].evidence - CLOSE:
                n = citations.add(other.found.passage, list(other.found.covered))
                return f" See also [{n}]." if n else ""
        return ""

    def _each_guide(self, query: Query, ranked: list[Ranked], cues: Cues, citations: Citations) -> Reply:
        """The best passage of each guide, and where their figures differ."""
        chosen: dict[str, Ranked] = {}
        for r in ranked:
            if r.found.passage.kind not in ("gap", "claim", "reference", "table"):
                chosen.setdefault(r.found.passage.guide, r)
        return self._shown(query, list(chosen.values()), cues, citations, ())

    def _passages(self, question: str, query: Query, ranked: list[Ranked], cues: Cues, citations: Citations) -> Reply:
        subject = subject_words(question, self._searcher)
        differing = disagreement.differing(subject, cues.kind, [r.found.passage for r in ranked], self._searcher) if cues.kind else []
        best = ranked[0].evidence
        close = [r for r in ranked if r.evidence >= best - CLOSE and r.found.passage.kind not in ("gap", "claim")]
        kept = _distinct(close)[:SHOWN]
        if differing:
            said = {s.passage for s in differing}
            kept = [ranked[0], *[r for r in ranked[1:] if r.found.passage in said]]
        return self._shown(query, kept, cues, citations, differing)

    def _shown(
        self, query: Query, shown: Sequence[Ranked], cues: Cues, citations: Citations,
        differing: Sequence[disagreement.Statement],
    ) -> Reply:  # fmt: skip
        numbers: dict[Passage, int] = {}
        wanted = [word.text for word in query.words]
        for r in shown:
            if numbers and citations.length() + len(r.found.passage.text) > ROOM and r.found.passage not in {s.passage for s in differing}:
                continue
            n = citations.add(r.found.passage, wanted)
            if n is not None:
                numbers[r.found.passage] = n
        if not numbers:
            return Reply(uncovered=wording.FAILED_QUOTE)
        text = self._text(numbers, query, cues)
        claims = [Claim(s.figure.text, numbers[s.passage]) for s in differing if s.passage in numbers]
        if len(claims) > 1:
            about = " ".join(subject_words(query.text, self._searcher)) or query.text
            said = wording.listed([f"{c.figure} [{c.citation}]" for c in claims])
            return Reply(wording.DISAGREE.format(claims=said), disagreements=(Disagreement(about, tuple(claims)),))
        return Reply(text + (self._source(numbers, citations) if cues.source else ""))

    def _text(self, numbers: dict[Passage, int], query: Query, cues: Cues) -> str:
        """The bot's own words: what each passage gives, as short as it goes."""
        parts = []
        for passage, n in numbers.items():
            parts.append(self._row(passage, n, query, cues) or self._figure(passage, n, cues) or f"“{_place(passage)}” [{n}]")
        return wording.FOUND.format(places="; ".join(parts))

    def _row(self, passage: Passage, n: int, query: Query, cues: Cues) -> str:
        """A row's label, with the value of the column that is asked for."""
        there = self._searcher.table(passage)
        if there is None or passage.row is None:
            return ""
        table, row = there[1], there[1].rows[passage.row]
        label = markdown.plain(row[0])
        for name, cell in zip(table.header[1:], row[1:], strict=True):
            if cues.kind and any(f.kind == cues.kind for f in figures(cell)):
                return wording.VALUE.format(label=label, column=markdown.plain(name).lower(), value=markdown.plain(cell), n=n)
        return wording.ROW.format(label=label, n=n)

    def _figure(self, passage: Passage, n: int, cues: Cues) -> str:
        found = [f for f in figures(markdown.plain(passage.text)) if f.kind == cues.kind]
        return wording.FIGURE.format(figure=found[0].text, n=n) if len(found) == 1 else ""

    def _source(self, numbers: dict[Passage, int], citations: Citations) -> str:
        """Which reference the first passage cites, with the reference itself quoted."""
        passage, n = next(iter(numbers.items()))
        if passage.kind in ("reference", "list") and not passage.references:
            return ""
        said = []
        for reference in passage.references:
            entry = next(
                (p for p in self._searcher.generation.passages if p.kind == "reference" and reference in markdown.plain(p.text)), None
            )
            number = citations.add(entry, []) if entry else None
            said.append(wording.SOURCE.format(reference=reference, n=number or n))
        if not said:
            publisher = self._searcher.generation.guides[passage.guide].source.publisher or "its author"
            said = [wording.NO_SOURCE.format(n=n, publisher=publisher)]
        return " " + " ".join(said)

    def _sides(self, question: str, cues: Cues) -> list[str]:
        """Both sides of a comparison, each as a question of its own."""
        match = cue.VERSUS.match(question)
        if match is None:
            return []
        rest = match["rest"] or ""
        asked = [w for w in question.split() if cue.kind(w)]
        sides = []
        for side in (match["left"], match["right"]):
            own = "" if not asked or cue.kind(side) else " ".join(asked)
            sides.append(f"{side} {rest} {own}".strip())
        return sides

    def _compared(self, sides: list[str], citations: Citations) -> Reply | None:
        """The best passage for each side; None where a side finds none."""
        numbers: dict[Passage, int] = {}
        query = None
        for side in sides:
            query = self._searcher.read(side, evidence.weightless)
            cues = cue.read(side)
            ranked = evidence.rank(self._searcher.search(query, DEPTH), cues)
            ranked = [r for r in ranked if r.found.passage.kind not in ("gap", "claim", "table") and r.found.passage not in numbers]
            if not ranked or not evidence.enough(ranked[0], query, cues, self._searcher):
                return None
            passage = ranked[0].found.passage
            if (n := citations.add(passage, [w.text for w in query.words])) is not None:
                numbers[passage] = n
        return Reply(self._text(numbers, query, cue.read(" ".join(sides)))) if query and len(numbers) == len(sides) else None


def _place(passage: Passage) -> str:
    return markdown.plain(passage.section[-1]) if passage.section else passage.guide


def _distinct(ranked: Sequence[Ranked]) -> list[Ranked]:
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
