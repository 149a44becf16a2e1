"""Questions about the guides themselves: what a statement's source is, when a guide was updated, what it says in short."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from bot import cues as cue
from bot import evidence, wording
from bot.composer import Citations
from bot.speech import Speech
from retrieval import markdown, words
from retrieval.guides import Guide
from retrieval.passages import Passage
from retrieval.searcher import Searcher

_NAMED = re.compile(r"\b(?:guides?|articles?|one|doc|page|post|text)\b", re.IGNORECASE)
_CREDIT = r"(?:\bthe )?(?<![\w-]){}(?:'s|’s)?(?![\w-])(?: (?:guide|article|page|post)\b)?"
_SEVERAL = re.compile(r"\bthe guide\s*(?:vs\.?|versus|and|or|against|[,/&+])\s*the guide\b", re.IGNORECASE)
_ON_SOURCES = re.compile(r"\bsources?\b(?! role)|\bwhere\b.*\bfrom\b|\bbased on\b", re.IGNORECASE)
SUMMARY_PASSAGES = 3
BESIDE_SOURCE = 2  # words beside a source's name with which a question is still of the source
SOURCES = 60  # passages among which the sources that a question names are looked for
_MARK = re.compile(r"^\[\^[^\]]+\]:\s*")
NAMED = 50  # guides whose names share a word with a question
MOST = 10  # guides of which an answer tells where it names none


def named_guides(question: str, searcher: Searcher) -> list[Guide]:
    """The guides that a question names, such as "the career switch guide"; none where it names none."""
    if not _NAMED.search(question):
        return []
    asked, generation = set(words.stems(question)), searcher.generation
    first = generation.passages.many(sorted(i for i, _ in generation.named.search(sorted(asked), NAMED)))
    return [generation.guides[p.guide] for p in first if words.name_stems(p.guide) <= asked]


def credited(text: str, searcher: Searcher) -> tuple[str, frozenset[str]]:
    """A message with "the guide" for each publisher and author that it names, and the ids of their guides.

    Whoever has all guides is no one to tell them apart by, and is left as it stands.
    """
    generation, folded = searcher.generation, words.normalise(text)
    guides: set[str] = set()
    for name, own in generation.overview.credits.items():
        if name in folded and len(own) < len(generation.guides):
            text, times = re.subn(_CREDIT.format(re.escape(name)), "the guide", text, flags=re.IGNORECASE)
            guides |= set(own if times else ())
    return _SEVERAL.sub("both guides", text), frozenset(guides)


def about(
    question: str, subject: Sequence[str], guides: Sequence[Guide], searcher: Searcher, citations: Citations, speech: Speech
) -> str:  # fmt: skip
    """The answer to a question about a guide as a whole, such as the `guides` that it names; "" where it asks about something else."""
    if not any(asks.search(question) for asks in (cue.SUMMARY, cue.ABOUT_GUIDE, cue.SOURCE, cue.OF_YEAR)):
        return ""
    of_guide = searcher.generation.named.counts([words.stem(word) for word in subject])
    other = [word for word in subject if not of_guide[words.stem(word)] and not evidence.weightless(word)]
    if cue.OF_YEAR.search(question) and (said := _source_named(question, searcher, citations, speech)):
        return said
    if cue.SUMMARY.search(question) and len(other) <= 2 and guides:
        return _summary(guides, searcher, citations, speech)
    if cue.ABOUT_GUIDE.search(question) and (guides or _NAMED.search(question)) and len(other) <= 3:
        return _dates(guides or _some(searcher), searcher, citations, speech)
    if cue.SOURCE.search(question) and (guides or _NAMED.search(question)) and not other:
        return _references(guides or _some(searcher), searcher, citations, speech)
    return ""


def _source_named(question: str, searcher: Searcher, citations: Citations, speech: Speech) -> str:
    """The entries of reference lists that a question names by how they begin ("levels.fyi"), which tell their years."""
    asked = searcher.terms.unify(question)
    entries = [p for p in searcher.holding(words.surface(asked), SOURCES) if p.kind == "reference"]
    named = {searcher.terms.unify(markdown.plain(_MARK.sub("", p.text)).split(",")[0]): p for p in entries}
    there = {name: p for name, p in named.items() if name in asked}
    told = set(words.stems(" ".join(there)))
    rest = [word for word in words.content(asked) if words.stem(word) not in told and not evidence.weightless(word)]
    if len(rest) > BESIDE_SOURCE:
        return ""
    cited = [(name, n) for name, p in there.items() if (n := citations.add(p, [])) is not None]
    places = "; ".join(speech.say(wording.PLACE, section=name, n=n) for name, n in cited)
    return speech.say(wording.FOUND, places=places) if cited else ""


def sources(passages: Sequence[Passage], numbers: Sequence[int], searcher: Searcher, citations: Citations, speech: Speech) -> str:
    """What the cited passages name as their source: the first one that has references, each reference quoted."""
    for passage, n in zip(passages, numbers, strict=True):
        if passage.kind in ("reference", "list") and not passage.references:
            return ""
        if passage.references:
            said = []
            for reference in passage.references:
                entry = _entry(reference, passage.guide, searcher)
                number = citations.add(entry, []) if entry else None
                said.append(speech.say(wording.SOURCE, reference=reference, passage=n, n=number or n))
            return " ".join(said)
    if not passages:
        return ""
    publisher = searcher.generation.guides[passages[0].guide].source.publisher or speech.say(wording.ITS_AUTHOR)
    return speech.say(wording.NO_SOURCE, n=numbers[0], publisher=publisher)


def _some(searcher: Searcher) -> list[Guide]:
    """The guides that speak for all, where a question names none."""
    return list(itertools.islice(searcher.generation.guides.values(), MOST))


def _entry(reference: str, guide: str, searcher: Searcher) -> Passage | None:
    there = searcher.generation.passages.of_guide(guide)
    return next((p for p in there if p.kind == "reference" and reference in markdown.plain(p.text)), None)


def _summary(guides: Sequence[Guide], searcher: Searcher, citations: Citations, speech: Speech) -> str:
    """The first section of each guide."""
    numbers = []
    for guide in guides:
        own = [p for p in searcher.generation.passages.of_guide(guide.id) if p.kind == "prose"]
        first = [p for p in own if p.section == own[0].section][:SUMMARY_PASSAGES]
        numbers += [n for p in reversed(first) if (n := citations.add(p, [])) is not None]
    if not numbers:
        return ""
    titles = speech.listed([speech.say(wording.QUOTED, text=guide.title) for guide in guides])
    return speech.say(wording.SUMMARY, guides=titles, numbers=" ".join(f"[{n}]" for n in numbers))


def _dates(guides: Sequence[Guide], searcher: Searcher, citations: Citations, speech: Speech) -> str:
    said = []
    for guide in guides:
        n = citations.add(searcher.generation.passages.of_guide(guide.id)[0], [])
        updated = speech.say(wording.UPDATED if guide.updated else wording.NOT_DATED, date=guide.updated)
        said.append(speech.say(wording.ABOUT_GUIDE, title=guide.title, author=_author(guide, speech), updated=updated, n=n))
    return " ".join(said)


def _references(guides: Sequence[Guide], searcher: Searcher, citations: Citations, speech: Speech) -> str:
    said = []
    for guide in guides:
        entries = [p for p in searcher.generation.passages.of_guide(guide.id) if p.kind == "reference"]
        numbers = [n for p in entries or _on_sources(guide, searcher) if (n := citations.add(p, [])) is not None]
        if numbers:
            said.append(speech.say(wording.REFERENCES, title=guide.title, numbers=" ".join(f"[{n}]" for n in numbers)))
    return " ".join(said)


def _on_sources(guide: Guide, searcher: Searcher) -> list[Passage]:
    """What a guide without references says of its sources, under a heading that asks for them."""
    own = [p for p in searcher.generation.passages.of_guide(guide.id) if p.kind in ("prose", "list", "faq")]
    return [p for p in own if p.section and _ON_SOURCES.search(p.section[-1])][:SUMMARY_PASSAGES]


def _author(guide: Guide, speech: Speech) -> str:
    author, publisher = guide.source.author, guide.source.publisher
    if author and publisher:
        return speech.say(wording.AUTHOR_FOR, author=author, publisher=publisher)
    return author or publisher or speech.say(wording.ITS_AUTHOR)
