"""Figures in text: durations, amounts of money and shares, with ranges and bounds understood."""

from __future__ import annotations

import math
import re
from typing import Literal

import msgspec

Kind = Literal["duration", "money", "percent"]

NUMBER_WORDS = {
    "zero": 0.0, "a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0,
    "seven": 7.0, "eight": 8.0, "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0, "thirteen": 13.0,
    "fourteen": 14.0, "fifteen": 15.0, "sixteen": 16.0, "seventeen": 17.0, "eighteen": 18.0, "nineteen": 19.0,
    "half a": 0.5, "a couple of": 2.0, "couple of": 2.0, "a couple": 2.0, "couple": 2.0, "a few": 3.0, "few": 3.0,
}  # fmt: skip
for _ten, _tens in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2):
    NUMBER_WORDS[_tens] = _ten * 10.0
    for _one in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"):
        NUMBER_WORDS[f"{_tens} {_one}"] = _ten * 10.0 + NUMBER_WORDS[_one]
MONTHS_PER_UNIT = {"day": 12 / 365, "week": 12 / 52, "month": 1.0, "quarter": 3.0, "year": 12.0, "decade": 120.0}
_MAGNITUDE = {"k": 1e3, "thousand": 1e3, "grand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "billion": 1e9}

_WORDS = "|".join(sorted((w.replace(" ", r"[\s-]+") for w in NUMBER_WORDS), key=len, reverse=True))
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_NUMBER = rf"(?:{_DIGITS}|\b(?:{_WORDS})\b)"
_TO = r"\s*(?:-|–|—|to|until|up\s+to|or|and)\s*"
_BEFORE = (
    r"(?P<before>(?:<|>|~|\b(?:about|approximately|approx\.?|around|roughly|nearly|almost|circa|ca\.|over|more\s+than|"
    r"at\s+least|exceeds?|exceeding|above|under|less\s+than|fewer\s+than|below|up\s+to|at\s+most|within|easily)\b)\s*)*"
)
_BEFORE2 = _BEFORE.replace("?P<before>", "?P<before2>")
_AFTER = r"(?P<after>\s*\+|\s+(?:or|and)\s+(?:more|less|above|over|under|up|longer|shorter)\b)?"
_UNIT = r"(?P<unit>years?|yrs?|yoe|y(?=\b)|months?|mths?|mos?|weeks?|wks?|days?|quarters?|decades?)\b"
_SCALE = r"(?:\s?(?:k|thousand|grand|mn?|million|bn?|billion)\b)"

# What joins two amounts of which the second has no $: not "$500 and 3 projects", not "$500 to 3 months".
_TO_BARE = (
    rf"\s*(?:-|–|—|to|until|up\s+to)\s*(?=[\d,.]++{_SCALE}?(?![\s-]*(?:{_UNIT.replace('?P<unit>', '?:')}|%)))"
    r"|\s*(?:or|and)\s*(?=[\d,.]++(?!\s*[A-Za-z%]))"
)

_NO_MONEY = r"(?<![\d$])(?<!\d[.,])(?<!\$\s)"  # not the "500" of "$500 and 3 months"

_DURATION = re.compile(
    rf"{_BEFORE}{_NO_MONEY}(?P<low>{_NUMBER})(?:\s?(?:years?|yrs?|months?|mos?|weeks?))?(?:{_TO}(?P<high>{_NUMBER}))?"
    rf"(?P<plus>\s*\+|\s+or\s+more)?[\s-]*{_UNIT}{_AFTER}",
    re.IGNORECASE,
)
_MONEY = re.compile(
    rf"{_BEFORE}\$\s?(?P<low>{_DIGITS})(?P<lowscale>{_SCALE})?"
    rf"(?:(?:{_TO}\$\s?|{_TO_BARE})(?P<high>{_DIGITS})(?P<highscale>{_SCALE})?)?{_AFTER}"
    rf"|{_BEFORE2}(?<![\w$.,])(?P<low2>{_DIGITS}|\ba(?=\s+(?:thousand|million|grand)))(?P<lowscale2>{_SCALE})?(?:{_TO}(?P<high2>{_DIGITS})"
    rf"(?P<highscale2>{_SCALE})?)?\s?(?:dollars|bucks|usd)\b"
    rf"|(?<![\w$.,])(?P<low3>{_DIGITS})(?P<lowscale3>\s?(?:k|grand))\b(?P<after3>\s*\+)?",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    rf"{_BEFORE}{_NO_MONEY}(?P<low>{_DIGITS})(?:\s?%?{_TO}(?P<high>{_DIGITS}))?(?P<plus>\+)?\s?(?:%|percent\b|per\s+cent\b)"
    rf"{_AFTER}",
    re.IGNORECASE,
)
_NO_LOWER = re.compile(r"<|\b(?:under|less|fewer|below|up\s+to|at\s+most|within)\b", re.IGNORECASE)
_NO_UPPER = re.compile(r">|\+|\b(?:over|more|at\s+least|exceed\w*|above|up|longer)\b", re.IGNORECASE)


class Figure(msgspec.Struct, frozen=True):
    """A quantity as it stands in a text.

    `low` and `high` are in months, dollars or percent; an open end is 0 or infinity. `text` is the wording, `span`
    its character offsets in the text that was read.
    """

    kind: Kind
    low: float
    high: float
    text: str
    span: tuple[int, int]

    def same_amount(self, other: Figure) -> bool:
        """Whether both are of one kind and share a number, whatever their bounds ("40%" and "40%+")."""
        shared = {self.low, self.high} & {other.low, other.high}
        return self.kind == other.kind and any(amount and not math.isinf(amount) for amount in shared)

    def same_as(self, other: Figure) -> bool:
        """Whether both say the same quantity, bounds included."""
        return (
            self.kind == other.kind
            and math.isclose(self.low, other.low)
            and (self.high == other.high or math.isclose(self.high, other.high))
        )


def figures(text: str) -> list[Figure]:
    """All figures of `text` in order of appearance, none overlapping another."""
    found = [f for kind in (_money, _percent, _duration) for f in kind(text)]
    kept: list[Figure] = []
    for figure in sorted(found, key=lambda f: (f.span[0], -f.span[1])):
        if not kept or figure.span[0] >= kept[-1].span[1]:
            kept.append(figure)
    return kept


def number(text: str) -> float:
    """The value of a number in digits or words."""
    word = re.sub(r"[\s-]+", " ", text.strip().casefold())
    return NUMBER_WORDS[word] if word in NUMBER_WORDS else float(word.replace(",", "").rstrip("."))


def months_per(unit: str) -> float:
    """How many months a unit as written ("yrs", "mo", "weeks") has."""
    word = unit.casefold()
    if word.startswith("de"):
        return MONTHS_PER_UNIT["decade"]
    return next(months for name, months in MONTHS_PER_UNIT.items() if name[0] == word[0])


def _duration(text: str) -> list[Figure]:
    found = []
    for match in _DURATION.finditer(text):
        if "." in match["low"] and match["low"].endswith("."):
            continue
        scale = months_per(match["unit"])
        low, high = number(match["low"]) * scale, number(match["high"] or match["low"]) * scale
        bounds = " ".join(match[g] or "" for g in ("before", "plus", "after"))
        found.append(_figure("duration", match, low, high, bounds))
    return found


def _percent(text: str) -> list[Figure]:
    found = []
    for match in _PERCENT.finditer(text):
        bounds = " ".join(match[g] or "" for g in ("before", "plus", "after"))
        found.append(_figure("percent", match, number(match["low"]), number(match["high"] or match["low"]), bounds))
    return found


def _money(text: str) -> list[Figure]:
    found = []
    for match in _MONEY.finditer(text):
        end = next(e for e in ("", "2", "3") if match[f"low{e}"])
        low_text, low_scale = match[f"low{end}"], match[f"lowscale{end}"]
        high_text = match[f"high{end}"] if end != "3" else None
        high_scale = match[f"highscale{end}"] if high_text else None
        high = number(high_text or low_text) * _scale(high_scale or (low_scale if not high_text else None))
        low = number(low_text) * _scale(low_scale)
        if high_text and not low_scale and high_scale and number(low_text) < number(high_text):
            low = number(low_text) * _scale(high_scale)
        bounds = f"{match['before'] or match['before2'] or ''} {match['after'] or ''} {match['after3'] or ''}"
        found.append(_figure("money", match, low, high, bounds))
    return found


def _figure(kind: Kind, match: re.Match[str], low: float, high: float, bounds: str) -> Figure:
    low, high = min(low, high), max(low, high)
    if _NO_LOWER.search(bounds):
        low = 0.0
    elif _NO_UPPER.search(bounds):
        high = math.inf
    text = match.group(0)
    start = match.start() + len(text) - len(text.lstrip())
    return Figure(kind, low, high, text.strip(), (start, start + len(text.strip())))


def _scale(word: str | None) -> float:
    return _MAGNITUDE[word.strip().casefold()] if word else 1.0
