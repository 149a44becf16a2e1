"""Questions with what a right answer shows, and the reasons why an answer falls short."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from bot.messages import Answer
from retrieval.errors import CollectionError
from retrieval.passages import Passage

FILE = "evaluation.toml"
REFUSALS = ("not_covered", "small_talk", "rejected")
# What a question's expressions may abbreviate.
_MACROS = {
    "<to>": r"(?:\*|\s)*(?:-|–|—|‑|−|~|to|and|through|up to|bis|à|a|or)(?:\*|\s)*",
    "<k>": r"(?:[,. ]?000|\s?k)?",
    "<months>": r"(?:months?|mos?\b|meses|Monate|mois)",
}


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question of the evaluation; the head of corpus/evaluation.toml says what each key means."""

    id: str
    kind: str
    ask: str
    answerable: bool
    history: tuple[str, ...] = ()
    expect: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    forbid_own: tuple[str, ...] = ()
    guides: tuple[str, ...] = ()
    any_guide: bool = False
    passages: int = 0
    sections: tuple[str, ...] = ()


class _File(msgspec.Struct, forbid_unknown_fields=True):
    question: list[Question] = []


def load(corpus: Path) -> list[Question]:
    """The evaluation questions of a corpus. Raises CollectionError where there are none or one is wrong."""
    path = corpus / FILE
    try:
        questions = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File).question
    except FileNotFoundError as error:
        raise CollectionError(f"{path} is missing; corpus/README.md says how to write evaluation questions") from error
    except ValueError as error:
        raise CollectionError(f"{path}: {error}") from error
    if not questions:
        raise CollectionError(f"{path} has no questions; corpus/README.md says how to write evaluation questions")
    for question in questions:
        for expression in (*question.expect, *question.forbid, *question.forbid_own):
            _compiled(expression, f"{path}, question {question.id}")
    return questions


def faults(question: Question, answer: Answer) -> list[str]:
    """Why an answer is not right; nothing where it is."""
    own, shown = _own(answer), _shown(answer)
    if not question.answerable:
        found = [] if answer.outcome in (*REFUSALS, "clarify") else ["answered without cause"]
    elif answer.outcome in REFUSALS:
        found = ["refused without cause"]
    else:
        found = [f"lacks {e}" for e in question.expect if not _compiled(e, question.id).search(shown)]
        found += _uncited(question, answer)
    found += [f"says {e}" for e in question.forbid if _compiled(e, question.id).search(shown)]
    found += [f"says {e}" for e in question.forbid_own if _compiled(e, question.id).search(own)]
    return found


def _uncited(question: Question, answer: Answer) -> list[str]:
    cited = [citation.guide in question.guides for citation in answer.citations]
    named = {citation.guide for citation in answer.citations} & set(question.guides)
    enough = bool(named) if question.any_guide else named == set(question.guides)
    if question.guides and answer.outcome != "clarify" and not enough:
        return ["cites another guide" if cited else "cites nothing"]
    places = {(c.path, c.lines, c.quote) for c in answer.citations}
    return ["shows too few passages"] if len(places) < question.passages else []


def _own(answer: Answer) -> str:
    said = [answer.text]
    if answer.recommendation:
        said += answer.recommendation.options
        said += [f"{axis}: {place}" for axis, place in answer.recommendation.matched.items()]
    for disagreement in answer.disagreements:
        said += [disagreement.about, *(claim.figure for claim in disagreement.claims)]
    return "\n".join(said)


def _shown(answer: Answer) -> str:
    return "\n".join([_own(answer), *(citation.quote for citation in answer.citations)])


def _compiled(expression: str, place: str) -> re.Pattern[str]:
    for macro, meaning in _MACROS.items():
        expression = expression.replace(macro, meaning)
    try:
        return re.compile(expression, re.IGNORECASE)
    except re.error as error:
        raise CollectionError(f"{place}: '{expression}' is no regular expression: {error}") from error


def places(passages: Iterable[Passage]) -> list[tuple[str, tuple[str, ...]]]:
    """Where each passage stands, by its id: its guide and section; nowhere for a question that is noted for one."""
    return [(p.guide, p.section) if not p.answers else ("", ()) for p in passages]


def relevant(question: Question, sections: Sequence[tuple[str, tuple[str, ...]]]) -> list[int]:
    """The positions of the passages, given as (guide, section), that stand where a question's answer does."""
    wanted = {tuple(place.split(" > ", 1)) for place in question.sections}
    return [i for i, (guide, section) in enumerate(sections) if section and (guide, section[-1]) in wanted]
