"""Both sides of a comparison, told apart by how it is put: "a or b", "the difference between a and b", "compare a with b"."""

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
_RIGHT = r"(?P<right>(?:(?!\band\b)[^,;:?])+?)(?:(?:\s*[,:;?]|\s+(?=(?:by|on|in|regarding)\b))\s*(?P<rest>.*?))?\W*$"
_COMPARE = re.compile(
    rf"^\W*(?:please |can you |could you )?(?:compare|contrast)\s+(?P<left>[^,;]+?)\s+(?:and|with|to|against)\s+{_RIGHT}",
    re.IGNORECASE | re.DOTALL,
)
_COMPARES = re.compile(
    rf"^\W*how (?:do|does|would)\s+(?P<left>[^,;]+?)\s+compare\s+(?:to|with|against)\s+{_RIGHT}", re.IGNORECASE | re.DOTALL
)
_SAVED = re.compile(
    r"^(?P<rest>.*\bsave)\s+(?:with|by)\s+(?P<left>.+?)\s+(?:instead of|over|rather than)\s+(?P<right>.+?)\W*$", re.IGNORECASE | re.DOTALL
)


def of(question: str) -> list[str]:
    """Both sides of a comparison, each as a question of its own with what is asked of both; none where there are not just two."""
    between = _BETWEEN.match(question)
    match = between or _SAVED.match(question) or _COMPARE.match(question) or _COMPARES.match(question) or _VERSUS.match(question)
    if match is None or _THIRD.search(match["right"]):
        return []
    rest = _THE_DIFFERENCE.sub("", match["rest"] or "") if between else match["rest"] or ""
    asked = " ".join(word for word in question.split() if kind(word))
    left, right = match["left"], match["right"]
    noun = re.match(r"(?:(?:an?|the)\s+)?[\w-]+\s+(?P<noun>\w.*)$", right)
    if noun and re.fullmatch(r"(?:(?:an?|the)\s+)?[\w-]+", left.strip()):  # "between a senior and a mid-level engineer"
        left = f"{left} {noun['noun']}"
    return [f"{side} {rest} {'' if kind(f'{side} {rest}') else asked}".strip() for side in (left, right)]
