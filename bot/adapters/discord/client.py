"""The bot on Discord: hears messages, answers each once, and catches up on what was said while it was away."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import discord
from discord import app_commands

from bot.adapters.discord import administration, buttons, commands, heard, keys, missed, runs, sync, tending, wording
from bot.adapters.discord.answering import Answering, Reply
from bot.adapters.discord.heard import Heard
from bot.adapters.discord.pace import Pace
from bot.adapters.discord.permissions import INTENTS, invite, lacks, missing, titled
from bot.adapters.discord.sending import NOBODY, Outgoing, defer, to_channel, to_interaction, whisper
from bot.admin.rights import Admin
from bot.office import Office
from bot.render import discord as render
from bot.store import Store, StoreError
from retrieval.errors import IndexUnusable

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

THINKERS = 4  # questions that are answered at a time
_TYPES_AFTER = 0.5  # seconds until an asker sees that the bot is typing
_LONGEST_FAREWELL = 10.0  # seconds for what is being answered when the bot is to stop


class Client(discord.AutoShardedClient):
    """One connection to Discord, over as many shards as Discord asks for."""

    def __init__(
        self, answering: Answering, office: Office, store: Store, home: Path, *,
        forums: frozenset[int] = frozenset(), admins: frozenset[Admin] = frozenset(),
        pace: Pace | None = None, always_sync: bool = False, say: Callable[[str], None] = log.info,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep, now: Callable[[], float] = time.time, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(intents=INTENTS, allowed_mentions=NOBODY, max_messages=None, max_ratelimit_timeout=60.0, **options)
        self.answering, self.office, self.store, self.home = answering, office, store, home
        self.forums, self.admins = forums, admins
        self.pace = pace or Pace()
        self.shelf = tending.Shelf()
        self.missed = missed.Missed(self, store)
        self.runs = runs.Runs(self, sleep, now)
        self._always_sync, self._say = always_sync, say
        self._thinkers = ThreadPoolExecutor(THINKERS, "discord-answers")
        self._tending: asyncio.Task[None] | None = None
        self._attending = 0
        everywhere = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
        for_all = app_commands.AppInstallationType(guild=True, user=True)
        self.tree = app_commands.CommandTree(self, allowed_contexts=everywhere, allowed_installs=for_all)
        self.tree.error(self._command_failed)

    async def setup_hook(self) -> None:
        """Offer the commands, hear the buttons; before the first event arrives."""
        await tending.read_shelf(self)
        commands.add(self)
        self.add_dynamic_items(buttons.Press, administration.OfficePress)
        await sync.commands(self.tree, self.home, always=self._always_sync)
        self._say(f"Invite me to a server: {invite(self.application_id or 0)}")
        self._tending = asyncio.create_task(tending.forever(self))

    async def close(self) -> None:
        """Leave, and let what is being answered end."""
        if self._tending is not None:
            self._tending.cancel()
            await tending.note_alive(self)
        for _ in range(round(_LONGEST_FAREWELL / 0.05)):
            if not self._attending:
                break
            await asyncio.sleep(0.05)
        await self.runs.close()
        await super().close()
        self._thinkers.shutdown(wait=False, cancel_futures=True)

    # Messages

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote something."""
        await self.hear(message)

    async def hear(self, message: discord.Message) -> bool:
        """Answer a message, once. False where it is none of the bot's business."""
        assert self.user is not None
        found = await self.stored(heard.read, message, self.user, self.store, self.forums)
        if found is None:
            return False
        if message.guild is None:
            await self.missed.note(message.channel.id)
        key = keys.message(message.id)
        payload = json.dumps({"channel": message.channel.id, "message": message.id})
        if not await self.stored(self.store.claim, key, payload):
            return True
        self._attending += 1
        try:
            await self._attend(message, found)
        except discord.Forbidden as error:
            log.warning("Discord forbids an answer: %s", error.code)
            await self._say_what_is_lacking(message)
        except Exception as error:
            if not await self._excuse(message, error):
                await self.stored(self.store.release, key)
                return True
        finally:
            self._attending -= 1
        await self.finish(key)
        return True

    async def _attend(self, message: discord.Message, found: Heard) -> None:
        if found.why == "quiet":
            with contextlib.suppress(discord.HTTPException):
                await message.add_reaction("🔇")
        elif found.why == "unheard":
            await self._hint(message, found)
        elif wait := self.pace.wait(message.author.id):
            await to_channel(message.channel, Outgoing(render.notice(wording.wait(wait))), reply_to=message, nonce=str(message.id))
        elif missing(message) is not None:
            await self._say_what_is_lacking(message)
        elif not found.question or found.question.casefold() == "help":
            await to_channel(message.channel, Outgoing(render.notice(wording.HELP)), reply_to=message, nonce=str(message.id))
        else:
            await self._answer(message, found)

    async def _answer(self, message: discord.Message, found: Heard) -> None:
        person, key = keys.person(message.author.id), keys.message(message.id)
        work = asyncio.ensure_future(self.think(self.answering.answer, found.question, found.thread, person, key))
        await asyncio.wait({work}, timeout=_TYPES_AFTER)
        if not work.done():
            with contextlib.suppress(discord.HTTPException):
                await message.channel.typing()
        reply = await work
        out = outgoing(reply, files=not lacks(message, "attach_files"))
        sent = await to_channel(message.channel, out, reply_to=message, nonce=str(message.id))
        await self.remember(sent.id, found.thread)

    async def _hint(self, message: discord.Message, found: Heard) -> None:
        if await self.stored(self.store.claim, keys.hint(found.thread)):
            await to_channel(message.channel, Outgoing(render.notice(wording.UNHEARD)), reply_to=message, nonce=str(message.id))
            await self.stored(self.store.finish, keys.hint(found.thread))

    async def _say_what_is_lacking(self, message: discord.Message) -> None:
        """Tell the asker in private why there is no answer."""
        name = titled(missing(message) or "view_channel")
        log.warning("may not answer in channel %s: %s is missing", message.channel.id, name)
        with contextlib.suppress(discord.HTTPException):
            text = wording.lacking(name, getattr(message.channel, "name", "?"))
            await to_channel(message.author, Outgoing(render.notice(text)))

    async def _excuse(self, message: discord.Message, error: Exception) -> bool:
        """Say that it failed. Whether that could be said."""
        try:
            out = Outgoing(render.notice(self.words_for(error)))
            await to_channel(message.channel, out, reply_to=message, nonce=str(message.id))
        except Exception:
            log.exception("could not say so either")
            return False
        return True

    # Interactions

    async def respond(
        self, interaction: discord.Interaction[Any], work: Callable[[], Reply], *, private: bool, asked: str = "",
        show: Callable[[Reply], Outgoing] | None = None,
    ) -> None:  # fmt: skip
        """Think about an interaction and answer it, once. Raises nothing."""
        in_time = await defer(interaction, private=private)

        async def answer() -> None:
            reply = await self.think(work)
            out = show(reply) if show else outgoing(reply, private=private, asked=asked)
            sent = await to_interaction(interaction, out) if in_time and not interaction.is_expired() else None
            sent = sent or await self._send_late(interaction, out, private=private)
            await self.remember(sent.id, reply.thread)

        await self.once(interaction, answer)

    async def once(self, interaction: discord.Interaction[Any], work: Callable[[], Awaitable[None]]) -> None:
        """Do what an interaction asks for, however often it arrives; say so where that fails. Raises nothing."""
        key = keys.interaction(interaction.id)
        try:
            if not await self.stored(self.store.claim, key):
                return
        except StoreError as error:
            await self.excuse(interaction, error)
            return
        self._attending += 1
        try:
            await work()
        except Exception as error:
            await self.excuse(interaction, error)
        finally:
            self._attending -= 1
        await self.finish(key)

    async def _send_late(self, interaction: discord.Interaction[Any], out: Outgoing, *, private: bool) -> discord.Message:
        """The answer where the interaction cannot be answered any more: in the channel, a private one directly."""
        here = interaction.channel
        if private or not interaction.is_guild_integration() or not isinstance(here, discord.abc.Messageable):
            return await to_channel(interaction.user, out, nonce=str(interaction.id))
        return await to_channel(here, out, nonce=str(interaction.id))

    async def excuse(self, interaction: discord.Interaction[Any], error: Exception) -> None:
        """Say what failed, and what to do, to the asker alone where nothing was said before."""
        payload = render.notice(self.words_for(error))
        try:
            if interaction.response.is_done():
                await to_interaction(interaction, Outgoing(payload))
            else:
                await whisper(interaction, payload)
        except discord.HTTPException:
            log.exception("could not say so either")

    async def paced(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether this person may ask now; says how long to wait where not."""
        wait = self.pace.wait(interaction.user.id)
        if wait:
            await whisper(interaction, render.notice(wording.wait(wait)))
        return not wait

    async def quiet(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether the bot is to say nothing here that others see."""
        if interaction.guild_id is None or interaction.channel_id is None:
            return False
        channel = interaction.channel
        home = channel.parent_id if isinstance(channel, discord.Thread) else interaction.channel_id
        return await self.stored(self.store.mode, keys.channel(interaction.guild_id, home)) == "quiet"

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """A form was sent; commands and buttons have their own listeners."""
        if interaction.type is discord.InteractionType.modal_submit:
            await buttons.submitted(self, interaction)

    async def _command_failed(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            await whisper(interaction, render.notice(wording.COMMANDS_CHANGED))
        else:
            await self.excuse(interaction, getattr(error, "original", error))

    # Connection

    async def on_ready(self) -> None:
        """A session began: what was said before it is not in it."""
        log.info("ready in %s servers, over %s shards", len(self.guilds), self.shard_count)
        await self.missed.catch_up()

    async def on_disconnect(self) -> None:
        """A connection was lost; a resume brings what is missed, a new session does not."""
        self.missed.lost()

    # Work

    async def think(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the engine's work in its own threads, so that nothing else waits for it."""
        return await asyncio.get_running_loop().run_in_executor(self._thinkers, partial(work, *args, **kwargs))

    async def stored(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the store's work off the loop."""
        return await asyncio.to_thread(work, *args, **kwargs)

    async def remember(self, message_id: int, thread: str) -> None:
        """A message of the bot's belongs to this conversation. It stands there already, so nobody is told where that cannot be kept."""
        try:
            await self.stored(self.store.hold, keys.at(message_id), thread)
            await self.stored(self.store.join, thread)
        except StoreError:
            log.exception("an answer is sent, but its conversation is not kept")

    async def finish(self, key: str) -> None:
        """The event is done, and whoever asked has been told; that the store cannot keep it is no news for them."""
        try:
            await self.stored(self.store.finish, key)
        except StoreError:
            log.exception("an event is done, but it is not kept that it is")

    def words_for(self, error: Exception) -> str:
        """What to tell an asker about an error: what to do, and an id under which the log has the rest."""
        if isinstance(error, buttons.NotPlaced):
            return str(error)
        if isinstance(error, IndexUnusable):
            log.error("%s", error)
            return wording.NO_INDEX
        error_id = secrets.token_hex(4)
        log.error("error %s", error_id, exc_info=error)
        return wording.failed(error_id)


def outgoing(reply: Reply, *, private: bool = False, asked: str = "", page: int = 0, files: bool = True) -> Outgoing:
    """An answer, ready to be sent."""
    payload = render.render(reply.answer, reply.matrix, private=private, asked=asked, page=page, files=files)
    return Outgoing(payload, reply.matrix, render.fallback(reply.answer))
