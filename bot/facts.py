"""A question about what the guides say, to the passages that say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from bot import cues as cue
from bot import evidence, gloss, lookup, provenance, sides, variants, wording
from bot.advice import Row
from bot.choosing import CLOSE, SHOWN, Choice, side_by_side
from bot.composer import Citations
from bot.conversation import subject_words
from bot.cues import Cues
from bot.disagreement import EVERYWHERE, Disagreements
from bot.evidence import Ranked
from bot.messages import Claim, Disagreement
from bot.speech import Speech
from bot.statements import Statement
from bot.tables import Tables
from retrieval import markdown, words
from retrieval.guides import Guide
from retrieval.passages import NOTES, Passage, sentences
from retrieval.quantities import Kind, figures
from retrieval.searcher import Query, Searcher

DEPTH = 15
WIDE = 60  # passages among which more figures are looked for
ROOM = 700  # characters quoted in one answer, after which no passage is added
SHORT_ANSWER = 12  # characters of a first sentence such as "No." that answers the question above it
# A figure with one of these is asked about: "a bootcamp is done in 3 months, no?"
_TAG = re.compile(r"\bor\b|\bright\b|\btrue\b|\bcorrect\b|\bno\s*\?|\byes\s*\?|\bisn'?t it\b|\bis(?: it|n't) really\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reply:
    """The answer to one question of a message; `text` is empty where it is not covered and `uncovered` says why.

    `noted` where a guide's own note says that it is not.
    """

    text: str = ""
    uncovered: str = ""
    disagreements: tuple[Disagreement, ...] = field(default=())
    noted: bool = False


class Facts:
    """Answers the questions of one message from the passages, in the language of `speech`."""

    def __init__(
        self, searcher: Searcher, disagreements: Disagreements, speech: Speech, asked: str, read: str = "",
        guides: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        """`asked` is the message as it was written, `read` the same, with what it follows, where the model reads its language.

        `guides` are the ids of those whose publishers or authors it names.
        """
        self._guides = guides
        self._asked = asked
        self._read = read
        self._searcher = searcher
        self._disagreements = disagreements
        self._speech = speech
        self._tables = Tables(searcher, speech)
        self._choice = Choice(searcher, self._tables)
        self._emphasis = evidence.emphasis_in(searcher)

    def reply(self, question: str, cues: Cues, citations: Citations, row: Row | None = None) -> Reply:
        """Answer `question`, adding what it quotes to `citations`; `row` is what a table has for who is asking."""
        subject = subject_words(question, self._searcher)
        cues = msgspec.structs.replace(
            cues,
            kind=cues.kind or _stated(question),
            listing=cues.listing or not subject,
            both_guides=cues.both_guides or len(self._guides) > 1,
        )
        about = provenance.about(question, subject, self._named(question), self._searcher, citations, self._speech)
        if said := about or self._tables.corner(question, citations):
            return Reply(said)
        if (not subject or cue.THIS_OR_THAT.search(question)) and (stated := self._stating(question)):
            return self._shown(self._searcher.read(question), stated[:SHOWN], cues, citations, ())
        if row is not None:
            return self._shown(self._searcher.read(question), [self._tables.row(*row)], cues, citations, ())
        if cues.compares and not lookup.limits(question) and (compared := self._compared(question, citations)).text:
            return compared
        query, ranked = self._ranked(question, cues, self._read)
        if cue.EARNINGS.search(question) and self._tables.unpaid(subject):
            return Reply(uncovered=self._speech.say(wording.NOT_COVERED))
        if tabled := self._tabled(question, query, cues, ranked, citations):
            return Reply(tabled)
        refused = self._refused(ranked, query, cues)
        if refused is not None:
            return refused
        return self._answered(question, subject, query, cues, ranked, citations)

    def _answered(
        self, question: str, subject: Sequence[str], query: Query, cues: Cues, ranked: list[Ranked], citations: Citations
    ) -> Reply:  # fmt: skip
        """The passages that answer, with the figures that differ or are stated, and the cell that is asked for."""
        differing, others = self._figures(subject, cues.kind, ranked) if cues.kind else ([], [])
        if ranked[0].found.asked >= evidence.SAME and ranked[0].found.passage not in {statement.passage for statement in differing}:
            differing = []  # of something else: the question is noted for a passage that is none of theirs
        if cues.length and not cue.EXPERIENCE.search(question):
            others = [statement for statement in others if self._lasts(statement.passage, question)]
        chosen = self._choice.of(ranked, cues, differing or others, query)
        if not differing:
            chosen = [*self._choice.confirming(question, ranked), *chosen]
            chosen = list({(p.guide, p.lines, p.row): p for p in chosen}.values())
        if cues.kind and not differing and (cell := self._tables.cell(query, cues.kind)) is not None:
            chosen = [cell, *(p for p in chosen if p != cell)][: max(SHOWN, len(others))]
        return self._shown(query, chosen, cues, citations, differing)

    def _tabled(self, question: str, query: Query, cues: Cues, ranked: list[Ranked], citations: Citations) -> str:
        """The answer that a table gives by its values, its columns or the number of its rows; "" where none does.

        Only of tables that speak of every place, company and year in the question.
        """
        if cue.WHOM.search(question) and (said := self._tables.whom(query, citations)):
            return said
        asked = cues.kind or lookup.limits(question)
        if not asked and not cue.COUNT.search(question):
            return ""
        found = evidence.speaking(ranked, query, self._searcher)
        if asked and (read := self._tables.read(question, query, cues, found, citations)):
            return read + self._second_view(ranked, citations)
        return self._tables.counted(question, found, citations)

    def _figures(self, subject: Sequence[str], kind: Kind, ranked: list[Ranked]) -> tuple[list[Statement], list[Statement]]:
        """The figures about the subject that are at odds; where none are, those that differ but may all be true."""
        wide = self._wide(ranked, subject)
        subject = [word for word in subject if not evidence.weightless(word)] or subject
        about = variants.Subject(subject, self._searcher)
        differing = variants.differing(about, kind, wide, self._disagreements)
        return differing, [] if differing else variants.several(about, kind, wide, self._disagreements)

    def _ranked(self, question: str, cues: Cues, written: str = "") -> tuple[Query, list[Ranked]]:
        query = self._searcher.read(question, self._emphasis, written)
        ranked = evidence.rank(self._searcher.search(query, DEPTH), query, cues, self._searcher)
        guides = set() if cues.both_guides else {guide.id for guide in self._named(question)}
        if cues.length and not cue.EXPERIENCE.search(question):
            ranked = [r for r in ranked if r.found.asked >= evidence.SAME or self._lasts(r.found.passage, question)]
        of_guide = [r for r in ranked if r.found.passage.guide in guides]
        return query, evidence.answering(of_guide if of_guide and (len(guides) == 1 or guides == self._guides) else ranked, cues, question)

    def _named(self, question: str) -> list[Guide]:
        """The guides that a question names, or whose publishers or authors the message does."""
        own = self._searcher.generation.guides
        return [own[guide] for guide in sorted(self._guides)] or provenance.named_guides(question, self._searcher)

    def _lasts(self, passage: Passage, question: str) -> bool:
        """Whether a passage may say how long something takes: not how much experience somebody has, nor of a row with another name."""
        said = [s for s in self._disagreements.of(passage) if s.figure.kind == "duration"]
        if passage.table is None:
            return not said or any(s.sense != "have" for s in said)
        about = {words.stem(word) for word in subject_words(question, self._searcher) if self._searcher.rarity(word) >= EVERYWHERE}
        rows = self._searcher.tables.rows(passage.guide, passage.table)
        labels = [rows[passage.row].stems] if passage.row is not None else [row.stems for row in rows]
        options = [label for s in said for label in s.labels]
        return not about or bool(about & self._searcher.terms.stems(" ".join(passage.section)).union(*labels, *options))

    def _refused(self, ranked: list[Ranked], query: Query, cues: Cues) -> Reply | None:
        """Why nothing found answers the question, or None where something does."""
        if not ranked:
            return Reply(uncovered=self._speech.say(wording.NOT_COVERED))
        told: Ranked | None = ranked[0]
        if not evidence.enough(ranked[0], query, cues, self._searcher):
            lacking = evidence.lacking(ranked[0].found, query, self._searcher)  # of which it may be noted that it is not there
            notes = [r for r in ranked if r.found.passage.kind in NOTES] if lacking else []
            told = next((r for r in notes if evidence.enough(r, query, cues, self._searcher)), None)
        if told is None:
            first = list(dict.fromkeys(lacking or evidence.beside(ranked[0].found, query, self._searcher)))[:2]
            quoted = [self._speech.say(wording.QUOTED, text=gloss.as_written(word, self._asked)) for word in first]
            named = self._speech.listed(quoted, either=True)
            return Reply(uncovered=self._speech.say(wording.NOT_COVERED_WORDS if named else wording.NOT_COVERED, words=named))
        if (note := told.found.passage).kind in NOTES:
            template = wording.NOT_COVERED_GAP if note.kind == "gap" else wording.NOT_COVERED_CLAIM
            return Reply(uncovered=self._speech.say(template, section=_place(note), note=markdown.plain(note.text)), noted=True)
        return None

    def _stating(self, question: str) -> list[Passage]:
        """The passages that state a figure of the question, where it is nothing but a figure ("40%?")."""
        said = figures(question)
        there = self._searcher.holding(re.findall(r"\d+", question), WIDE) if said else []
        held = [(p, f, s) for p in there if p.kind not in (*NOTES, "table") for f in figures(p.text) for s in said if f.same_amount(s)]
        exactly = [p for p, f, s in held if (f.low == s.low and (f.high == s.high or f.open)) or s.low == s.high]
        return list({id(p): p for p in [*exactly, *(p for p, _, _ in held)]}.values())

    def _wide(self, ranked: list[Ranked], subject: Sequence[str]) -> list[Passage]:
        """The passages that were found, with others about the same subject."""
        passages = [*(r.found.passage for r in ranked), *self._searcher.holding(subject, WIDE)]
        return list(dict.fromkeys(passages))

    def _second_view(self, ranked: list[Ranked], citations: Citations) -> str:
        """A passage in words that says the same or something else, beside a table's value."""
        for other in ranked:
            if other.found.passage.kind in ("faq", "prose") and other.evidence >= ranked[0].evidence - CLOSE:
                n = citations.add(other.found.passage, list(other.found.covered))
                return " " + self._speech.say(wording.SEE_ALSO, n=n) if n else ""
        return ""

    def _shown(self, query: Query, passages: Sequence[Passage], cues: Cues, citations: Citations, differing: Sequence[Statement]) -> Reply:
        wanted = [word.text for word in query.words]
        numbers: dict[Passage, int] = {}
        shown: list[Passage] = []
        for passage in passages:
            if shown and not differing and not cues.both_guides and citations.length() + len(passage.text) > ROOM:
                continue
            n = citations.add(passage, wanted)
            if n is not None:
                numbers[passage] = n
                shown.append(passage)
        if not shown:
            return Reply(uncovered=self._speech.say(wording.FAILED_QUOTE))
        found = [numbers[p] for p in shown]
        source = f" {provenance.sources(shown, found, self._searcher, citations, self._speech)}" if cues.source else ""
        claims = list(dict.fromkeys(Claim(s.figure.text, numbers[s.passage]) for s in differing if s.passage in numbers))
        if len(claims) > 1:
            about = " ".join(subject_words(query.text, self._searcher)) or query.text
            said = self._speech.listed([f"{c.figure} [{c.citation}]" for c in claims])
            return Reply(self._speech.say(wording.DISAGREE, claims=said) + source, disagreements=(Disagreement(about, tuple(claims)),))
        parts = [self._said(passage, n, cues) for passage, n in zip(shown, found, strict=True)]
        return Reply(self._speech.say(wording.FOUND, places="; ".join(parts)) + source)

    def _said(self, passage: Passage, n: int, cues: Cues) -> str:
        """What a passage gives, as short as it goes: a table's value, the one figure asked for, or the section."""
        if value := self._tables.value(passage, cues, n):
            return value
        found = [f for f in figures(markdown.plain(passage.text)) if f.kind == cues.kind]
        if len(found) == 1:
            return self._speech.say(wording.FIGURE, figure=found[0].text, n=n)
        opening = sentences(passage.text)[:1] if passage.kind == "faq" else []
        if opening and len(opening[0]) <= SHORT_ANSWER:
            return self._speech.say(wording.SAYS, section=_place(passage), said=opening[0], n=n)
        return self._speech.say(wording.PLACE, section=_place(passage), n=n)

    def _compared(self, question: str, citations: Citations) -> Reply:
        """The best passage for each side of a comparison; empty where the question has no two sides or one finds none.

        Where the guides give different figures for a side, those are told as well.
        """
        cues = cue.read(question)
        found: list[tuple[Query, list[Ranked]]] = []
        for side in sides.of(question):
            query, ranked = self._ranked(side, cue.read(side))
            ranked = [r for r in ranked if r.found.passage.kind not in (*NOTES, "table") and not self._tables.decides(r.found.passage)]
            if not ranked or not evidence.enough(ranked[0], query, cue.read(side), self._searcher):
                return Reply()
            found.append((query, ranked))
        if len(found) < 2:
            return Reply()
        passages = self._tables.pair(found[0][0], found[1][0], cues) or side_by_side(found[0][1], found[1][1])
        parts = []
        for passage, (query, _) in zip(passages, found, strict=False):
            n = citations.add(passage, [word.text for word in query.words])
            if n is not None:
                parts.append(self._said(passage, n, cues))
        if not parts:
            return Reply()
        higher = self._tables.higher(list(passages), cues, question)
        said, differing = self._at_odds(sides.of(question), cues, found, citations)
        return Reply(self._speech.say(wording.FOUND, places="; ".join(parts)) + higher + said, disagreements=differing)

    def _at_odds(
        self, parts: Sequence[str], cues: Cues, found: Sequence[tuple[Query, list[Ranked]]], citations: Citations
    ) -> tuple[str, tuple[Disagreement, ...]]:  # fmt: skip
        """What the guides do not agree on about the sides of a comparison, each cited."""
        said, differing = "", []
        for side, (_, ranked) in zip(parts, found, strict=True) if cues.kind else ():
            subject = [word for word in subject_words(side, self._searcher) if not evidence.weightless(word)]
            statements, _ = self._figures(subject, cues.kind, ranked) if subject and cues.kind else ([], [])
            cited = [(s, n) for s in statements if (n := citations.add(s.passage, subject)) is not None]
            claims = tuple(dict.fromkeys(Claim(s.figure.text, n) for s, n in cited))
            if len(claims) > 1:
                differing.append(Disagreement(" ".join(subject), claims))
                said += " " + self._speech.say(wording.DISAGREE, claims=self._speech.listed([f"{c.figure} [{c.citation}]" for c in claims]))
        return said, tuple(differing)


def _stated(question: str) -> Kind | None:
    """The kind of a figure that the question itself states: a share, an amount, or two durations to choose from."""
    stated = figures(question)
    if len(stated) == 1 and stated[0].kind == "duration" and not _TAG.search(question):
        return None
    return stated[0].kind if stated else None


def _place(passage: Passage) -> str:
    return markdown.plain(passage.section[-1]) if passage.section else passage.guide
