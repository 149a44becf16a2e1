"""The bot on Discord: hears messages, answers each once, and catches up on what was said while it was away."""

from __future__ import annotations

import asyncio
import datetime
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

from bot.adapters.discord import administration, buttons, commands, keys, messages, missed, resuming, runs, sync, tending, wording
from bot.adapters.discord.answering import Answering, Reply
from bot.adapters.discord.pace import Pace
from bot.adapters.discord.permissions import INTENTS, invite
from bot.adapters.discord.resuming import Pending, Question
from bot.adapters.discord.sending import NOBODY, UNREACHABLE, Outgoing, defer, outgoing, to_interaction, whisper
from bot.admin.rights import Admin
from bot.office import Office
from bot.render import discord as render
from bot.store import Store, StoreError
from retrieval.errors import IndexUnusable

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

THINKERS = 4  # questions that are answered at a time
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
            await tending.end(self, self._tending)
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
        try:
            await messages.hear(self, message)
        except StoreError:
            log.exception("a message cannot be heard at the moment, and is looked up later")
            self.missed.unheard(message.created_at - datetime.timedelta(seconds=1))

    # Interactions

    async def ask(self, interaction: discord.Interaction[Any], question: Question) -> None:
        """Answer a question, here or in the process after this one. Raises nothing."""
        work = partial(self.answering.answer, question.text, question.thread, question.person, keys.interaction(interaction.id))
        await self.respond(interaction, work, private=question.private, question=question)

    async def respond(
        self, interaction: discord.Interaction[Any], work: Callable[[], Reply], *, private: bool,
        question: Question | None = None, show: Callable[[Reply], Outgoing] | None = None,
    ) -> bool:  # fmt: skip
        """Think about an interaction and answer it, once. Whether that was done here and now. Raises nothing."""
        try:
            in_time = await defer(interaction, private=private)
        except UNREACHABLE as error:
            await self.excuse(interaction, error)
            return False
        pending = Pending.of(interaction, private=private, question=question)

        async def answer() -> None:
            reply = await self.think(work)
            out = show(reply) if show else outgoing(reply, private=private, asked=question.text if question else "")
            sent = await to_interaction(interaction, out) if in_time and not interaction.is_expired() else None
            sent = sent or await resuming.elsewhere(self, pending, out, keys.interaction(interaction.id))
            await self.remember(sent.id, reply.thread)

        return await self.once(interaction, answer, pending)

    async def once(self, interaction: discord.Interaction[Any], work: Callable[[], Awaitable[None]], pending: Pending | None) -> bool:
        """Do what an interaction asks for, however often it arrives; say so where that fails. Whether it was done. Raises nothing."""
        key = keys.interaction(interaction.id)
        try:
            if not await self.stored(self.store.claim, key, pending.payload if pending else "", keys.person(interaction.user.id)):
                return False
        except StoreError as error:
            await self.excuse(interaction, error)
            return False
        again = pending is not None and pending.question is not None
        return await self.carry_out(key, work, partial(self.excuse, interaction), again=again)

    async def excuse(self, interaction: discord.Interaction[Any], error: Exception) -> bool:
        """Say what failed, and what to do, to the asker alone where nothing was said before. Whether that could be said."""
        if interaction.response.is_done():
            return await self.said(error, partial(to_interaction, interaction))
        return await self.said(error, lambda out: whisper(interaction, out.payload))

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

    async def on_shard_ready(self, _shard_id: int) -> None:
        """A session of one shard began anew while the others went on: discord.py calls that no `ready`."""
        if self.is_ready() and (self.shard_count or 1) > 1:
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

    async def carry_out(
        self, key: str, work: Callable[[], Awaitable[None]], excuse: Callable[[Exception], Awaitable[bool]], *, again: bool
    ) -> bool:
        """Do what a claimed event asks for. Whether it was done. Raises nothing.

        What fails is excused; where not even that can be said, it is left to be done `again`.
        """
        self._attending += 1
        try:
            try:
                await work()
            except Exception as error:
                await self.settle(key, again=not await excuse(error) and again)
                return False
            await self.settle(key)
            return True
        finally:
            self._attending -= 1

    async def settle(self, key: str, *, again: bool = False, counted: bool = True) -> None:
        """An event is done, or to be done again. Whoever asked has been told, so that the store cannot keep it is no news for them."""
        try:
            await self.stored(partial(self.store.release, key, counted=counted) if again else partial(self.store.finish, key))
        except StoreError:
            log.exception("what became of an event is not kept")

    async def remember(self, message_id: int, thread: str) -> None:
        """A message of the bot's belongs to this conversation. It stands there already, so nobody is told where that cannot be kept."""
        try:
            await self.stored(self.store.hold, keys.at(message_id), thread)
            await self.stored(self.store.join, thread)
        except StoreError:
            log.exception("an answer is sent, but its conversation is not kept")

    async def said(self, error: Exception, say: Callable[[Outgoing], Awaitable[object]]) -> bool:
        """Say that something failed, and what to do. Whether that could be said, or nobody is there any more to hear it."""
        try:
            await say(Outgoing(render.notice(self.words_for(error))))
        except discord.NotFound:
            return True
        except Exception:
            log.exception("could not say so either")
            return False
        return True

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
