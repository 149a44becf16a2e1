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
# "Compare a with b" before "a and b", whose sides are few words: "the cost and duration of a master's" are of one thing.
_REST = r"(?:[,:;?] ?(?P<rest>.*)| (?P<by>(?:by|on|in|for|regarding|with re(?:gard|spect)) .*))?$"
_FEW = r"(?!(?:by|on|in|for|of|to|with|and) )[^ ,;:?]+"
_COMPARES = tuple(
    re.compile(rf"^\W*{pattern}{_REST}", re.IGNORECASE)
    for pattern in (
        r"(?:please |can you |could you )?(?:compare|contrast) (?P<left>[^,;:]+?) "
        r"(?:with(?! re(?:gard|spect)\b)|against|to) (?P<right>(?:(?! and )[^,;:?])+?)",
        rf"(?:please |can you |could you )?(?:compare|contrast) (?P<left>{_FEW}(?: {_FEW}){{0,3}}) and (?P<right>{_FEW}(?: {_FEW}){{0,3}})",
        r"how (?:do|does|would) (?P<left>[^,;:]+?) compare (?:to|with|against) (?P<right>(?:(?! and )[^,;:?])+?)",
    )
)
_ONE_WORD = re.compile(r"(?:(?:an?|the)\s+)?[\w-]+")
_LEVEL = re.compile(r"(?:(?:an?|the) )?(?:junior|senior|mid|entry|staff|lead|product|research|applied)\b[\w-]*", re.IGNORECASE)
_SAVED = re.compile(
    r"^(?P<rest>.*\bsave)\s+(?:with|by)\s+(?P<left>.+?)\s+(?:instead of|over|rather than)\s+(?P<right>.+?)\W*$", re.IGNORECASE | re.DOTALL
)


def of(question: str) -> list[str]:
    """Both sides of a comparison, each as a question of its own with what is asked of both; none where there are not just two."""
    question = " ".join(question.split())
    between = _BETWEEN.match(question)
    put = next((match for match in (pattern.match(question) for pattern in _COMPARES) if match), None)
    match = between or _SAVED.match(question) or put or _VERSUS.match(question)
    if match is None or _THIRD.search(match["right"]):
        return []
    told = match.groupdict().get("by") or match["rest"] or ""
    rest = _THE_DIFFERENCE.sub("", told) if between else told
    asked = " ".join(word for word in question.split() if kind(word))
    left, right = match["left"], match["right"]
    noun = re.match(r"(?>(?:(?:an?|the)\s+)?)[\w'-]+\s+(?P<noun>\w.*)$", right)
    alone = _LEVEL if match is put else _ONE_WORD
    if noun and alone.fullmatch(left.strip()):  # "between a senior and a mid-level engineer"
        left = f"{left} {noun['noun']}"
    return [f"{side} {rest} {'' if kind(f'{side} {rest}') else asked}".strip() for side in (left, right)]
