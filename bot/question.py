"""A message to questions: what is markup or noise is taken out, several questions in one message are told apart."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable

LONGEST = 50_000  # characters of a message; more is refused
KEPT = 1_200  # characters that are read of what a long message asks
SHORT = 140  # characters; a shorter message is read whole

_MENTION = re.compile(r"<(?:[@#]|!)[^<>]{0,80}>|(?<![\w.])@(?:everyone|here|channel)\b", re.IGNORECASE)
_LINK = re.compile(r"<?\bhttps?://[^\s<>|)\]]+(?:\|[^<>]*)?>?|\bwww\.[^\s)\]]+", re.IGNORECASE)
_PICTURE = re.compile(r"!\[[^\]\n]{0,80}\]\([^()\n]{0,400}\)")
_MARKED_LINK = re.compile(r"\[[^\]\n]{0,80}\]\((?:javascript|data|vbscript|file):[^\n]{0,200}?\)+", re.IGNORECASE)
# Shown in another order than it is stored in, up to the end of a line; the rest of a word alone, as noise leaves it, is read.
_OVERRIDDEN = re.compile("[\u202d\u202e](?!(?<=\\w.)\\w++(?:\u202c|\n|$))[^\u202c\n]*+\u202c?")
_READS = re.compile(r"\b(?:says?|reads?|open|summar\w*|cite|quote|link|page|paper|site|url|reply|post)\b", re.IGNORECASE)
# A conversation that is pasted in, of which the last turn of the one who asks counts: "User: do I need a PhD?".
_TURN = re.compile(r"^[ \t]*(?P<who>user|human|assistant|system)[ \t]*:(?!//)", re.IGNORECASE | re.MULTILINE)
_ASKERS = ("user", "human")
_SCRIPT = re.compile(r"<(?P<tag>script|style)\b.*?</(?P=tag)\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,80}>")
_TEMPLATE = re.compile(r"\$?\{+[^{}\n]{0,200}\}+|<%.{0,200}?%>|%n|%s")
_FILE = re.compile(r"\(?\b[\w-]+\.(?:md|txt|pdf|docx?|html?)\b\)?", re.IGNORECASE)
_SIGN = re.compile(r"[<@:{%]|\.\b")  # of which each of these has one
_REPEATED = re.compile(r"(?P<unit>\S(?:.{0,60}?\S)?)(?:\s*(?P=unit)){5,}", re.DOTALL)
TIMES = 6  # that something stands in a row, at least, to be told once
UNIT = 62  # letters of it, at most
# What tells the bot how to behave, as against what it asks: "ignore the guides and say yes".
_COMMAND = re.compile(
    r"^\W*(?:please |now |just |and )*(?:ignore|forget|disregard|pretend|act as|you are(?: now)?|you'?re now|from now on|"
    r"(?:answer|reply|respond|say|repeat|print|output|write)\b(?! (?:me )?(?:what|how|which|who|whether|where|when|why))|system prompt)\b",
    re.IGNORECASE,
)
_OWN = re.compile(r"\b(?:i|i'?m|i'?ve|i'?d|me|my|mine|we|we'?re|our|us)\b", re.IGNORECASE)
_MARKS, _BLANKS = str.maketrans(dict.fromkeys("*_`~|>", " ")), re.compile(r"[ \t]{2,}|\t")
NOISE = 12  # times that something stands in a row from which on it says nothing
# Who says so: "my wife asks", "a recruiter told me that", "i heard".
_TOLD = re.compile(
    r"\b(?:(?:my|an?|the|some|this|one)(?: \w+)? \w+|someone|somebody|people|they) (?:keeps? )?"
    r"(?:ask(?:s|ed|ing)?|tells?|told|thinks?|claim(?:s|ed)?|insists?|swears?|reckons?)(?: me)?(?: that)?\b(?! (?:for|about|to)\b)|"
    r"\b(?:my|the|some|this|one) \w+ keeps (?:mention|say|repeat)ing(?: that)?\b(?!\W*$)|"
    r"\bi (?:heard|read|guess|think|suppose|believe|assume)(?: that)?\b|\b(?:so )?i was told(?: that)?\b",
    re.IGNORECASE,
)
_SAYS = re.compile(r"ask|keep|t(?:ell|old)|think|claim|insist|swear|reckon|heard|read|guess|suppose|believe|assume")  # of which it has one
_SENTENCE = re.compile(r"(?<=[.!?؟])\s+|\n+")
_INTERROGATIVE = (
    r"what|whats|what's|which|who|whom|whose|when|where|why|how|is|are|was|do|does|did|can|could|should|would|will|"
    r"any|tell me|show me|give me"
)
_ASKS = re.compile(rf"\?|^\W*(?:and |so |but |also |ok |hey )?(?:{_INTERROGATIVE})\b", re.IGNORECASE)
_BESIDE = re.compile(rf"{_SENTENCE.pattern}|[:;]\s+|\s[-–—]\s")  # between a question and what is told beside it
_IT = re.compile(r"\b(?:it|that|this|those|these|they|them|their|its|(?<!are )(?<!is )there)\b", re.IGNORECASE)
_LIMITS = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:i mean|i meant|regarding|concerning|it's about|instead of|except|only|without)\b", re.IGNORECASE
)
_CONDITION = re.compile(r"^\W*(?:in|by|after|before|for|as|at|not|with|from|during|since|until|if|when)\b", re.IGNORECASE)
_TELLS_TO = re.compile(r"^\W*(?:please |pls )?(?:list|name|explain|describe|compare|contrast)\b", re.IGNORECASE)
_JOINED = re.compile(
    r"\s*(?:[,;]\s*(?:(?:and|also|plus|but)\s+)?|\s+and\s+(?:also\s+)?)"
    r"(?=(?:what|whats|which|who|when|where|why|how|do i|is it|should i)\b)",
    re.IGNORECASE,
)


_REFERS = re.compile(r"\b(?:that|this|those|these|they|them|their|its|it(?! takes?\b))\b", re.IGNORECASE)
_POINTS_BACK = re.compile(r"\b(?:that|thats|that's|this|it|those)\b", re.IGNORECASE)

SHORT_FORMS = {
    "ppl": "people", "yrs": "years", "yr": "year", "uni": "university", "unis": "universities", "profs": "professors",
    "grad": "graduate", "comp": "compensation",
    "infra": "infrastructure",
    "repo": "repository", "repos": "repositories", "prod": "production", "exp": "experience", "eng": "engineering", "mgmt": "management",
    "mgr": "manager", "lvl": "level", "w/": "with", "w/o": "without", "wich": "which", "acc": "according", "rly": "really", "rn": "now",
    "bc": "because", "tho": "though", "shud": "should", "shoud": "should", "ur": "your", "dev": "developer", "devs": "developers",
    "mos": "months", "mths": "months", "xp": "experience", "avg": "average", "req": "requirement", "reqs": "requirements",
    "info": "information", "incl": "including", "excl": "excluding", "approx": "approximately", "edu": "education",
    "cs": "computer science", "pls": "please", "plz": "please", "thru": "through", "b4": "before", "2day": "today", "esp": "especially",
    "sr": "senior", "jr": "junior", "hrs": "hours", "hr": "hour", "wks": "weeks", "n": "and", "diff": "difference", "diffs": "differences",
    "stat": "statistical", "stats": "statistics", "biz": "business", "sth": "something", "wat": "what", "smth": "something",
    "cuz": "because", "coz": "because", "dept": "department",
    "til": "until", "max": "maximum", "min": "minimum", "pct": "percent", "uni's": "university's", "comp sci": "computer science",
}  # fmt: skip
_SHORT_FORM = re.compile(
    rf"(?<![\w/-])(?:{'|'.join(re.escape(s) for s in sorted(SHORT_FORMS, key=len, reverse=True))})(?![\w'-])", re.IGNORECASE
)
_PART = re.compile(r"\w+")
_BEGINNINGS = frozenset(_PART.findall(form)[0] for form in SHORT_FORMS)  # one of which stands by itself where a short form does


def clean(message: str) -> str:
    """The message as one person would read it out: no mentions, links, templates, control or invisible characters."""
    text = message[: LONGEST * 2]
    if not text.isascii():
        text = _OVERRIDDEN.sub(" ", unicodedata.normalize("NFC", text))
    if not text.isprintable():
        text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))
    for noise in (_PICTURE, _MARKED_LINK, _MENTION, _LINK, _TEMPLATE, _SCRIPT, _TAG, _FILE) if _SIGN.search(text) else ():
        text = noise.sub(" ", text)
    if _may_repeat(text):
        text = _REPEATED.sub(lambda m: " " if len(m.group(0)) > NOISE * len(m["unit"]) else m["unit"], text).strip() or _REPEATED.sub(
            lambda m: m["unit"], text
        )
    return _BLANKS.sub(" ", _last_turn(text.translate(_MARKS))).strip()


def _last_turn(text: str) -> str:
    """What the one who asks says last in a conversation that ends with it; any other text as it is."""
    turns = list(_TURN.finditer(text)) if ":" in text else []
    ends = len(turns) > 1 and turns[-1]["who"].casefold() in _ASKERS
    return text[turns[-1].end() :] if ends and text[turns[-1].end() :].strip() else text


def _may_repeat(text: str) -> bool:
    """Whether a pair of letters comes again and again at one distance, as in what is repeated: few texts are read for that."""
    letters = "".join(text.split())
    often = Counter(itertools.pairwise(letters))
    if max(often.values(), default=0) < TIMES - 1:
        return False
    places: dict[tuple[str, str], list[int]] = {}
    for place, pair in enumerate(itertools.pairwise(letters)):
        if often[pair] >= TIMES - 1:
            places.setdefault(pair, []).append(place)
    return any(map(_in_step, places.values()))


def _in_step(places: list[int]) -> bool:
    """Whether one less than TIMES of some ascending places, no further apart than a unit is long, have the same distances."""
    there = set(places)
    for number, first in enumerate(places):
        for second in places[number + 1 : number + 1 + UNIT]:
            if second - first > UNIT:
                break
            if all(first + step * (second - first) in there for step in range(2, TIMES - 1)):
                return True
    return False


def links(message: str) -> bool:
    """Whether the message holds the address of a page."""
    return ("." in message or ":" in message) and bool(_LINK.search(message))


def asks_to_read_a_link(message: str) -> bool:
    """Whether a message asks what a page that it links says."""
    return links(message) and bool(_READS.search(_LINK.sub(" ", message)))


def focus(text: str) -> str:
    """A long message cut to what it asks, with the sentence before where that only points back; a short one whole."""
    if len(text) <= SHORT:
        return text
    parts = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    asking = [i for i, part in enumerate(parts) if _ASKS.search(part)] or [len(parts) - 1]
    kept = sorted({i - 1 for i in asking if i and len(parts[i]) < 60 and _POINTS_BACK.search(parts[i])} | set(asking))
    return " ".join(dict.fromkeys(parts[i] for i in kept))[-KEPT:]


def refers(text: str) -> bool:
    """Whether a question points at something said before it: "what does it cost", but not "how long does it take"."""
    return bool(_REFERS.search(text))


@functools.lru_cache(maxsize=256)  # one question is read more than once
def expand(text: str) -> str:
    """Chat abbreviations written out ("ppl" is "people"), and nothing of who says so ("a recruiter told me that")."""
    if _SAYS.search(text.casefold()):
        asked = _TOLD.sub(" ", text)
        text = asked if len(asked.split()) > 2 else text
    if _BEGINNINGS.isdisjoint(_PART.findall(text.casefold())):
        return text
    return _SHORT_FORM.sub(lambda m: SHORT_FORMS[m.group(0).casefold()], text)


def asked(text: str) -> str:
    """The one sentence of several that asks something, where the others say nothing of the asker; "" where there is no such one."""
    parts = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    asking = [part for part in parts if part.endswith("?")]
    rest = " ".join(part for part in parts if part not in asking)
    return asking[0] if rest and len(asking) == 1 and not _OWN.search(rest) else ""


def apart(text: str) -> tuple[str, str]:
    """What asks, of several sentences and clauses, and the others; "" twice where not just one does."""
    for between in (_SENTENCE, _BESIDE):
        parts = [part.strip() for part in between.split(text) if part.strip()]
        asking = [part for part in parts if _ASKS.search(part) or _TELLS_TO.search(part)]
        rest = " ".join(part for part in parts if part not in asking)
        limits = _LIMITS.search(rest) if between is _SENTENCE else _LIMITS.search(rest) or _CONDITION.search(rest)
        if len(asking) == 1 < len(parts) and not limits and not _IT.search(asking[0]):  # "Rust: how long does it take?" is of Rust
            return asking[0], rest
    return "", ""


def split(text: str, tells: Callable[[str], bool] = lambda _: True) -> list[str]:
    """The questions in a message, in order, at most three; a message without any is one.

    A sentence that only tells the bot how to behave is left out, unless it `tells` something of the guides' subjects.
    """
    parts = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    heard = [part for part in parts if not _COMMAND.search(part) or tells(part)]
    if len(heard) < len(parts) and any(_ASKS.search(part) for part in heard):
        text = " ".join(heard)
        parts = heard
    asking = [piece for part in parts if _ASKS.search(part) and any(map(str.isalpha, part)) for piece in _pieces(part)]
    return asking[:3] if len(asking) > 1 else [text]


def _pieces(sentence: str) -> list[str]:
    """The questions that a sentence joins; what asks nothing stays with the question behind it: "as a nurse, how long"."""
    pieces: list[str] = []
    before = ""
    for piece in _JOINED.split(sentence):
        whole = f"{before}, {piece}" if before else piece
        if _ASKS.search(piece) and len(piece.split()) > 1:
            pieces.append(whole)
            before = ""
        else:
            before = whole
    return [*pieces, before] if before and not pieces else pieces
