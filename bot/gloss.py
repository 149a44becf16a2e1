"""A question in another language, word by word in English, so that an English model and English cues can read it.

`bot/languages/` has two files a language: `<code>.toml`, by which it is told, and `<code>.txt`, its dictionary, which is first
read when a text is in it. Quotes are never changed.
"""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from importlib import resources

import msgspec

from retrieval import spelling, words
from retrieval.packed import WordMap

_DEVANAGARI = re.compile(r"[ऀ-ॿ]")
_WORD = re.compile(r"(?<![^\W\d_])(?<!\w\.)[^\W\d_]+[ऀ-ॿ]*")  # "com" in "example.com" is no word
_RUN = re.compile(r"[\wऀ-ॿ]+")  # a vowel sign is no \w
_ELISION = re.compile(r"(?<!\w)([cdjlmnst]|(?:jus|lors|puis|quoi)?qu)'(?=\w)")  # French: l'emploi, qu'un
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_ACCENTS = str.maketrans("áàâãäéèêëíìîïóòôõöúùûüñç", "aaaaaeeeeiiiiooooouuuunc", "़") | str.maketrans("ँ", "ं")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_PART = 4  # letters; a shorter word tells nothing by itself, and is seldom a part of a compound
_LINKS = ("", "s", "es", "n", "en")
NUMBER = "1,234,567.8"  # as English writes it

# Everyday sentences, of no guide's subject, by whose translations a model shows whether it reads a language.
EXAMPLES = (
    "The children are playing in the garden.", "I lost my keys yesterday.", "How much does this cost?", "The winter was very cold.",
    "She works with her hands.", "We have to get up early tomorrow.",
)  # fmt: skip


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a language is told by: `markers` show that a text is in it, `examples` say what EXAMPLES say.

    `shared` are its everyday words that are English ones too: they speak for neither. `signs` are characters that no other
    language has. `number` is how it writes 1,234,567.8. Where words are joined (`compounds`), a long word that is in no dictionary
    is read by its two parts. `code` is the name of its files, such as "de".
    """

    name: str
    markers: frozenset[str]
    shared: frozenset[str] = frozenset()
    signs: str = ""
    examples: tuple[str, ...] = ()
    number: str = NUMBER
    compounds: bool = False
    code: str = ""


class Dictionary(msgspec.Struct, frozen=True):
    """The English for each form, a word or several, as `plain` writes it; `phrases` are those of several words by their first."""

    english: WordMap
    phrases: dict[str, list[str]]
    compounds: bool


def to_english(text: str) -> str:
    """`text` with each word of its language that is known put into English; English text as it is."""
    found = detect(text)
    if found is None:
        return text
    written, read, at = plain(text), [], 0
    for start, entry, english in _entries(written, dictionary(found.code)):
        read += [written[at:start], english]
        at = start + len(entry)
    return re.sub(r"\s+", " ", " ".join([*read, written[at:]])).strip()


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


def number(code: str) -> str:
    """How a language writes 1,234,567.8."""
    return next((found.number for found in languages() if found.code == code), NUMBER)


def as_written(english: str, text: str) -> str:
    """How `text` writes a word of its English reading; the English where it is not found."""
    found = detect(text)
    if found is None:
        return english
    entries = _entries(plain(text), dictionary(found.code))
    written = next((entry for _, entry, read in entries if english in words.surface(read)), english)
    letters = (re.escape(part).replace("ss", "(?:ss|ß)") for part in written.split())
    there = re.search(r"[\s'’-]+".join(letters), text, re.IGNORECASE)
    return there.group(0) if there else written


@functools.lru_cache(maxsize=256)
def detect(text: str) -> Language | None:
    """The language of a text, None for English and for what is too short to tell.

    A language counts from two of its function words on (one, where the text has three words or fewer, or it knows half
    of them), if there are more of them than of English ones; between several, the one that knows more of the words, its
    function words counted twice. A text that is mostly in Devanagari says enough by that, and so does one without function
    words ("Zertifikate?") most of whose words a language knows and English does not.
    """
    if text.isascii():
        found = _WORD.findall(text.lower())
    else:
        found = [unicodedata.normalize("NFC", word).casefold() for word in _WORD.findall(text)]
    if not found or not languages():
        return None
    devanagari = sum(bool(_DEVANAGARI.search(word)) for word in found) if _DEVANAGARI.search(text) else 0
    written = [kind for kind in languages() if not devanagari or any(map(_DEVANAGARI.search, kind.markers))] or languages()
    english = [word for word in found if word in words.STOP_WORDS]
    enough = devanagari > len(found) / 2
    telling = not text.isascii() or not _telling().isdisjoint(found)
    marked = [(kind, _marks(kind, found) + sum(map(text.count, kind.signs))) for kind in written] if telling else []
    likely = [(kind, marks) for kind, marks in marked if enough or (marks and marks > 0.75 * _foreign(kind.shared, english))]
    if not likely:  # most questions are in English: no dictionary is read for them
        return _by_vocabulary([kind for kind in written if kind.shared.issuperset(english)], found)
    best, marks = likely[0] if len(likely) == 1 else max(likely, key=lambda one: one[1] + _known(one[0], found))
    needed = 1 if len(found) <= 3 or devanagari or marks > 1 or 2 * _known(best, found) >= len(found) else 2
    return best if enough or marks >= needed else None


@functools.cache
def _telling() -> frozenset[str]:
    """The function words of all languages."""
    return frozenset().union(*(kind.markers for kind in languages()))


@functools.cache
def languages() -> tuple[Language, ...]:
    """All languages, by the names of their files."""
    folder = resources.files("bot") / "languages"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(
        msgspec.convert({**tomllib.loads(file.read_text("utf-8")), "code": file.name.removesuffix(".toml")}, Language) for file in files
    )


@functools.cache
def dictionary(code: str) -> Dictionary:
    """The dictionary of a language: what its file says, and the same without accents where that is no other word."""
    english: dict[str, str] = {}
    for line in (resources.files("bot") / "languages" / f"{code}.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            said, _, forms = line.partition(": ")
            english.update(dict.fromkeys(forms.split(", "), said))
    for form in [form for form in english if not form.isascii()]:
        for bare in (form.translate(_ACCENTS), form.translate(_UMLAUTS)):
            english.setdefault(bare, english[form])
    phrases: dict[str, list[str]] = {}
    for form in sorted((form for form in english if " " in form), key=len, reverse=True):
        phrases.setdefault(re.split(r"[ '-]", form, maxsplit=1)[0], []).append(form)
    return Dictionary(WordMap(english.items()), phrases, any(found.compounds for found in languages() if found.code == code))


def plain(text: str) -> str:
    """`text` as a dictionary writes it: normalised, one space between words, none of them joined by a hyphen or an elision."""
    text = _ELISION.sub(r"\1 ", words.normalise(text).replace("¿", "").replace("¡", ""))
    return re.sub(r"\s+", " ", _HYPHEN.sub(" ", text))


def _entries(text: str, known: Dictionary) -> Iterator[tuple[int, str, str]]:
    """Where each known word or phrase of a plain text starts, the longest first, with its English."""
    at = 0
    for run in _RUN.finditer(text):
        start, word = run.span()[0], run.group()
        if start < at:
            continue
        phrases = (phrase for phrase in known.phrases.get(word, ()) if text.startswith(phrase, start))
        entry = next((phrase for phrase in phrases if not _RUN.match(text, start + len(phrase))), word)
        english = known.english.get(entry) or (_parts(word, known.english) if known.compounds else None)
        if english:
            at = start + len(entry)
            yield start, entry, english


def _parts(word: str, english: WordMap) -> str | None:
    """The English of a compound's two parts, the first as long as can be; the first may end in a linking letter."""
    for cut in range(len(word) - _PART, _PART - 1, -1):
        second = english.get(word[cut:])
        first = second and next((said for link in _LINKS if (said := english.get(word[:cut].removesuffix(link)))), None)
        if first:
            return f"{first} {second}"
    return None


def _marks(language: Language, found: Sequence[str]) -> int:
    return 0 if language.markers.isdisjoint(found) else len([word for word in found if word in language.markers])


def _foreign(shared: frozenset[str], english: Sequence[str]) -> int:
    return len([word for word in english if word not in shared])


def _by_vocabulary(kinds: Sequence[Language], found: Sequence[str]) -> Language | None:
    """The language that knows most of the words, of words that are not English and long enough to tell."""
    if not kinds:
        return None
    strange = [word for word in found if len(word) >= _PART and word not in spelling.english_words()]
    if 2 * len(strange) <= len(found):
        return None
    known = {kind: sum((dictionary(kind.code).english.get(word) or word).casefold() != word for word in strange) for kind in kinds}
    best = max(kinds, key=lambda kind: known[kind])
    return best if 2 * known[best] > len(found) else None


def _known(language: Language, found: Sequence[str]) -> int:
    english = dictionary(language.code).english
    return sum((word in english or word in language.markers) and word not in language.shared for word in found)
