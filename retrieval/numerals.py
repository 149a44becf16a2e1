"""Numbers in digits and in words: "2,500", "twenty-four", "half a", "three quarters of an"."""

from __future__ import annotations

import re

NUMBER_WORDS = {
    "zero": 0.0, "a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0,
    "seven": 7.0, "eight": 8.0, "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0, "thirteen": 13.0,
    "fourteen": 14.0, "fifteen": 15.0, "sixteen": 16.0, "seventeen": 17.0, "eighteen": 18.0, "nineteen": 19.0,
    "a couple of": 2.0, "couple of": 2.0, "a couple": 2.0, "couple": 2.0, "a few": 3.0, "few": 3.0, "a dozen": 12.0, "dozen": 12.0,
}  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
for _ten, _tens in enumerate(_TENS, 2):
    NUMBER_WORDS[_tens] = _ten * 10.0
    for _one in _ONES:
        NUMBER_WORDS[f"{_tens} {_one}"] = _ten * 10.0 + NUMBER_WORDS[_one]
for _article in ("a", "an"):  # "half an hour", "three quarters of a year"
    NUMBER_WORDS[f"half {_article}"] = 0.5
    NUMBER_WORDS |= {f"{_name} of {_article}": _part for _name, _part in (("a quarter", 0.25), ("quarter", 0.25), ("three quarters", 0.75))}
VAGUE_WORDS = frozenset(word for word in NUMBER_WORDS if "couple" in word or "few" in word)

# Parts of a whole; "a quarter" and "half" are shares only of something ("half of the team").
FRACTIONS = {
    "half": 0.5, "a third": 1 / 3, "one third": 1 / 3, "two thirds": 2 / 3, "a quarter": 0.25, "one quarter": 0.25,
    "three quarters": 0.75, "a fifth": 0.2, "one fifth": 0.2, "two fifths": 0.4, "three fifths": 0.6, "four fifths": 0.8,
    "a tenth": 0.1, "one tenth": 0.1,
}  # fmt: skip
MAGNITUDES = {
    "k": 1e3, "thousand": 1e3, "grand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9, "hundred": 1e2,
}  # fmt: skip

_SPACE = r"[\s-]+"
# The tens with their ones, 80 of the words, as one alternative: an expression is compiled at each start, and this stands in many.
_OTHERS = (word for word in NUMBER_WORDS if not word.startswith(_TENS))
WORDS = "|".join(
    [
        rf"(?:{'|'.join(_TENS)})(?:{_SPACE}(?:{'|'.join(_ONES)})\b)?",
        *sorted((word.replace(" ", _SPACE) for word in _OTHERS), key=len, reverse=True),
    ]
)
FRACTION = "|".join(sorted((word.replace(" ", _SPACE) for word in FRACTIONS), key=len, reverse=True))
DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
NUMBER = rf"(?:{DIGITS}|\b(?:{WORDS})\b)"
_GAP = re.compile(_SPACE)


def number(text: str) -> float:
    """The value of a number in digits or words."""
    word = spelled(text)
    return NUMBER_WORDS[word] if word in NUMBER_WORDS else float(word.replace(",", "").rstrip("."))


def spelled(text: str) -> str:
    """A number's words in lower case with one space between them."""
    return _GAP.sub(" ", text.strip().casefold())


def magnitude(word: str | None) -> float:
    """What "k", "thousand" or "million" multiplies by; 1 where there is none."""
    return MAGNITUDES[word.strip().casefold()] if word else 1.0
