"""/fingerpost and its subcommands. Each says the same words to the office as on any other platform.

Everybody on a server sees them: Discord cannot know whom the bot's settings name as admins. The office refuses all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.adapters.discord import administration, keys, modals, wording
from bot.adapters.discord.sending import ask, whisper
from bot.admin import rights
from bot.render import discord as render

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

Interaction = discord.Interaction[Any]
Channels = discord.TextChannel | discord.ForumChannel
Word = app_commands.Range[str, 1, 200]

PLAIN = {
    "status": "Which index serves, of which guides",
    "reindex": "Read the guides anew; you see what would change before it serves",
    "watch": "Show the reindex that runs now",
    "cancel": "Stop the reindex that runs now",
    "generations": "The indexes that can be gone back to",
    "audit": "Who did what, and when",
    "forget": "Delete what I remember of you",
    "help": "What each of these does, and who may",
}  # subcommands without options, with their descriptions


def group(client: Client) -> app_commands.Group:
    """For servers only, and never for somebody's own installation: both are said here, as the tree's defaults would widen them."""
    made = app_commands.Group(
        name="fingerpost", description="Look after the bot and its guides",
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )  # fmt: skip
    for word, description in PLAIN.items():
        made.add_command(_plain(client, word, description))
    _add_with_options(client, made)
    made.add_command(_guides(client))
    _add_channel(client, made)
    return made


def _plain(client: Client, word: str, description: str) -> app_commands.Command[Any, Any, Any]:
    @app_commands.command(name=word, description=description)
    async def said(interaction: Interaction) -> None:
        await administration.command(client, interaction, word)

    return said


def _add_with_options(client: Client, made: app_commands.Group) -> None:
    @made.command(name="rollback", description="Let an earlier index serve again")
    @app_commands.describe(generation="Which one; the one before where left out")
    async def rollback(interaction: Interaction, generation: Word | None = None) -> None:
        await administration.command(client, interaction, "rollback", *filter(None, [generation]))

    @made.command(name="insights", description="What people ask, and what the guides do not cover")
    @app_commands.describe(days="Of how many days")
    async def insights(interaction: Interaction, days: app_commands.Range[int, 1, 3650] | None = None) -> None:
        await administration.command(client, interaction, "insights", *([str(days)] if days else []))


def _guides(client: Client) -> app_commands.Group:
    made = app_commands.Group(name="guides", description="The guides that I answer from")

    @made.command(name="list", description="Which guides there are")
    async def listed(interaction: Interaction) -> None:
        await administration.command(client, interaction, "guides")

    @made.command(name="check", description="What is wrong in the guides, and where they disagree")
    async def check(interaction: Interaction) -> None:
        await administration.command(client, interaction, "guides", "check")

    @made.command(name="add", description="Add or replace a guide; you see what it gives before it is added")
    @app_commands.describe(file="Markdown, HTML, PDF, DOCX or plain text; leave it out to paste text")
    async def add(interaction: Interaction, file: discord.Attachment | None = None) -> None:
        if file is None:
            await ask(interaction, modals.paste())
        elif await client.paced(interaction):
            await administration.upload(client, interaction, file)

    @made.command(name="remove", description="Remove a guide; you see what that changes first")
    @app_commands.rename(guide="name")
    @app_commands.describe(guide="The guide's name, as the list has it")
    async def remove(interaction: Interaction, guide: Word) -> None:
        await administration.command(client, interaction, "guides", "remove", guide)

    return made


def _add_channel(client: Client, made: app_commands.Group) -> None:
    @made.command(name="channel", description="How I behave in a channel")
    @app_commands.describe(mode="What I do there", channel="Which channel; this one where left out")
    @app_commands.choices(mode=[app_commands.Choice(name=f"{mode}: {said}"[:100], value=mode) for mode, said in wording.MODES.items()])
    async def channel(interaction: Interaction, mode: str, channel: Channels | None = None) -> None:
        if await _may(client, interaction):
            await _set_mode(client, interaction, mode, channel)


async def _may(client: Client, interaction: Interaction) -> bool:
    """Whether this person manages this server, or is an admin of the bot here, at this moment; says so where not."""
    if interaction.guild_id is None:
        return False
    if interaction.permissions.manage_guild or rights.refusal(administration.actor(interaction), client.admins) is None:
        return True
    await whisper(interaction, render.notice(wording.forbidden("Manage Server")))
    return False


async def _set_mode(client: Client, interaction: Interaction, mode: str, chosen: Channels | None) -> None:
    here = interaction.channel
    home = chosen or (here.parent if isinstance(here, discord.Thread) else here)
    if mode not in wording.MODES or home is None or interaction.guild_id is None:
        await whisper(interaction, render.notice(wording.COMMANDS_CHANGED))
        return
    key = keys.channel(interaction.guild_id, home.id)
    name, person = getattr(home, "name", "?"), keys.person(interaction.user.id)
    await client.stored(client.store.set_mode, key, mode, person)
    await client.stored(client.store.note, person, interaction.user.display_name, "channel mode", f"{name}: {mode}")
    await whisper(interaction, render.notice(wording.mode_set(name, mode)))
