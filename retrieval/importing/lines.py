"""What one line of a copied text looks like: a heading, an item, a sentence, the label of a field."""

from __future__ import annotations

import re

BULLET = re.compile(r"^\s*(?:[•·▪◦‣●○■–✓✔➤►]|[-*+](?=\s))\s*(?=\S)")
NUMBER = re.compile(r"^\s*\(?\d{1,3}[.)]\s+(?=\S)")
HASHES = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)[\s#]*$")
BOLD = re.compile(r"^(?:\*\*|__)(?P<text>[^*_]+?)(?P<colon>:?)(?:\*\*|__)(?P<after>:?)$")
SOURCE = re.compile(r"^\s*\[\^?(\d{1,3})\]:?\s+(?=\S)")
RULE = re.compile(r"^\s*(?:-{3,}|\*{3,}|_{3,}|={3,}|(?:[-*_]\s){2,}[-*_])\s*$")
SENTENCE_END = re.compile(r"[.!?…][\"”’')\]]*(?:\s*\[\d{1,3}\])*$")
_WORD = re.compile(r"[^\W\d_][\w'’.&-]*")
SMALL = frozenset(
    "a an and as at but by de des du et for from if in into is it its la le nor of off on onto or over per so than the to und up vs via "
    "von with y yet your you".split()
)
LONGEST_HEADING = 12  # words


def words(line: str) -> list[str]:
    """The words of a line, figures left out."""
    return _WORD.findall(line)


def is_sentence(line: str) -> bool:
    """Whether a line ends as a sentence does and is long enough for one, or holds several."""
    return bool(SENTENCE_END.search(line)) and (len(words(line)) >= 5 or bool(re.search(r"[.!?]\s+[\"“(]?[A-Z0-9]", line)))


def is_prose(line: str) -> bool:
    """Whether a line reads as running text: sentences, with the small words that sentences have."""
    found = words(line)
    small = sum(word.casefold() in SMALL for word in found)
    return is_sentence(line) and (len(found) >= 12 or small * 5 >= len(found))


def is_title(line: str) -> bool:
    """Whether a line reads as a heading: short, no sentence, its longer words mostly with capitals; or a question."""
    found = words(line)
    if not found or len(line.split()) > LONGEST_HEADING or line[0] in "|>[(<" or BULLET.match(line) or SOURCE.match(line):
        return False
    if line.endswith("?"):
        return True
    long = [word for word in found if len(word) > 3 and word.casefold() not in SMALL]
    return line[-1] not in ".:;,!…" and line[0].isupper() + line[0].isdigit() > 0 and sum(w[0].isupper() for w in long) * 5 >= len(long) * 3
