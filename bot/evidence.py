"""Which of the passages found answer the question, and whether any does.

Not by one threshold on a similarity: a passage also has to hold the kind of figure that is asked for, said of what
is asked about, and every place, company, occupation, group of people or year that the question names.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence

import msgspec

from bot import cues as cue
from bot import naming, profile
from bot.cues import Cues
from retrieval import words
from retrieval.candidates import ALIKE
from retrieval.passages import NOTES
from retrieval.quantities import Figure, figures
from retrieval.rarity import TELLING
from retrieval.searcher import Found, Query, Searcher, Word

SIMILARITY_WEIGHT = 0.5  # of a passage's evidence; the rest is coverage
FUSED_WEIGHT = 0.2  # of the search rank, in the order of passages only
ASKED_WEIGHT = 0.8  # the same of how much nearer than it has to be a question is that is noted for the passage
FIGURE_BONUS = 0.08
LIST_BONUS = 0.06
ROW_BONUS = 0.1
FAQ_BONUS = 0.05
TABLE_BONUS = 0.12  # of a whole table where one is asked for
TABLE_MALUS = 0.12  # of a whole table where a row or a sentence would do
NOTE_MALUS = 0.04
NOTE_LESS = 0.25  # coverage that a note may have less than what stands beside it
NOTE_NEAR = 0.07  # in rank, of a note to the best other passage
ENOUGH = 0.32  # chosen on half of the evaluation questions; docs/answering.md has the curve
ENOUGH_FORM = 0.30  # the same for a question about tables, sources or the guides, whose words say little of a subject
ENOUGH_TABLE = 0.22
LEAST_COVERAGE = 0.2  # of a passage with the figure asked for
LEAST_SIMILARITY = 0.2  # below it, words that stand in a passage by chance are no answer
NEAR = 0.6  # similarity from which a passage may lack a word for one thing
UNLIKE = 0.4  # similarity below which a passage that only has a procedure's nouns does not tell the procedure
SAME = 0.9  # cosine to a question noted for a passage from which it is that question, and the passage what its author answers
MISSING = 0.25  # coverage of a word below which a passage lacks it
AKIN = 0.5  # the same of an occupation, which is another one where the passage has one of near meaning
SPECIFIC_SHARE = 0.35  # of a question's weight, from which words for one thing that a passage lacks are what it rests on
SPECIFIC_NEAR = 0.45  # the same where a question noted for the passage is near
SUBJECT = 0.5  # coverage that a passage with the figure asked for needs

VAGUE_SHARE = 0.35
CUE_SHARE = 0.2  # of a cue's weight, which also says a little of the subject
# Words that speak of the answer's form, of the guides or of just anybody, not of their subject.
_META = frozenset(
    words.stem(w)
    for w in """guide guides article articles blog doc docs table tables row rows column columns cell cells square
    grid box list lists question questions figure figures number numbers topic topics source sources cite cited cites
    citation reference references example examples word words part section sections sentence bullet bullets data
    overview summary tldr tl dr page pages post answer info information say says mention mentions agree agrees disagree
    differ differs contradict contradicts conflict long take takes last lasts same compare compared contrast versus difference matrix
    chart diagram tabulate tabulated paragraph footnote chapter paste copy print display screenshot
    wife husband partner friend friends buddy colleague colleagues coworker boss recruiter girlfriend boyfriend brother sister parents
    roommate teammate woman man guy girl lady dude
    people person somebody someone anybody anyone everybody everyone folks guys day days today""".split()
)
_YET = ("still", "currently")  # which say of what follows that it holds, and need not stand in a passage
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


class Ranked(msgspec.Struct, frozen=True):
    """A passage with its evidence (0 to about 1) and what it is ordered by; larger is better in both."""

    found: Found
    evidence: float
    rank: float


def weightless(word: str) -> bool:
    """Whether a word of a question says nothing of its subject: a cue, an amount or a word about the guides."""
    return emphasis(word) < 1


@functools.lru_cache(maxsize=10_000)
def emphasis(word: str) -> float:
    """What share of its weight a word of a question keeps: amounts are compared as figures, cues ask for a kind."""
    if word[:1].isdigit():  # "5x", "400k"; "h1b" and "l5" are names
        return 0.0
    return CUE_SHARE if words.stem(word) in _META or cue.kind(word) is not None else 1.0


def emphasis_in(searcher: Searcher) -> Callable[[str], float]:
    """`emphasis`, and less for a word that no guide has and that is like just anything ("looked", "honest")."""

    def share(word: str) -> float:
        own = emphasis(word) if word.isascii() else CUE_SHARE  # what an English model cannot read
        return VAGUE_SHARE if own == 1.0 and naming.vague(word, searcher) else own

    return share


def rank(found: Sequence[Found], query: Query, cues: Cues, searcher: Searcher) -> list[Ranked]:
    """The passages by evidence, best first."""
    ranked = []
    said = figures(query.text)
    for f in found:
        value = _evidence(f, cues) + _same_figure(f, said) + _row_named(f, query, searcher)
        ranked.append(Ranked(f, value, value + FUSED_WEIGHT * f.hit.fused + ASKED_WEIGHT * max(f.asked - ALIKE, 0.0)))
    return sorted(ranked, key=lambda r: -r.rank)


def answering(ranked: list[Ranked], cues: Cues, question: str) -> list[Ranked]:
    """The passages in order, with those first that hold the figure asked for and what it is asked of.

    A note that something is missing, if it is the best, stays the best; before all stands the passage for which the question is noted.
    """
    noted = max(ranked, key=lambda r: r.found.asked, default=None)
    if noted is not None and noted.found.asked >= SAME:
        return [noted, *(r for r in ranked if r is not noted)]
    ranked = _note_in_place(ranked, cues, question)
    if cues.kind not in ("money", "duration") or not ranked or ranked[0].found.passage.kind in NOTES:
        return ranked
    holding = [r for r in ranked if r.found.coverage >= SUBJECT and _has(r.found, cues)]
    return holding + [r for r in ranked if r not in holding]


def _note_in_place(ranked: list[Ranked], cues: Cues, question: str) -> list[Ranked]:
    """The passages in order, with a note of what is missing before or after the best of the others where both are near.

    Before it, where the question asks what that is ("which three projects"), or the other only has the thing in passing; after
    it, where it asks how many, whether, or for a table, or is nearer to a question that is noted for the other.
    """
    note = next((r for r in ranked if r.found.passage.kind == "gap"), None)
    other = next((r for r in ranked if r.found.passage.kind not in NOTES), None)
    if note is None or other is None or ranked[0] not in (note, other):
        return ranked
    if cues.table and other.found.passage.kind == "table":
        return [other, *(r for r in ranked if r is not other)]
    beside = note.found.passage.section == other.found.passage.section
    asks = cue.NAMES.search(question) and not cues.table and not cue.COUNT.search(question)
    near = NOTE_NEAR * (2 if asks and beside else 1)
    if abs(note.rank - other.rank) > near:
        return ranked
    holds = note.found.coverage >= other.found.coverage - (NOTE_LESS if beside else 0) and note.found.asked >= other.found.asked
    first = note if holds and (asks or (beside and other.found.passage.kind == "row" and cues.kind is None)) else other
    return [first, *(r for r in ranked if r is not first)]


def enough(best: Ranked, query: Query, cues: Cues, searcher: Searcher) -> bool:
    """Whether the best passage answers the question."""
    return confidence(best, query, cues, searcher) >= ENOUGH


def confidence(best: Ranked, query: Query, cues: Cues, searcher: Searcher) -> float:
    """How sure it is that a passage answers the question, 0 to about 1: its evidence, or 0 where it lacks what is asked for.

    A question about tables, sources or the guides themselves is given what its words cannot bring.
    """
    found = best.found
    if lacking(found, query, searcher):
        return 0.0
    if found.asked >= SAME:
        return max(best.evidence, ENOUGH)
    if beside(found, query, searcher):
        return 0.0
    if found.hit.similarity < LEAST_SIMILARITY and not cues.table and sum(word.weight > 0 for word in query.words) > 2:
        return 0.0
    asked = (cues.kind == "money" or cues.length) and found.passage.kind not in NOTES
    if asked and not (_has(found, cues) and _in_unit(found, query) and found.coverage >= LEAST_COVERAGE):
        return 0.0
    return best.evidence + ENOUGH - (ENOUGH_TABLE if cues.table else ENOUGH_FORM if cues.both_guides or cues.source else ENOUGH)


def lacking(found: Found, query: Query, searcher: Searcher) -> list[str]:
    """The names and years in the question that the passage does not speak of, heaviest first."""
    names = {word for word in query.words if not weightless(word.text) and _unnamed(word, found, query.text, searcher)}
    years = [year for year in _years(query.text) if year not in found.passage.text]
    return [word.text for word in sorted(names, key=lambda word: -word.weight)] + years + _undone(found, query)


def speaking(ranked: Sequence[Ranked], query: Query, searcher: Searcher) -> list[Found]:
    """The passages, in order, that lack nothing in the sense of `lacking`: all of them where the question has nothing to lack."""
    text = query.text
    if not (_years(text) or _states(text) or _verbs(text) or any(naming.limits(word, searcher) for word in query.words)):
        return [r.found for r in ranked]
    return [r.found for r in ranked if not lacking(r.found, query, searcher)]


def beside(found: Found, query: Query, searcher: Searcher) -> list[str]:
    """What else an answer would have to speak of, and the passage does not: single things, what is counted, another role."""
    missing = _missing(found, query)
    telling = [word for word in missing if not weightless(word.text)] if found.hit.similarity < NEAR else []
    rests = naming.specific(telling, searcher)
    share = SPECIFIC_NEAR if found.asked >= ALIKE else SPECIFIC_SHARE
    single = [word.text for word in rests] if sum(word.weight for word in rests) >= share else []
    others = naming.other_roles(query.text, searcher) + _other_subject(found, query, searcher)
    return single + _uncounted(missing, query, searcher) + others


def _other_subject(found: Found, query: Query, searcher: Searcher) -> list[str]:
    """Whom a share or a growth is asked of ("growth for statisticians"), where the passage is of others."""
    match = cue.RATE_OF.search(query.text)
    if match is None:
        return []
    subject = words.content(match["of"])
    there = set(words.stems(found.passage.embedded))
    return [word for word in subject if searcher.rarity(word) >= TELLING and words.stem(word) not in there and not weightless(word)]


def _missing(found: Found, query: Query) -> list[Word]:
    return [word for word in query.words if found.covered[word.text] < MISSING]


def _unnamed(word: Word, found: Found, text: str, searcher: Searcher) -> bool:
    """Whether a word is a name that limits an answer, or the asker's occupation, and the passage does not have it."""
    covered = found.covered[word.text]
    if covered >= AKIN or word.known:
        return False
    if not naming.limits(word, searcher):
        own = profile.claims(text, word.text) and naming.of_a_kind(word.text, searcher)
        return own and naming.occupation(word, searcher)
    return covered < MISSING or naming.occupation(word, searcher)


def _uncounted(missing: Sequence[Word], query: Query, searcher: Searcher) -> list[str]:
    """What the question asks the number of ("how many interview rounds"), where the passage does not speak of it."""
    asked = {naming.counted(match["things"]) for match in (cue.COUNT.search(query.text), cue.ASKED_FOR.search(query.text)) if match}
    return [word.text for word in missing if word.text in asked and not word.known and naming.single(word.text, searcher)]


def _undone(found: Found, query: Query) -> list[str]:
    """What the question asks how to do, or whether it still holds, where the passage does not speak of that."""
    asked = _states(query.text) | (_verbs(query.text) if found.hit.similarity < UNLIKE else frozenset())
    return [word.text for word in _missing(found, query) if word.text in asked] if asked else []


# What a question's text alone says is read once for all of the passages that it is held against.
@functools.lru_cache(maxsize=256)
def _years(text: str) -> tuple[str, ...]:
    return tuple(_YEAR.findall(text))


@functools.lru_cache(maxsize=256)
def _verbs(text: str) -> frozenset[str]:
    return frozenset(match["verb"] for match in cue.HOW_TO.finditer(text))


@functools.lru_cache(maxsize=256)
def _states(text: str) -> frozenset[str]:
    return frozenset(word for match in cue.STILL.finditer(text) for word in words.content(match.group(0))[-1:] if word not in _YET)


def _evidence(found: Found, cues: Cues) -> float:
    passage = found.passage
    value = SIMILARITY_WEIGHT * found.hit.similarity + (1 - SIMILARITY_WEIGHT) * found.coverage
    if cues.kind is not None:
        value += FIGURE_BONUS if _has(found, cues) else -FIGURE_BONUS
    if cues.why and passage.section and cue.WHY.search(passage.section[-1].lower()):
        value += FIGURE_BONUS
    if passage.kind == "table":
        value += TABLE_BONUS if cues.shown else LIST_BONUS if cues.listing or cues.table else -TABLE_MALUS
    if passage.kind == "list":
        value += LIST_BONUS if cues.listing or cues.table else 0.0
    if passage.kind == "faq":
        value += FAQ_BONUS
    if passage.kind in NOTES:
        value -= NOTE_MALUS
    if passage.kind == "reference" and not cues.source:
        value -= LIST_BONUS
    return value


def _has(found: Found, cues: Cues) -> bool:
    """Whether the passage holds a figure of the kind asked for."""
    return any(figure.kind == cues.kind for figure in figures(found.passage.text))


def _row_named(found: Found, query: Query, searcher: Searcher) -> float:
    """A bonus for a row of a table that the question calls by its whole name."""
    passage = found.passage
    if passage.row is None or passage.table is None:
        return 0.0
    name = searcher.tables.rows(passage.guide, passage.table)[passage.row]
    called = bool(name.name) and name.name in query.text and any(searcher.rarity(stem) >= TELLING for stem in name.stems)
    return ROW_BONUS if called else 0.0


def _in_unit(found: Found, query: Query) -> bool:
    """Whether the passage has a figure in the small unit that is asked for: months do not say how many hours a week."""
    match = cue.SMALL_UNIT.search(query.text)
    return match is None or any(match["unit"] in figure.text.casefold() for figure in figures(found.passage.text))


def _same_figure(found: Found, said: Sequence[Figure]) -> float:
    """A bonus where the passage has a figure that the question states."""
    if not said:
        return 0.0
    return FIGURE_BONUS if any(f.same_amount(s) for s in said for f in figures(found.passage.text)) else 0.0
