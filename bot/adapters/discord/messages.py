"""What the bot does about a message: an answer, a word of why there is none, or nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from functools import partial
from typing import TYPE_CHECKING

import discord

from bot.adapters.discord import heard, keys, wording
from bot.adapters.discord.heard import Heard
from bot.adapters.discord.permissions import lacks, missing, titled
from bot.adapters.discord.sending import UNREACHABLE, Outgoing, outgoing, to_channel
from bot.render import discord as render

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

log = logging.getLogger(__name__)

_TYPES_AFTER = 0.5  # seconds until an asker sees that the bot is typing


async def hear(client: Client, message: discord.Message) -> bool:
    """Answer a message, once. False where it is none of the bot's business."""
    assert client.user is not None
    found = await client.stored(heard.read, message, client.user, client.store, client.forums)
    if found is None:
        return False
    if message.guild is None:
        await client.missed.note(message.channel.id)
    key = keys.message(message.id)
    payload = json.dumps({"channel": message.channel.id, "message": message.id})
    if await client.stored(client.store.claim, key, payload, keys.person(message.author.id)):
        await client.carry_out(key, partial(_attend, client, message, found), partial(_excuse, client, message), again=True)
    return True


async def _attend(client: Client, message: discord.Message, found: Heard) -> None:
    if found.why == "quiet":
        with contextlib.suppress(*UNREACHABLE):
            await message.add_reaction("🔇")
    elif found.why == "unheard":
        await _hint(client, message, found)
    elif wait := client.pace.wait(message.author.id):
        await to_channel(message.channel, Outgoing(render.notice(wording.wait(wait))), reply_to=message, nonce=str(message.id))
    elif missing(message) is not None:
        await _say_what_is_lacking(message)
    elif not found.question or found.question.casefold() == "help":
        await to_channel(message.channel, Outgoing(render.notice(wording.HELP)), reply_to=message, nonce=str(message.id))
    else:
        await _answer(client, message, found)


async def _answer(client: Client, message: discord.Message, found: Heard) -> None:
    person, key = keys.person(message.author.id), keys.message(message.id)
    work = asyncio.ensure_future(client.think(client.answering.answer, found.question, found.thread, person, key))
    await asyncio.wait({work}, timeout=_TYPES_AFTER)
    if not work.done():
        with contextlib.suppress(*UNREACHABLE):  # the answer comes all the same
            await message.channel.typing()
    reply = await work
    out = outgoing(reply, files=not lacks(message, "attach_files"))
    sent = await to_channel(message.channel, out, reply_to=message, nonce=str(message.id))
    await client.remember(sent.id, found.thread)


async def _hint(client: Client, message: discord.Message, found: Heard) -> None:
    if await client.stored(client.store.claim, keys.hint(found.thread)):
        await to_channel(message.channel, Outgoing(render.notice(wording.UNHEARD)), reply_to=message, nonce=str(message.id))
        await client.stored(client.store.finish, keys.hint(found.thread))


async def _say_what_is_lacking(message: discord.Message) -> None:
    """Tell the asker in private why there is no answer."""
    name = titled(missing(message) or "view_channel")
    log.warning("may not answer in channel %s: %s is missing", message.channel.id, name)
    with contextlib.suppress(*UNREACHABLE):
        text = wording.lacking(name, getattr(message.channel, "name", "?"))
        await to_channel(message.author, Outgoing(render.notice(text)))


async def _excuse(client: Client, message: discord.Message, error: Exception) -> bool:
    """Say what failed, in private where Discord forbids an answer. Whether that could be said."""
    if isinstance(error, discord.Forbidden):
        log.warning("Discord forbids an answer: %s", error.code)
        await _say_what_is_lacking(message)
        return True
    return await client.said(error, partial(to_channel, message.channel, reply_to=message, nonce=str(message.id)))
