"""Figures that cannot both be true of one thing, found in all guides: shown with their places, none is picked."""

from __future__ import annotations

import functools
import math
import re
import weakref
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.statements import GENERIC, Reader, Statement, modified
from retrieval import markdown, words
from retrieval.guides import Guide
from retrieval.passages import Passage
from retrieval.ports import Passages
from retrieval.quantities import Kind
from retrieval.terms import Terms

EVERYWHERE = 1.0  # the same below which a word says nothing of a passage
ALIKE = 0.5  # share of the words of two clauses, by weight, that both have
WHOLE = 2_000  # passages that are all compared, once; of more those that a question finds
CROWD = 200  # statements that share a word; a word of more tells nothing apart

# Words of which two statements about one thing do not have different ones.
_OPPOSED = tuple(
    frozenset(group.split())
    for group in (
        "before after during", "with without", "minimum maximum average median", "least most", "first last", "gross net", "old new used",
        "summer winter spring autumn", "weekdays weekends", "monthly yearly weekly daily hourly", "part-time full-time", "online on-site",
        "internal external", "free paid", "small big large tall", "short long",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Conflict:
    """Statements about one thing of which at least two cannot both be true, in the order of guides and lines."""

    about: str
    statements: tuple[Statement, ...]


class Disagreements:
    """All disagreements of some guides, found once when they are first asked for."""

    def __init__(
        self, guides: Mapping[str, Guide], passages: Sequence[Passage] | Passages, terms: Terms,
        rarity: Callable[[str], float] | None = None, noted: int = 0,
    ) -> None:  # fmt: skip
        """`rarity` gives the inverse document frequency of a stem (0 and up); without it stems are counted in the passages.

        So many of the passages are questions that are `noted` for others, and state nothing.
        """
        self._few = len(passages) - noted <= WHOLE
        self._terms = terms
        self._rarity = rarity or self._counted
        self._reader = Reader(guides, terms)
        self._passages = passages
        self._guides = guides
        reader, itself = self._reader, weakref.ref(self)  # so that what is kept does not hold the whole of it
        self.of = functools.lru_cache(maxsize=10_000)(lambda passage: list(reader.read(passage)))
        self._siblings = functools.lru_cache(maxsize=1_000)(lambda guide: there._of_guide(guide) if (there := itself()) else ())

    @cached_property
    def statements(self) -> list[Statement]:
        """Every figure of the guides with what it is said of."""
        return [statement for passage in self._passages if not passage.answers for statement in self.of(passage)]

    def among(self, passages: Sequence[Passage], wanted: Callable[[Statement], bool]) -> list[Conflict]:
        """The disagreements in which these passages have a part; where the guides are many, those within the passages alone.

        Of those, only what a `wanted` statement has a part in is looked for: most questions meet none.
        """
        if self._few:
            return self.conflicts
        statements = [statement for passage in passages for statement in self.of(passage)]
        starts = [number for number, statement in enumerate(statements) if wanted(statement)]
        tables = [siblings for guide in {passage.guide for passage in passages} for siblings in self._siblings(guide)] if starts else []
        return self._found(statements, starts, tables)

    def _of_guide(self, guide: str) -> tuple[_Siblings, ...]:
        there = self._guides[guide]
        return tuple(_Siblings(self._reader, there, table, self._says_little) for table in range(len(there.tables)))

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """All disagreements, each as large as it gets."""
        tables = [siblings for guide in self._guides for siblings in self._siblings(guide)]
        return self._found(self.statements, range(len(self.statements)), tables)

    def _found(self, statements: Sequence[Statement], starts: Sequence[int], tables: Sequence[_Siblings]) -> list[Conflict]:
        """The disagreements that statements at the places of `starts` have a part in."""
        joined = _Joined()
        for one, other in sorted(self._pairs(statements, starts, tables)):
            joined.join(statements[one], statements[other])
        found = [sorted(group, key=lambda s: (s.passage.guide, s.passage.lines)) for group in joined.groups()]
        return sorted((Conflict(_about(group), tuple(group)) for group in found), key=lambda c: _place(c.statements[0]))

    def _pairs(self, statements: Sequence[Statement], starts: Sequence[int], tables: Sequence[_Siblings]) -> Iterator[tuple[int, int]]:
        """The pairs of statements at odds, from those of `starts` on to what is at odds with what was met, each pair once."""
        near = _sharing(statements) if starts else {}
        met, left, done = set(starts), list(starts), set[int]()
        while left:
            number = left.pop()
            done.add(number)
            kind, stems = statements[number].figure.kind, statements[number].words - GENERIC
            for other in {other for stem in stems if len(there := near[kind, stem]) <= CROWD for other in there} - done:
                one, two = sorted((number, other))
                if self._at_odds(statements[one], statements[two], tables):
                    yield one, two
                    if other not in met:
                        met.add(other)
                        left.append(other)

    def _at_odds(self, one: Statement, other: Statement, tables: Sequence[_Siblings]) -> bool:
        """Whether both are said of the same thing, and cannot both be true."""
        if one.passage == other.passage or in_one_table(one, other) or not _senses_meet(one, other):
            return False
        if any(not a.contradicts(b) for a in one.others for b in other.others if a.kind == b.kind == one.figure.kind):
            return False
        if one.figure.kind != other.figure.kind or one.marks != other.marks or _told_apart(one, other, tables):
            return False
        if one.labels and other.labels:
            return bool(set(one.labels) & set(other.labels)) and one.measure == other.measure
        if one.labels or other.labels:
            return _names(*((one, other) if one.labels else (other, one)))
        return self._alike(one, other)

    def _alike(self, one: Statement, other: Statement) -> bool:
        """Whether two clauses say one thing: one has no word of its own, and what both have weighs more than the rest."""
        first, second = (frozenset(s for s in statement.words if not self._says_little(s)) for statement in (one, other))
        common = first & second
        if not common:
            return False
        if one.figure.kind == "percent" and _shares(one, other, first, second):
            return True
        if (first - second and second - first) or (one.passage.section == other.passage.section and first != second):
            return False
        if one.figure.kind != "percent" and any(s.head and s.head not in o.words for s, o in ((one, other), (other, one))):
            return False
        return self._weight(common) >= ALIKE * self._weight(first | second)

    def _says_little(self, stem: str) -> bool:
        return stem in GENERIC or self._rarity(stem) < EVERYWHERE

    def _weight(self, stems: frozenset[str]) -> float:
        return sum(self._rarity(stem) for stem in stems)

    @cached_property
    def _frequency(self) -> Counter[str]:
        return Counter(stem for passage in self._passages for stem in set(words.stems(passage.embedded)))

    def _counted(self, stem: str) -> float:
        count = self._frequency.get(stem, 0)
        return math.log(1 + (len(self._passages) - count + 0.5) / (count + 0.5))


class _Siblings:
    """The rows of one table, each by the words that only it has: what is said of one is not said of another."""

    def __init__(self, reader: Reader, guide: Guide, table: int, says_little: Callable[[str], bool]) -> None:
        self._place = (guide.id, table)
        labels = [reader.stems(markdown.plain(row[0]).split(" (")[0]) for row in guide.tables[table].rows]
        counted = Counter(stem for label in labels for stem in label)
        self._rows = [(label, frozenset(stem for stem in label if counted[stem] == 1 and not says_little(stem))) for label in labels]

    def present(self, statement: Statement) -> frozenset[int]:
        """The rows that a statement speaks of."""
        if statement.passage.row is not None and (statement.passage.guide, statement.passage.table) == self._place:
            return frozenset([statement.passage.row])
        named = frozenset(i for i, (_, own) in enumerate(self._rows) if own and own <= statement.words)
        return named or frozenset(i for i, (label, own) in enumerate(self._rows) if not own and label and label <= statement.words)


class _Joined:
    """Statements put into groups by pairs."""

    def __init__(self) -> None:
        self._group: dict[int, list[Statement]] = {}

    def join(self, one: Statement, other: Statement) -> None:
        """Put both, and all that are with them, into one group."""
        first, second = self._group.setdefault(id(one), [one]), self._group.setdefault(id(other), [other])
        if first is not second:
            first += second
            for statement in second:
                self._group[id(statement)] = first

    def groups(self) -> list[list[Statement]]:
        """The groups, each once."""
        return list({id(group): group for group in self._group.values()}.values())


def _sharing(statements: Sequence[Statement]) -> dict[tuple[Kind, str], list[int]]:
    """The places of the statements of each kind that have a word which tells things apart."""
    sharing: dict[tuple[Kind, str], list[int]] = defaultdict(list)
    for number, statement in enumerate(statements):
        for stem in statement.words - GENERIC:
            sharing[statement.figure.kind, stem].append(number)
    return sharing


def _told_apart(one: Statement, other: Statement, tables: Sequence[_Siblings]) -> bool:
    """Whether they have different ones of words that exclude each other, or speak of different rows of a table."""
    said = [set(re.findall(r"[\w-]+", statement.plain)) for statement in (one, other)]
    for group in _OPPOSED:
        first, second = said[0] & group, said[1] & group
        if first and second and not first & second:
            return True
    for siblings in tables:
        first_rows, second_rows = siblings.present(one), siblings.present(other)
        if first_rows and second_rows and not first_rows & second_rows:
            return True
    return False


def in_one_table(one: Statement, other: Statement) -> bool:
    """Whether both stand in one table, which by nature speaks of different things."""
    p, q = one.passage, other.passage
    return p.row is not None and q.row is not None and (p.guide, p.table) == (q.guide, q.table)


def _senses_meet(one: Statement, other: Statement) -> bool:
    return one.sense == other.sense or (one.figure.kind == "money" and "" in (one.sense, other.sense))


def _names(row: Statement, clause: Statement) -> bool:
    """Whether a clause says of a table's thing what the table measures: it has one of its names, and no narrower one."""
    for label in row.labels:
        there = label | row.measure
        if there <= clause.words and (not clause.head or clause.head in there):
            return not any(modified(clause.plain, name) for name in _written(clause.plain, label))
    return False


def _written(text: str, label: frozenset[str]) -> list[str]:
    """Where a label begins in a text: the first of its words there."""
    first = next((m.group(0) for m in re.finditer(r"[^\W_]+", text) if words.stem(m.group(0)) in label), None)
    return [first] if first else []


def _shares(one: Statement, other: Statement, first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether two shares are of the same part in the same whole, as far as each says."""
    if not one.whole or not other.whole:
        return False
    pairs = ((first & one.whole, second & other.whole), (first - one.whole, second - other.whole))
    return all(small and small <= large for small, large in (sorted(pair, key=len) for pair in pairs))


def _about(group: Sequence[Statement]) -> str:
    """What the statements are about: the shortest name that a table gives it, else the words that all have."""
    names = [statement.name for statement in group if statement.name]
    if names:
        return min(names, key=len)
    common = frozenset.intersection(*(statement.words for statement in group)) - GENERIC
    shown = [word for word in words.surface(group[0].text) if words.stem(word) in common]
    return " ".join(dict.fromkeys(shown)) or group[0].text[:60]


def _place(statement: Statement) -> tuple[str, tuple[int, int]]:
    return statement.passage.guide, statement.passage.lines
