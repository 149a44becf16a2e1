"""What sort of word a question has: a name of a kind that limits an answer, a word for one thing alone, or one that suits any subject."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Sequence

from retrieval import words
from retrieval.searcher import Searcher, Word
from retrieval.spelling import english_words

NAMED = 0.47  # likeness to a kind from which a word counts as one of it
AHEAD = 0.08  # how much more like a kind than like just anything
VAGUE = 0.5  # likeness to just anything from which a word is vague
GENERAL = 0.47  # likeness to a general word from which a word says nothing of a subject
NAMED_SHARE = 0.1  # of the question's weight; a name mentioned in passing limits nothing

# What a thing is, by words of its kind: a place, a company, an occupation, an age, a group of people. A word that no guide has is held
# against each.
OCCUPATIONS = ("nurse", "teacher", "lawyer", "accountant")
KINDS = (
    ("germany", "india", "london", "europe", "country", "city"),
    ("netflix", "microsoft", "apple", "corporation"),
    OCCUPATIONS,
    ("old", "young", "aged", "elderly"),
    ("women", "men", "immigrants", "veterans"),
)
ANYTHING = (
    ("honest", "actually", "stuff", "worth", "really", "maybe"),
    ("think", "look", "give", "take", "put", "happen"),
    ("good", "big", "different", "best", "hard", "exact"),
)
# Words that suit any subject: nouns that only stand for what is said beside them (the "shell nouns" of H.-J. Schmid, "English
# Abstract Nouns as Conceptual Shells", 2000), everyday verbs, and qualities.
SUITS_ANY = tuple(
    """
    advantage disadvantage benefit drawback strength weakness option choice reason factor ingredient aspect component element
    difference similarity example instance kind share portion amount progress progression growth forecast prediction estimate
    expectation requirement condition prerequisite problem issue risk purpose goal effect impact result consequence way method
    catch downside snag flaw perk upside approach trick tip step process plan idea opinion view claim evidence proof source meaning
    definition replacement substitute
    alternative equivalent value importance role part place position point side spot level degree extent chance possibility
    opportunity ability skill knowledge experience lesson summary overview details information fact truth mistake title heading
    offer give take put happen think look try begin stop keep find show tell ask answer explain mention list include contain
    compare choose decide weigh lean rely rest base consider believe expect prefer care matter lose gain win beat convince help
    improve build make spend buy pick brush appreciate emphasize highlight focus prepare concentrate
    stand mean meant define call called refer signify niche area field topic factor
    walk land grind handle reach achieve become change move leave stay lead follow count depend
    good bad best worst big small hard easy different same similar close closer weak strong exact honest real true wrong right
    smart clever wise sensible silly stupid risky safe flexible strict serious popular famous rich poor ready late early free busy
    rate rank score grade band bracket range tier
    normal usual common rare useful useless important necessary enough cool weird quick slow fresh current recent alone together
    """.split()
)
# Stems of words that say nothing of a subject, so that their other forms do not either.
_LITTLE = frozenset(words.stem(word) for word in (*words.STOP_WORDS, *SUITS_ANY))
_STOPPED = re.compile(rf"\b(?:{'|'.join(sorted(words.STOP_WORDS))})\b")
# Words that ask for a kind of thing and name none.
_HYPERNYMS = frozenset(
    """country countries city cities place places people person persons job jobs company companies firm firms employer
    employers school work guide doc""".split()
)


def limits(word: Word, searcher: Searcher) -> bool:
    """Whether a word is the name of a place, a company, an occupation or a group of people that no guide has."""
    return not word.known and word.weight >= NAMED_SHARE and of_a_kind(word.text, searcher)


def of_a_kind(word: str, searcher: Searcher) -> bool:
    """Whether a word that no guide has is such a name, whatever it weighs."""
    if searcher.knows(word) or word in _HYPERNYMS:
        return False
    kind = searcher.likeness(word, KINDS)
    return kind >= NAMED and kind >= _like_anything(word, searcher) + AHEAD


def occupation(word: Word, searcher: Searcher) -> bool:
    """Whether a word that `limits` an answer is the name of an occupation."""
    return searcher.likeness(word.text, (OCCUPATIONS,)) >= NAMED


def specific(asked: Sequence[Word], searcher: Searcher) -> list[Word]:
    """The words of `asked` that no guide has and that are for one thing alone ("visa", "h1b").

    Not words that suit any subject ("ingredients"), nor what is no English word, a typo or another language, unless it has a digit.
    """
    return [
        word for word in asked
        if not word.known and word.text not in _HYPERNYMS and word.stem not in _LITTLE
        and (word.text in english_words() or any(map(str.isdigit, word.text))) and single(word.text, searcher)
    ]  # fmt: skip


def single(word: str, searcher: Searcher) -> bool:
    """Whether a word is for one thing alone, and not like one that suits any subject."""
    return searcher.nearest(word, SUITS_ANY) < GENERAL


def vague(word: str, searcher: Searcher) -> bool:
    """Whether a word that no guide has is like just anything ("looked", "honest")."""
    return not searcher.knows(word) and _like_anything(word, searcher) >= VAGUE


def counted(things: str) -> str:
    """What "how many ..." counts, by the words after it: "rounds" of "interview rounds at"; "" where it is people or jobs."""
    before = _STOPPED.split(things)[0].split()
    return before[-1] if before and before[-1] not in _HYPERNYMS else ""


def other_roles(text: str, searcher: Searcher) -> list[str]:
    """What makes another role of a name's last word, where several names end with it: "mechanical" in "mechanical engineer"."""
    roles = _roles(searcher.terms.names())
    found = roles.findall(text) if roles else []
    return [word for word in found if words.stem(word) not in _LITTLE and word in english_words() and not searcher.knows(word)
            and not vague(word, searcher)]  # fmt: skip


@functools.lru_cache(maxsize=8)
def _roles(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """The last words that several names have, each with a word before it; None where there are none."""
    ends = Counter(name.split()[-1] for name in names if " " in name)
    heads = [end for end, count in ends.items() if count > 1]
    return re.compile(rf"\b([a-z]+) (?:{'|'.join(map(re.escape, heads))})s?\b") if heads else None


def warm(searcher: Searcher) -> None:
    """Encode now what words are held against."""
    for kinds in (KINDS, (OCCUPATIONS,), ANYTHING):
        searcher.likeness("word", kinds)
    searcher.nearest("word", SUITS_ANY)


def _like_anything(word: str, searcher: Searcher) -> float:
    return searcher.likeness(word, ANYTHING)
