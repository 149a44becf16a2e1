"""What the bot is allowed to do: what it asks for, and what it lacks in a channel."""

from __future__ import annotations

import discord

INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)  # none of them privileged
NEEDED = discord.Permissions(
    view_channel=True, send_messages=True, send_messages_in_threads=True, attach_files=True, read_message_history=True, add_reactions=True
)


def invite(application_id: int) -> str:
    """The address at which a server's admin adds the bot."""
    return discord.utils.oauth_url(application_id, permissions=NEEDED, scopes=("bot", "applications.commands"))


def missing(message: discord.Message) -> str | None:
    """The permission that the bot is seen to lack for an answer to this message, None where it lacks none."""
    send = "send_messages_in_threads" if isinstance(message.channel, discord.Thread) else "send_messages"
    return next((permission for permission in ("view_channel", send) if lacks(message, permission)), None)


def lacks(message: discord.Message, permission: str) -> bool:
    """Whether the bot is seen to lack a permission where this message stands."""
    if message.guild is None or not isinstance(message.channel, discord.abc.GuildChannel | discord.Thread):
        return False
    return not getattr(message.channel.permissions_for(message.guild.me), permission)


def titled(permission: str) -> str:
    """A permission as Discord's settings name it."""
    return permission.replace("_", " ").title().replace(" In ", " in ").replace("Guild", "Server")
