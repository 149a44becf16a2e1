"""Which of the passages found answer the question, and whether any does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cues import Cues
from retrieval.quantities import figures
from retrieval.searcher import Found, Query

SIMILARITY_WEIGHT = 0.5  # the rest is coverage
FIGURE_BONUS = 0.08
LIST_BONUS = 0.06
NOTE_MALUS = 0.04
# A passage answers when its evidence reaches this; see `fingerpost eval --curve` for how the share right changes.
ENOUGH = 0.5
# A word that the passage lacks stands against it when it weighs more than this share of the question.
HEAVY = 0.34


@dataclass(frozen=True)
class Ranked:
    """A passage with its evidence: 0 to about 1, larger is better."""

    found: Found
    evidence: float


def rank(found: Sequence[Found], cues: Cues) -> list[Ranked]:
    """The passages by evidence, best first."""
    ranked = [Ranked(f, _evidence(f, cues)) for f in found]
    return sorted(ranked, key=lambda r: -r.evidence)


def enough(best: Ranked, query: Query) -> bool:
    """Whether the best passage answers the question."""
    return best.evidence >= ENOUGH and not lacking(best.found, query)


def lacking(found: Found, query: Query) -> list[str]:
    """The heavy words of the question that the passage lacks, heaviest first: a place, a role, a thing."""
    total = sum(word.weight for word in query.words) or 1.0
    missing = [w for w in query.words if found.covered[w.text] < 0.25 and not w.text.isdigit()]
    return [w.text for w in sorted(missing, key=lambda w: -w.weight) if w.weight / total >= HEAVY]


def _evidence(found: Found, cues: Cues) -> float:
    passage = found.passage
    value = SIMILARITY_WEIGHT * found.hit.similarity + (1 - SIMILARITY_WEIGHT) * found.coverage
    if cues.kind is not None:
        has = any(figure.kind == cues.kind for figure in figures(passage.text))
        value += FIGURE_BONUS if has else -FIGURE_BONUS
    if cues.listing or cues.table:
        value += LIST_BONUS if passage.kind in ("list", "table") else 0.0
    if passage.kind == "table" and not (cues.listing or cues.table):
        value -= LIST_BONUS
    if passage.kind in ("gap", "claim"):
        value -= NOTE_MALUS
    if passage.kind == "reference" and not cues.source:
        value -= LIST_BONUS
    return value
