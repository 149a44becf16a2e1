"""Which of the passages found answer the question, and whether any does.

Not by one threshold on a similarity: a passage also has to hold the kind of figure that is asked for, said of what
is asked about, and every place, company, occupation, group of people or year that the question names.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot import cues as cue
from bot.cues import Cues
from retrieval import words
from retrieval.quantities import Figure, figures
from retrieval.searcher import Found, Query, Searcher, Word

SIMILARITY_WEIGHT = 0.5  # of a passage's evidence; the rest is coverage
FUSED_WEIGHT = 0.2  # of the search rank, in the order of passages only
FIGURE_BONUS = 0.08
LIST_BONUS = 0.06
FAQ_BONUS = 0.05
TABLE_MALUS = 0.12  # of a whole table where a row or a sentence would do
NOTE_MALUS = 0.04
ENOUGH = 0.36  # chosen on half of the evaluation questions; docs/answering.md has the curve
ENOUGH_FORM = 0.30  # the same for a question about tables, sources or the guides, whose words say little of a subject
ENOUGH_TABLE = 0.22
LEAST_COVERAGE = 0.2  # of a passage with the figure asked for
LEAST_SIMILARITY = 0.2  # below it, words that stand in a passage by chance are no answer
UNLIKE = 0.4  # similarity below which a passage that only has a procedure's nouns does not tell the procedure
SUBJECT = 0.5  # coverage that a passage with the figure asked for needs

# What a thing is, by words of its kind; a word that no guide has is held against each.
KINDS = {
    "place": ("germany", "india", "london", "europe", "country", "city"),
    "company": ("netflix", "microsoft", "apple", "corporation"),
    "occupation": ("nurse", "teacher", "lawyer", "accountant"),
    "group of people": ("women", "men", "immigrants", "veterans"),
}
ANYTHING = (
    ("honest", "actually", "stuff", "worth", "really", "maybe"),
    ("think", "look", "give", "take", "put", "happen"),
    ("good", "big", "different", "best", "hard", "exact"),
)
NAMED = 0.47  # likeness to a kind from which a word counts as one of it
AHEAD = 0.08  # how much more like a kind than like just anything
VAGUE = 0.5  # likeness to just anything from which a word is vague
VAGUE_SHARE = 0.35
CUE_SHARE = 0.2  # of a cue's weight, which also says a little of the subject
NAMED_SHARE = 0.1  # of the question's weight; a name mentioned in passing limits nothing
# Words that ask for a kind of thing and name none.
_HYPERNYMS = frozenset(
    """country countries city cities place places people person persons job jobs company companies firm firms employer
    employers school work guide doc""".split()
)
# Words that speak of the answer's form or of the guides, not of their subject.
_META = frozenset(
    words.stem(w)
    for w in """guide guides article articles blog doc docs table tables row rows column columns cell cells square
    grid box list lists question questions figure figures number numbers topic topics source sources cite cited cites
    citation reference references example examples word words part section sections sentence bullet bullets data
    overview summary tldr tl dr page pages post answer info information say says mention mentions agree agrees disagree
    differ differs contradict contradicts conflict long take takes last lasts same compare compared versus difference matrix""".split()
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class Ranked:
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
    if any(c.isdigit() for c in word):
        return 0.0
    return CUE_SHARE if words.stem(word) in _META or cue.kind(word) is not None else 1.0


def emphasis_in(searcher: Searcher) -> Callable[[str], float]:
    """`emphasis`, and less for a word that no guide has and that is like just anything ("looked", "honest")."""

    def share(word: str) -> float:
        own = emphasis(word)
        vague = own == 1.0 and not searcher.knows(word) and max(searcher.likeness(word, others) for others in ANYTHING) >= VAGUE
        return VAGUE_SHARE if vague else own

    return share


def rank(found: Sequence[Found], query: Query, cues: Cues) -> list[Ranked]:
    """The passages by evidence, best first."""
    ranked = []
    said = figures(query.text)
    for f in found:
        value = _evidence(f, cues) + _same_figure(f, said)
        ranked.append(Ranked(f, value, value + FUSED_WEIGHT * f.hit.fused))
    return sorted(ranked, key=lambda r: -r.rank)


def answering(ranked: list[Ranked], cues: Cues) -> list[Ranked]:
    """The passages in order, with those first that hold the figure asked for and what it is asked of.

    A note that something is missing, if it is the best, stays the best.
    """
    if cues.kind not in ("money", "duration") or not ranked or ranked[0].found.passage.kind in ("gap", "claim"):
        return ranked
    holding = [r for r in ranked if r.found.coverage >= SUBJECT and _has(r.found, cues)]
    return holding + [r for r in ranked if r not in holding]


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
    if found.hit.similarity < LEAST_SIMILARITY and not cues.table and sum(word.weight > 0 for word in query.words) > 2:
        return 0.0
    asked = (cues.kind == "money" or cues.length) and found.passage.kind not in ("gap", "claim")
    if asked and not (_has(found, cues) and found.coverage >= LEAST_COVERAGE):
        return 0.0
    return best.evidence + ENOUGH - (ENOUGH_TABLE if cues.table else ENOUGH_FORM if cues.both_guides or cues.source else ENOUGH)


def lacking(found: Found, query: Query, searcher: Searcher) -> list[str]:
    """The names and years in the question that the passage does not speak of, heaviest first."""
    missing = [word for word in query.words if found.covered[word.text] < 0.25]
    names = [word for word in missing if not word.known and word.weight >= NAMED_SHARE and _names(word, searcher)]
    years = [year for year in _years(query.text) if year not in found.passage.text]
    return [word.text for word in sorted(names, key=lambda word: -word.weight)] + years + _undone(found, query)


def _undone(found: Found, query: Query) -> list[str]:
    """What the question asks how to do, or whether it still holds, where the passage does not speak of that."""
    asked = _states(query.text) | (_verbs(query.text) if found.hit.similarity < UNLIKE else frozenset())
    return [word.text for word in query.words if word.text in asked and found.covered[word.text] < 0.25] if asked else []


# What a question's text alone says is read once for all of the passages that it is held against.
@functools.lru_cache(maxsize=256)
def _years(text: str) -> tuple[str, ...]:
    return tuple(_YEAR.findall(text))


@functools.lru_cache(maxsize=256)
def _verbs(text: str) -> frozenset[str]:
    return frozenset(match["verb"] for match in cue.HOW_TO.finditer(text))


@functools.lru_cache(maxsize=256)
def _states(text: str) -> frozenset[str]:
    return frozenset(word for match in cue.STILL.finditer(text) for word in words.content(match.group(0))[-1:])


def _names(word: Word, searcher: Searcher) -> bool:
    """Whether a word is the name of a place, a company, an occupation or a group of people."""
    if word.text in _HYPERNYMS:
        return False
    kind = max(searcher.likeness(word.text, others) for others in KINDS.values())
    anything = max(searcher.likeness(word.text, others) for others in ANYTHING)
    return kind >= NAMED and kind >= anything + AHEAD


def _evidence(found: Found, cues: Cues) -> float:
    passage = found.passage
    value = SIMILARITY_WEIGHT * found.hit.similarity + (1 - SIMILARITY_WEIGHT) * found.coverage
    if cues.kind is not None:
        value += FIGURE_BONUS if _has(found, cues) else -FIGURE_BONUS
    if cues.why and passage.section and cue.WHY.search(passage.section[-1]):
        value += FIGURE_BONUS
    if passage.kind in ("list", "table"):
        value += LIST_BONUS if cues.listing or cues.table else -TABLE_MALUS if passage.kind == "table" else 0.0
    if passage.kind == "faq":
        value += FAQ_BONUS
    if passage.kind in ("gap", "claim"):
        value -= NOTE_MALUS
    if passage.kind == "reference" and not cues.source:
        value -= LIST_BONUS
    return value


def _has(found: Found, cues: Cues) -> bool:
    """Whether the passage holds a figure of the kind asked for."""
    return any(figure.kind == cues.kind for figure in figures(found.passage.text))


def _same_figure(found: Found, said: Sequence[Figure]) -> float:
    """A bonus where the passage has a figure that the question states."""
    there = figures(found.passage.text) if said else []
    return FIGURE_BONUS if any(f.same_amount(s) for s in said for f in there) else 0.0
