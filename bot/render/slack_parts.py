"""The parts of a Slack message, one short function each. Each keeps Slack's limits whatever it is given.

Limits are those of Slack's documentation; BUDGET keeps a whole message clear of an undocumented cap on all its blocks.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

Block = dict[str, Any]

BUDGET = 6_500  # characters of the pieces of a page; closing buttons come on top
MOST_BLOCKS = 40  # of 50; closing buttons come on top
LONGEST_TEXT = 3_900  # of the 4,000 of a message's top-level text
_LONGEST_PIECE = 2_400  # characters of one paragraph or quote
_LONGEST_LABEL, _LONGEST_VALUE, _LONGEST_URL, _LONGEST_CONTEXT = 75, 500, 1_500, 300
_MOST_ROWS, _MOST_COLUMNS = 100, 20
_CUT = "…"
_SHORT = "… (shortened; the message shows the rest)"
_KEPT = "\n\t\u200c\u200d"  # joiners that scripts and emoji need; other invisible signs go, those that turn text round first


def clean(text: str) -> str:
    """The text without invisible signs: controls, marks that turn the direction of writing, lone surrogates."""
    return text if text.isprintable() else _invisible().sub("", text.replace("\r\n", "\n"))


def escape(text: str) -> str:
    """Text for a field that Slack reads as mrkdwn: nothing in it can be a mention or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, longest: int) -> str:
    """The text on one line, at most so long."""
    line = " ".join(clean(text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + _CUT


def key(text: str) -> str:
    """An identifier fit for a button's value."""
    return cut(text, 100) or "-"


def message(text: str, blocks: list[Block]) -> dict[str, Any]:
    """A whole message. `text` is what a notification and a screen reader say; nothing in it links, pings or formats."""
    return {
        "text": _fallback(clean(text).strip()) or _CUT, "blocks": blocks, "mrkdwn": False, "parse": "none", "link_names": False,
        "unfurl_links": False, "unfurl_media": False,
    }  # fmt: skip


def paragraphs(text: str, link: str | None = None, link_text: str = "") -> list[Block]:
    """Literal text in as many blocks as it needs, the last one with a link where there is one that can be followed."""
    blocks = [_rich([_section([_text(piece)])]) for piece in _split(clean(text))]
    if blocks and link and (url := _web(link)):
        blocks[-1]["elements"][-1]["elements"] += [_text(" "), {"type": "link", "url": url, "text": link_text or url}]
    return blocks


def quotation(mark: str, text: str) -> list[Block]:
    """A quote in as many blocks as it needs, after its mark in bold."""
    blocks = [_rich([{"type": "rich_text_quote", "elements": [_text(piece)]}]) for piece in _split(clean(text))]
    if blocks:
        blocks[0]["elements"][0]["elements"].insert(0, _text(mark, bold=True))
    return blocks


def title(text: str) -> list[Block]:
    """A line in bold, in as many blocks as it needs."""
    return [_rich([_section([_text(piece, bold=True)])]) for piece in _split(clean(text))]


def bullets(lines: list[str]) -> list[Block]:
    """Short lines as one bulleted list in one block; none for lines without a word."""
    items = [_section([_text(piece)]) for line in lines for piece in _split(clean(line))]
    return [_rich([{"type": "rich_text_list", "style": "bullet", "elements": items}])] if items else []


def listing(heading: str, lines: list[str]) -> list[Block]:
    """A heading in bold with a bulleted list."""
    pieces = [piece for line in lines for piece in _split(clean(line))]
    return title(heading) + [
        _rich([{"type": "rich_text_list", "style": "bullet", "elements": [_section([_text(piece)])]}]) for piece in pieces
    ]


def table(rows: list[list[str]], marked: set[tuple[int, int]]) -> Block | None:
    """A table, its marked cells in bold; None for one that Slack would refuse."""
    width = max((len(row) for row in rows), default=0)
    if not 0 < width <= _MOST_COLUMNS or not 1 < len(rows) <= _MOST_ROWS:
        return None
    cells = [
        [_cell(cell, bold=(r, c) in marked) for c, cell in enumerate([*row, *[""] * (width - len(row))])] for r, row in enumerate(rows)
    ]
    return {"type": "table", "rows": cells, "column_settings": [{"is_wrapped": True}] * width}


def button(action: str, label: str, value: str, *, danger: bool = False) -> Block:
    """A button. The value is what it stands for, the label may be shorter."""
    shown = cut(label, _LONGEST_LABEL) or _CUT
    made = {
        "type": "button", "action_id": action, "text": plain(shown), "value": clean(value)[:_LONGEST_VALUE] or "-",
        "accessibility_label": shown,
    }  # fmt: skip
    return {**made, "style": "danger"} if danger else made


def actions(block_id: str, elements: list[Block]) -> Block:
    """A row of buttons."""
    return {"type": "actions", "block_id": block_id, "elements": elements}


def context(text: str) -> Block:
    """A line of small print."""
    return {"type": "context", "elements": [plain(cut(text, _LONGEST_CONTEXT) or _CUT)]}


def feedback(action: str, answer: str, good: tuple[str, str], bad: tuple[str, str]) -> Block:
    """Thumbs up and thumbs down for an answer, each with its label and what a screen reader says."""
    return {"type": "context_actions", "elements": [{
        "type": "feedback_buttons", "action_id": action,
        "positive_button": {"text": plain(cut(good[0], 75)), "value": f"up:{answer}", "accessibility_label": cut(good[1], 75)},
        "negative_button": {"text": plain(cut(bad[0], 75)), "value": f"down:{answer}", "accessibility_label": cut(bad[1], 75)},
    }]}  # fmt: skip


def plain(text: str) -> Block:
    """Text that Slack shows as it is, without turning :words: into emoji."""
    return {"type": "plain_text", "text": text, "emoji": False}


def weight(block: Block) -> int:
    """The characters of a block that count towards the cap on a message."""
    return sum(len(text) for text in strings(block))


def strings(part: Any, only: tuple[str, ...] = ()) -> Iterator[str]:
    """The texts in a block, in order; of `only` these keys where given."""
    if isinstance(part, dict):
        for name, value in part.items():
            if isinstance(value, str):
                if name != "type" and (not only or name in only):
                    yield value
            else:
                yield from strings(value, only)
    elif isinstance(part, list):
        for element in part:
            yield from strings(element, only)


def _fallback(text: str) -> str:
    """Escaped text within its limit, never cut inside an escape."""
    escaped = escape(text)
    if len(escaped) <= LONGEST_TEXT:
        return escaped
    room, kept = LONGEST_TEXT - len(_SHORT), []
    for character in text:
        room -= len(escape(character))
        if room < 0:
            break
        kept.append(character)
    return escape("".join(kept)) + _SHORT


@cache
def _invisible() -> re.Pattern[str]:
    """Every sign that `clean` takes out."""
    formats = (chr(n) for n in range(sys.maxunicode + 1) if unicodedata.category(chr(n)) in ("Cc", "Cf"))
    return re.compile(f"[\ud800-\udfff{re.escape(''.join(c for c in formats if c not in _KEPT))}]")


def _split(text: str) -> list[str]:
    """The text in pieces of bounded length, broken at the end of a line, sentence or word where there is one."""
    pieces, rest = [], text.strip()
    while len(rest) > _LONGEST_PIECE:
        window = rest[:_LONGEST_PIECE]
        at = max((window.rfind(sign) + len(sign) for sign in ("\n", ". ", " ") if window.rfind(sign) > _LONGEST_PIECE // 2), default=0)
        at = at or _LONGEST_PIECE
        pieces.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [piece for piece in [*pieces, rest] if piece]


def _web(url: str) -> str | None:
    """The address where it is one that a browser should open; None for anything else."""
    try:
        there = urlsplit(url)
    except ValueError:
        return None
    strange = clean(url) != url or any(c.isspace() or c in "<>|\"'`\\" for c in url)
    return None if strange or len(url) > _LONGEST_URL or there.scheme not in ("http", "https") or not there.hostname else url


def _rich(elements: list[Block]) -> Block:
    return {"type": "rich_text", "elements": elements}


def _section(elements: list[Block]) -> Block:
    return {"type": "rich_text_section", "elements": elements}


def _text(text: str, *, bold: bool = False) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}} if bold else {"type": "text", "text": text}


def _cell(text: str, *, bold: bool) -> Block:
    shown = " ".join(clean(text).split()) or "–"
    return _rich([_section([_text(shown, bold=True)])]) if bold else {"type": "raw_text", "text": shown}
