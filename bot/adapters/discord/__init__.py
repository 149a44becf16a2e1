"""Discord as a platform, over discord.py: `run` serves until it is stopped, `serve` does so within a running loop.

The only package that imports discord.py.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable

with warnings.catch_warnings():  # discord.py imports a module for voice that Python will drop, and says so
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord

from bot.adapters.discord.answering import Answering
from bot.adapters.discord.client import Client
from bot.adapters.discord.permissions import invite
from bot.library import BotLibrary
from bot.store import Store
from bot.wiring import Bot
from retrieval.errors import FingerpostError, SettingsError

__all__ = ["Answering", "Client", "DiscordError", "invite", "run", "serve", "start"]


class DiscordError(FingerpostError):
    """Discord does not let the bot in."""


def run(bot: Bot, store: Store, *, sync: bool = False, say: Callable[[str], None] = print) -> None:
    """Serve until interrupted. Raises SettingsError, DiscordError."""
    asyncio.run(serve(bot, store, sync=sync, say=say))


async def serve(bot: Bot, store: Store, *, sync: bool = False, say: Callable[[str], None] = print) -> None:
    """Serve until cancelled. Raises SettingsError, DiscordError."""
    if not bot.settings.discord_token:
        raise SettingsError("FINGERPOST_DISCORD_TOKEN is not set; it is the bot token from discord.com/developers/applications")
    client = build(bot, store, always_sync=sync, say=say)
    await start(client, bot.settings.discord_token.reveal())


async def start(client: Client, token: str) -> None:
    """Connect, and serve until cancelled. Raises DiscordError where Discord does not let the bot in."""
    async with client:
        try:
            await client.start(token)
        except discord.LoginFailure as error:
            raise DiscordError("Discord refuses FINGERPOST_DISCORD_TOKEN; copy the bot token anew from the developer portal") from error
        except discord.PrivilegedIntentsRequired as error:
            raise DiscordError("Discord refuses the intents, though none is privileged; check the application's settings") from error


def build(bot: Bot, store: Store, *, always_sync: bool = False, say: Callable[[str], None] = print) -> Client:
    """The client for a bot; within a running loop."""
    forums = frozenset(int(forum) for forum in bot.settings.discord_forums)
    return Client(Answering(BotLibrary(bot), store), store, bot.settings.home, forums=forums, always_sync=always_sync, say=say)
