"""The parts of a Discord message, one short function each. Each keeps Discord's limits whatever it is given.

Lengths are counted in UTF-16 units, which are never fewer than what Discord counts. What comes from a guide, a question
or a name is always escaped: Discord reads Markdown in every text, so a backslash stands before each sign that could
begin something.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

Component = dict[str, Any]

COMPONENTS_V2, SUPPRESS_EMBEDS = 1 << 15, 1 << 2  # message flags
LONGEST_MESSAGE, MOST_COMPONENTS, LONGEST_CONTENT = 4_000, 40, 2_000
LONGEST_PIECE = 1_200  # of one text
_LONGEST_LABEL, _LONGEST_URL, _MOST_BUTTONS, _LONGEST_KEY = 80, 512, 5, 60
ACTION_ROW, BUTTON, SECTION, TEXT, GALLERY, SEPARATOR, CONTAINER = 1, 2, 9, 10, 12, 14, 17
SECONDARY, DANGER, LINK = 2, 4, 5  # styles of a button
_STRANGE = re.compile("[^\\n -~\u200c\u200d]")  # may be invisible; not so the joiners that scripts and emoji need
_SIGNS = re.compile(r"[\\`*_~|#<>\[\]()/@]")
_LINE_START = re.compile(r"^(\s*)(?:([-+])|(\d+)([.)]))", re.MULTILINE)
_KEY = re.compile(rf"[A-Za-z0-9_-]{{1,{_LONGEST_KEY}}}")
_CUT = "…"
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # categories of Unicode


def clean(text: str) -> str:
    """The text without invisible signs: controls, marks that turn the direction of writing, lone surrogates."""
    return _STRANGE.sub(lambda found: "" if unicodedata.category(found[0]) in _INVISIBLE else found[0], text.replace("\r\n", "\n"))


def escape(text: str) -> str:
    """Clean text in which Discord finds no Markdown, mention, link or list."""
    signs = _SIGNS.sub(_escaped, text)
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}", signs)


def length(text: str) -> int:
    """The text's length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, longest: int, measure: Callable[[str], int] = length) -> str:
    """The text on one line, cleaned, at most so long by `measure`."""
    line = " ".join(clean(text).split())
    if len(line) <= longest and measure(line) <= longest:
        return line
    kept = _fitting(line[:longest], longest - measure(_CUT), measure)
    return kept.rstrip() + _CUT


def escaped_length(text: str) -> int:
    """The length of the text once it is escaped."""
    return length(escape(text))


def inline(text: str, longest: int) -> str:
    """Escaped text on one line, at most so long as it is sent."""
    return escape(cut(text, longest, escaped_length))


def bold(text: str, longest: int) -> str:
    """The same, in bold."""
    return f"**{inline(text, longest) or _CUT}**"


def split(text: str, longest: int = LONGEST_PIECE) -> list[str]:
    """Cleaned text in pieces that are at most so long once escaped, broken at the end of a line, sentence or word."""
    pieces, rest = [], re.sub(r"\n{3,}", "\n\n", clean(text)).strip()
    while len(rest) > longest or escaped_length(rest) > longest:
        window = _fitting(rest[:longest], longest, escaped_length)
        at = max((window.rfind(sign) + len(sign) for sign in ("\n", ". ", " ") if window.rfind(sign) > len(window) // 2), default=0)
        at = at or len(window)
        pieces.append(rest[:at].strip())
        rest = rest[at:].strip()
    return [piece for piece in [*pieces, rest] if piece]


def key(text: str) -> str:
    """An identifier fit for a `custom_id`; a long or strange one by its hash."""
    return text if _KEY.fullmatch(text) else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def message(components: list[Component], attachments: Iterable[Component] = ()) -> dict[str, Any]:
    """A whole message in Components V2. It calls nobody."""
    made: dict[str, Any] = {"flags": COMPONENTS_V2, "components": components, "allowed_mentions": {"parse": []}}
    return {**made, "attachments": list(attachments)} if attachments else made


def content(text: str) -> dict[str, Any]:
    """A whole message in plain text, for where components are refused. It calls nobody and unfolds no link."""
    pieces = split(text, LONGEST_CONTENT - 10)
    said = escape(pieces[0]) + (f"\n{_CUT}" if len(pieces) > 1 else "") if pieces else _CUT
    return {"content": said, "flags": SUPPRESS_EMBEDS, "allowed_mentions": {"parse": []}}


def container(components: list[Component], colour: int | None = None) -> Component:
    """A box with a bar of one colour on its side."""
    return {"type": CONTAINER, "components": components, **({"accent_color": colour} if colour is not None else {})}


def text(said: str) -> Component:
    """A text, written in Markdown."""
    return {"type": TEXT, "content": said}


def small(said: str, longest: int = 300) -> Component:
    """A line of small print, escaped."""
    return text(f"-# {inline(said, longest - 3) or _CUT}")


def section(said: str, link: Component) -> Component:
    """A text with a button beside it."""
    return {"type": SECTION, "components": [text(said)], "accessory": link}


def gallery(filename: str, description: str) -> Component:
    """An attached picture with its description."""
    return {"type": GALLERY, "items": [{"media": {"url": f"attachment://{filename}"}, "description": description}]}


def button(custom_id: str, label: str, emoji: str | None = None) -> Component:
    """A button that the bot hears of."""
    shown = {"emoji": {"name": emoji}} if emoji else {"label": cut(label, _LONGEST_LABEL) or _CUT}
    return {"type": BUTTON, "style": SECONDARY, "custom_id": custom_id, **shown}


def link(url: str | None, label: str) -> Component | None:
    """A button that opens an address; None where it is none that a browser should open."""
    if (
        url is None
        or length(url) > _LONGEST_URL
        or not url.isascii()
        or any(c.isspace() or not c.isprintable() or c in "<>\"'`\\" for c in url)
    ):
        return None
    try:
        there = urlsplit(url)
        fine = url.startswith(("http://", "https://")) and bool(there.hostname) and not there.username
    except ValueError:
        return None
    return {"type": BUTTON, "style": LINK, "label": cut(label, _LONGEST_LABEL), "url": url} if fine else None


def row(buttons: list[Component]) -> list[Component]:
    """The buttons in a row, as a list of none or one."""
    return [{"type": ACTION_ROW, "components": buttons[:_MOST_BUTTONS]}] if buttons else []


def walk(components: Iterable[Component]) -> Iterator[Component]:
    """All components, nested ones and accessories included, in order."""
    for component in components:
        yield component
        yield from walk(component.get("components", ()))
        if "accessory" in component:
            yield component["accessory"]


def weight(component: Component) -> int:
    """The characters of a component and all in it, labels included."""
    return sum(length(c.get("content", "")) + length(c.get("label", "")) for c in walk([component]))


def count(component: Component) -> int:
    """How many components it is, itself included."""
    return sum(1 for _ in walk([component]))


def _escaped(found: re.Match[str]) -> str:
    """A sign that can begin nothing any more; after an @ also stands a space without width."""
    return "@\u200b" if found[0] == "@" else f"\\{found[0]}"


def _fitting(text: str, longest: int, measure: Callable[[str], int]) -> str:
    """The longest beginning that is at most so long by `measure`, at least one character."""
    low, high = 1, min(len(text), longest)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= longest else (low, middle - 1)
    return text[:low]
