"""What people ask: how it went, what the guides do not cover, and which guides are used and which are old."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.speech import ENGLISH, Speech
from bot.store import DAY, Asked, Feedback
from retrieval.encoder import Vectors
from retrieval.searcher import Searcher

DAYS = 30
OUTCOMES = {
    "answered": "answered", "recommended": "recommended", "clarify": "asked back", "not_covered": "not covered",
    "small_talk": "small talk", "rejected": "not accepted",
}  # fmt: skip
NO_DATE = "no date"  # which sorts after every date
ALIKE = 0.5  # cosine from which two questions are of one meaning
MOST_GROUPS, MOST_GUIDES = 8, 5
MOST_GROUPED = 2_000  # the latest questions not covered; their similarities are held in memory at once


@dataclass(frozen=True)
class Gap:
    """Questions of one meaning that the guides do not cover. `example` is the most typical; `nearest` is a guide's section."""

    asked: int
    example: str
    nearest: str


@dataclass(frozen=True)
class Week:
    """The questions of seven days that end with `until`, by outcome."""

    until: str
    outcomes: dict[str, int]


@dataclass(frozen=True)
class Insights:
    """What was asked in `days` days. `unrated` answers got no thumb; `oldest` has titles with dates or NO_DATE."""

    days: int
    outcomes: dict[str, int]
    up: int
    down: int
    unrated: int
    gaps: tuple[Gap, ...]
    cited: tuple[tuple[str, int], ...]
    oldest: tuple[tuple[str, str], ...]
    weeks: tuple[Week, ...]


def gather(questions: Sequence[Asked], ratings: Sequence[Feedback], searcher: Searcher, now: float, days: int = DAYS) -> Insights:
    """Read the questions since `days` days before `now` (seconds since 1970), and what was thought of their answers."""
    recent = [q for q in questions if q.at >= now - days * DAY]
    outcomes = Counter(q.outcome for q in recent)
    there = {q.answer for q in recent}
    verdicts = Counter(rating.verdict for rating in ratings if rating.answer in there)
    rated = {rating.answer for rating in ratings} & there
    guides = searcher.generation.guides
    cited = Counter(guide for q in recent for guide in dict.fromkeys(q.guides))
    dated = sorted((guide.updated or NO_DATE, guide.title) for guide in guides.values())
    return Insights(
        days, {kind: outcomes.get(kind, 0) for kind in OUTCOMES}, verdicts["up"], verdicts["down"], len(there) - len(rated),
        tuple(_gaps([q.text for q in recent if q.outcome == "not_covered"], searcher)),
        tuple((guides[guide].title if guide in guides else guide, count) for guide, count in cited.most_common(MOST_GUIDES)),
        tuple((title, date) for date, title in dated[:MOST_GUIDES]), tuple(_weeks(recent, now, days)),
    )  # fmt: skip


def describe(found: Insights) -> tuple[str, ...]:
    """The same for people, in lines; those of a list begin with "- "."""
    lines = [f"{count} {OUTCOMES[kind]}" for kind, count in found.outcomes.items() if count]
    text = [f"Questions in {found.days} days: {sum(found.outcomes.values())}" + (f" ({Speech.of(ENGLISH).listed(lines)})" if lines else "")]
    text.append(f"Answers with 👍: {found.up}, with 👎: {found.down}, with neither: {found.unrated}")
    if found.gaps:
        text.append("Not covered, most asked first:")
        text += [f"- {gap.asked} × such as “{gap.example}” (nearest: {gap.nearest})" for gap in found.gaps]
    if found.cited:
        text.append("Most cited: " + Speech.of(ENGLISH).listed([f"{title} ({count})" for title, count in found.cited]))
    if found.oldest:
        text.append("Oldest guides: " + Speech.of(ENGLISH).listed([f"{title} ({date})" for title, date in found.oldest]))
    return tuple(text)


def communities(vectors: Vectors, alike: float = ALIKE) -> list[list[int]]:
    """Groups of rows that lie near a middle one, largest first; each row in one group, the middle one first.

    `vectors`: unit vectors, (n, dimension). The method of sentence_transformers.util.community_detection: the row with
    the most neighbours gathers them, then the next one those that are left.
    """
    near = vectors @ vectors.T >= alike
    np.fill_diagonal(near, val=True)
    free = np.ones(len(vectors), dtype=bool)
    groups: list[list[int]] = []
    while free.any():
        counts = np.where(free, (near & free).sum(axis=1), 0)
        middle = int(counts.argmax())
        members = np.flatnonzero(near[middle] & free)
        groups.append([middle, *(int(m) for m in members if m != middle)])
        free[members] = False
    return groups


def _gaps(texts: Sequence[str], searcher: Searcher) -> list[Gap]:
    """Groups of questions, largest first; a question counts as often as it was asked."""
    counts = Counter(" ".join(text.split()) for text in texts)
    asked = list(counts)[-MOST_GROUPED:]
    if not asked:
        return []
    groups = communities(searcher.encode([text.casefold() for text in asked]))
    sized = sorted(((sum(counts[asked[m]] for m in group), asked[group[0]]) for group in groups), key=lambda pair: -pair[0])
    return [Gap(size, _short(example), _nearest(example, searcher)) for size, example in sized[:MOST_GROUPS]]


def _nearest(question: str, searcher: Searcher) -> str:
    found = searcher.search(searcher.read(question), 1)
    if not found:
        return "none"
    passage = found[0].passage
    return " > ".join([searcher.generation.guides[passage.guide].title, *passage.section[-1:]])


def _weeks(recent: Sequence[Asked], now: float, days: int) -> list[Week]:
    """Whole weeks back from now, oldest first."""
    count = max(1, -(-days // 7))
    weeks = []
    for back in reversed(range(count)):
        until = now - back * 7 * DAY
        inside = Counter(q.outcome for q in recent if until - 7 * DAY < q.at <= until)
        day = datetime.datetime.fromtimestamp(until, datetime.UTC).date().isoformat()
        weeks.append(Week(day, {kind: inside.get(kind, 0) for kind in OUTCOMES}))
    return weeks


def _short(text: str, longest: int = 120) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
