"""What people ask by command, button or form, kept while it is in work, so that the next process answers where this one dies.

What is kept has the interaction's token, with which whoever has it may change the bot's answer for fifteen minutes. It lies
where the questions themselves lie, and only until the interaction is answered.
"""

from __future__ import annotations

import datetime
import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import discord
import msgspec

from bot.adapters.discord import keys, wording
from bot.adapters.discord.sending import Outgoing, outgoing, to_channel, to_webhook
from bot.render import discord as render
from bot.store import Event

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

log = logging.getLogger(__name__)
Interaction = discord.Interaction[Any]
TOKEN_LIFE = datetime.timedelta(minutes=15)


class Question(msgspec.Struct, frozen=True):
    """A question that somebody asks through an interaction, in a conversation."""

    text: str
    thread: str
    person: str
    private: bool


class Pending(msgspec.Struct, frozen=True):
    """The ways to whoever began an interaction, and what they ask; other acts than a question are not done a second time.

    `channel` is where the answer may stand where the interaction cannot be answered any more; without one it goes to the `user`.
    """

    application: int
    token: str
    user: int
    channel: int | None
    question: Question | None

    @classmethod
    def of(cls, interaction: Interaction, *, private: bool, question: Question | None = None) -> Self:
        """What is kept of an interaction."""
        public = not private and interaction.is_guild_integration()
        channel = interaction.channel_id if public else None
        return cls(interaction.application_id, interaction.token, interaction.user.id, channel, question)

    @property
    def payload(self) -> str:
        """As an event has it."""
        return msgspec.json.encode(self).decode()


async def elsewhere(client: Client, pending: Pending, out: Outgoing, key: str) -> discord.Message:
    """The answer where the interaction cannot be answered any more: in the channel where it may stand there, else directly."""
    nonce = key.rpartition(":")[2]
    if pending.channel:
        try:
            return await to_channel(client.get_partial_messageable(pending.channel), out, nonce=nonce)
        except discord.Forbidden as error:
            log.warning("an answer goes to its asker directly, as Discord does not take it in the channel: %s", error.code)
    return await to_channel(await client.create_dm(discord.Object(pending.user)), out, nonce=nonce)


async def redo(client: Client) -> None:
    """Answer what a process that died had begun to answer, while Discord takes answers to it. Raises StoreError."""
    for event in await client.stored(client.store.unfinished, keys.INTERACTIONS):
        if not await client.stored(client.store.claim, event.key, event.payload):
            continue
        pending = _young(event)
        if pending is None:
            await client.settle(event.key)
        else:
            work = partial(_resume, client, event.key, pending)
            await client.carry_out(event.key, work, partial(_excuse, client, pending), again=pending.question is not None)


def _young(event: Event) -> Pending | None:
    """What is kept of an interaction; None where nothing is, or where it is too old to be answered."""
    begun = discord.utils.snowflake_time(int(event.key.rpartition(":")[2]))
    if discord.utils.utcnow() - begun > TOKEN_LIFE or not event.payload:
        return None
    try:
        return msgspec.json.decode(event.payload, type=Pending)
    except msgspec.MsgspecError:
        return None  # of another version


async def _resume(client: Client, key: str, pending: Pending) -> None:
    """Answer in the place of "thinking …", which another process has put there."""
    question = pending.question
    if question is None:
        await to_webhook(client, pending.application, pending.token, Outgoing(render.notice(wording.INTERRUPTED)))
        return
    reply = await client.think(client.answering.answer, question.text, question.thread, question.person, key)
    out = outgoing(reply, private=question.private, asked=question.text)
    sent = await to_webhook(client, pending.application, pending.token, out) or await elsewhere(client, pending, out, key)
    await client.remember(sent.id, reply.thread)


async def _excuse(client: Client, pending: Pending, error: Exception) -> bool:
    return await client.said(error, partial(to_webhook, client, pending.application, pending.token))
