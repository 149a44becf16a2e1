"""The commands for all: /ask, /path, /guide, /help, /forget and "Ask about this"."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.adapters.discord import admin_commands, buttons, keys, modals, wording
from bot.adapters.discord.resuming import Question
from bot.adapters.discord.sending import whisper
from bot.matrix import Matrix
from bot.render import discord as render
from bot.render import discord_parts as parts

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

LONGEST_QUESTION = 500  # characters of the option; longer ones can be sent as a message
_CHOICES = 25
_OPTION = re.compile(r"[a-z][a-z0-9_-]{0,31}")  # what may be the name of an option
Interaction = discord.Interaction[Any]
Completion = Callable[[Interaction, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]


def add(client: Client) -> None:
    """Add all commands to the client's tree; the options of /path are the axes of the guides' first table."""
    client.tree.clear_commands(guild=None)
    table = next(iter(client.shelf.tables.values()), None)
    for command in (_ask(client), _path(client, table), _guide(client), _help(), _forget(client), _about(client)):
        client.tree.add_command(command)
    client.tree.add_command(admin_commands.group(client))


def _ask(client: Client) -> app_commands.Command[Any, Any, Any]:
    @app_commands.command(name="ask", description="Ask the guides a question; the answer quotes them")
    @app_commands.describe(question="Your question", private="Only you see the answer")
    async def ask(interaction: Interaction, question: app_commands.Range[str, 1, LONGEST_QUESTION], private: bool = False) -> None:
        if await client.paced(interaction):
            hidden = private or await client.quiet(interaction)
            await client.ask(interaction, _question(interaction, question, private=hidden))

    return ask


def _path(client: Client, table: Matrix | None) -> app_commands.Command[Any, Any, Any]:
    """With options where the axes' names can be options; otherwise, and without any given, a form asks."""

    async def answer(interaction: Interaction, values: Mapping[str, str | None]) -> None:
        given = {axis: value for axis, value in values.items() if value}
        if not given or table is None:
            await buttons.open_path(client, interaction, None)
        elif await client.paced(interaction):
            await buttons.recommend(client, interaction, table, given)

    description = "Find your path: a recommendation from the guides' tables"
    if table is None or not all(_OPTION.fullmatch(axis) for axis in table.axes):

        @app_commands.command(name="path", description=description)
        async def form(interaction: Interaction) -> None:
            await answer(interaction, {})

        return form

    first, second = table.axes
    rows, columns = modals.labelled(table)

    @app_commands.command(name="path", description=description)
    @app_commands.rename(one=first, two=second)
    @app_commands.describe(one=f"Your {first}; leave both out for a form", two=f"Your {second}")
    @app_commands.autocomplete(one=_values(rows), two=_values(columns))
    async def path(
        interaction: Interaction, one: app_commands.Range[str, 1, 100] | None = None, two: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        await answer(interaction, {first: one, second: two})

    return path


def _guide(client: Client) -> app_commands.Command[Any, Any, Any]:
    async def names(_: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return _matching(client.shelf.places, typed)

    @app_commands.command(name="guide", description="Show a guide, or a section of one, word for word")
    @app_commands.describe(name="A guide or a section; type a word of it")
    @app_commands.autocomplete(name=names)
    async def guide(interaction: Interaction, name: app_commands.Range[str, 1, 100]) -> None:
        if not await client.paced(interaction):
            return
        wanted = next((place for place in client.shelf.places if name in (place, place[:100])), name)
        thread = keys.thread(interaction.guild_id, interaction.channel_id, interaction.id)
        reply = await client.stored(client.answering.show, wanted, thread, keys.interaction(interaction.id))
        if reply is None:
            await whisper(interaction, render.notice(wording.NO_GUIDE))
        else:
            hidden = await client.quiet(interaction)
            await client.respond(interaction, lambda: reply, private=hidden)

    return guide


def _help() -> app_commands.Command[Any, Any, Any]:
    @app_commands.command(name="help", description="What I can do, and how to ask")
    async def help_(interaction: Interaction) -> None:
        await whisper(interaction, render.notice(wording.HELP))

    return help_


def _forget(client: Client) -> app_commands.Command[Any, Any, Any]:
    @app_commands.command(name="forget", description="Delete what I keep of you: your questions and your verdicts")
    async def forget(interaction: Interaction) -> None:
        await client.stored(client.store.forget_person, keys.person(interaction.user.id))
        await whisper(interaction, render.notice(wording.FORGOTTEN))

    return forget


def _about(client: Client) -> app_commands.ContextMenu:
    async def about(interaction: Interaction, message: discord.Message) -> None:
        if not message.content.strip():
            await whisper(interaction, render.notice(wording.NOTHING_TO_READ))
        elif await client.paced(interaction):
            await client.ask(interaction, _question(interaction, message.content, private=True))

    return app_commands.ContextMenu(name="Ask about this", callback=about)


def _question(interaction: Interaction, text: str, *, private: bool) -> Question:
    """A question that begins a conversation."""
    thread = keys.thread(interaction.guild_id, interaction.channel_id, interaction.id)
    return Question(text, thread, keys.person(interaction.user.id), private)


def _values(labels: tuple[str, ...]) -> Completion:
    async def complete(_: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The table's own places, with what was typed before them: a length of time is as good."""
        own = (typed,) if typed.strip() and not _matching(labels, typed) else ()
        return _matching((*own, *labels), "" if own else typed)

    return complete


def _matching(names: tuple[str, ...], typed: str) -> list[app_commands.Choice[str]]:
    """The names that hold all words typed, as completions."""
    words = typed.casefold().split()
    found = [name for name in names if all(word in name.casefold() for word in words)]
    return [app_commands.Choice(name=parts.cut(name, 100), value=name[:100]) for name in found[:_CHOICES]]
