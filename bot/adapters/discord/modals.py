"""Forms: what they ask, and what was filled in. Both go by custom_id, so a form that was open during a restart works."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.matrix import Matrix
from bot.render import discord as render
from bot.render import discord_parts as parts

REASONS = ("It does not answer my question", "It is wrong", "It is out of date", "I do not understand it")
_REASON, _COMMENT = "reason", "comment"
_LONGEST_COMMENT = 500
LONGEST_PASTE = 4_000  # characters; Discord takes no more in a form
PASTE = "paste"


def path(key: str, table: Matrix) -> ui.Modal:
    """The form for a decision table: a choice for each of its axes."""
    modal = ui.Modal(title=parts.cut(table.title, 45) or "Your path", custom_id=render.action(render.PATH, key))
    for number, (axis, labels) in enumerate(zip(table.axes, labelled(table), strict=True)):
        choice = ui.Select[ui.Modal](custom_id=str(number), required=False, min_values=0)
        for at, label in enumerate(labels[:25]):
            choice.add_option(label=parts.cut(label, 100) or "…", value=str(at))
        modal.add_item(ui.Label(text=parts.cut(axis.replace("_", " ").capitalize(), 45) or "…", component=choice))
    return modal


def labelled(table: Matrix) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The places on both axes of a table, rows first."""
    return tuple(row[0] for row in table.rows), table.header[1:]


def feedback(answer_id: str) -> ui.Modal:
    """The form behind 👎."""
    modal = ui.Modal(title="What was wrong?", custom_id=render.action(render.DOWN, answer_id))
    reasons = ui.RadioGroup[ui.Modal](custom_id=_REASON, required=True)
    for reason in REASONS:
        reasons.add_option(label=reason, value=reason)
    modal.add_item(ui.Label(text="The answer", component=reasons))
    comment = ui.TextInput[ui.Modal](custom_id=_COMMENT, style=discord.TextStyle.long, required=False, max_length=_LONGEST_COMMENT)
    modal.add_item(ui.Label(text="Anything else?", component=comment))
    return modal


def paste() -> ui.Modal:
    """The form for a guide as text."""
    modal = ui.Modal(title="Add a guide", custom_id=render.action(PASTE, "guide"))
    text = ui.TextInput[ui.Modal](custom_id=PASTE, style=discord.TextStyle.long, required=True, max_length=LONGEST_PASTE)
    modal.add_item(
        ui.Label(text="The guide's text", description="For more than this, upload a file: /fingerpost guides add", component=text)
    )
    return modal


def filled(data: Any) -> dict[str, str]:
    """What was filled in, by custom_id; fields left empty are left out."""
    values: dict[str, str] = {}
    for label in data.get("components", ()):
        inner = label.get("component", {})
        value = inner.get("value") or next(iter(inner.get("values") or ()), "")
        if isinstance(value, str) and value.strip():
            values[str(inner.get("custom_id"))] = value.strip()
    return values


def axes(values: dict[str, str], table: Matrix) -> dict[str, str]:
    """The values of a path form by axis. What is no place of the table, as in a forged form, is left out."""
    chosen: dict[str, str] = {}
    for number, (axis, labels) in enumerate(zip(table.axes, labelled(table), strict=True)):
        at = values.get(str(number), "")
        if at.isdecimal() and int(at) < len(labels):
            chosen[axis] = labels[int(at)]
    return chosen


def complaint(values: dict[str, str]) -> str:
    """What a feedback form says, on one line."""
    return ": ".join(values[name] for name in (_REASON, _COMMENT) if name in values)
