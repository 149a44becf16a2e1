"""What was said while the bot was away. A resumed session brings it; after a new one it has to be looked up.

Only channels in which something was said since are read. Each message goes the way of any other, so what has been
answered is not answered again.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

import discord

from bot.adapters.discord import keys, messages, resuming
from bot.adapters.discord.sending import UNREACHABLE
from bot.store import Store
from retrieval.errors import FingerpostError

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

log = logging.getLogger(__name__)

LONGEST_ABSENCE = datetime.timedelta(minutes=15)  # older questions are not answered after the fact
UNNOTICED = datetime.timedelta(seconds=90)  # a connection may have been dead for so long before it was found to be
_MOST_MESSAGES = 100  # of a channel
_MOST_DIRECT = 50  # channels of direct messages that are looked at again


class Missed:
    """Remembers since when something may have been missed."""

    def __init__(self, client: Client, store: Store) -> None:
        self._client = client
        self._store = store
        self._since: datetime.datetime | None = None
        self._direct: list[int] | None = None

    def lost(self) -> None:
        """The connection was lost at this moment, or some time before."""
        self._since = self._since or discord.utils.utcnow() - UNNOTICED

    async def note(self, channel_id: int) -> None:
        """There are direct messages in this channel."""
        direct = await self._direct_channels()
        if channel_id not in direct:
            self._direct = [*direct, channel_id][-_MOST_DIRECT:]
            await self._client.stored(self._store.hold, keys.DIRECT, json.dumps(self._direct))

    async def catch_up(self) -> None:
        """Hear what was said since the connection was lost, or since the bot last ran."""
        since = self._since or await self._last_alive()
        self._since = None
        await self.redo()
        if since is not None:
            since = max(since, discord.utils.utcnow() - LONGEST_ABSENCE)
            for channel in [*self._spoken_in(since), *await self._opened()]:
                await self._hear(channel, since)

    async def _hear(self, channel: discord.abc.Messageable, since: datetime.datetime) -> None:
        try:
            async for message in channel.history(after=since, limit=_MOST_MESSAGES, oldest_first=True):
                await self._client.on_message(message)
        except discord.HTTPException as error:
            log.warning("could not look up what was missed in a channel: %s", error.code)

    def _spoken_in(self, since: datetime.datetime) -> Iterator[discord.abc.Messageable]:
        """Channels and threads whose last message is newer."""
        oldest = discord.utils.time_snowflake(since)
        for guild in self._client.guilds:
            channels: list[discord.TextChannel | discord.Thread] = [*guild.text_channels, *guild.threads]
            yield from (channel for channel in channels if (channel.last_message_id or 0) > oldest)

    async def _opened(self) -> list[discord.abc.Messageable]:
        opened: list[discord.abc.Messageable] = []
        for channel_id in await self._direct_channels():
            with contextlib.suppress(discord.HTTPException):
                channel = await self._client.fetch_channel(channel_id)
                opened += [channel] if isinstance(channel, discord.abc.Messageable) else []
        return opened

    async def redo(self) -> None:
        """Answer what a process that died had begun to answer, and what could not be sent; give up what cannot be answered any more."""
        for event in await self._client.stored(self._store.unfinished, keys.MESSAGES):
            try:
                redone = await self._redone(event.payload)
            except UNREACHABLE as error:
                log.warning("a message cannot be looked up, and is once more later: %s", type(error).__name__)
                continue
            if not redone and await self._client.stored(self._store.claim, event.key):
                await self._client.settle(event.key)
        await resuming.redo(self._client)

    async def _redone(self, payload: str) -> bool:
        """Hear a message again. False where it is gone or too old, or asks the bot nothing any more."""
        try:
            place = json.loads(payload)
            channel_id, message_id = int(place["channel"]), int(place["message"])
        except (ValueError, KeyError, TypeError):
            return False
        if discord.utils.snowflake_time(message_id) < discord.utils.utcnow() - LONGEST_ABSENCE:
            return False
        try:
            channel = await self._client.fetch_channel(channel_id)
            if not isinstance(channel, discord.abc.Messageable):
                return False
            return await messages.hear(self._client, await channel.fetch_message(message_id))
        except (discord.NotFound, discord.Forbidden):
            return False

    async def _direct_channels(self) -> list[int]:
        if self._direct is None:
            known = await self._client.stored(self._store.held, keys.DIRECT)
            self._direct = json.loads(known) if known else []
        return self._direct

    async def _last_alive(self) -> datetime.datetime | None:
        with contextlib.suppress(FingerpostError, ValueError):
            stamp = await self._client.stored(self._store.held, keys.ALIVE)
            return datetime.datetime.fromtimestamp(float(stamp), datetime.UTC) if stamp else None
        return None
