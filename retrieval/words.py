"""Text to words: one tokeniser, stemmer and stop list for guides and questions alike."""

from __future__ import annotations

import functools
import re
import unicodedata

import Stemmer

# Snowball's English stop words, with the contractions and chat spellings that questions are full of.
STOP_WORDS = frozenset(
    """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers
    herself it its itself they them their theirs themselves what which who whom this that these those am is
    are was were be been being have has had having do does did doing would should could ought a an the and but
    if or because as until while of at by for with about against between into through during before after
    above below to from up down in out on off over under again further then once here there when where why how
    all any both each few more most other some such no nor not only own same so than too very can will just
    don s t m re ve ll d now im ive id youre theyre thats whats hows wheres whos isnt arent wasnt werent dont
    hes shes theres heres weve youve theyve youd theyd youll theyll itll itd thatll aint couldve shouldve wouldve mustve
    doesnt didnt wont cant couldnt shouldnt wouldnt havent hasnt u ur r pls plz please thx like really
    actually also even ever much many lot lots get got gets getting go going let lets tell show give say says
    said know want wanna gonna need needs make makes thing things stuff one ones yes hey hi ok okay hmm um btw
    tbh imo fyi lol may might must shall us etc vs per via
    """.split()
)

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_ENGLISH = Stemmer.Stemmer("english")


def normalise(text: str) -> str:
    """Lower case, compatibility forms unified (NFKC), typographic quotes and dashes made plain."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")
    return re.sub(r"[‐-―−]", "-", text).casefold()


SHORT = 200  # characters of a text whose words are kept: a question's are asked for many times, a passage's once


def surface(text: str) -> list[str]:
    """The words of `text` as they are written, in lower case and without a possessive 's."""
    return [_bare(word) for word in _WORD.findall(normalise(text))]


def content(text: str) -> list[str]:
    """The words that carry meaning, in order: no stop words."""
    return list(_kept(text)) if len(text) <= SHORT else _content(text)


@functools.lru_cache(maxsize=4_096)
def _kept(text: str) -> tuple[str, ...]:
    return tuple(_content(text))


def _content(text: str) -> list[str]:
    return [word for word in surface(text) if word not in STOP_WORDS]


@functools.lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The Snowball stem of a word (M. F. Porter, https://snowballstem.org)."""
    return str(_ENGLISH.stemWord(word))


def stems(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order, with repetitions."""
    return [stem(word) for word in content(text)]


def name_stems(guide: str) -> frozenset[str]:
    """The stems of a guide's id, such as "plants/watering-ferns"."""
    return frozenset(stems(guide.replace("-", " ").replace("/", " ")))


def _bare(word: str) -> str:
    return word[:-2] if word.endswith("'s") else word.replace("'", "")
