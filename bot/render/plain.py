"""An answer as plain text: what the terminal prints, and every platform's fallback."""

from __future__ import annotations

import re

from bot import quotes, wording
from bot.messages import Answer, Citation, Recommendation
from bot.speech import Speech

LONGEST = 3_500  # characters of a message


def render(answer: Answer) -> str:
    """The whole message: the bot's words, the cited passages with their places, and what else can be asked."""
    words = Speech.of(answer.language)
    parts = [answer.text]
    parts += [_citation(c, answer.recommendation, words) for c in answer.citations]
    if answer.suggestions:
        parts.append("\n".join([words.say(wording.COULD_ASK), *(f"- {s}" for s in answer.suggestions)]))
    return _fitted(parts, words.say(wording.SHORTENED))


def _citation(citation: Citation, recommendation: Recommendation | None, words: Speech) -> str:
    matched = recommendation.matched if recommendation and recommendation.citation == citation.n else {}
    names = " ".join(matched.values())

    def asked(row: str, column: str) -> bool:
        return len(matched) > 1 and row in names and column in names

    place = " > ".join([citation.title, *citation.section[-1:]])
    updated = f", {words.say(wording.UPDATED_ON, date=citation.updated)}" if citation.updated else ""
    source = f" ({citation.publisher}{updated})" if citation.publisher else ""
    quote = "\n    ".join(quotes.lines(citation.quote, asked))
    references = "; ".join(_short(r) for r in citation.references)
    cites = f"; {words.say(wording.CITES, references=references)}" if references else ""
    return f"[{citation.n}] “{quote}”\n    {place}{source}{cites}"


def _short(reference: str) -> str:
    """A reference's first part, which names who says it."""
    return re.split(r"[,:;]", reference, maxsplit=1)[0]


def _fitted(parts: list[str], more: str) -> str:
    text = "\n\n".join(part for part in parts if part)
    if len(text) <= LONGEST:
        return text
    while len(parts) > 1 and len("\n\n".join([*parts, more])) > LONGEST:
        parts = parts[:-1]
    return "\n\n".join([*parts, more])[:LONGEST]
