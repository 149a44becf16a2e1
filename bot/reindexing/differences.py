"""What is different between two answers to one question, as far as it matters to the one who asks it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal, get_args

from bot.messages import Answer, Citation
from bot.quotes import readable
from retrieval import markdown
from retrieval.quantities import figures

Kind = Literal["lost", "other outcome", "other recommendation", "other figure", "other citation", "gained"]
KINDS: tuple[Kind, ...] = get_args(Kind)  # the gravest first

SHOWN_CITATIONS = 2
SHOWN_FIGURES = 4
LONGEST = 120  # characters of a quote
LEAD = 30  # characters of a quote before the point where it differs
_HAS_CONTENT = ("answered", "recommended", "clarify")
_MARK = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True)
class Cited:
    """A citation in short: the guide's id, the heading above the passage, and the quote, cut short."""

    guide: str
    section: str
    quote: str


@dataclass(frozen=True)
class Shown:
    """An answer in short.

    `text` is in the bot's own words; `figures` are those of the answer, as they are worded; `kept` is whether the answer that it is held
    against cites all that this one does.
    """

    outcome: str
    text: str
    options: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    citations: tuple[Cited, ...] = ()
    kept: bool = False


@dataclass(frozen=True)
class Difference:
    """A question that two generations answer differently."""

    question: str
    kind: Kind
    before: Shown
    after: Shown


def between(question: str, before: Answer, after: Answer) -> Difference | None:
    """What is different in two answers to `question`, None where nothing is that matters.

    The same words from another line, or from another section to which they have moved, are the same answer.
    """
    kind = _kind(before, after)
    return Difference(question, kind, shown(before, after), shown(after, before)) if kind else None


def shown(answer: Answer, beside: Answer | None = None) -> Shown:
    """An answer in short: of its citations those that the answer `beside` it has not, or the first ones where it has all."""
    others = beside.citations if beside else ()
    same = {_quote(c) for c in others}
    own = [c for c in answer.citations if _quote(c) not in same]
    cited = tuple(Cited(c.guide, "".join(c.section[-1:]), _excerpt(c, others)) for c in (own or answer.citations)[:SHOWN_CITATIONS])
    options = answer.recommendation.options if answer.recommendation else ()
    return Shown(answer.outcome, shorten(_own_words(answer)), options, _first_figures(answer), cited, bool(answer.citations) and not own)


def shorten(text: str, longest: int = LONGEST) -> str:
    """At most so many characters of a text, cut between words."""
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1].rsplit(' ', 1)[0].rstrip(' ,;:')}…"


def _excerpt(citation: Citation, others: Sequence[Citation]) -> str:
    """A quote cut short, from shortly before the point where it parts from what another answer quotes of the same place."""
    quote = " ".join(readable(citation.quote).split())
    beside = [" ".join(readable(c.quote).split()) for c in others if (c.guide, c.section) == (citation.guide, citation.section)]
    same = max((_shared(quote, other) for other in beside if other != quote), default=0)
    if len(quote) <= LONGEST or same <= LEAD:
        return shorten(quote)
    return f"…{shorten(quote[same - LEAD :].partition(' ')[2], LONGEST - 1)}"


def _shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _kind(before: Answer, after: Answer) -> Kind | None:
    had, has = before.outcome in _HAS_CONTENT, after.outcome in _HAS_CONTENT
    if had != has:
        return "lost" if had else "gained"
    if before.outcome != after.outcome:
        return "other outcome"
    if _options(before) != _options(after):
        return "other recommendation"
    if _stated(before) != _stated(after) or _figure_gone(before, after):
        return "other figure"
    return "other citation" if _quotes(before) != _quotes(after) else None


def _options(answer: Answer) -> tuple[str, ...]:
    return tuple(_plain(o) for o in answer.recommendation.options) if answer.recommendation else ()


def _stated(answer: Answer) -> frozenset[str]:
    """The figures that the answer states itself, beside its quotes."""
    claims = [_plain(c.figure) for d in answer.disagreements for c in d.claims]
    return frozenset([*claims, *(_plain(f.text) for f in figures(_own_words(answer)))])


def _figure_gone(before: Answer, after: Answer) -> bool:
    """Whether a place that both cite has lost a figure that no other quote has now."""
    there = {(c.guide, c.section) for c in after.citations}
    now = frozenset[str]().union(*(_figures(c) for c in after.citations))
    return any(_figures(c) - now for c in before.citations if (c.guide, c.section) in there)


def _figures(citation: Citation) -> frozenset[str]:
    return frozenset(_plain(f.text) for f in figures(readable(citation.quote)))


def _first_figures(answer: Answer) -> tuple[str, ...]:
    """The figures that stand out: those of a disagreement, else of the bot's own words, else of the first quote."""
    claims = [c.figure for d in answer.disagreements for c in d.claims]
    own = [f.text for f in figures(_own_words(answer))]
    quoted = [f.text for c in answer.citations[:1] for f in figures(readable(c.quote))]
    return tuple(dict.fromkeys(claims or own or quoted))[:SHOWN_FIGURES]


def _quotes(answer: Answer) -> frozenset[str]:
    return frozenset(_quote(c) for c in answer.citations)


def _quote(citation: Citation) -> str:
    return _plain(readable(citation.quote))


def _own_words(answer: Answer) -> str:
    return _MARK.sub("", answer.text)


def _plain(text: str) -> str:
    return " ".join(markdown.plain(text).casefold().split())
