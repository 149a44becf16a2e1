"""What a search found, as passages: a question that is noted for a passage stands for it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import msgspec

from retrieval.passages import Passage
from retrieval.ports import Passages
from retrieval.search import Hit

ALIKE = 0.55  # cosine to a question that is noted for a passage from which it stands for that passage
COUNTED = 0.8  # of such a cosine as one of the passage itself: questions are alike in their form as well
MOST = 4  # such questions of one passage whose words are taken for its own

Entries = Sequence[tuple[Hit, Passage]]


class Candidate(msgspec.Struct, frozen=True):
    """A passage and by what it was found: itself, or questions that are noted for it.

    `hit` has the passage's id and own scores, but the best similarity and rank score of all; `ids` are those of the passage and of the
    questions that were found, at most MOST, `text` is what these have in one name for each term, `asked` the cosine of the nearest question
    (to a question in its heading as well), 0 where there is none.
    """

    passage: Passage
    hit: Hit
    ids: tuple[int, ...]
    text: str
    asked: float = 0.0


def gathered(hits: Sequence[Hit], passages: Passages, k: int) -> list[Candidate]:
    """The first `k` passages that `hits` stand for, in the order of their best."""
    entries = passages.many([hit.id for hit in hits])  # at once, where they lie in a database
    found: dict[int, list[tuple[Hit, Passage]]] = {}
    for hit, entry in zip(hits, entries, strict=True):
        if not entry.answers or hit.similarity >= ALIKE:
            found.setdefault(hit.id - entry.answers, []).append((hit, entry))
    first = dict(itertools.islice(found.items(), k))
    away = sorted(first.keys() - {hit.id for hit in hits})
    fetched = dict(zip(away, passages.many(away), strict=True)) if away else {}
    return [_candidate(number, there, fetched.get(number)) for number, there in first.items()]


def _candidate(number: int, found: Entries, passage: Passage | None) -> Candidate:
    """A passage that was found by these entries; `passage` is given where it is none of them."""
    first, entry = found[0]
    if len(found) == 1 and not entry.answers:  # as most are
        return Candidate(entry, first, (number,), entry.embedded, first.heading if entry.kind == "faq" else 0.0)
    passage = passage or next(entry for _, entry in found if not entry.answers)
    similarity, heading, bm25, held, nearest = -1.0, -1.0, 0.0, 0.0, 0.0
    ids, texts = [number], [passage.embedded]
    for hit, entry in found:
        if entry.answers:
            if len(ids) <= MOST:
                ids.append(hit.id)
                texts.append(entry.embedded)
            nearest = max(nearest, hit.similarity)
        else:
            similarity, heading, bm25, held = hit.similarity, hit.heading, hit.bm25, hit.held
    hit = Hit(number, max(similarity, COUNTED * nearest), heading, bm25, held, first.fused)
    asked = max(nearest, heading) if passage.kind == "faq" else nearest  # whose heading is a question as well
    return Candidate(passage, hit, tuple(ids), "\n".join(texts), asked)
