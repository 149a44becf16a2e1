"""Figures in text: durations, amounts of money and shares, with ranges and bounds understood.

Own expressions and no library: pint reads one unit expression, not prose, and quantulum3 guesses units from word
vectors ("3 in May"), brings scikit-learn along, and tells neither "up to" nor "3-6 months" as bounds.
"""

from __future__ import annotations

import functools
import math
import re
from typing import Literal

import msgspec

from retrieval.numerals import DIGITS, FRACTION, FRACTIONS, NUMBER, NUMBER_WORDS, VAGUE_WORDS, magnitude, number, spelled

Kind = Literal["duration", "money", "percent"]

_DAY = 12 / 365
MONTHS_PER_UNIT = {
    "second": _DAY / 86_400, "minute": _DAY / 1_440, "hour": _DAY / 24, "day": _DAY, "week": 12 / 52, "month": 1.0,
    "quarter": 3.0, "year": 12.0, "decade": 120.0,
}  # fmt: skip
CURRENCIES = {"$": "", "€": "€", "£": "£", "usd": "", "dollar": "", "buck": "", "eur": "€", "euro": "€", "gbp": "£", "pound": "£"}
NEAR, ABOUT = 0.02, 0.1  # what two shares or amounts may differ by to be the same, exact and with "about"
WORKING = 7 / 5  # a working day in days

_TO = r"\s*(?:-|–|—|to|until|up\s+to|or|and)\s*"
_BEFORE = (
    r"(?P<before>(?:(?:<|>|~|≤|≥|\b(?:about|approximately|approx\.?|around|roughly|nearly|almost|circa|ca\.|over|more\s+than|"
    r"at\s+least|exceeds?|exceeding|above|under|less\s+than|fewer\s+than|below|up\s+to|at\s+most|no\s+more\s+than|within|easily)\b)\s*)*)"
)
_BEFORE2 = _BEFORE.replace("?P<before>", "?P<before2>")
_AFTER = (
    r"(?P<after>\s*\+|\s+(?:or|and)\s+(?:more|less|above|over|under|up|longer|shorter|fewer)\b|"
    r"\s+(?:at\s+(?:most|least)|max(?:imum)?|min(?:imum)?|tops)\b)?"
)
_UNITS = (
    r"years?|yrs?|yoe|y(?=\b)|months?|mths?|mos?|weeks?|wks?|days?|quarters?(?!\s+of\b)|decades?|hours?|hrs?|h(?=\b)|minutes?|mins?|"
    r"seconds?|secs?"
)
_UNIT = rf"(?:(?P<adjective>full|whole|working|business|calendar|more|extra)\s+)?(?P<unit>{_UNITS})\b"
_SCALE = r"(?:[\s-]?(?:k|hundred|thousand|grand|mn?|million|bn?|billion)\b)"
_SIGN = r"(?:US\s?)?[$€£]"
_NAMED = r"dollars?|bucks|usd|euros?|eur|pounds?|gbp"

# What joins two amounts of which the second has no $: not "$500 and 3 projects", not "$500 to 3 months".
_TO_BARE = (
    rf"\s*(?:-|–|—|to|until|up\s+to)\s*(?=[\d,.]++{_SCALE}?(?![\s-]*(?:(?:{_UNITS})\b|%)))"
    r"|\s*(?:or|and)\s*(?=[\d,.]++(?!\s*[A-Za-z%]))"
)

_NO_MONEY = r"(?<![\d$€£])(?<!\d[.,])(?<![$€£]\s)"  # not the "500" of "$500 and 3 months"

_DURATION = re.compile(
    rf"{_BEFORE}{_NO_MONEY}(?P<low>{NUMBER})(?P<lowhalf>\s+and\s+a\s+half)?"
    rf"(?:(?:[\s-]?(?P<lowunit>{_UNITS}))?(?P<to>{_TO})(?P<high>{NUMBER}))?"
    rf"(?P<plus>\s*\+|\s+or\s+more)?[\s-]*{_UNIT}(?P<half>\s+and\s+a\s+half\b)?{_AFTER}",
    re.IGNORECASE,
)
_MONEY = re.compile(
    rf"{_BEFORE}(?P<sign>{_SIGN})\s?(?P<low>{DIGITS})(?P<lowscale>{_SCALE})?"
    rf"(?:(?:{_TO}(?:{_SIGN})\s?|{_TO_BARE})(?P<high>{DIGITS})(?P<highscale>{_SCALE})?)?(?:\s(?:{_NAMED})\b)?{_AFTER}"
    rf"|{_BEFORE2}(?<![\w$€£.,])(?P<low2>{DIGITS}|{NUMBER}(?=\s+(?:hundred|thousand|million|grand)\b)|{NUMBER}(?=\s(?:{_NAMED})\b))"
    rf"(?P<lowscale2>{_SCALE})?(?:{_TO}(?P<high2>{NUMBER})(?P<highscale2>{_SCALE})?)?\s?(?P<name>{_NAMED})\b(?P<after2>\s*\+)?"
    rf"|\b(?P<name4>usd|eur|gbp)\s(?P<low4>{DIGITS})(?P<lowscale4>{_SCALE})?(?:{_TO}(?P<high4>{DIGITS})(?P<highscale4>{_SCALE})?)?"
    rf"|(?<![\w$€£.,])(?P<low3>{DIGITS})(?P<lowscale3>\s?(?:k|grand))\b(?P<after3>\s*\+)?",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    rf"{_BEFORE}{_NO_MONEY}(?P<low>{NUMBER})(?:\s?(?:%|percent|per\s+cent)?{_TO}(?P<high>{NUMBER}))?(?P<plus>\+)?"
    rf"\s?(?:%|percent\b|per\s+cent\b){_AFTER}",
    re.IGNORECASE,
)
_OF = r"(?=\s+(?:of|our|all|its|their|your|my)\b)"
_SHARE = re.compile(
    rf"{_BEFORE}{_NO_MONEY}(?:(?P<part>{NUMBER})\s+(?P<by>in|out\s+of)\s+(?:every\s+)?(?P<whole>{NUMBER})(?![\s-]*(?:{_UNITS})\b)(?!\s?[\d%])"
    rf"|\b(?P<fraction>{FRACTION})(?:{_OF}|(?<=half)(?=\s+the\b)))",
    re.IGNORECASE,
)
_NO_LOWER = re.compile(r"<|≤|\b(?:under|less|fewer|below|up\s+to|at\s+most|no\s+more|within|max\w*|tops|shorter)\b", re.IGNORECASE)
_NO_UPPER = re.compile(r">|≥|\+|\b(?:over|more|at\s+least|exceed\w*|above|up|longer|min\w*)\b", re.IGNORECASE)
_ROUGHLY = re.compile(r"~|\b(?:about|approx\w*|around|roughly|nearly|almost|circa|ca)\b", re.IGNORECASE)
_EVERY = re.compile(r"\b(?:every|once\s+(?:in|every))\s+$", re.IGNORECASE)
# "$40 a month", "once a week", "3 hours a day": a rate's unit, no length of time.
_RATE = re.compile(r"^(?:an?|one)\s+\w+$", re.IGNORECASE)
_RATED = re.compile(r"(?:\b(?:once|twice|times|salary|pay|[\d,.]+\s?(?:k|thousand)?|each)|[%$])\s+$", re.IGNORECASE)


# What every figure of a kind has: most texts have none, and are not read by the longer expressions.
_SOME_MONEY = re.compile(r"[$€£]|dollar|bucks|usd|eur|pound|gbp|[\d.,]\s?(?:k|grand)\b")
_SOME_PERCENT = re.compile(r"%|per\s*cent")
_SOME_TIME = re.compile(rf"(?:\d|\b)(?:{_UNITS})\b")
_FIRST = "|".join(sorted({word.split()[0] for word in NUMBER_WORDS}))
_SOME_SHARE = re.compile(rf"\b(?:in|out\s+of)\s+(?:every\s+)?(?:\d|{_FIRST})|half|third|quarter|fifth|tenth")


class Figure(msgspec.Struct, frozen=True):
    """A quantity as it stands in a text.

    `low` and `high` are in months, units of money or percent; an open end is 0 or infinity. `text` is the wording,
    `span` its character offsets in the text that was read. `about` where it is said to be rough; `currency` is the
    sign of another one than the dollar.
    """

    kind: Kind
    low: float
    high: float
    text: str
    span: tuple[int, int]
    about: bool = False
    currency: str = ""

    def same_amount(self, other: Figure) -> bool:
        """Whether both are of one kind and share a number, whatever their bounds ("40%" and "40%+")."""
        shared = {self.low, self.high} & {other.low, other.high}
        return self._comparable(other) and any(amount and not math.isinf(amount) for amount in shared)

    def same_as(self, other: Figure) -> bool:
        """Whether both say the same quantity, bounds included."""
        return (
            self._comparable(other)
            and math.isclose(self.low, other.low)
            and (self.high == other.high or math.isclose(self.high, other.high))
        )

    def agrees_with(self, other: Figure) -> bool:
        """Whether both can be true of one thing: the same but for rounding, one well within the other, or an open bound that holds."""
        if not self._comparable(other):
            return False
        slack = ABOUT if self.about or other.about else NEAR
        if self.open or other.open:
            return self.low <= other.high * (1 + slack) and other.low <= self.high * (1 + slack)
        if _near(self.low, other.low, slack) and _near(self.high, other.high, slack):
            return True
        return self._well_within(other) or other._well_within(self)

    def contradicts(self, other: Figure) -> bool:
        """Whether both cannot be true of one thing; figures that cannot be compared contradict nothing."""
        return self._comparable(other) and not self.agrees_with(other)

    @property
    def open(self) -> bool:
        """Whether it is a bound, such as "3+ years" or "under $500"."""
        return math.isinf(self.high) or (self.low == 0 and bool(_NO_LOWER.search(self.text)))

    def _comparable(self, other: Figure) -> bool:
        return self.kind == other.kind and self.currency == other.currency

    def _well_within(self, other: Figure) -> bool:
        if self.about:  # "about 2 years" is within "18-24 months"
            return other.low <= self.low * (1 + ABOUT) and self.high <= other.high * (1 + ABOUT)
        return other.low < self.low and self.high < other.high


@functools.lru_cache(maxsize=20_000)
def figures(text: str) -> tuple[Figure, ...]:
    """All figures of `text` in order of appearance, none overlapping another."""
    lower = text.lower()
    kinds = [kind for some, kind in ((_SOME_MONEY, _money), (_SOME_PERCENT, _percent), (_SOME_SHARE, _share), (_SOME_TIME, _duration))
             if some.search(lower)]  # fmt: skip
    found = [f for kind in kinds for f in kind(text)]
    kept: list[Figure] = []
    for figure in sorted(found, key=lambda f: (f.span[0], -f.span[1])):
        if (not kept or figure.span[0] >= kept[-1].span[1]) and not _is_rate(figure, text, kept):
            kept.append(figure)
    return tuple(kept)


def months_per(unit: str) -> float:
    """How many months a unit as written ("yrs", "mo", "weeks") has."""
    word = unit.casefold()
    if word.startswith("mi"):
        return MONTHS_PER_UNIT["minute"]
    if word.startswith("de"):
        return MONTHS_PER_UNIT["decade"]
    return next(months for name, months in MONTHS_PER_UNIT.items() if name[0] == word[0] and name != "minute")


def _is_rate(figure: Figure, text: str, before: list[Figure]) -> bool:
    if figure.kind != "duration" or not _RATE.match(figure.text):
        return False
    there = text[: figure.span[0]]
    return bool(_RATED.search(there)) or (bool(before) and not text[before[-1].span[1] : figure.span[0]].strip())


def _duration(text: str) -> list[Figure]:
    found = []
    for match in _DURATION.finditer(text):
        if "." in match["low"] and match["low"].endswith("."):
            continue
        scale = months_per(match["unit"]) * (WORKING if _is_working_day(match) else 1)
        low_scale = months_per(match["lowunit"]) if match["lowunit"] else scale
        low = (number(match["low"]) + (0.5 if match["lowhalf"] else 0)) * low_scale
        high = number(match["high"]) * scale if match["high"] else low
        if match["lowunit"] and low_scale > scale and match["to"].strip().casefold() == "and":
            low = high = low + high  # "1 year and 6 months"
        if match["half"]:
            low, high = (low, high + scale / 2) if match["high"] else (low + scale / 2, low + scale / 2)
        found.append(_figure("duration", match, low, high, about=spelled(match["low"]) in VAGUE_WORDS))
    return found


def _is_working_day(match: re.Match[str]) -> bool:
    adjective = (match["adjective"] or "").casefold()
    return adjective in ("working", "business") and match["unit"].casefold().startswith("d")


def _percent(text: str) -> list[Figure]:
    return [_figure("percent", match, number(match["low"]), number(match["high"] or match["low"])) for match in _PERCENT.finditer(text)]


def _share(text: str) -> list[Figure]:
    """Shares in words: "seven in ten", "two thirds of"."""
    found = []
    for match in _SHARE.finditer(text):
        if match["fraction"]:
            value = FRACTIONS[spelled(match["fraction"])]
        else:
            part, whole = number(match["part"]), number(match["whole"])
            in_digits = match["by"].casefold() == "in" and match["part"][0].isdigit() and match["whole"][0].isdigit()
            if not 0 < part <= whole or not 2 <= whole <= 1_000 or (in_digits and whole not in (*range(3, 11), 20, 100)):
                continue
            if spelled(match["part"]) in ("a", "an") or spelled(match["whole"]) in ("a", "an"):
                continue
            value = part / whole
        found.append(_figure("percent", match, value * 100, value * 100, about=True))
    return found


def _money(text: str) -> list[Figure]:
    found = []
    for match in _MONEY.finditer(text):
        end = next(e for e in ("", "2", "3", "4") if match[f"low{e}"])
        low_text, low_scale = match[f"low{end}"], match[f"lowscale{end}"]
        high_text = match[f"high{end}"] if end != "3" else None
        high_scale = match[f"highscale{end}"] if high_text else None
        high = number(high_text or low_text) * _scale(high_scale or (low_scale if not high_text else None))
        low = number(low_text) * _scale(low_scale)
        if high_text and not low_scale and high_scale and number(low_text) < number(high_text):
            low = number(low_text) * _scale(high_scale)
        found.append(_figure("money", match, low, high, currency=_currency(match)))
    return found


def _currency(match: re.Match[str]) -> str:
    written = (match["sign"] or match["name"] or match["name4"] or "$").casefold()
    return next(sign for name, sign in CURRENCIES.items() if name in written)


def _scale(word: str | None) -> float:
    return magnitude(word.strip(" -\t\n").casefold()) if word else 1.0


def _figure(kind: Kind, match: re.Match[str], low: float, high: float, *, about: bool = False, currency: str = "") -> Figure:
    groups = match.groupdict()
    bounds = " ".join(groups.get(g) or "" for g in ("before", "before2", "plus", "after", "after2", "after3"))
    low, high = min(low, high), max(low, high)
    no_lower, no_upper = bool(_NO_LOWER.search(bounds)), bool(_NO_UPPER.search(bounds))
    if _EVERY.search(match.string[: match.start()]):  # "every 2 years at most" is every 2 years or more
        no_lower, no_upper = no_upper, no_lower
    if no_lower:
        low = 0.0
    elif no_upper:
        high = math.inf
    text = match.group(0)
    start = match.start() + len(text) - len(text.lstrip())
    text = text.strip()
    return Figure(kind, low, high, text, (start, start + len(text)), about or bool(_ROUGHLY.search(bounds)), currency)


def _near(one: float, other: float, slack: float) -> bool:
    return one == other or abs(one - other) <= slack * max(abs(one), abs(other))
