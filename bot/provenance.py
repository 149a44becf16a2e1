"""Questions about the guides themselves: what a statement's source is, when a guide was updated, what it says in short."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot import cues as cue
from bot import evidence, wording
from bot.composer import Citations
from retrieval import markdown, words
from retrieval.guides import Guide
from retrieval.passages import Passage
from retrieval.searcher import Searcher

_NAMED = re.compile(r"\b(?:guides?|articles?|one|doc|page|post|text)\b", re.IGNORECASE)
SUMMARY_PASSAGES = 3


def named_guides(question: str, searcher: Searcher) -> list[Guide]:
    """The guides that a question names, such as "the career switch guide"; none where it names none."""
    if not _NAMED.search(question):
        return []
    asked = set(words.stems(question))
    found = []
    for guide in searcher.generation.guides.values():
        name = set(words.stems(guide.id.replace("-", " ").replace("/", " ")))
        if name and name <= asked:
            found.append(guide)
    return found


def about(question: str, subject: Sequence[str], searcher: Searcher, citations: Citations) -> str:
    """The answer to a question about a guide as a whole, or "" where it asks about something else."""
    guides = named_guides(question, searcher)
    of_guide = {words.stem(w) for g in searcher.generation.guides.values() for w in words.surface(g.id.replace("-", " "))}
    other = [word for word in subject if words.stem(word) not in of_guide and not evidence.weightless(word)]
    if cue.SUMMARY.search(question) and len(other) <= 2 and guides:
        return _summary(guides, searcher, citations)
    if cue.ABOUT_GUIDE.search(question) and (guides or _NAMED.search(question)) and len(other) <= 3:
        return _dates(guides or list(searcher.generation.guides.values()), searcher, citations)
    if cue.SOURCE.search(question) and (guides or _NAMED.search(question)) and not other:
        return _references(guides or list(searcher.generation.guides.values()), searcher, citations)
    return ""


def sources(passages: Sequence[Passage], numbers: Sequence[int], searcher: Searcher, citations: Citations) -> str:
    """What the cited passages name as their source: the first one that has references, each reference quoted."""
    for passage, n in zip(passages, numbers, strict=True):
        if passage.kind in ("reference", "list") and not passage.references:
            return ""
        if passage.references:
            said = []
            for reference in passage.references:
                entry = _entry(reference, searcher)
                number = citations.add(entry, []) if entry else None
                said.append(wording.SOURCE.format(reference=reference, passage=n, n=number or n))
            return " ".join(said)
    if not passages:
        return ""
    publisher = searcher.generation.guides[passages[0].guide].source.publisher or "its author"
    return wording.NO_SOURCE.format(n=numbers[0], publisher=publisher)


def _entry(reference: str, searcher: Searcher) -> Passage | None:
    return next((p for p in searcher.generation.passages if p.kind == "reference" and reference in markdown.plain(p.text)), None)


def _summary(guides: Sequence[Guide], searcher: Searcher, citations: Citations) -> str:
    """The first section of each guide."""
    numbers = []
    for guide in guides:
        own = [p for p in searcher.generation.passages if p.guide == guide.id and p.kind == "prose"]
        first = [p for p in own if p.section == own[0].section][:SUMMARY_PASSAGES]
        numbers += [n for p in reversed(first) if (n := citations.add(p, [])) is not None]
    return wording.SUMMARY.format(guides=_titles(guides), numbers=" ".join(f"[{n}]" for n in numbers)) if numbers else ""


def _dates(guides: Sequence[Guide], searcher: Searcher, citations: Citations) -> str:
    said = []
    for guide in guides:
        first = next(p for p in searcher.generation.passages if p.guide == guide.id)
        n = citations.add(first, [])
        updated = wording.UPDATED.format(date=guide.updated) if guide.updated else wording.NOT_DATED
        author = wording.listed([name for name in (guide.source.author, guide.source.publisher) if name], "for")
        said.append(wording.ABOUT_GUIDE.format(title=guide.title, author=author or "its author", updated=updated, n=n))
    return " ".join(said)


def _references(guides: Sequence[Guide], searcher: Searcher, citations: Citations) -> str:
    said = []
    for guide in guides:
        entries = [p for p in searcher.generation.passages if p.guide == guide.id and p.kind == "reference"]
        numbers = [n for p in entries if (n := citations.add(p, [])) is not None]
        if numbers:
            said.append(wording.REFERENCES.format(title=guide.title, numbers=" ".join(f"[{n}]" for n in numbers)))
    return " ".join(said)


def _titles(guides: Sequence[Guide]) -> str:
    return wording.listed([f"“{guide.title}”" for guide in guides])
