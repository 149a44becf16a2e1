"""A question in another language, word by word in English, so that an English model and English cues can read it.

The word lists lie in `bot/languages/`, one file a language; a new language is a new file. Quotes are never changed.
"""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from importlib import resources

import msgspec

from retrieval import words

_DEVANAGARI = re.compile(r"[ऀ-ॿ]")
_WORD = re.compile(r"[^\W\d_]+[ऀ-ॿ]*")

# Everyday sentences, of no guide's subject, by whose translations a model shows whether it reads a language.
EXAMPLES = (
    "The children are playing in the garden.", "I lost my keys yesterday.", "How much does this cost?", "The winter was very cold.",
    "She works with her hands.", "We have to get up early tomorrow.",
)  # fmt: skip


class WordList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language: `markers` show that a text is in it, `phrases` and `words` give the English for each.

    `examples` say what EXAMPLES say. `code` is the
    name of its file, such as "de".
    """

    name: str
    markers: tuple[str, ...]
    phrases: dict[str, str]
    words: dict[str, str]
    examples: tuple[str, ...] = ()
    code: str = ""


def to_english(text: str) -> str:
    """`text` with each word of its language that is known put into English; English text as it is."""
    language = detect(text)
    if language is None:
        return text
    table, pattern = _table(language)
    lowered = words.normalise(text).replace("¿", "").replace("¡", "")
    return re.sub(r"\s+", " ", pattern.sub(lambda m: f" {table[m.group(0)]} ", lowered)).strip()


def language(text: str, earlier: Sequence[str] = ()) -> str:
    """The code of the language that a message is in: its own, or, where it has no word that tells, that of the one before it."""
    for said in (text, *reversed(earlier)):
        found = detect(said)
        if found is not None:
            return found.code
        if any(word.casefold() in words.STOP_WORDS for word in _WORD.findall(said)):
            break
    return "en"


def examples(code: str) -> tuple[str, ...]:
    """What EXAMPLES are in a language, in their order; empty for English and where its list has none."""
    return next((found.examples for found in languages() if found.code == code), ())


def as_written(english: str, text: str) -> str:
    """How `text` writes a word of its English reading; the English where it is not found."""
    found = detect(text)
    if found is None:
        return english
    table, pattern = _table(found)
    lowered = words.normalise(text)
    written = next((m.group(0) for m in pattern.finditer(lowered) if english in words.surface(table[m.group(0)])), english)
    there = re.search(re.escape(written), text, re.IGNORECASE)
    return there.group(0) if there else written


@functools.lru_cache(maxsize=256)
def detect(text: str) -> WordList | None:
    """The language of a text, None for English and for what is too short to tell.

    A language counts from two of its function words on (one, where the text has three words or fewer, or it knows half
    of them), if there are more of them than of English ones; between languages with as many, the one that knows more of
    the words. A text that is mostly in Devanagari says enough by that.
    """
    found = [unicodedata.normalize("NFC", word).casefold() for word in _WORD.findall(text)]
    english = sum(word in words.STOP_WORDS for word in found)
    devanagari = sum(bool(_DEVANAGARI.search(word)) for word in found)
    best, marks = _best(found, devanagari=bool(devanagari))
    if best is None or (not devanagari and marks <= english * 0.75):
        return None
    if devanagari > len(found) / 2:
        return _language(best)
    needed = 1 if len(found) <= 3 or devanagari or 2 * _known(best, found) >= len(found) else 2
    return _language(best) if marks >= needed and marks > english * 0.75 else None


def _best(found: Sequence[str], *, devanagari: bool) -> tuple[str | None, int]:
    """The code of the language that most of the words mark, and how many do; None where no word marks any."""
    markers = _markers()
    written = {code: marks for code, marks in markers.items() if any(map(_DEVANAGARI.search, marks))} if devanagari else markers
    marked = {code: sum(word in marks for word in found) for code, marks in (written or markers).items()}
    most = max(marked.values(), default=0)
    among = [code for code, marks in marked.items() if marks == most]
    if not among or (not most and not devanagari):
        return None, 0
    return (max(among, key=lambda code: _known(code, found)) if len(among) > 1 else among[0]), most


@functools.cache
def languages() -> tuple[WordList, ...]:
    """All word lists, by file name."""
    return tuple(map(_language, sorted(_files())))


@functools.cache
def _files() -> dict[str, str]:
    """The text of each language's file, by its code."""
    folder = resources.files("bot") / "languages"
    return {file.name.removesuffix(".toml"): file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".toml")}


@functools.cache
def _language(code: str) -> WordList:
    return msgspec.convert({**tomllib.loads(_files()[code]), "code": code}, WordList)


@functools.cache
def _markers() -> dict[str, frozenset[str]]:
    """The markers of each language by its code, from the head of its file: its words are read when a text may be in it."""
    heads = {code: text.partition("\n[")[0] for code, text in sorted(_files().items())}
    return {code: frozenset(tomllib.loads(head)["markers"]) for code, head in heads.items()}


def _known(code: str, found: Sequence[str]) -> int:
    return sum(word in _language(code).words or word in _markers()[code] for word in found)


@functools.cache
def _table_of(code: str) -> tuple[dict[str, str], re.Pattern[str]]:
    table = {**_language(code).words, **_language(code).phrases}
    longest = sorted(table, key=len, reverse=True)
    pattern = "|".join(r"\s+".join(re.escape(part) for part in entry.split()) for entry in longest)
    return table, re.compile(rf"(?<![\wऀ-ॿ])(?:{pattern})(?![\wऀ-ॿ])")


def _table(language: WordList) -> tuple[dict[str, str], re.Pattern[str]]:
    return _table_of(language.code)
