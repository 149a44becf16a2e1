"""Which messages ask the bot something, what they ask, and to which conversation they belong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import discord
import msgspec

from bot.adapters.discord import keys
from bot.adapters.discord.answering import Kept
from bot.render import discord as render
from bot.store import Store

_KINDS = (discord.MessageType.default, discord.MessageType.reply)
_MORE_THAN_A_TITLE = 3  # characters


@dataclass(frozen=True)
class Heard:
    """A message for the bot. `unheard` is one that seems to be meant for it, but whose text it does not get."""

    why: Literal["asked", "unheard", "quiet"]
    question: str
    thread: str


def read(message: discord.Message, me: discord.ClientUser, store: Store, forums: frozenset[int]) -> Heard | None:
    """What a message asks, None where it is none of the bot's business."""
    if message.author.bot or message.webhook_id is not None or message.type not in _KINDS:
        return None
    addressed = message.guild is None or me in message.mentions
    if not addressed and message.reference is None and not isinstance(message.channel, discord.Thread):
        return None
    thread = conversation(message, store)
    said = re.sub(rf"<@!?{me.id}>", " ", message.content).strip()
    if message.guild is None:
        return Heard("asked", said, thread)
    post = _post(message, store, forums)
    if not addressed and not post:
        follows = not message.content and not message.attachments and (_answered(message, store) or store.joined(thread))
        return Heard("unheard", "", thread) if follows else None
    if store.mode(keys.channel(message.guild.id, _home(message).id)) == "quiet":
        return Heard("quiet", "", thread)
    return Heard("asked", _with_title(message, said) if post else said, thread)


def conversation(message: discord.Message, store: Store) -> str:
    """The conversation that a message belongs to: that of what it replies to, of its thread, or one of its own."""
    guild = message.guild.id if message.guild else None
    reference = message.reference.message_id if message.reference else None
    if reference is not None and (known := store.held(keys.at(reference)) or _of_buttons(message, store)) is not None:
        return known
    if message.guild is None:
        return keys.thread(None, message.channel.id, message.channel.id)
    if isinstance(message.channel, discord.Thread):
        return store.held(keys.at(message.channel.id)) or keys.thread(guild, message.channel.id, message.channel.id)
    return keys.thread(guild, message.channel.id, message.id)


def _of_buttons(message: discord.Message, store: Store) -> str | None:
    """The conversation of the answer that is replied to, by its buttons: they are known before the answer is sent."""
    answer = message.reference.resolved if message.reference else None
    if not isinstance(answer, discord.Message) or not answer.author.bot:
        return None
    buttons = [child for row in answer.components if isinstance(row, discord.ActionRow) for child in row.children]
    for button in buttons:
        kind, _, answer_id = (button.custom_id or "").rpartition(":")
        if kind == f"fp:{render.UP}" and (payload := store.held(keys.answer(answer_id))) is not None:
            return msgspec.json.decode(payload, type=Kept).thread
    return None


def _home(message: discord.Message) -> discord.abc.Snowflake:
    """The channel whose mode holds: that of a thread is its parent's."""
    channel = message.channel
    return discord.Object(channel.parent_id) if isinstance(channel, discord.Thread) else channel


def _post(message: discord.Message, store: Store, forums: frozenset[int]) -> bool:
    """Whether the message begins a post in a forum where the bot is to answer."""
    channel = message.channel
    if not isinstance(channel, discord.Thread) or message.id != channel.id or message.guild is None:
        return False
    return channel.parent_id in forums or store.mode(keys.channel(message.guild.id, channel.parent_id)) == "forum"


def _with_title(message: discord.Message, said: str) -> str:
    """A post's question: its title, then its text where the bot is given it."""
    title = message.channel.name if isinstance(message.channel, discord.Thread) else ""
    return "\n".join(part for part in (title, said) if len(part) > _MORE_THAN_A_TITLE)


def _answered(message: discord.Message, store: Store) -> bool:
    reference = message.reference.message_id if message.reference else None
    return reference is not None and (store.held(keys.at(reference)) or _of_buttons(message, store)) is not None
