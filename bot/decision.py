"""Decision tables: the asker's place on both axes of a guide's table, and the cell that it gives."""

from __future__ import annotations

import datetime
import functools
import math
import re
from dataclasses import dataclass

from bot import profile
from retrieval import markdown, words
from retrieval.errors import RequestError
from retrieval.frontmatter import Axis, TableSpec
from retrieval.guides import Guide, Table
from retrieval.passages import Passage
from retrieval.ports import Generation
from retrieval.quantities import Kind, figures
from retrieval.searcher import Searcher
from retrieval.terms import Terms

_CLAUSE = re.compile(r"[.,;!?]|\b(?:but|just|only|and)\b")
_NEGATION = re.compile(
    r"\b(?:not|no|never|hate|dislike|don't|dont|doesn't|isn't|without|rather than|instead of|except|neither|nor|avoid|"
    r"skip|over|sick of|tired of|bored of|less|zero interest in|anything but|used to|no longer|originally|formerly|"
    r"g(?:ave|iven) up(?: on)?|(?:done|through|finished) with|enough of|rather\b[^.;!?]*\bthan)\b(?:\s+[\w'-]+){0,4}\s*$",
    re.IGNORECASE,
)
# All that nobody is interested in, up to where another clause begins; and what is nothing but that: "nothing academic".
_UNINTERESTED = re.compile(
    r"\b(?:(?:no|zero|little) interest in\b(?:(?!\b(?:because|since|as|so|i|when|if|while)\b)[^.,;!?])*|"
    r"nothing (?:too |very |to do with )?)$",
    re.IGNORECASE,
)
_LEAVES, _LEFT = re.compile(r"\bleav(?:e|ing)\b[^.,;!?]*$", re.IGNORECASE), re.compile(r"^[\w-]+(?: [\w-]+){0,2} behind\b", re.IGNORECASE)
# What somebody has done says nothing of what they want: "twelve years of industry work".
_BEHIND = re.compile(r"\b(?:years?|yrs?|yoe|months?)\s+(?:of|in)\s+(?:an?\s+)?(?:industry|production|research|science)\b", re.IGNORECASE)
_GIVEN_UP = re.compile(
    r"^[\w-]+,? (?:(?:but )?(?:not (?:any ?more|any longer)|no (?:more|longer))|(?:\w+ )?"
    r"(?:(?:bores?|bored|isn'?t(?: it| really)? for|(?:do|does|did)(?: ?n[o']?t) (?:interest|excite|attract|appeal to)) me))\b",
    re.IGNORECASE,
)
EXPERIENCE = "experience"  # an axis of this name is read from what people say of their own work
_OPTION = re.compile(r"\s+OR\s+")


@dataclass(frozen=True)
class DecisionTable:
    """A declared table with the guide that it stands in."""

    guide: Guide
    table: Table
    spec: TableSpec

    @functools.cached_property
    def row_labels(self) -> list[str]:
        """The first cell of each row, in plain words."""
        return [markdown.plain(row[0]) for row in self.table.rows]

    @functools.cached_property
    def column_labels(self) -> list[str]:
        """The heading of each column but the first, in plain words."""
        return [markdown.plain(cell) for cell in self.table.header[1:]]

    def passage(self, searcher: Searcher) -> Passage:
        """The passage of the whole table."""
        return searcher.tables.passage(self.guide.id, self.guide.tables.index(self.table))

    def options(self, row: int, column: int) -> list[str]:
        """The options of one cell, in plain words; columns are counted without the first."""
        return _OPTION.split(markdown.plain(self.table.rows[row][column + 1]))


@dataclass(frozen=True)
class Place:
    """Where the asker stands on one axis: the positions that fit, none where the asker has not said.

    `said` is the amount or the heading in words, `years` the asker's experience in its place.
    """

    axis: str
    positions: tuple[int, ...]
    said: str = ""
    years: profile.Years | None = None


def tables(generation: Generation) -> list[DecisionTable]:
    """All decision tables of the guides, in the order of guides and lines."""
    deciding = (generation.guides[guide] for guide in generation.overview.deciding)
    return [DecisionTable(guide, table, table.spec) for guide in deciding for table in guide.tables if table.spec is not None]


def named(generation: Generation, name: str | None) -> DecisionTable:
    """The table called `name`, or the only one. Raises RequestError, listing the names."""
    there = tables(generation)
    names = ", ".join(t.spec.id for t in there) or "none"
    chosen = [t for t in there if name is None or t.spec.id == name]
    if name is None and len(chosen) > 1:
        chosen = chosen[:1]
    if not chosen:
        wanted = f"no decision table '{name[:60]}'" if name is not None else "the guides declare no decision table"
        raise RequestError(f"{wanted}; tables that can be asked: {names}")
    return chosen[0]


def place(axis: Axis, labels: list[str], text: str, terms: Terms, today: datetime.date) -> Place:
    """Read from `text` where the asker stands on one axis."""
    if axis.unit is None:
        positions = _values_in(axis, labels, text, terms)
        return Place(axis.axis, positions, ", ".join(labels[p] for p in positions))
    amount = _amount(axis, text, today)
    return Place(axis.axis, _ranges_with(labels, amount), amount.said, amount.years) if amount else Place(axis.axis, ())


@dataclass(frozen=True)
class _Amount:
    """How much of an axis' unit somebody has: in months, dollars or percent."""

    kind: Kind
    low: float
    high: float
    said: str = ""
    years: profile.Years | None = None


def _amount(axis: Axis, text: str, today: datetime.date) -> _Amount | None:
    """What the asker says of an axis that is measured; the last statement counts."""
    kind = measures(axis)
    if axis.axis == EXPERIENCE and kind == "duration":
        years = profile.experience(text, today)
        return _Amount(kind, years.low * 12, years.high * 12, years=years) if years else None
    said = [figure for figure in figures(text) if figure.kind == kind]
    return _Amount(kind, said[-1].low, said[-1].high, said[-1].text) if said else None


def measures(axis: Axis) -> Kind:
    """The kind of figure that an axis with a unit has."""
    return "money" if axis.unit == "dollars" else "percent" if axis.unit == "percent" else "duration"


def chosen(axis: Axis, labels: list[str], value: str, terms: Terms, today: datetime.date) -> Place:
    """The place that a value given for this axis means. Raises RequestError, listing what can be given."""
    if axis.unit and re.fullmatch(r"\s*\d+(?:\.\d+)?\s*\+?\s*", value):
        value = f"{value} {axis.unit}"
    found = place(axis, labels, value, terms, today)
    if not found.positions:
        wanted = words.normalise(value)
        hits = tuple(i for i, label in enumerate(labels) if wanted and wanted in words.normalise(label))
        found = Place(axis.axis, hits, value)
    if not found.positions:
        allowed = f"an amount such as '18 {axis.unit}'" if axis.unit else " or ".join(axis.values or labels)
        raise RequestError(f"--{axis.axis} '{value[:60]}' is not understood; give {allowed}")
    return found


def _ranges_with(labels: list[str], amount: _Amount) -> tuple[int, ...]:
    """The rows whose range holds the amount; where none does, the two on either side."""
    ranges = [reach(label, amount.kind) for label in labels]
    inside = [i for i, (low, high) in enumerate(ranges) if amount.low <= high + 1e-9 and amount.high >= low - 1e-9]
    if math.isinf(amount.high) and inside:
        inside = [i for i in inside if ranges[i][0] <= amount.low] or inside
    if inside:
        return tuple(inside)
    below = [i for i, (_, high) in enumerate(ranges) if high < amount.low]
    above = [i for i, (low, _) in enumerate(ranges) if low > amount.low]
    return tuple(sorted({*below[-1:], *above[:1]}))


def reach(label: str, kind: Kind) -> tuple[float, float]:
    """The range of a heading in months, dollars or percent; from infinity to minus infinity where it has none."""
    return next(((figure.low, figure.high) for figure in figures(label) if figure.kind == kind), (math.inf, -math.inf))


def _values_in(axis: Axis, labels: list[str], text: str, terms: Terms) -> tuple[int, ...]:
    """The position whose words stand in the text and are not negated; none where there are several.

    Where all but one are negated, the one that is left.
    """
    unified = terms.unify(_BEHIND.sub(" ", text))
    said: dict[int, bool] = {}
    for value, spoken in _values(axis, labels).items():
        there = (phrase for first, phrase in _phrases(terms.unified(spoken)) if first in unified)  # which few are
        verdicts = [not _negated(unified, match.start()) for phrase in there for match in _inflected(phrase).finditer(unified)]
        if verdicts and (position := next((i for i, label in enumerate(labels) if value.casefold() in label.casefold()), None)) is not None:
            said[position] = any(verdicts)
    wanted = tuple(sorted(position for position, yes in said.items() if yes))
    if len(wanted) > 1:
        return ()
    if not wanted and said and len(said) < len(labels):
        rest = tuple(i for i in range(len(labels)) if i not in said)
        return rest if len(rest) == 1 else ()
    return wanted


def _values(axis: Axis, labels: list[str]) -> dict[str, tuple[str, ...]]:
    return {v: (v, *spoken) for v, spoken in axis.values.items()} or {label: (label,) for label in labels}


@functools.lru_cache(maxsize=1_000)
def _phrases(spoken: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Words and phrases, each behind its first word."""
    return tuple((phrase.partition(" ")[0], phrase) for phrase in spoken)


@functools.lru_cache(maxsize=1_000)
def _inflected(phrase: str) -> re.Pattern[str]:
    """What finds a word or phrase and its inflected forms."""
    parts = r"\s+".join(re.escape(part) for part in phrase.split())
    return re.compile(rf"(?<![\w-]){parts}(?:s|es|ed|ing)?(?!\w)")


def _negated(text: str, at: int) -> bool:
    clause = _CLAUSE.split(text[:at])[-1]
    left = _LEAVES.search(clause) and _LEFT.match(text[at:])
    return bool(left or _NEGATION.search(clause) or _UNINTERESTED.search(clause) or _GIVEN_UP.match(text[at:]))
