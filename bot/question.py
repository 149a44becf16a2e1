"""A message to questions: what is markup or noise is taken out, several questions in one message are told apart."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 50_000  # characters of a message; more is refused
KEPT = 1_200  # characters of a long message that are read: those around what it asks

_MENTION = re.compile(r"<(?:[@#]|!)[^<>]{0,80}>|(?<![\w.])@(?:everyone|here|channel)\b", re.IGNORECASE)
_LINK = re.compile(r"<?\bhttps?://[^\s<>|)\]]+(?:\|[^<>]*)?>?|\bwww\.[^\s)\]]+", re.IGNORECASE)
_TEMPLATE = re.compile(r"\$?\{+[^{}\n]{0,200}\}+|<%.{0,200}?%>|%n|%s")
_REPEATED = re.compile(r"(?P<unit>\S(?:.{0,60}?\S)?)(?:\s*(?P=unit)){5,}", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!?؟])\s+|\n+")
_INTERROGATIVE = (
    r"what|whats|what's|which|who|whom|whose|when|where|why|how|is|are|was|do|does|did|can|could|should|would|will|"
    r"any|tell me|show me|give me"
)
_ASKS = re.compile(rf"\?|^\W*(?:and |so |but |also |ok |hey )?(?:{_INTERROGATIVE})\b", re.IGNORECASE)
_JOINED = re.compile(
    r"\s*(?:[,;]\s*(?:and|also|plus|but)\s+|[;]\s*|\s+and\s+(?:also\s+)?)(?=(?:what|which|who|when|where|why|how|do i|is it|should i)\b)",
    re.IGNORECASE,
)


def clean(message: str) -> str:
    """The message as one person would read it out: no mentions, links, templates, control or invisible characters."""
    text = unicodedata.normalize("NFC", message[: LONGEST * 2])
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))
    text = _TEMPLATE.sub(" ", _LINK.sub(" ", _MENTION.sub(" ", text)))
    text = _REPEATED.sub(lambda m: m["unit"], text)
    return re.sub(r"[ \t]+", " ", re.sub(r"[*_`~|>]{1,3}", " ", text)).strip()


def links(message: str) -> bool:
    """Whether the message holds the address of a page."""
    return bool(_LINK.search(message))


def focus(text: str) -> str:
    """A long message cut to what it asks and what stands next to it; a short one as it is."""
    if len(text) <= KEPT:
        return text
    parts = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    asking = [part for part in parts if _ASKS.search(part) and len(part) <= KEPT]
    if not asking:
        return text[-KEPT:]
    kept = " ".join(dict.fromkeys(asking))
    return kept[-KEPT:]


def split(text: str) -> list[str]:
    """The questions in a message, in order, at most three; a message without any is one."""
    parts = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    asking = [piece for part in parts if _ASKS.search(part) for piece in _JOINED.split(part) if piece.strip()]
    return asking[:3] if len(asking) > 1 else [text]
