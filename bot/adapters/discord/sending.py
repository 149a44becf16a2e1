"""Payloads out: to a channel or as the response to an interaction, with Discord's errors turned into a next step."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import aiohttp
import discord
from discord import ui

from bot.adapters.discord.answering import Reply
from bot.adapters.discord.permissions import lacks
from bot.matrix import Matrix
from bot.render import discord as render
from bot.render import discord_parts as parts
from bot.render.picture import picture

log = logging.getLogger(__name__)

Payload = dict[str, Any]
T = TypeVar("T")

NOBODY = discord.AllowedMentions.none()
UNKNOWN_INTERACTION, ACKNOWLEDGED = 10062, 40060  # Discord's codes
_GONE = (UNKNOWN_INTERACTION, 10015, 50027)  # the interaction's token is of no use any more
UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError)  # whatever Discord or the network may answer a request with
_ORIGINAL: Any = "@original"  # the message that answers an interaction, in the place of an id
_TRIES = 5
_LONGEST_PAUSE = 60.0  # seconds


@dataclass(frozen=True)
class Outgoing:
    """A payload with the picture that it shows and the plain text that stands in where components are refused."""

    payload: Payload
    matrix: Matrix | None = None
    instead: Payload | None = None
    png: bytes | None = None  # a picture that is drawn already, in place of a table's

    def view(self) -> ui.LayoutView:
        """The components for discord.py. Its buttons are heard through their custom_id, not through this object."""
        made = ui.LayoutView(timeout=None)
        for component in self.payload["components"]:
            made.add_item(_item(component))
        made.stop()
        return made

    def files(self) -> list[discord.File]:
        """The attached picture, drawn anew at each call."""
        if "attachments" not in self.payload or (self.matrix is None and self.png is None):
            return []
        png = self.png if self.matrix is None else picture(self.matrix.header, self.matrix.rows, self.matrix.marked)
        return [discord.File(io.BytesIO(png or b""), a["filename"], description=a["description"]) for a in self.payload["attachments"]]


def outgoing(reply: Reply, *, private: bool = False, asked: str = "", page: int = 0, files: bool = True) -> Outgoing:
    """An answer, ready to be sent."""
    payload = render.render(reply.answer, reply.matrix, private=private, asked=asked, page=page, files=files)
    return Outgoing(payload, reply.matrix, render.fallback(reply.answer))


async def to_channel(
    channel: discord.abc.Messageable, out: Outgoing, *, reply_to: discord.Message | None = None, nonce: str | None = None
) -> discord.Message:
    """Send to a channel, as a reply where there is a message to reply to, and the bot may. With the same `nonce` it is sent once."""
    more: dict[str, Any] = {"allowed_mentions": NOBODY, "mention_author": False}
    if reply_to is not None and not lacks(reply_to, "read_message_history"):  # Discord refuses such replies
        more["reference"] = reply_to.to_reference(fail_if_not_exists=False)
    if nonce is not None:
        more["nonce"] = nonce

    async def send() -> discord.Message:
        files = await asyncio.to_thread(out.files)
        return await channel.send(view=out.view(), files=files, **more)

    try:
        return await persist(send)
    except discord.HTTPException as error:
        if error.status != 400 or out.instead is None:
            raise
        log.warning("Discord refused the components of a message (%s); sent as plain text", error.code)
        content = out.instead["content"]
        return await persist(lambda: channel.send(content, suppress_embeds=True, **more))


async def to_interaction(interaction: discord.Interaction[Any], out: Outgoing) -> discord.Message | None:
    """Put the message in the place of "thinking …". None where the token's time is over."""
    return await _in_place(interaction.edit_original_response, out)


async def to_webhook(client: discord.Client, application: int, token: str, out: Outgoing) -> discord.Message | None:
    """As `to_interaction`, where only the interaction's token is known."""
    hook = discord.Webhook.partial(application, token, client=client)
    return await _in_place(partial(hook.edit_message, _ORIGINAL), out)


async def _in_place(edit: Callable[..., Awaitable[discord.Message]], out: Outgoing) -> discord.Message | None:
    async def show() -> discord.Message:
        files = await asyncio.to_thread(out.files)
        return await edit(view=out.view(), attachments=files, allowed_mentions=NOBODY)

    try:
        return await persist(show)
    except discord.HTTPException as error:
        if error.code in _GONE:
            return None
        if error.status != 400 or out.instead is None:
            raise
        log.warning("Discord refused the components of a response (%s); sent as plain text", error.code)
        content = out.instead["content"]
        return await persist(lambda: edit(content=content, view=None, allowed_mentions=NOBODY))


async def change(message: discord.PartialMessage, out: Outgoing) -> None:
    """Change a message of the bot's, whoever it was sent by."""

    async def edit() -> discord.Message:
        files = await asyncio.to_thread(out.files)
        return await message.edit(view=out.view(), attachments=files, allowed_mentions=NOBODY)

    await persist(edit)


async def defer(interaction: discord.Interaction[Any], *, private: bool, in_place: bool = False) -> bool:
    """Say "thinking …" at once, or nothing where the answer is to stand `in_place` of the message that was pressed.

    False where Discord says that it is too late for that.
    """
    return await _first(lambda: interaction.response.defer(thinking=not in_place, ephemeral=private))


async def whisper(interaction: discord.Interaction[Any], payload: Payload) -> bool:
    """Respond at once with a message that only the asker sees."""
    out = Outgoing(payload)
    return await _first(lambda: interaction.response.send_message(view=out.view(), ephemeral=True, allowed_mentions=NOBODY))


async def ask(interaction: discord.Interaction[Any], modal: ui.Modal) -> bool:
    """Respond with a form. What is filled in is heard through the form's custom_id, not through this object."""
    modal.stop()
    return await _first(lambda: interaction.response.send_modal(modal))


async def persist(call: Callable[[], Awaitable[T]]) -> T:
    """Call again where Discord is busy or the network failed, with the pauses that it asks for."""
    for attempt in range(_TRIES - 1):
        try:
            return await call()
        except discord.RateLimited as error:
            await asyncio.sleep(min(error.retry_after, _LONGEST_PAUSE))
        except discord.HTTPException as error:
            if error.status != 429 and error.status < 500:
                raise
            await asyncio.sleep(min(_pause(error, attempt), _LONGEST_PAUSE))
        except (aiohttp.ClientError, OSError):
            await asyncio.sleep(2.0**attempt)
    return await call()


async def _first(respond: Callable[[], Awaitable[object]]) -> bool:
    """A first response: there is one for each interaction, and three seconds to give it."""
    try:
        await respond()
    except discord.HTTPException as error:
        if error.code == ACKNOWLEDGED:
            return True
        if error.code in _GONE:
            return False
        raise
    return True


def _pause(error: discord.HTTPException, attempt: int) -> float:
    with contextlib.suppress(KeyError, ValueError):
        return float(error.response.headers["Retry-After"])
    return 2.0**attempt


def _item(component: Payload) -> ui.Item[Any]:
    """A component for discord.py."""
    match component["type"]:
        case parts.CONTAINER:
            return ui.Container(*map(_item, component["components"]), accent_colour=component.get("accent_color"))
        case parts.SECTION:
            return ui.Section(*map(_item, component["components"]), accessory=_item(component["accessory"]))
        case parts.TEXT:
            return ui.TextDisplay(component["content"])
        case parts.GALLERY:
            return ui.MediaGallery(*(discord.MediaGalleryItem(i["media"]["url"], description=i["description"]) for i in component["items"]))
        case parts.ACTION_ROW:
            return ui.ActionRow(*map(_item, component["components"]))
        case parts.BUTTON:
            return ui.Button(
                style=discord.ButtonStyle(component["style"]), label=component.get("label"), custom_id=component.get("custom_id"),
                url=component.get("url"), emoji=(component.get("emoji") or {}).get("name"),
            )  # fmt: skip
    raise ValueError(f"there is no component of type {component['type']}")
