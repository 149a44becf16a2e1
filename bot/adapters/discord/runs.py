"""Runs of the bot's administration: each is shown in one message, which is edited until the run is over, across restarts.

The message is an ordinary one of the channel where it may be, so that it outlives the interaction it began with. Where
it may not, the interaction's answer is edited as long as Discord takes that, and then a direct message.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
import msgspec

from bot.adapters.discord import wording
from bot.adapters.discord.keys import PLATFORM
from bot.adapters.discord.sending import Outgoing, change, to_channel, to_interaction
from bot.adapters.discord.showing import alone, in_answer, outgoing, publicly
from bot.office import SECONDS_BETWEEN_EDITS, Reply
from bot.render import discord as render

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

log = logging.getLogger(__name__)
Interaction = discord.Interaction[Any]

LONGEST_ANSWER = 14 * 60.0  # seconds; Discord takes changes to the answer of an interaction for fifteen minutes


class Place(msgspec.Struct, frozen=True):
    """Where a run is shown; without a `message`, in an answer that is lost with the process."""

    guild: int | None
    channel: int
    user: int
    public: bool
    message: int | None = None

    @property
    def words(self) -> str:
        """The place as the office remembers it."""
        return msgspec.json.encode(self).decode()

    @property
    def link(self) -> str:
        """The message's address, or the channel's."""
        return "/".join(str(part) for part in ("https://discord.com/channels", self.guild or "@me", self.channel, self.message or ""))


@dataclass(eq=False)
class _Followed:
    """A run at a place. `answer` is the interaction whose answer shows it, `gone` says that somebody deleted the message."""

    run: str
    place: Place
    answer: Interaction | None = None
    answer_id: int | None = None
    said: tuple[str, ...] = ()
    gone: bool = False
    task: asyncio.Task[None] | None = None


class Runs:
    """All runs that are shown at this moment."""

    def __init__(
        self, client: Client, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep, now: Callable[[], float] = time.time
    ) -> None:
        self._client, self._sleep, self._now = client, sleep, now
        self._followed: list[_Followed] = []
        self._beginning: list[int] = []  # whom a run is about to be shown
        self._changing = asyncio.Lock()  # of what is followed, here and in the office

    async def begin(self, interaction: Interaction, reply: Reply) -> None:
        """Show a run from now on; where this channel shows it already, lead there."""
        self._beginning.append(interaction.user.id)
        try:
            await self._begin(interaction, reply)
        finally:
            self._beginning.remove(interaction.user.id)

    async def _begin(self, interaction: Interaction, reply: Reply) -> None:
        async with self._changing:
            for there in [f for f in self._followed if f.run == reply.run and f.place.channel == interaction.channel_id]:
                if there.place.message is not None and not there.gone:
                    await alone(interaction, reply, there.place.link)
                    return
                if there.gone or there.place.user == interaction.user.id:
                    await self._drop(there)
            followed = await self._shown_first(interaction, reply)
            await self._client.think(self._client.office.follow, reply.run, PLATFORM, followed.place.words)
            self._start(followed)

    async def resume(self) -> None:
        """Go on with what was shown before this process, or could not be shown to its end."""
        async with self._changing:
            known = {(f.run, f.place.words) for f in self._followed}
            for run, words in await self._client.think(self._client.office.followed, PLATFORM):
                if (run, words) in known:
                    continue
                try:
                    self._start(_Followed(run, msgspec.json.decode(words, type=Place)))
                except msgspec.MsgspecError:
                    log.warning("a run is shown at a place that is none of this version's")
                    await self._client.think(self._client.office.shown, run, PLATFORM, words)

    def shows(self, message_id: int, asker: int) -> bool:
        """Whether an answer that only its asker sees shows a run, or may do so in a moment."""
        return asker in self._beginning or any(f.answer_id == message_id for f in self._followed)

    async def close(self) -> None:
        """Stop following; a later process goes on."""
        tasks = [f.task for f in self._followed if f.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _shown_first(self, interaction: Interaction, reply: Reply) -> _Followed:
        public = reply.public and not await self._client.quiet(interaction)
        place = Place(interaction.guild_id, interaction.channel_id or 0, interaction.user.id, public)
        if (sent := await publicly(self._client, interaction, reply)) is not None:
            return _Followed(reply.run, msgspec.structs.replace(place, message=sent.id), said=_words(reply))
        made = await in_answer(interaction, outgoing(reply))
        return _Followed(reply.run, place, interaction, made.id, _words(reply)) if made else _Followed(reply.run, place)

    def _start(self, followed: _Followed) -> None:
        self._followed.append(followed)
        followed.task = asyncio.create_task(self._follow(followed))

    async def _drop(self, followed: _Followed) -> None:
        """Another message takes over."""
        if followed.task is not None and followed.task is not asyncio.current_task():
            followed.task.cancel()
        self._followed.remove(followed)
        await self._client.think(self._client.office.shown, followed.run, PLATFORM, followed.place.words)

    async def _follow(self, followed: _Followed) -> None:
        try:
            reply = Reply("", run=followed.run)
            while reply.run:
                await self._sleep(SECONDS_BETWEEN_EDITS)
                reply = await self._client.think(self._client.office.progress, followed.run)
                if _words(reply) != followed.said or (followed.gone and not reply.run):
                    await self._show(followed, reply, outgoing(reply))
                    followed.said = _words(reply)
        except Exception:
            log.exception("a run cannot be shown at the moment")  # `resume` tries again
            self._followed.remove(followed)
            return
        async with self._changing:
            if followed in self._followed:
                await self._drop(followed)

    async def _show(self, followed: _Followed, reply: Reply, out: Outgoing) -> None:
        """Change the message; where it is gone, send a new one once the run is over."""
        if followed.place.public and not reply.public:
            await self._withdraw(followed)
        elif not followed.gone:
            try:
                if await self._changed(followed, out):
                    return
            except discord.HTTPException as error:
                _raise_passing(error)
                log.info("a run's message cannot be changed any more: %s", error.code)
                followed.gone = True
        if not followed.gone or not reply.run:
            await self._send(followed, out, over=not reply.run)

    async def _changed(self, followed: _Followed, out: Outgoing) -> bool:
        """Change the message that there is. False where there is none that can be changed."""
        answer, place = followed.answer, followed.place
        if answer is not None:
            young = self._now() - answer.created_at.timestamp() < LONGEST_ANSWER
            if young and await to_interaction(answer, out) is not None:
                return True
            followed.answer = followed.answer_id = None
        if place.message is None:
            return False
        await change(self._client.get_partial_messageable(place.channel).get_partial_message(place.message), out)
        return True

    async def _withdraw(self, followed: _Followed) -> None:
        """What is not for everybody goes on directly, with a word about it where it was."""
        if followed.place.message is not None and not followed.gone:
            message = self._client.get_partial_messageable(followed.place.channel).get_partial_message(followed.place.message)
            await change(message, Outgoing(render.notice(wording.DIRECTLY)))
        await self._move(followed, msgspec.structs.replace(followed.place, public=False, message=None))

    async def _send(self, followed: _Followed, out: Outgoing, *, over: bool) -> None:
        """Send a new message: to the channel where all may see it, else directly."""
        place = followed.place
        nonce = hashlib.sha256(f"{followed.run} {place.words} {over}".encode()).hexdigest()[:24]
        for public in (True, False) if place.public else (False,):
            try:
                channel = self._client.get_partial_messageable(place.channel) if public else await self._direct(place.user)
                sent = await to_channel(channel, out, nonce=nonce)
            except discord.HTTPException as error:
                _raise_passing(error)
                log.warning("a run cannot be shown %s: %s", "in its channel" if public else "directly", error.code)
                continue
            if not over:
                await self._move(followed, Place(place.guild if public else None, sent.channel.id, place.user, public, sent.id))
            followed.gone = False
            return
        followed.gone = True

    async def _direct(self, user: int) -> discord.DMChannel:
        return await self._client.create_dm(discord.Object(user))

    async def _move(self, followed: _Followed, place: Place) -> None:
        office = self._client.office
        async with self._changing:
            await self._client.think(office.follow, followed.run, PLATFORM, place.words)
            await self._client.think(office.shown, followed.run, PLATFORM, followed.place.words)
            followed.place = place


def _words(reply: Reply) -> tuple[str, ...]:
    """What a person sees of a reply."""
    return (reply.title, *reply.lines, *(button.label for button in reply.buttons))


def _raise_passing(error: discord.HTTPException) -> None:
    """Raise an error that may be over the next time."""
    if error.status >= 500 or error.status == 429:
        raise error
