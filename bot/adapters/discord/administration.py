"""Acts of admins on Discord: who does them, as Discord vouches for at that moment, and what the office makes of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Self

import aiohttp
import discord
from discord import ui

from bot.adapters.discord import keys, wording
from bot.adapters.discord.resuming import Pending
from bot.adapters.discord.sending import defer
from bot.adapters.discord.showing import show
from bot.office import Actor, Reply
from bot.render.discord_office import PREFIX

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

Interaction = discord.Interaction[Any]
PASTED = "pasted.md"
_LONGEST_FETCH = 60.0  # seconds


def actor(interaction: Interaction) -> Actor:
    """Who does it, with the roles of this very interaction; none in a direct message.

    @everyone is no role here: it has the server's own id, and whoever names that names nobody.
    """
    person = interaction.user
    roles = person.roles if isinstance(person, discord.Member) else []
    held = frozenset(str(role.id) for role in roles if not role.is_default())
    workspace = str(interaction.guild_id or "")
    return Actor(keys.PLATFORM, workspace, str(person.id), keys.person(person.id), person.display_name, groups=lambda: held)


class OfficePress(ui.DynamicItem[ui.Button[Any]], template=re.compile(f"{PREFIX}(?P<act>.+)", re.DOTALL)):
    """A press of a button of the office's, on a message of this process or of one before it."""

    def __init__(self, item: ui.Button[Any], act: str) -> None:
        super().__init__(item)
        self._act = act

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """The press that a custom_id stands for."""
        assert isinstance(item, ui.Button)
        return cls(item, match["act"])

    async def callback(self, interaction: Interaction) -> None:
        """Do it. The answer takes the place of a message that only the presser sees, unless that shows a run."""
        client: Client = interaction.client
        source = interaction.message
        in_place = source is not None and source.flags.ephemeral and not client.runs.shows(source.id, interaction.user.id)
        who = actor(interaction)
        await attend(client, interaction, lambda: client.think(client.office.press, who, self._act), in_place=in_place)


async def command(client: Client, interaction: Interaction, *words: str) -> None:
    """What `/fingerpost` with these words does."""
    who = actor(interaction)
    await attend(client, interaction, lambda: client.think(client.office.command, who, " ".join(words)))


async def paste(client: Client, interaction: Interaction, text: str) -> None:
    """A guide as pasted text."""
    who = actor(interaction)
    await attend(client, interaction, lambda: client.think(client.office.offer, who, PASTED, text.encode()))


async def upload(client: Client, interaction: Interaction, file: discord.Attachment) -> None:
    """A guide as a file."""
    who = actor(interaction)

    async def work() -> Reply:
        if (refusal := await client.think(client.office.refusal, who)) is not None:
            return refusal
        largest = await client.think(client.office.largest_file)
        if file.size > largest:
            return Reply(wording.too_large(file.filename, largest))
        try:
            async with asyncio.timeout(_LONGEST_FETCH):
                content = await file.read()
        except (discord.NotFound, discord.Forbidden):
            return Reply(wording.FILE_GONE)
        except (discord.HTTPException, aiohttp.ClientError, OSError):  # a timeout is an OSError
            return Reply(wording.FILE_NOT_FETCHED)
        if len(content) > largest:
            return Reply(wording.too_large(file.filename, largest))
        return await client.think(client.office.offer, who, file.filename, content)

    await attend(client, interaction, work)


async def attend(client: Client, interaction: Interaction, work: Callable[[], Awaitable[Reply]], *, in_place: bool = False) -> None:
    """Do the work and show its reply, once. Nothing is done where Discord has told the asker already that it failed."""
    if not await defer(interaction, private=True, in_place=in_place):
        return

    async def act() -> None:
        await show(client, interaction, await work())

    pending = None if in_place else Pending.of(interaction, private=True)  # in place stand the buttons, to be pressed again
    await client.once(interaction, act, pending)
