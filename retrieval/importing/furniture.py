"""What of a page's lines is its text, and what is furniture around it: forms, teasers, counters, menus, notices.

No list of one site's sentences, but what such lines have in common. As in the density methods of boilerplate removal
(Kohlschütter et al., WSDM 2010; Pomikálek, jusText, 2011), a line is judged by its own look and by its neighbours': the
text is the stretch of lines with the most weight, and single lines inside it go only where they can be nothing else.
"""

from __future__ import annotations

import re
import zoneinfo
from collections import Counter
from collections.abc import Sequence
from functools import cache

# Words by which a page speaks of itself, or sells.
_SELLS = re.compile(
    r"\b(?:register|registration|sign up|sign in|log ?in|subscribe|subscription|newsletter|webinar|enrol+|book (?:a|your)|slot|"
    r"get started|start (?:now|free)|join (?:us|now|\d|over|the)|free (?:check|trial|demo|guide|account)|download|reminder|cookies?|"
    r"privacy policy|terms of (?:use|service)|all rights reserved|share (?:this|on)|follow us|read more|learn more|click here|"
    r"related (?:articles|posts)|comments?|advertisement|sponsored|mentors?(?:hip)?|instructors?|alumni|hands-on|dream|perfect(?:ly)?|"
    r"experts?|accelerat\w+|masterclass|program(?:me)?|course|bootcamp|interview prep\w*|industry-leading|cutting-edge|proven|secret|"
    r"magic|instant|multiplier|lucrative|exclusive|limited|offer|succe(?:ss|ed)|win|explore|discover|unlock|ready to|roi)\b|\b\d+x\b",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(
    r"^(?:register|sign|log|subscribe|join|book|get|start|download|check|master|learn|dive|explore|discover|unlock|see|find|create|build "
    r"your|try|share|follow|read|click|enrol+|apply|ready|the \d+|why it)\b",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"^\W*[\d.,]+\s*(?:[kKmM]|LPA|%|years?)?\s*\+?\s+(?:[A-Z+][\w+&-]*|at|of|on|in|and|per|[\d.,]+[kKmM%]?\+?)(?:\s+\S+){0,12}$"
)
_FIELD = re.compile(r"^[^:.?!]{1,30}:\s*\S{0,40}$")  # a form's label, alone or with a value
_SYMBOL = re.compile(r"^[ⓘ©®™★☆▶►→»✓✔✕×•·|\W]\s")
_SENTENCE = re.compile(r"[a-z’')”\"\d%][.!?][”\"’)]?(?:\s*\[\d+\])*$")
_SOURCE = re.compile(r"\s*\[\^?\d+\]:?\s+\S")
_CLIPPED = re.compile(r"(?:\.\.\.|…)$")
WHOLE = 18  # words from which a line is a paragraph whatever it says


def left_out(lines: Sequence[str]) -> set[int]:
    """Which of the lines, by position, are furniture. Empty lines are never."""
    filled = [i for i, line in enumerate(lines) if line.strip()]
    weights = {i: _weight(lines[i].strip()) for i in filled}
    counts = Counter(lines[i].strip() for i in filled)
    for i in filled:
        if counts[lines[i].strip()] > 1 and not _is_structure(lines[i]):
            weights[i] = min(weights[i], -2.0)
    sources = [i for i in filled if _SOURCE.match(lines[i])]
    for i in filled:
        if sources and i > sources[-1]:
            weights[i] -= 3.0  # what follows the list of sources is about the page
    first, last = _heaviest(filled, weights)
    outside = {i for i in filled if i < first or i > last}
    return outside | {i for i in filled if first <= i <= last and _is_furniture(lines, i, weights, counts)}


def _weight(line: str) -> float:
    """How much a line looks like text, above 0, or like furniture, below."""
    if _is_structure(line):
        return 1.0
    words = line.split()
    sold = len(_SELLS.findall(line))
    weight = min(len(words), 40) / 8 - 1.2 * sold
    weight += 1.0 if _SENTENCE.search(line) else -1.0
    weight -= 2.0 if _IMPERATIVE.search(line) and len(words) < 25 else 0.0
    weight -= 4.0 if _COUNTER.match(line) or _is_zone(line) or _is_symbol(line) else 0.0
    return weight


def _heaviest(filled: Sequence[int], weights: dict[int, float]) -> tuple[int, int]:
    """The stretch of lines with the greatest sum of weights (Kadane's algorithm)."""
    best, best_span = float("-inf"), (filled[0], filled[-1]) if filled else (0, -1)
    total, start = 0.0, filled[0] if filled else 0
    for i in filled:
        if total <= 0:
            total, start = 0.0, i
        total += weights[i]
        if total > best:
            best, best_span = total, (start, i)
    return best_span


def _is_furniture(lines: Sequence[str], at: int, weights: dict[int, float], counts: Counter[str]) -> bool:
    """Whether a line inside the text can be nothing else."""
    line = lines[at].strip()
    if _is_structure(line):
        return False
    if _CLIPPED.search(line) and _told_elsewhere(line, lines, at):
        return True
    if counts[line] > 1 and len(line.split()) < WHOLE:
        return True
    if len(_SELLS.findall(line)) >= 2 and weights[at] < 1.5:
        return True
    return bool(_COUNTER.match(line) or _is_zone(line)) or (weights[at] <= -2.0 and len(line.split()) < WHOLE and not line.endswith(":"))


def _told_elsewhere(line: str, lines: Sequence[str], at: int) -> bool:
    """Whether a clipped line begins as another one does, or as two do one after the other."""
    words = re.findall(r"\w+", line)
    start = " ".join(words[-8:-1]) if len(words) > 10 else " ".join(words[:-1])
    return bool(start) and any(start in " ".join(re.findall(r"\w+", other)) for i, other in enumerate(lines) if i != at)


def _is_structure(line: str) -> bool:
    return bool(re.match(r"\s*(?:#{1,6}\s|\||[-*+•·]\s|\d+[.)]\s|>|\[\^?\d+\])", line)) or bool(
        re.fullmatch(r"\*\*[^*]+\*\*", line.strip())
    )


def _is_symbol(line: str) -> bool:
    """An icon with its words, which is not the mark of a list."""
    return bool(_SYMBOL.match(line)) and not line.startswith(("•", "·"))


def _is_zone(line: str) -> bool:
    """A form's field of time, such as "Time Zone: Asia/Kolkata"."""
    label, _, value = line.partition(":")
    return bool(_FIELD.match(line)) and (value.strip() in _zones() or "time zone" in label.casefold() or "timezone" in label.casefold())


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
