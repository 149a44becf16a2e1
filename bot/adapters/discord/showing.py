"""Replies of the bot's administration: to whoever asked alone, or to their channel."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any

import discord

from bot.adapters.discord import wording
from bot.adapters.discord.sending import Outgoing, to_channel, to_interaction
from bot.office import Reply
from bot.render import discord as render
from bot.render import discord_office as office_render

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

log = logging.getLogger(__name__)
Interaction = discord.Interaction[Any]


async def show(client: Client, interaction: Interaction, reply: Reply) -> None:
    """Show what the office says, in answer to a deferred interaction; where it is about a run, until that is over."""
    if reply.run:
        await client.runs.begin(interaction, reply)
    elif await publicly(client, interaction, reply) is None:
        await alone(interaction, reply)


async def alone(interaction: Interaction, reply: Reply, link: str | None = None) -> None:
    """Show a reply to the asker alone; directly, where the interaction cannot be answered any more."""
    if await in_answer(interaction, outgoing(reply, link)) is None:
        await to_channel(interaction.user, outgoing(reply, link), nonce=str(interaction.id))


async def in_answer(interaction: Interaction, out: Outgoing) -> discord.Message | None:
    """Show it as the interaction's answer; None where that cannot be had any more, or was put away by the asker."""
    try:
        return await to_interaction(interaction, out)
    except discord.NotFound:
        return None


async def publicly(client: Client, interaction: Interaction, reply: Reply) -> discord.Message | None:
    """Show a public reply to the channel, as a message of its own. None where it is not public, or may not stand there."""
    if not reply.public or interaction.channel_id is None or await client.quiet(interaction):
        return None
    channel = client.get_partial_messageable(interaction.channel_id, guild_id=interaction.guild_id)
    try:
        sent = await to_channel(channel, outgoing(reply), nonce=str(interaction.id))
    except discord.HTTPException as error:
        log.warning("a public reply is shown to its asker alone, as Discord does not take it in the channel: %s", error.code)
        return None
    with contextlib.suppress(discord.HTTPException):
        await to_interaction(interaction, Outgoing(render.notice(wording.BELOW)))
    return sent


def outgoing(reply: Reply, link: str | None = None) -> Outgoing:
    """A reply, ready to be sent."""
    png = reply.picture.png if reply.picture else None
    return Outgoing(office_render.render(reply, link), instead=office_render.fallback(reply), png=png)
