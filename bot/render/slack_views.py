"""Slack's App Home and modals. Pure: what is to be shown in, a view out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.matrix import Matrix
from bot.render import slack_parts as parts
from bot.render.slack import ASK, PATH

View = dict[str, Any]

PATH_VIEW, FEEDBACK_VIEW, GUIDE_VIEW = "path_view", "feedback_view", "guide_view"
TABLE, VALUE, COMMENT, GUIDE_FILE, GUIDE_TEXT = "table", "value", "comment", "guide_file", "guide_text"
GUIDE_TYPES = ("md", "txt", "html", "pdf", "docx")
LONGEST_PASTE = 3_000  # characters; Slack takes no more in a field
_MOST_EXAMPLES, _MOST_OPTIONS, _LONGEST_OPTION, _LONGEST_TITLE = 4, 100, 75, 24
_WAYS = (
    "Mention me in a channel, and I answer in a thread.",
    "Write to me here under Messages.",
    "/ask with a question answers only you; a button shares the answer.",
    "/path finds what a guide recommends for you.",
    "“Ask about this” in a message's menu answers the question in that message.",
)
_FOR_ADMINS = "Admins: /fingerpost help lists what you can do; send me a file here to add a guide."
_STORED = (
    "I keep your questions for {days:g} days, so that you can ask on from them; /fingerpost forget deletes them. I answer with what the "
    "guides say, word for word, and tell you when they say nothing."
)


def home(status: tuple[str, ...], examples: tuple[str, ...], has_tables: bool, kept_days: float) -> View:
    """The App Home: what the bot can do, the state of its index, questions to try, and for how many days it keeps those of people."""
    buttons = [parts.button(f"{ASK}:{n}", question, question) for n, question in enumerate(examples[:_MOST_EXAMPLES])]
    if has_tables:
        buttons.append(parts.button(PATH, "Find my path", "-"))
    blocks = [
        _header("Ask the guides"), *parts.listing("Ways to ask", list(_WAYS)),
        *([_header("Questions to try"), parts.actions("questions", buttons)] if buttons else []),
        _header("The index"), *parts.paragraphs("\n".join(status)),
        *parts.paragraphs(_STORED.format(days=kept_days)), parts.context(_FOR_ADMINS),
    ]  # fmt: skip
    return {"type": "home", "blocks": blocks}


def path(tables: list[Matrix], chosen: int, metadata: Mapping[str, str]) -> View:
    """The path finder: one select for each axis of a decision table, made from the table itself."""
    table = tables[chosen]
    blocks = parts.paragraphs("Answer what you know; what you leave open, the guide's table leaves open too.")
    if len(tables) > 1:
        blocks.append(_choice(tables, chosen))
    for number, (axis, labels) in enumerate(axes(table)):
        blocks.append({
            "type": "input", "block_id": f"axis:{table.table[:100]}:{number}", "optional": True, "label": parts.plain(parts.cut(axis, 200)),
            "element": {"type": "static_select", "action_id": VALUE, "options": _options(labels)},
        })  # fmt: skip
    return _modal(PATH_VIEW, "Find my path", "Recommend", blocks, {**metadata, "table": table.table})


def feedback(answer: str, metadata: Mapping[str, str]) -> View:
    """What was wrong with an answer: one field."""
    field = {
        "type": "input", "block_id": COMMENT, "optional": True, "label": parts.plain("What was wrong or missing?"),
        "element": {"type": "plain_text_input", "action_id": VALUE, "multiline": True, "max_length": 1_000},
    }  # fmt: skip
    return _modal(FEEDBACK_VIEW, "Tell us more", "Send", [field], {**metadata, "answer": answer})


def guide(metadata: Mapping[str, str]) -> View:
    """A new guide: a file, or pasted text. Reading files in a form takes the scope files:read."""
    blocks = [
        *parts.paragraphs("Give a file, or paste the text. You see what it would give before anything is added."),
        {
            "type": "input", "block_id": GUIDE_FILE, "optional": True, "label": parts.plain("File"),
            "hint": parts.plain("Markdown, plain text, HTML, PDF or DOCX"),
            "element": {"type": "file_input", "action_id": VALUE, "filetypes": list(GUIDE_TYPES), "max_files": 1},
        },
        {
            "type": "input", "block_id": GUIDE_TEXT, "optional": True, "label": parts.plain("Text"),
            "hint": parts.plain(f"At most {LONGEST_PASTE:,} characters; give longer text as a file"),
            "element": {"type": "plain_text_input", "action_id": VALUE, "multiline": True, "max_length": LONGEST_PASTE},
        },
    ]  # fmt: skip
    return _modal(GUIDE_VIEW, "Add a guide", "Show what it gives", blocks, metadata)


def given_guide(state: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The files and the text of a submitted form. `state` is the `values` of its state."""
    files = (state.get(GUIDE_FILE, {}).get(VALUE, {}) or {}).get("files") or []
    text = (state.get(GUIDE_TEXT, {}).get(VALUE, {}) or {}).get("value") or ""
    return [file for file in files if isinstance(file, dict)], str(text)


def axes(table: Matrix) -> list[tuple[str, list[str]]]:
    """The axes of a decision table with the labels that can be chosen."""
    return [(table.axes[0], [next(iter(row), "") for row in table.rows]), (table.axes[1], list(table.header[1:]))]


def chosen_values(table: Matrix, state: Mapping[str, Any]) -> dict[str, str]:
    """What was chosen in the path finder, by axis. `state` is the `values` of a submitted view's state."""
    values = {}
    for number, (axis, labels) in enumerate(axes(table)):
        selected = (state.get(f"axis:{table.table[:100]}:{number}", {}).get(VALUE, {}) or {}).get("selected_option")
        if selected and selected["value"].isdecimal() and int(selected["value"]) < len(labels):
            values[axis] = labels[int(selected["value"])]
    return values


def _choice(tables: list[Matrix], chosen: int) -> View:
    options = _options([table.title for table in tables])
    select = {"type": "static_select", "action_id": TABLE, "options": options, "initial_option": options[chosen]}
    return {"type": "section", "block_id": TABLE, "text": parts.plain("Which table?"), "accessory": select}


def _options(labels: list[str]) -> list[View]:
    shown = [parts.cut(label, _LONGEST_OPTION) or "–" for label in labels[:_MOST_OPTIONS]]
    return [{"text": parts.plain(label), "value": str(number)} for number, label in enumerate(shown)]


def _header(text: str) -> View:
    return {"type": "header", "text": parts.plain(text)}


def _modal(callback: str, title: str, submit: str, blocks: list[View], metadata: Mapping[str, str]) -> View:
    return {
        "type": "modal", "callback_id": callback, "title": parts.plain(title[:_LONGEST_TITLE]), "submit": parts.plain(submit),
        "close": parts.plain("Cancel"), "blocks": blocks, "private_metadata": json.dumps(dict(metadata)),
    }  # fmt: skip
