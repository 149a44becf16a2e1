"""Whether a sentence of a language model says what the passages that it cites say: figures, names, words and negation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.messages import Citation
from bot.quotes import readable
from retrieval import words
from retrieval.passages import sentences
from retrieval.quantities import Figure, figures

LONGEST_SENTENCE = 400  # characters
LONGEST_TEXT = 900
MOST_SENTENCES = 6
SUPPORT = 0.6  # of a sentence's words that have to stand in what it cites

_MARK = re.compile(r"\[(\d+)\]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<![\w'’-])(?:[A-Z][\w'’]*[A-Z0-9][\w'’]*|[A-Z][\w'’-]+)")
# Nothing of what a chat or a browser would act upon, and no markup: the words alone.
_ACTS = re.compile(r"https?:|www\.|[<>`#|*_~{}\\]|\]\(|@|://|[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_NOT = re.compile(
    r"(?<![\w-])(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|hardly|rarely|seldom|unnecessary|unlikely|irrelevant|unneeded)"
    r"(?![\w-])|n['’]t\b",
    re.IGNORECASE,
)
_LEAD = re.compile(r"(yes|no)\b[,.:;]?\s+", re.IGNORECASE)
_NUMBER_WORDS = frozenset(
    "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand million".split()
)
_OPPOSITES = tuple(
    (re.compile(rf"\b(?:{one})\b", re.IGNORECASE), re.compile(rf"\b(?:{other})\b", re.IGNORECASE))
    for one, other in (
        (
            "more|over|above|at least|exceeds?|higher|longer|increase[sd]?|grows?|growth",
            "less|under|below|at most|fewer|lower|shorter|decrease[sd]?|shrinks?",
        ),
        ("always|must|required|mandatory|essential", "optional|may|can|sometimes|often|usually|rarely"),
        ("best|excellent|good|easy|easier|cheapest|fastest", "worst|poor|bad|hard|harder|costliest|slowest"),
        ("before", "after"),
        ("all|every", "some|few|most|many"),
    )
)  # fmt: skip


def kept(text: str, citations: Sequence[Citation]) -> str:
    """The sentences of `text` that hold, in order; "" where none does."""
    there = {citation.n: citation for citation in citations}
    lines = [line.strip(" -•") for line in text.splitlines() if line.strip()]
    said = [sentence.strip() for line in lines for sentence in _sentences(line)]
    held = [sentence for sentence in said if _holds(sentence, there)][:MOST_SENTENCES]
    while held and len(" ".join(held)) > LONGEST_TEXT:
        held.pop()
    return " ".join(held)


def states(text: str, wanted: Sequence[Figure]) -> bool:
    """Whether a text has all these figures."""
    there = figures(_MARK.sub("", text))
    return all(any(figure.same_as(other) for other in there) for figure in wanted)


def _sentences(line: str) -> list[str]:
    """The sentences of a line, each with the marks that follow its full stop."""
    return sentences(re.sub(r"([.!?])\s*((?:\[\d+\]\s*)+)(?=\s|$)", lambda m: f" {m[2].strip()}{m[1]} ", line))


def _holds(sentence: str, there: Mapping[int, Citation]) -> bool:
    numbers = {int(number) for number in _MARK.findall(sentence)}
    if not numbers or not numbers <= there.keys() or len(sentence) > LONGEST_SENTENCE or _ACTS.search(sentence):
        return False
    bare = " ".join(_MARK.sub(" ", sentence).split())
    cited = [there[number] for number in sorted(numbers)]
    passages = [readable(citation.quote) for citation in cited]
    context = " ".join([*passages, *(" ".join([citation.title, *citation.section]) for citation in cited)])
    return (
        _figures_stand(bare, passages) and _names_stand(bare, context) and _words_stand(bare, context) and _agrees(bare, passages)
    )  # fmt: skip


def _figures_stand(bare: str, passages: Sequence[str]) -> bool:
    """Each quantity, each number and each number word of the sentence is in what it cites."""
    quoted = " ".join(passages)
    there = figures(quoted)
    if not all(any(figure.same_as(other) for other in there) for figure in figures(bare)):
        return False
    numbers = set(_NUMBER.findall(quoted))
    spelled = {word for word in words.surface(bare) if word in _NUMBER_WORDS}
    return set(_NUMBER.findall(bare)) <= numbers and spelled <= set(words.surface(quoted))


def _names_stand(bare: str, context: str) -> bool:
    """Each capitalised word, the first of the sentence as well unless it is a stop word, is in what it cites."""
    there = set(words.stems(context))
    return all(words.stem(word) in there for name in _NAME.findall(bare) for word in words.content(name))


def _words_stand(bare: str, context: str) -> bool:
    """Enough of the words that carry meaning are in what the sentence cites."""
    said, there = words.stems(bare), set(words.stems(context))
    return bool(said) and sum(stem in there for stem in said) >= SUPPORT * len(said)


def _agrees(bare: str, passages: Sequence[str]) -> bool:
    """The sentence denies exactly where the sentence of the guide that it is nearest to does, and turns nothing round."""
    lead = _LEAD.match(bare)
    if lead:  # "No, ..." as the passage itself begins
        if not any((first := _LEAD.match(passage)) and first[1].casefold() == lead[1].casefold() for passage in passages):
            return False
        bare = bare[lead.end() :]
    said = set(words.stems(bare))
    candidates = [sentence for passage in passages for sentence in sentences(passage)]
    nearest = max(candidates, key=lambda sentence: len(said & set(words.stems(sentence))), default="")
    if bool(_NOT.search(bare)) != bool(_NOT.search(nearest)):
        return False
    return not any(
        (one.search(bare) and other.search(nearest) and not one.search(nearest))
        or (other.search(bare) and one.search(nearest) and not other.search(nearest))
        for one, other in _OPPOSITES
    )
