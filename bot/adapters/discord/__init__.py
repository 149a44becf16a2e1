"""Discord as a platform, over discord.py: `run` serves until it is stopped.

The only package that imports discord.py.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from functools import partial

import aiohttp
import discord

from bot.adapters.discord.answering import Answering
from bot.adapters.discord.client import Client
from bot.adapters.discord.permissions import invite
from bot.admin.bot_office import BotOffice
from bot.library import BotLibrary
from bot.store import Store, open_store
from bot.wiring import Bot
from retrieval.errors import FingerpostError, SettingsError

__all__ = ["Answering", "Client", "DiscordError", "invite", "run", "start"]


Connector = Callable[[], aiohttp.BaseConnector | None]
_LOOKS_EVERY = 0.2  # seconds, whether to stop


class DiscordError(FingerpostError):
    """Discord does not let the bot in."""


def run(
    bot: Bot, *, stop: threading.Event, sync: bool = False, say: Callable[[str], None] = print, connector: Connector = lambda: None
) -> None:
    """Serve until `stop` is set. Raises SettingsError, DiscordError.

    `connector` makes the way to Discord, within the loop; None is the usual one.
    """
    if not bot.settings.discord_token:
        raise SettingsError("FINGERPOST_DISCORD_TOKEN is not set; it is the bot token from discord.com/developers/applications")
    store = open_store(bot.settings)
    try:
        make = partial(build, bot, store, connector, always_sync=sync, say=say)
        asyncio.run(_serve(make, bot.settings.discord_token.reveal(), stop))
    finally:
        store.close()


async def _serve(make: Callable[[], Client], token: str, stop: threading.Event) -> None:
    client = make()
    serving = asyncio.create_task(start(client, token))
    while not stop.is_set() and not serving.done():
        await asyncio.sleep(_LOOKS_EVERY)
    await client.close()
    await serving


async def start(client: Client, token: str) -> None:
    """Connect, and serve until cancelled. Raises DiscordError where Discord does not let the bot in."""
    async with client:
        try:
            await client.start(token)
        except discord.LoginFailure as error:
            raise DiscordError("Discord refuses FINGERPOST_DISCORD_TOKEN; copy the bot token anew from the developer portal") from error
        except discord.PrivilegedIntentsRequired as error:
            raise DiscordError("Discord refuses the intents, though none is privileged; check the application's settings") from error
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            said = f"code {error.code}" if isinstance(error, discord.HTTPException) else type(error).__name__
            raise DiscordError(f"Discord cannot be reached or refuses the bot ({said}); `fingerpost doctor` looks closer") from error


def build(bot: Bot, store: Store, connector: Connector, *, always_sync: bool, say: Callable[[str], None]) -> Client:
    """The client for a bot; within a running loop."""
    logging.getLogger("discord.client").addFilter(_about_voice)
    forums = frozenset(int(forum) for forum in bot.settings.discord_forums)
    answering = Answering(BotLibrary(bot), store)
    return Client(
        answering, BotOffice(bot, store), store, bot.settings.home,
        forums=forums, admins=bot.settings.admins, always_sync=always_sync, say=say, connector=connector(),
    )  # fmt: skip


def _about_voice(record: logging.LogRecord) -> bool:
    """Whether to log a record: not that voice is missing, which this bot has no use for."""
    return "voice will NOT be supported" not in record.getMessage()
