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
from functools import partial
from typing import TYPE_CHECKING

import discord

from bot.adapters.discord import keys, messages, resuming
from bot.adapters.discord.sending import UNREACHABLE, persist
from bot.store import Store, StoreError
from retrieval.errors import FingerpostError

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

log = logging.getLogger(__name__)

_Spoken = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread

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
        self._unheard: datetime.datetime | None = None
        self._direct: list[int] | None = None

    def lost(self) -> None:
        """The connection was lost at this moment, or some time before."""
        self._since = self._since or discord.utils.utcnow() - UNNOTICED

    def unheard(self, since: datetime.datetime) -> None:
        """What was said since then is still to be heard."""
        self._unheard = min(self._unheard or since, since)

    async def note(self, channel_id: int) -> None:
        """There are direct messages in this channel."""
        direct = await self._direct_channels()
        if channel_id not in direct:
            self._direct = [*direct, channel_id][-_MOST_DIRECT:]
            await self._client.stored(self._store.hold, keys.DIRECT, json.dumps(self._direct))

    async def catch_up(self) -> None:
        """Hear what was said since the connection was lost, or since the bot last ran."""
        if (since := self._since or await self._last_alive()) is not None:
            self.unheard(since)
        self._since = None
        await self.tend()

    async def tend(self) -> None:
        """Do what is left over: what was begun, what could not be sent, and what could not be heard. Raises StoreError."""
        since, self._unheard = self._unheard, None
        try:
            await self.redo()
            if since is not None:
                await self._look_up(max(since, discord.utils.utcnow() - LONGEST_ABSENCE))
        except StoreError:
            if since is not None:
                self.unheard(since)
            raise

    async def _look_up(self, since: datetime.datetime) -> None:
        channels: list[discord.abc.Messageable | int] = [*self._spoken_in(since), *await self._direct_channels()]
        for channel in channels:
            try:
                for message in await persist(partial(self._said, channel, since)):
                    await messages.hear(self._client, message)
            except (discord.NotFound, discord.Forbidden) as error:
                log.info("the bot may not look up what was missed in a channel: %s", error.code)
            except UNREACHABLE as error:
                log.warning("what was missed in a channel is looked up later: %s", type(error).__name__)
                self.unheard(since)

    async def _said(self, channel: discord.abc.Messageable | int, since: datetime.datetime) -> list[discord.Message]:
        """What was said in a channel since then, oldest first."""
        there = await self._client.fetch_channel(channel) if isinstance(channel, int) else channel
        if not isinstance(there, discord.abc.Messageable):
            return []
        return [message async for message in there.history(after=since, limit=_MOST_MESSAGES, oldest_first=True)]

    def _spoken_in(self, since: datetime.datetime) -> Iterator[discord.abc.Messageable]:
        """Channels and threads whose last message is newer."""
        oldest = discord.utils.time_snowflake(since)
        for guild in self._client.guilds:
            channels: list[_Spoken] = [*guild.text_channels, *guild.voice_channels, *guild.stage_channels, *guild.threads]
            yield from (channel for channel in channels if (channel.last_message_id or 0) > oldest)

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
        """Hear a message again. False where it is gone, too old or answered, or asks the bot nothing any more."""
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
            message = await channel.fetch_message(message_id)
            return not await self._answered(message) and await messages.hear(self._client, message)
        except (discord.NotFound, discord.Forbidden):
            return False

    async def _answered(self, message: discord.Message) -> bool:
        """Whether a reply of the bot's stands there: a process may die after its answer and before the word of that.

        Discord itself knows an answer by its nonce for a few minutes only.
        """
        async for later in message.channel.history(after=message, limit=_MOST_MESSAGES, oldest_first=True):
            if later.author == self._client.user and later.reference is not None and later.reference.message_id == message.id:
                return True
        return False

    async def _direct_channels(self) -> list[int]:
        if self._direct is None:
            known = await self._client.stored(self._store.held, keys.DIRECT)
            self._direct = json.loads(known) if known else []
        return self._direct

    async def _last_alive(self) -> datetime.datetime | None:
        with contextlib.suppress(FingerpostError, ValueError):
            stamp = await self._client.stored(self._store.held, keys.ALIVE)
            return datetime.datetime.fromtimestamp(float(stamp), datetime.UTC) - UNNOTICED if stamp else None
        return None
