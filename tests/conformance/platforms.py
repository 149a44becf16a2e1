"""The platforms as a user meets them: one way to ask, whatever lies behind. Each says by name what it cannot do."""

from __future__ import annotations

import asyncio
import io
import re
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bot.adapters import terminal
from bot.library import BotLibrary
from bot.wiring import Bot
from tests.servers import discord_people
from tests.servers.discord_server import DiscordServer, Interaction
from tests.servers.discord_stage import Stage, connected
from tests.servers.discord_world import Json, text_of, walk

ANN, BEN, ADMIN = "ann", "ben", "admin"


@dataclass(frozen=True)
class Shown:
    """What somebody is shown: all words on one line, the questions that can be pressed, and whether others see it."""

    words: str
    questions: tuple[str, ...] = ()
    private: bool = False
    handle: Any = None


class Platform(Protocol):
    """A platform with people on it. `cannot` names what it cannot do, and why."""

    cannot: dict[str, str]

    def ask(self, person: str, text: str) -> Shown:
        """Ask in a conversation of its own."""

    def follow_up(self, person: str, text: str) -> Shown:
        """Go on in the conversation of the last answer."""

    def path(self, person: str, rows: str, columns: str) -> Shown:
        """Ask for a recommendation by the table's own places."""

    def ask_privately(self, person: str, text: str) -> Shown:
        """Ask so that nobody else sees it."""

    def share(self, person: str, shown: Shown) -> Shown:
        """Show a private answer to all."""

    def press(self, person: str, shown: Shown, question: str) -> Shown:
        """Press the button of a question."""

    def good(self, person: str, shown: Shown) -> None:
        """Say that an answer was good."""

    def verdicts(self) -> list[str]:
        """All that was said of answers."""

    def quiet(self, person: str) -> Shown:
        """Ask the bot to be quiet in the channel."""


class Terminal:
    """The chat in a terminal: each question is typed into a chat with all that was typed before in the conversation."""

    cannot = {  # noqa: RUF012  # never changed
        "another person": "one person sits at a terminal",
        "private": "a terminal is private; there is nobody to share with",
        "buttons": "a terminal has no buttons; it prints the questions, to be typed",
        "feedback": "a terminal has no buttons",
        "permissions": "whoever has the machine is its admin",
    }

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._typed: list[str] = []

    def ask(self, person: str, text: str) -> Shown:
        """Type a question into a new chat."""
        self._typed = []
        return self.follow_up(person, text)

    def follow_up(self, person: str, text: str) -> Shown:
        """Type a question into the same chat."""
        assert person == ANN, self.cannot["another person"]
        before = self._chat(self._typed)
        self._typed.append(text)
        shown = self._chat(self._typed).removeprefix(before)
        asked = tuple(line.removeprefix("- ") for line in shown.splitlines() if line.startswith("- "))
        return Shown(one_line(shown), asked, private=True)

    def path(self, person: str, rows: str, columns: str) -> Shown:
        """Type /path with both axes."""
        first, second = self._bot.axes(None)
        return self.ask(person, f"/path {first}={rows} {second}={columns}")

    def press(self, person: str, shown: Shown, question: str) -> Shown:
        """Type the question that was printed."""
        assert question in shown.questions
        return self.ask(person, question)

    def _chat(self, typed: list[str]) -> str:
        out, keyboard = io.StringIO(), sys.stdin
        sys.stdin = io.StringIO("".join(f"{line}\n" for line in typed))
        try:
            with redirect_stdout(out):
                terminal.run(self._bot)
        finally:
            sys.stdin = keyboard
        return out.getvalue()


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
        """Use the admin command, even where Discord would hide it."""
        for command in self._server.commands:
            command["default_member_permissions"] = None
        return self._call(self._slash(person, "fingerpost channel", mode="quiet"))

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
def at_the_terminal(bot: Bot, home: Path) -> Iterator[Platform]:
    """Somebody at a terminal."""
    yield Terminal(bot)  # type: ignore[misc]  # what it cannot do it does not have


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
        return stack, await stack.enter_async_context(connected(server, BotLibrary(bot), home))

    stack, on = call(begin())
    try:
        yield Discord(on, call)
        assert on.server.wrong == []
    finally:
        call(stack.aclose())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _without_markdown(text: str) -> str:
    """The words as Discord shows them."""
    bare = re.sub(r"^(?:> |-# )|(?<!\\)\*\*", "", text, flags=re.MULTILINE)
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", bare).replace("@\u200b", "@")


def one_line(text: str) -> str:
    """The text with all white space as single spaces."""
    return " ".join(text.split())
