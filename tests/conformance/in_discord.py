"""Discord as a user meets it, for the conformance suite."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

from bot.adapters.discord import wording
from bot.admin.rights import Admin
from bot.library import BotLibrary
from bot.render.discord_office import PREFIX
from bot.store import open_store
from bot.wiring import Bot
from tests.conformance.platforms import ADMIN, ANN, BEN, Platform, Shown, one_line
from tests.servers import discord_people, offices
from tests.servers.discord_files import Upload
from tests.servers.discord_server import DiscordServer, Interaction
from tests.servers.discord_stage import Stage, connected
from tests.servers.discord_world import EPHEMERAL, Json, text_of, walk


class Discord:
    """Discord, through discord.py and our server, in a loop of its own."""

    cannot: dict[str, str] = {}  # noqa: RUF012  # never changed

    def __init__(self, on: Stage, call: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        self._on, self._server, self._call = on, on.server, call
        self._people = {ANN: self._server.ann, BEN: self._server.bob, ADMIN: self._server.admin}
        self._last: Json | None = None

    def ask(self, person: str, text: str) -> Shown:
        """Mention the bot in a channel."""
        return self._said(person, f"@bot {text}", None)

    def follow_up(self, person: str, text: str) -> Shown:
        """Reply to the bot's last answer."""
        return self._said(person, text, self._last)

    def path(self, person: str, rows: str, columns: str) -> Shown:
        """Use /path, and fill in its form."""

        async def filled() -> Shown:
            form = discord_people.slash(self._server, self._people[person], self._server.general, "path")
            await self._server.until(lambda: form.modal is not None)
            labels = [c["label"] for c in form.modal["components"]]  # type: ignore[index]
            return await self._answer(discord_people.submit(self._server, form, **dict(zip(labels, (rows, columns), strict=True))))

        return self._call(filled())

    def ask_privately(self, person: str, text: str) -> Shown:
        """Use /ask with its option."""
        return self._call(self._slash(person, "ask", question=text, private=True))

    def share(self, person: str, shown: Shown) -> Shown:
        """Press the button."""
        return self._call(self._click(person, shown, "Share to channel"))

    def press(self, person: str, shown: Shown, question: str) -> Shown:
        """Press the button."""
        return self._call(self._click(person, shown, question))

    def good(self, person: str, shown: Shown) -> None:
        """Press the thumb."""
        self._call(self._click(person, shown, "👍"))

    def verdicts(self) -> list[str]:
        """What the bot keeps."""
        return [kept.verdict for kept in self._on.store.ratings()]

    def quiet(self, person: str) -> Shown:
        """Use the admin command."""
        return self._call(self._slash(person, "fingerpost channel", mode="quiet"))

    def admin(self, person: str, text: str) -> Shown:
        """Use the subcommand of these words."""
        name, options = _subcommand(text)
        return self._call(self._administered(self._begin(person, f"fingerpost {name}", **options)))

    def upload(self, person: str, filename: str, content: bytes) -> Shown:
        """Give a file to the command that adds a guide."""
        return self._call(self._administered(self._begin(person, "fingerpost guides add", file=Upload(filename, content))))

    def push(self, person: str, shown: Shown, label: str) -> Shown:
        """Press a button of the administration."""

        async def pressed() -> Interaction:
            return discord_people.click(self._server, self._people[person], self._server.general, shown.handle, label)

        return self._call(self._administered(pressed()))

    def watch(self, shown: Shown) -> Shown:
        """Look at the message of a run until it is over."""

        async def watched() -> Shown:
            await self._server.until(lambda: " is reindexing since " not in _administrative(shown.handle).words, within=50)
            return _administrative(shown.handle)

        return self._call(watched())

    async def _begin(self, person: str, command: str, /, **options: Any) -> Interaction:
        return discord_people.slash(self._server, self._people[person], self._server.general, command, **options)

    async def _administered(self, beginning: Coroutine[Any, Any, Interaction]) -> Shown:
        """What a command or a press leads to: its answer, or the message in the channel that the answer speaks of."""
        made = await self._on.answered(await beginning)
        return _administrative(self._server.answers(self._server.general)[-1] if wording.BELOW in text_of(made) else made)

    def _said(self, person: str, text: str, reply_to: Json | None) -> Shown:
        async def said() -> Shown:
            question = self._server.say(self._people[person], self._server.general, text, reply_to=reply_to)
            return await self._whole(await self._on.reply(question), private=False)

        return self._call(said())

    async def _slash(self, person: str, name: str, **options: Any) -> Shown:
        return await self._answer(discord_people.slash(self._server, self._people[person], self._server.general, name, **options))

    async def _click(self, person: str, shown: Shown, label: str) -> Shown:
        return await self._answer(discord_people.click(self._server, self._people[person], self._server.general, shown.handle, label))

    async def _answer(self, interaction: Interaction) -> Shown:
        return await self._whole(await self._on.answered(interaction), private=interaction.ephemeral)

    async def _whole(self, made: Json, *, private: bool) -> Shown:
        """An answer with all its pages."""
        self._last, page, words = made, made, [text_of(made)]
        while any(c.get("label") == "Show the rest" for c in walk(page["components"])):
            pressed = discord_people.click(self._server, self._server.ann, self._server.general, page, "Show the rest")
            page = await self._on.answered(pressed)
            words.append(text_of(page))
        asked = tuple(c["label"] for c in walk(made["components"]) if c.get("custom_id", "").startswith("fp:ask:"))
        return Shown(one_line(_without_markdown("\n".join(words))), asked, private, made)


@contextmanager
def on_discord(bot: Bot, home: Path) -> Iterator[Platform]:
    """People on Discord."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def call(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    async def begin() -> tuple[AsyncExitStack, Stage]:
        stack = AsyncExitStack()
        server = await stack.enter_async_context(DiscordServer())
        store = open_store(bot.settings)
        stack.callback(store.close)
        office = offices.office(_administered(bot, server), store)
        bots = connected(server, BotLibrary(bot), home, office=office, sleep=lambda seconds: asyncio.sleep(seconds / 10))
        return stack, await stack.enter_async_context(bots)

    stack, on = call(begin())
    try:
        yield Discord(on, call)
        assert on.server.wrong == []
    finally:
        call(stack.aclose())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _administered(bot: Bot, server: DiscordServer) -> Bot:
    """The same bot, whose settings name the server's admin."""
    admins = frozenset({Admin("discord", server.guild.id, server.admin.id)})
    return Bot(dataclasses.replace(bot.settings, admins=admins), load_model=lambda _: bot.model)


def _subcommand(text: str) -> tuple[str, dict[str, Any]]:
    """The subcommand that says these words, with its options."""
    first, *rest = text.split()
    if first == "guides":
        if rest[:1] == ["remove"]:
            return "guides remove", {"name": rest[1]}
        return f"guides {' '.join(rest) or 'list'}", {}
    option, kind = {"rollback": ("generation", str), "insights": ("days", int), "channel": ("mode", str)}.get(first, ("", str))
    return first, {option: kind(rest[0])} if rest else {}


def _administrative(made: Json) -> Shown:
    labels = tuple(c["label"] for c in walk(made["components"]) if c.get("custom_id", "").startswith(PREFIX))
    return Shown(one_line(_without_markdown(text_of(made))), labels, bool(made["flags"] & EPHEMERAL), made)


def _without_markdown(text: str) -> str:
    """The words as Discord shows them."""
    bare = re.sub(r"^(?:> |-# )|(?<!\\)\*\*", "", text, flags=re.MULTILINE)
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", bare).replace("@\u200b", "@")
