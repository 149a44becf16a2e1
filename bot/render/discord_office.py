"""A reply of the bot's administration as Discord's Components V2. Pure: a reply in, the payload of a message out."""

from __future__ import annotations

from typing import Any

from bot.office import MOST_BUTTONS, Button, Picture, Reply
from bot.render import discord_parts as parts
from bot.render.discord import PLAIN

Component = dict[str, Any]
Payload = dict[str, Any]

PREFIX = "fpa:"  # of a custom_id; what the button does follows
LONGEST_ACT = 80  # in UTF-16 units
FILE = "figures.png"
_LONGEST_TITLE, _BUDGET, _SHORTEST = 300, 3_200, 20  # of the escaped texts; labels come on top


def render(reply: Reply, link: str | None = None) -> Payload:
    """The message for a reply; `link` leads to where its progress is shown."""
    title = [parts.bold(reply.title, _LONGEST_TITLE)] if reply.title.strip() else []
    box: list[Component] = [parts.text("\n".join([*title, *_lines(reply.lines)]).strip() or "…")]
    if reply.picture is not None:
        box.append(parts.gallery(FILE, _described(reply.picture)))
    there = parts.link(link, "Show the progress")
    body = [parts.container(box, PLAIN), *parts.row(_buttons(reply.buttons)), *parts.row([there] if there else [])]
    return parts.message(body, [{"id": "0", "filename": FILE, "description": _described(reply.picture)}] if reply.picture else [])


def fallback(reply: Reply) -> Payload:
    """The reply in plain text, for where components are refused."""
    return parts.content("\n".join([reply.title, *reply.lines]))


def _lines(lines: tuple[str, ...]) -> list[str]:
    """The lines, escaped, until their room is used up; an item stays an item."""
    said: list[str] = []
    room = _BUDGET
    for line in lines:
        if room < _SHORTEST:
            return [*said, "…"]
        mark = "• " if line.startswith("- ") else ""
        said.append(mark + parts.inline(line[len(mark) :], room - len(mark)))
        room -= parts.length(said[-1]) + 1
    return said


def _buttons(buttons: tuple[Button, ...]) -> list[Component]:
    """A button for each act that a custom_id can carry, none twice."""
    acts = {button.act: button for button in buttons if button.act and parts.length(button.act) <= LONGEST_ACT}
    return [_button(button) for button in list(acts.values())[:MOST_BUTTONS]]


def _button(button: Button) -> Component:
    made = parts.button(PREFIX + button.act, button.label)
    return {**made, "style": parts.DANGER} if button.danger else made


def _described(picture: Picture) -> str:
    return parts.cut(picture.description, 1_000) or "A picture"
