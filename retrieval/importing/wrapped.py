"""Text whose lines are broken at a width, as mails and README files have it: the lines of a paragraph joined again."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.importing import lines as line_of

SHORTEST, LONGEST = 45, 120  # characters of a line that was broken because it was full


def joined(lines: Sequence[str]) -> list[str]:
    """The lines, each paragraph on one of them; as they are where lines are not broken at a width."""
    if not _is_wrapped(lines):
        return list(lines)
    found: list[str] = []
    last = ""
    for line in lines:
        if len(last) >= SHORTEST and _goes_on(line):
            found[-1] = f"{found[-1]} {line.strip()}"
        else:
            found.append(line)
        last = line if not line.lstrip().startswith(("|", "#")) else ""
    return found


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether no line is long and most of those that another follows are about as long, though few of them end a sentence."""
    followed = [line for line, after in zip(lines, [*lines[1:], ""], strict=True) if line.strip() and after.strip()]
    texts = [line for line in followed if not line.lstrip().startswith(("|", "#"))]
    full = sum(SHORTEST <= len(line) <= LONGEST for line in texts)
    ended = sum(bool(line_of.SENTENCE_END.search(line.rstrip())) for line in texts)
    longest = max((len(line) for line in lines if not line.lstrip().startswith("|")), default=0)
    return len(texts) > 2 and longest <= LONGEST and full * 10 >= len(texts) * 6 and ended * 2 <= len(texts)


def _goes_on(line: str) -> bool:
    """Whether a line is no beginning of something else: an item, a heading, a row, a source."""
    text = line.strip()
    marked = line_of.BULLET.match(text) or line_of.NUMBER.match(text) or line_of.HASHES.match(text) or line_of.SOURCE.match(text)
    return bool(text) and not marked and not line_of.RULE.match(text) and not text.startswith(("|", "**", ">"))
