"""The figures that the guides give for what a question asks: those at odds, and those that differ but may all be true."""

from __future__ import annotations

from collections.abc import Sequence

from bot.disagreement import Disagreements, in_one_table
from bot.statements import Statement
from retrieval import words
from retrieval.passages import Passage
from retrieval.quantities import Kind
from retrieval.searcher import Searcher

RARE = 2.0  # inverse document frequency from which a word or a name tells things apart
MOST = 4  # different figures in an answer; more are said of different things
ENOUGH = 0.75  # share of the question's subject (by weight) that a statement has to be about


class Subject:
    """What a question is about, to be compared with what a statement is about."""

    def __init__(self, subject: Sequence[str], searcher: Searcher) -> None:
        """`subject` are the words that a question is about."""
        self._wanted = {words.stem(word): searcher.rarity(word) for word in subject if searcher.knows(word)}
        self._total = sum(self._wanted.values())
        self._names = _rare_names(subject, searcher)
        self._vague = max(self._wanted.values(), default=0.0) < RARE

    def share(self, about: frozenset[str]) -> float:
        """The share of the subject, by weight, that `about` holds; 0 where it lacks a name or the subject is too vague."""
        if self._vague or not self._names <= about:
            return 0.0
        return sum(weight for stem, weight in self._wanted.items() if stem in about) / self._total


def differing(subject: Subject, kind: Kind, passages: Sequence[Passage], found: Disagreements) -> list[Statement]:
    """The statements about `subject` that are at odds, one for each figure; none where all agree.

    One statement about it is enough: those at odds with it are about the same thing, in other words. Those of `passages` come
    first, in their order.
    """
    order = {passage: place for place, passage in enumerate(passages)}
    best: tuple[float, list[Statement]] = (0.0, [])
    for conflict in found.among(passages, lambda s: s.figure.kind == kind and subject.share(s.words) >= ENOUGH):
        weight = max(subject.share(statement.words) for statement in conflict.statements)
        if conflict.statements[0].figure.kind == kind and weight >= ENOUGH and weight > best[0]:
            best = weight, _one_each(sorted(conflict.statements, key=lambda s: order.get(s.passage, len(order))))[:MOST]
    return best[1]


def several(subject: Subject, kind: Kind, passages: Sequence[Passage], found: Disagreements) -> list[Statement]:
    """Statements about `subject` with figures of their own that may all be true; none where there is but one.

    Durations of one subject are of one kind by nature; amounts and shares also have to be said of the same thing, by
    the words that the statements have in common.
    """
    fitting = [s for passage in passages for s in found.of(passage) if s.figure.kind == kind and subject.share(s.about) >= ENOUGH]
    distinct: list[Statement] = []
    for statement in fitting:
        if any(statement.figure.same_as(other.figure) or _other_row(statement, other) for other in distinct):
            continue
        if not distinct or kind == "duration" or _overlap(statement, distinct[0]):
            distinct.append(statement)
    apart = len({statement.passage for statement in distinct}) > 1
    return distinct if apart and len(distinct) < MOST else []


def _one_each(statements: Sequence[Statement]) -> list[Statement]:
    distinct: list[Statement] = []
    for statement in statements:
        if not any(statement.figure.same_as(other.figure) for other in distinct):
            distinct.append(statement)
    return distinct


def _other_row(one: Statement, other: Statement) -> bool:
    return in_one_table(one, other) and one.passage.row != other.passage.row


def _overlap(one: Statement, other: Statement) -> bool:
    small, large = sorted((one.about, other.about), key=len)
    return len(small & large) >= 0.6 * len(small)


def _rare_names(subject: Sequence[str], searcher: Searcher) -> frozenset[str]:
    """The stems of the rare names of several words in the subject, all of which a statement about it has to hold."""
    text = " ".join(subject)
    names = (name for name in searcher.terms.names() if " " in name and " ".join(words.content(name)) in text)
    return frozenset(stem for name in names if searcher.rarity(name) >= RARE for stem in words.stems(name))
