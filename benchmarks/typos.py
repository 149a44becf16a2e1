"""Typos as fingers make them: neighbouring keys, swapped, doubled and lost letters."""

from __future__ import annotations

import random
import re

from retrieval import words

SHARE = 0.3  # of the words that carry meaning; one at least
_NEIGHBOURS = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnm",
        "wa qes wrd etf ryg tuh yij uok ipl ol qsz adwx sfec dgrv fhtb gjyn hkum jli ko xas zcd xvf cbg vnh bmj nk".split(),
        strict=True,
    )
)
_WORD = re.compile(r"[A-Za-z]{4,}")


def mistyped(text: str, seed: str) -> str:
    """`text` with a typo in about every third word of four letters or more; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  not for secrets
    there = [match for match in _WORD.finditer(text) if match.group().lower() not in words.STOP_WORDS]
    chosen = [match for match in there if chance.random() < SHARE] or (chance.sample(there, 1) if there else [])
    for match in reversed(chosen):
        text = text[: match.start()] + _slipped(match.group(), chance) + text[match.end() :]
    return text


def _slipped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return {
        "swapped": word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        "lost": word[:at] + word[at + 1 :],
        "doubled": word[:at] + word[at] + word[at:],
        "neighbour": word[:at] + chance.choice(_NEIGHBOURS[word[at].lower()]) + word[at + 1 :],
    }[chance.choice(["swapped", "lost", "doubled", "neighbour"])]
