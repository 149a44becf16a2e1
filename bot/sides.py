"""Both sides of a comparison, told apart by how it is put: "a or b", "the difference between a and b", "save with a over b"."""

from __future__ import annotations

import re

from bot.cues import kind

_VERSUS = re.compile(
    r"^(?P<left>.+?)\s+(?:vs\.?|versus|compared (?:to|with)|or|than|against|over)\s+(?P<right>.+?)"
    r"(?:\s*(?:[,:;?]|\s-\s)\s*(?P<rest>.*))?$",
    re.IGNORECASE | re.DOTALL,
)
_THIRD = re.compile(r"\b(?:vs|versus)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"^(?P<rest>.*\bdifference\b.*?)\bbetween\s+(?P<left>.+?)\s+and\s+(?P<right>.+?)\W*$", re.IGNORECASE | re.DOTALL)
_THE_DIFFERENCE = re.compile(r"\b(?:what(?:'s| is)?|the|difference|is there an?|tell me)\b", re.IGNORECASE)
_SAVED = re.compile(
    r"^(?P<rest>.*\bsave)\s+(?:with|by)\s+(?P<left>.+?)\s+(?:instead of|over|rather than)\s+(?P<right>.+?)\W*$", re.IGNORECASE | re.DOTALL
)


def of(question: str) -> list[str]:
    """Both sides of a comparison, each as a question of its own with what is asked of both; none where there are not just two."""
    between = _BETWEEN.match(question)
    match = between or _SAVED.match(question) or _VERSUS.match(question)
    if match is None or _THIRD.search(match["right"]):
        return []
    rest = _THE_DIFFERENCE.sub("", match["rest"] or "") if between else match["rest"] or ""
    asked = " ".join(word for word in question.split() if kind(word))
    left, right = match["left"], match["right"]
    noun = re.match(r"(?:(?:an?|the)\s+)?[\w-]+\s+(?P<noun>\w.*)$", right)
    if noun and re.fullmatch(r"(?:(?:an?|the)\s+)?[\w-]+", left.strip()):  # "between a senior and a mid-level engineer"
        left = f"{left} {noun['noun']}"
    return [f"{side} {rest} {'' if kind(f'{side} {rest}') else asked}".strip() for side in (left, right)]
