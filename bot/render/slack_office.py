"""A reply of the bot's administration as Slack's Block Kit. Pure: a reply in, the payload of a message out.

The office asks a second time before what cannot be undone, in the same words on every platform, so buttons have no
dialog of Slack's own.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from bot.office import MOST_BUTTONS, Reply
from bot.render import slack_parts as parts

Block = dict[str, Any]
Payload = dict[str, Any]

ACT = "office"  # begins the action id of each button
REPLY, RUN = "office_reply", "office_run"  # the block ids of buttons; those of a run's message stay where they are
_ITEM = "- "
_MORE = "… (shortened)"
_SHOW_PROGRESS = "Show the progress"


def render(reply: Reply, *, of_run: bool = False, link: str | None = None) -> Payload:
    """The message for a reply; `of_run` is that of a run, `link` leads to where a run is shown already."""
    said = "\n".join(line for line in [reply.title, *reply.lines, reply.picture.description if reply.picture else ""] if line)
    blocks = [*parts.title(reply.title), *_lines(reply.lines)]
    if link:
        blocks += parts.paragraphs(_SHOW_PROGRESS + ":", link=link, link_text="here")
    buttons = [
        parts.button(f"{ACT}:{n}", button.label, button.act, danger=button.danger) for n, button in enumerate(reply.buttons[:MOST_BUTTONS])
    ]
    if buttons:
        blocks.append(parts.actions(RUN if of_run else REPLY, buttons))
    return parts.message(said, blocks or parts.paragraphs(_MORE))


def _lines(lines: tuple[str, ...]) -> list[Block]:
    """The lines, those that follow each other as items in one list, until the room of a message is used up."""
    fitting, room = [], parts.BUDGET
    for line in lines:
        room -= len(line)
        if room < 0:
            fitting.append(_MORE)
            break
        fitting.append(line)
    blocks: list[Block] = []
    for is_item, group in groupby(fitting, lambda line: line.startswith(_ITEM)):
        texts = [line.removeprefix(_ITEM) if is_item else line for line in group]
        blocks += parts.bullets(texts) if is_item else parts.paragraphs("\n".join(texts))
    return blocks if len(blocks) <= parts.MOST_BLOCKS else [*blocks[: parts.MOST_BLOCKS], parts.context(_MORE)]
