"""A message in its thread: what a follow-up leaves out is taken from what the same person said before."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot import cues
from retrieval import words
from retrieval.searcher import Searcher
from retrieval.tables import RowName

_LEAD_IN = re.compile(
    r"^\W*(?:and|what about|how about|ok(?:ay)?,?(?: and| but)?|then|so|but|or|also|same (?:for|question)|what if|and if|"
    r"sorry|i meant|actually|no,|for)\b",
    re.IGNORECASE,
)
# What begins anew, whatever was said before.
_ANEW = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|well|so|now|and|anyway|sorry|thanks)\W+)*"
    r"(?:(?:an? )?(?:(?:totally |completely )?(?:different|unrelated)|other|another|new|next) (?:question|topic|thing|subject)|"
    r"on another note|(?:let'?s )?chang(?:e|ing) (?:the )?(?:topic|subject))\b"
    r"(?!\s+(?:about|on) (?:it|that|this|them)\b)[\s:,.;!-]*(?=\S)",
    re.IGNORECASE,
)
_WHY = re.compile(r"^\W*(?:but |and )?(?:why(?: not| so| is that| though)?|how come|reasons?)\W*$", re.IGNORECASE)
_GENERAL = re.compile(
    r"^\W*(?:and |ok |but |then )*(?:what about )?(?:in general|generally|overall|elsewhere|otherwise|worldwide)\W*$", re.IGNORECASE
)
_POINTING = re.compile(r"\b(?:it|that|this|they|them|those|these|one|its|their|instead)\b", re.IGNORECASE)
# Words that say nothing of a subject: a message of only these asks about what came before.
_WEAK = frozenset(
    words.stem(w)
    for w in """
    worth good best better bad think help work works working instead meant sorry sure okay right take takes
    really mean difference detail details example examples explain elaborate source sources true correct long
    short time again question answer elaborating point happen happens come comes first next last else way
    option options different same kind type part hard easy possible fine happen year years month months
    though anyway already yet still claim evidence backs equivalent counterpart
    """.split()
)


@dataclass(frozen=True)
class Resolved:
    """A message that stands on its own.

    `text` is what is searched for; `asks` the part whose cues count; `said` the messages, oldest first, that may tell
    who is asking. `explains` where the message only asks why. `guides` are the ids of those whose publishers or authors it names.
    """

    text: str
    asks: str
    said: tuple[str, ...]
    follows: bool = False
    explains: bool = False
    guides: frozenset[str] = frozenset()


def resolve(message: str, history: Sequence[str], searcher: Searcher) -> Resolved:
    """Read `message` after the earlier ones, oldest first."""
    found = Resolved(message, message, (message,))
    for number, earlier in enumerate([*history, message]):
        found = _after(earlier, found, searcher) if number else Resolved(earlier, earlier, (earlier,))
    return found


def subject_words(text: str, searcher: Searcher) -> list[str]:
    """The words of a text that name what it is about: no cue for a figure, no filler."""
    return [word for word in words.content(searcher.terms.unify(text)) if _names(word)]


@functools.lru_cache(maxsize=4_096)
def _names(word: str) -> bool:
    return words.stem(word) not in _WEAK and cues.kind(word) is None and not word.isdigit()


def _after(message: str, previous: Resolved, searcher: Searcher) -> Resolved:
    if anew := _ANEW.match(message):
        rest = message[anew.end() :]
        return Resolved(rest, rest, (*previous.said, message))
    subject = subject_words(message, searcher)
    leads_in, asked = bool(_LEAD_IN.search(message)), cues.kind(message)
    said = (*previous.said, message)
    if _WHY.match(message):
        question = f"why {_last_question(previous.text)}"
        return Resolved(question, question, said, follows=True, explains=True)
    if _GENERAL.match(message):
        general = _without_unknown(previous.text, searcher)
        return Resolved(general, general, said, follows=True)
    if not subject:
        about = _thing(previous.text, searcher) if asked else subject_words(previous.text, searcher)
        asks = f"{previous.asks} {message}" if cues.SOURCE.search(message) else message if asked else previous.asks
        return Resolved(f"{message} {' '.join(about)}", asks, said, follows=True)
    if asked is None and ((leads_in and len(subject) <= 6) or (len(subject) <= 2 and len(message) < 40)):
        return Resolved(_exchanged(previous, message, subject, searcher), previous.asks, said, follows=True)
    if _POINTING.search(message) and len(subject) <= 2:
        topic = " ".join(subject_words(previous.text, searcher))
        return Resolved(f"{message} {topic}", message, said, follows=True)
    return Resolved(message, message, said)


def _thing(text: str, searcher: Searcher) -> list[str]:
    """The words of a text that name a thing, where another aspect of it is asked for; all its subject where none does."""
    subject = subject_words(text, searcher)
    named = {stem for name in searcher.terms.names() for stem in words.stems(name)}
    rows = searcher.generation.rows.counts([words.stem(word) for word in subject])
    return [word for word in subject if words.stem(word) in named or rows[words.stem(word)]] or subject


def _without_unknown(text: str, searcher: Searcher) -> str:
    """A question without what no guide speaks of: "in Germany"."""
    unknown = [word for word in subject_words(text, searcher) if not searcher.knows(word)]
    for word in unknown:
        text = re.sub(rf"(?:\b(?:in|at|for|of|from|as|the|an?)\s+)*\b{re.escape(word)}\b", "", text, flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", text).strip()


def _exchanged(previous: Resolved, message: str, subject: list[str], searcher: Searcher) -> str:
    """The previous question with one name of a table's row exchanged for the one that the message brings."""
    now = {words.stem(word) for word in subject}
    before = searcher.terms.unify(previous.text)
    there = set(words.stems(before))
    best: frozenset[str] = frozenset()
    for guide, index in searcher.tables.naming(now):
        rows = searcher.tables.rows(guide.id, index)
        brought = next((row for row in rows if any(own <= now for own in row.own)), None) or _only(rows, now)
        others = [row for row in rows if row is not brought] if brought else []
        whole = [own for row in others for own in row.own if own <= there]
        whole += [row.stems for row in others if not row.own and row.name and row.name in before]
        partly = [frozenset[str]().union(*row.own) & there for row in others]
        best = max([best, *(whole or partly)], key=len)
    kept = [word for word in before.split() if not (set(words.stems(word)) & best)]
    return f"{' '.join(kept)} {message}" if best else f"{message} {previous.text}"


def _only(rows: Sequence[RowName], stems: set[str]) -> RowName | None:
    """The one row of a table whose name has all of some stems ("google" of "Google Professional ML Engineer")."""
    there = [row for row in rows if stems <= row.stems]
    return there[0] if len(there) == 1 else None


def _last_question(text: str) -> str:
    parts = [part.strip() for part in re.split(r"(?<=[.?!])\s+|[,;\n]", text) if part.strip()]
    return next((part for part in reversed(parts) if part.endswith("?")), parts[-1] if parts else text)
