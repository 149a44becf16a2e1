"""Different figures for the same thing, found among passages: shown with their places, none is picked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval import markdown, words
from retrieval.guides import Table
from retrieval.passages import Passage, sentences
from retrieval.quantities import Figure, Kind, figures
from retrieval.searcher import Searcher

_OPTION = re.compile(r"\s+OR\s+")
RARE = 2.0  # inverse document frequency from which a word or a name tells things apart
MOST = 3  # different figures; more are said of different things
ENOUGH = 0.75  # share of the question's subject (by weight) that a statement has to be about


@dataclass(frozen=True)
class Statement:
    """A figure and what it is said of: the words of its sentence, or of its row and column, as stems."""

    passage: Passage
    figure: Figure
    about: frozenset[str]


def statements(passage: Passage, searcher: Searcher, kind: Kind) -> Iterator[Statement]:
    """The figures of one kind in a passage."""
    found = searcher.table(passage)
    pieces = _cells(found[1], passage.row, searcher) if found and passage.row is not None else _sentences(passage, searcher)
    for about, text in pieces:
        for figure in figures(markdown.plain(text)):
            if figure.kind == kind:
                yield Statement(passage, figure, about)


def differing(subject: Sequence[str], kind: Kind, passages: Sequence[Passage], searcher: Searcher) -> list[Statement]:
    """Statements about `subject` whose figures differ, one for each figure, or none where all agree.

    `subject` are the words that the question is about. Durations of one subject are of one kind by nature; amounts
    and shares also have to be said of the same thing, by the words that the statements have in common.
    """
    wanted = {words.stem(word): searcher.rarity(word) for word in subject}
    total = sum(wanted.values())
    if max(wanted.values(), default=0.0) < RARE:
        return []
    named = _names(subject, searcher)
    on_subject = [
        statement
        for passage in passages
        if passage.kind not in ("gap", "claim", "table")
        for statement in statements(passage, searcher, kind)
        if named <= statement.about and sum(weight for stem, weight in wanted.items() if stem in statement.about) / total >= ENOUGH
    ]
    distinct: list[Statement] = []
    for statement in on_subject:
        if any(statement.figure.same_as(other.figure) or _rows_of_one_table(statement, other) for other in distinct):
            continue
        if not distinct or kind == "duration" or _same_thing(statement, distinct[0]):
            distinct.append(statement)
    several = len({id(statement.passage) for statement in distinct}) > 1
    return distinct if several and len(distinct) <= MOST else []


def _rows_of_one_table(one: Statement, other: Statement) -> bool:
    """Whether both are rows of one table, which by nature speak of different things."""
    p, q = one.passage, other.passage
    return p.row is not None and q.row is not None and (p.guide, p.table) == (q.guide, q.table) and p.row != q.row


def _names(subject: Sequence[str], searcher: Searcher) -> frozenset[str]:
    """The stems of the rare names of several words in the subject, all of which a statement about it has to hold."""
    text = " ".join(subject)
    names = (name for name in searcher.terms.names() if " " in name and " ".join(words.content(name)) in text)
    return frozenset(stem for name in names if searcher.rarity(name) >= RARE for stem in words.stems(name))


def _same_thing(one: Statement, other: Statement) -> bool:
    small, large = sorted((one.about, other.about), key=len)
    return len(small & large) >= 0.6 * len(small)


def _sentences(passage: Passage, searcher: Searcher) -> Iterator[tuple[frozenset[str], str]]:
    heading = frozenset(words.stems(searcher.terms.unify(passage.section[-1]))) if passage.section else frozenset()
    for sentence in sentences(_without_tables(passage.text)):
        yield heading | frozenset(words.stems(searcher.terms.unify(markdown.plain(sentence)))), sentence


def _without_tables(text: str) -> str:
    """The text of a passage without the tables in it, whose rows speak for themselves."""
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("|"))


def _cells(table: Table, row: int, searcher: Searcher) -> Iterator[tuple[frozenset[str], str]]:
    """Each cell with what it is about: row and column, or in a decision table its own option."""
    label = frozenset(words.stems(searcher.terms.unify(markdown.plain(table.rows[row][0]))))
    for index, (name, cell) in enumerate(zip(table.header, table.rows[row], strict=True)):
        if table.spec is None and (index == 0 or _is_measured(table, index)):
            yield label | frozenset(words.stems(searcher.terms.unify(name))), cell
        elif table.spec is not None and index:
            yield from _options(cell, searcher)


def _is_measured(table: Table, column: int) -> bool:
    """Whether most cells of a column hold figures; in other columns a figure is said in passing."""
    return sum(bool(figures(row[column])) for row in table.rows) * 2 > len(table.rows)


def _options(cell: str, searcher: Searcher) -> Iterator[tuple[frozenset[str], str]]:
    """The options of a cell; one without a figure shares that of the next."""
    shared = ""
    for option in reversed(_OPTION.split(markdown.plain(cell))):
        own = figures(option)
        shared = option if own else shared
        name = option
        for figure in reversed(own):
            name = name[: figure.span[0]] + name[figure.span[1] :]
        if shared:
            yield frozenset(words.stems(searcher.terms.unify(name))), shared
