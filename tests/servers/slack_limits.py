"""What Slack refuses in blocks and views: its documented limits, written down apart from the code that keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

MESSAGE, MODAL, HOME = "message", "modal", "home"
LONGEST_MESSAGE_TEXT = 4_000
ALL_BLOCKS = 10_000  # characters; Slack's own cap is not documented, messages were refused from 11,341 on
_MOST_BLOCKS = {MESSAGE: 50, MODAL: 100, HOME: 100}
_KNOWN = {
    MESSAGE: {"rich_text", "section", "actions", "context", "context_actions", "table", "header", "divider", "image", "markdown"},
    MODAL: {"rich_text", "section", "actions", "context", "header", "divider", "image", "input"},
    HOME: {"rich_text", "section", "actions", "context", "header", "divider", "image", "input"},
}
_MOST_ELEMENTS = {"actions": 25, "context": 10, "context_actions": 5}
_RICH = {"rich_text_section", "rich_text_quote", "rich_text_list", "rich_text_preformatted"}


def message_problems(payload: Json) -> list[str]:
    """What is wrong with a message; nothing where Slack would take it as it is."""
    text = payload.get("text") or ""
    found = list(block_problems(payload.get("blocks") or [], MESSAGE))
    if not text.strip():
        found.append("no text")
    if len(text) > LONGEST_MESSAGE_TEXT:
        found.append(f"text of {len(text)}")
    return found


def view_problems(view: Json) -> list[str]:
    """What is wrong with a modal or a Home."""
    found = list(block_problems(view["blocks"], MODAL if view["type"] == "modal" else HOME))
    for name in ("title", "submit", "close"):
        if name in view:
            found += _text(view[name], 24, f"{name} of the view")
    if len(view.get("private_metadata", "")) > 3_000:
        found.append("private_metadata")
    return found


def block_problems(blocks: list[Json], surface: str) -> Iterator[str]:
    """What is wrong with a list of blocks."""
    if len(blocks) > _MOST_BLOCKS[surface]:
        yield f"{len(blocks)} blocks"
    if sum(block.get("type") == "table" for block in blocks) > 1:
        yield "two tables"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)) or any(not 0 < len(i) <= 255 for i in ids):
        yield "block_id"
    if surface == MESSAGE and sum(_lengths(blocks)) > ALL_BLOCKS:
        yield f"msg_blocks_too_long: {sum(_lengths(blocks))}"
    for block in blocks:
        if block.get("type") not in _KNOWN[surface]:
            yield f"block {block.get('type')} in a {surface}"
        else:
            yield from _block(block)


def _block(block: Json) -> Iterator[str]:
    match block["type"]:
        case "rich_text":
            yield from (p for element in block["elements"] for p in _rich(element))
        case "section":
            yield from _text(block["text"], 3_000, "section")
            if "accessory" in block:
                yield from _element(block["accessory"])
        case "header":
            yield from _text(block["text"], 150, "header")
        case "table":
            yield from _table(block)
        case "input":
            yield from _text(block["label"], 2_000, "label")
            if "hint" in block:
                yield from _text(block["hint"], 2_000, "hint")
            yield from _element(block["element"])
        case "actions" | "context" | "context_actions" as kind:
            yield from _elements(block["elements"], _MOST_ELEMENTS[kind], kind)


def _elements(elements: list[Json], most: int, kind: str) -> Iterator[str]:
    if not 0 < len(elements) <= most:
        yield f"{len(elements)} elements in {kind}"
    names = [element["action_id"] for element in elements if "action_id" in element]
    if len(names) != len(set(names)):
        yield "action_id twice"
    for element in elements:
        yield from _text(element, 3_000, kind) if kind == "context" else _element(element)


def _element(element: Json) -> Iterator[str]:
    if not 0 < len(element.get("action_id", "")) <= 255:
        yield "action_id"
    match element["type"]:
        case "button":
            yield from _button(element)
        case "static_select":
            yield from _options(element["options"])
        case "feedback_buttons":
            for name in ("positive_button", "negative_button"):
                yield from _button(element[name])
        case "file_input":
            if not 1 <= element.get("max_files", 10) <= 10 or any(not name.isalnum() for name in element.get("filetypes", [])):
                yield "file_input"
        case "plain_text_input":
            if element.get("max_length", 1) > 3_000:
                yield "max_length"
        case other:
            yield f"element {other}"


def _options(options: list[Json]) -> Iterator[str]:
    if not 0 < len(options) <= 100:
        yield "options"
    for option in options:
        yield from _text(option["text"], 75, "option")
        if not 0 < len(option["value"]) <= 150:
            yield "option value"


def _button(button: Json) -> Iterator[str]:
    yield from _text(button["text"], 75, "button")
    if not 0 < len(button.get("value", "-")) <= 2_000 or len(button.get("url", "")) > 3_000:
        yield "value of a button"
    if len(button.get("accessibility_label", "")) > 75:
        yield "accessibility_label"
    if button.get("style", "primary") not in ("primary", "danger"):
        yield "style of a button"


def _table(block: Json) -> Iterator[str]:
    if not 0 < len(block["rows"]) <= 100 or any(not 0 < len(row) <= 20 for row in block["rows"]):
        yield "size of a table"
    if sum(_lengths(block["rows"])) > 10_000:
        yield "text of a table"
    for cell in (cell for row in block["rows"] for cell in row):
        if cell["type"] == "rich_text":
            yield from (p for element in cell["elements"] for p in _rich(element))
        elif cell["type"] != "raw_text" or not cell["text"]:
            yield "cell"


def _rich(element: Json) -> Iterator[str]:
    if element["type"] not in _RICH or not element["elements"]:
        yield f"rich text {element['type']}"
        return
    for part in element["elements"]:
        if part["type"] in _RICH:
            yield from _rich(part)
        elif part["type"] == "link":
            if not part["url"] or len(part["url"]) > 3_000:
                yield "link"
        elif part["type"] != "text" or not part["text"]:
            yield f"rich text part {part['type']}"


def _text(text: Json, longest: int, where: str) -> Iterator[str]:
    if text.get("type") not in ("plain_text", "mrkdwn") or not 0 < len(text.get("text", "")) <= longest:
        yield f"text of {where}"


def _lengths(part: Any) -> Iterator[int]:
    if isinstance(part, str):
        yield len(part)
    elif isinstance(part, dict):
        yield from (n for name, value in part.items() if name != "type" for n in _lengths(value))
    elif isinstance(part, list):
        yield from (n for value in part for n in _lengths(value))
