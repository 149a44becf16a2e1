"""What buttons and forms do. They are heard by the pattern of their custom_id, so they work after a restart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.adapters.discord import administration, keys, modals, wording
from bot.adapters.discord.answering import Reply
from bot.adapters.discord.resuming import Question
from bot.adapters.discord.sending import Outgoing, ask, whisper
from bot.matrix import Matrix
from bot.render import discord as render
from retrieval.errors import RequestError

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

PATTERN = re.compile(r"fp:(?P<kind>[a-z]+):(?P<of>[A-Za-z0-9_-]+)(?::(?P<n>\d+))?")

Interaction = discord.Interaction[Any]


class Press(ui.DynamicItem[ui.Button[Any]], template=PATTERN):
    """A press of any of the bot's buttons, on a message of this process or of one before it."""

    def __init__(self, item: ui.Button[Any], kind: str, of: str, n: int) -> None:
        super().__init__(item)
        self.kind, self.of, self.n = kind, of, n

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """The press that a custom_id stands for."""
        assert isinstance(item, ui.Button)
        return cls(item, match["kind"], match["of"], int(match["n"] or 0))

    async def callback(self, interaction: Interaction) -> None:
        """Do what the button is for."""
        client: Client = interaction.client
        act = _ACTS.get(self.kind)
        try:
            if act is None:
                await whisper(interaction, render.notice(wording.UNKNOWN_BUTTON))
            else:
                await act(client, interaction, self)
        except Exception as error:
            await client.excuse(interaction, error)


async def submitted(client: Client, interaction: Interaction) -> None:
    """A form of ours was filled in."""
    data: Any = interaction.data or {}
    match = PATTERN.fullmatch(str(data.get("custom_id")))
    if match is None:
        return
    try:
        if match["kind"] == render.PATH:
            await _path_filled(client, interaction, match["of"], modals.filled(data))
        elif match["kind"] == render.DOWN:
            await _rate(client, interaction, match["of"], "down", modals.complaint(modals.filled(data)))
        elif match["kind"] == modals.PASTE and await client.paced(interaction):
            await administration.paste(client, interaction, modals.filled(data).get(modals.PASTE, ""))
    except Exception as error:
        await client.excuse(interaction, error)


async def open_path(client: Client, interaction: Interaction, key: str | None) -> None:
    """Open the form of a decision table, of the first one where none is named."""
    tables = client.shelf.tables
    chosen = key if key in tables else next(iter(tables), None)
    if chosen is None:
        await whisper(interaction, render.notice(wording.NO_TABLES))
    else:
        await ask(interaction, modals.path(chosen, tables[chosen]))


async def recommend(client: Client, interaction: Interaction, table: Matrix, values: Mapping[str, str]) -> None:
    """Answer with a table's recommendation, privately."""
    thread = keys.thread(interaction.guild_id, interaction.channel_id, interaction.id)

    def work() -> Reply:
        try:
            return client.answering.recommend(
                table.table, values, thread, keys.person(interaction.user.id), keys.interaction(interaction.id)
            )
        except RequestError:
            raise NotPlaced(wording.not_placed(list(zip(table.axes, modals.labelled(table), strict=True)))) from None

    await client.respond(interaction, work, private=True)


async def _path_filled(client: Client, interaction: Interaction, key: str, values: dict[str, str]) -> None:
    table = client.shelf.tables.get(key)
    if table is None:
        await whisper(interaction, render.notice(wording.EXPIRED))
    elif await client.paced(interaction):
        await recommend(client, interaction, table, modals.axes(values, table))


async def _ask(client: Client, interaction: Interaction, press: Press) -> None:
    """The question of a button, asked by whoever pressed it, in the same conversation."""
    if not await client.paced(interaction):
        return
    reply = await client.stored(client.answering.recall, press.of)
    questions = reply.answer.suggestions if reply else ()
    question = questions[press.n] if press.n < len(questions) else press.item.label or ""
    thread = reply.thread if reply else keys.thread(interaction.guild_id, interaction.channel_id, interaction.id)
    private = _is_private(interaction) or await client.quiet(interaction)
    await client.ask(interaction, Question(question, thread, keys.person(interaction.user.id), private))


async def _path(client: Client, interaction: Interaction, press: Press) -> None:
    await open_path(client, interaction, press.of)


async def _share(client: Client, interaction: Interaction, press: Press) -> None:
    """Show a private answer to everybody in the channel, once."""
    reply = await client.stored(client.answering.recall, press.of)
    if reply is None:
        await whisper(interaction, render.notice(wording.EXPIRED))
    elif await client.quiet(interaction):
        await whisper(interaction, render.notice(wording.QUIET))
    elif not await client.stored(client.store.claim, keys.shared(press.of)):
        await whisper(interaction, render.notice(wording.SHARED))
    else:
        payload = render.shared(reply.answer, reply.matrix, interaction.user.display_name, reply.asked)
        out = Outgoing(payload, reply.matrix, render.fallback(reply.answer))
        shared = await client.respond(interaction, lambda: reply, private=False, show=lambda _: out)
        await client.settle(keys.shared(press.of), again=not shared, counted=False)


async def _show(client: Client, interaction: Interaction, press: Press) -> None:
    """The next page, or the picture, of an answer."""
    reply = await client.stored(client.answering.recall, press.of)
    if reply is None or (press.kind == render.PICTURE and reply.matrix is None):
        await whisper(interaction, render.notice(wording.EXPIRED))
        return

    def show(reply: Reply) -> Outgoing:
        if press.kind == render.PICTURE and reply.matrix is not None:
            return Outgoing(render.picture(reply.matrix), reply.matrix)
        return Outgoing(render.render(reply.answer, reply.matrix, page=press.n), reply.matrix, render.fallback(reply.answer))

    await client.respond(interaction, lambda: reply, private=True, show=show)


async def _up(client: Client, interaction: Interaction, press: Press) -> None:
    await _rate(client, interaction, press.of, "up")


async def _down(client: Client, interaction: Interaction, press: Press) -> None:
    """Remember the verdict; ask for a reason, which need not be given."""
    await ask(interaction, modals.feedback(press.of))
    await _remember(client, interaction, press.of, "down")


async def _rate(client: Client, interaction: Interaction, answer_id: str, verdict: str, comment: str = "") -> None:
    await _remember(client, interaction, answer_id, verdict, comment)
    await whisper(interaction, render.notice(wording.THANKS))


async def _remember(client: Client, interaction: Interaction, answer_id: str, verdict: str, comment: str = "") -> None:
    """The last click wins, in whatever order clicks arrive."""
    at = interaction.created_at.timestamp()
    await client.stored(client.store.rate, keys.answer(answer_id), keys.person(interaction.user.id), verdict, comment, at)


def _is_private(interaction: Interaction) -> bool:
    return interaction.message is not None and interaction.message.flags.ephemeral


_ACTS: dict[str, Callable[[Any, Interaction, Press], Awaitable[None]]] = {
    render.ASK: _ask, render.PATH: _path, render.SHARE: _share, render.REST: _show, render.PICTURE: _show, render.UP: _up,
    render.DOWN: _down,
}  # fmt: skip


class NotPlaced(Exception):
    """A value for a table's axis was not understood; its text is for the asker."""
