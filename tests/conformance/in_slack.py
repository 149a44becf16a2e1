"""Slack as a user meets it, for the conformance suite."""

from __future__ import annotations

import html
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.admin import rights
from bot.desk import BotDesk
from bot.render import slack_office, slack_parts
from bot.store import open_store
from bot.wiring import Bot
from tests.conformance.platforms import ADMIN, ANN, BEN, Platform, Shown, one_line
from tests.servers import offices
from tests.servers.slack_platform import running
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import Message


class Slack:
    """Slack, through slack_bolt and our server."""

    cannot: dict[str, str] = {}  # noqa: RUF012  # never changed
    _IDS = {ANN: "U0ANN", BEN: "U0BEN", ADMIN: "U0ADMIN"}  # noqa: RUF012  # never changed

    def __init__(self, server: SlackServer, store: Any) -> None:
        self._server, self._store = server, store
        self._seen: set[int] = set()
        self._thread = ""

    def ask(self, person: str, text: str) -> Shown:
        """Mention the bot in a channel."""
        self._server.people.says(self._IDS[person], "C0GEN", f"<@U0BOT> {html.escape(text, quote=False)}")
        self._thread = self._server.world.messages[-1].ts
        return self._next()

    def follow_up(self, person: str, text: str) -> Shown:
        """Mention the bot in the answer's thread."""
        self._server.people.says(self._IDS[person], "C0GEN", f"<@U0BOT> {html.escape(text, quote=False)}", self._thread)
        return self._next()

    def path(self, person: str, rows: str, columns: str) -> Shown:
        """Use /path, and fill in its form."""
        self._server.people.commands(self._IDS[person], "C0GEN", "/path")
        view = self._server.wait(lambda: list(self._server.world.views.values()))[-1]
        fields = {b["block_id"]: b["element"]["options"] for b in view["blocks"] if b["type"] == "input"}
        picks = {
            block: {"selected_option": next(o for o in options if o["text"]["text"] == wanted)}
            for (block, options), wanted in zip(fields.items(), (rows, columns), strict=True)
        }
        self._server.people.submits(self._IDS[person], view, picks)
        return self._next()

    def ask_privately(self, person: str, text: str) -> Shown:
        """Use /ask, which is private."""
        self._server.people.commands(self._IDS[person], "C0GEN", "/ask", text)
        return self._next()

    def share(self, person: str, shown: Shown) -> Shown:
        """Press the button."""
        self._server.people.presses(self._IDS[person], shown.handle, "share")
        return self._next()

    def press(self, person: str, shown: Shown, question: str) -> Shown:
        """Press the button."""
        self._server.people.presses(self._IDS[person], shown.handle, f"ask:{shown.questions.index(question)}")
        return self._next()

    def good(self, person: str, shown: Shown) -> None:
        """Press the thumb."""
        block = next(b for b in shown.handle.blocks if b["type"] == "context_actions")
        value = block["elements"][0]["positive_button"]["value"]
        self._server.people.presses(self._IDS[person], shown.handle, "feedback", value)
        self._server.settled()

    def verdicts(self) -> list[str]:
        """What the bot keeps."""
        self._server.wait(self._store.ratings)
        return [kept.verdict for kept in self._store.ratings()]

    def quiet(self, person: str) -> Shown:
        """Use the admin command."""
        self._server.people.commands(self._IDS[person], "C0GEN", "/fingerpost", "channel quiet")
        return self._next()

    def admin(self, person: str, text: str) -> Shown:
        """Use the command."""
        self._server.people.commands(self._IDS[person], "C0GEN", "/fingerpost", text)
        return _administrative(self._new("C0GEN"))

    def upload(self, person: str, filename: str, content: bytes) -> Shown:
        """Send a file to the bot directly."""
        user = self._IDS[person]
        channel = self._server.world.direct(user)
        self._server.people.uploads(user, channel, self._server.people.file(user, filename, content))
        return _administrative(self._new(channel))

    def push(self, person: str, shown: Shown, label: str) -> Shown:
        """Press a button of the administration; what it says comes anew, or in the place of the message."""
        message, before = shown.handle, shown.handle.payload
        row = next(block for block in message.blocks if block["type"] == "actions")
        action = next(button["action_id"] for button in row["elements"] if button["text"]["text"] == label)
        self._server.people.presses(self._IDS[person], message, action)
        in_place = row["block_id"] != slack_office.RUN
        self._server.wait(lambda: self._unseen() or (in_place and message.payload is not before))
        return _administrative(self._new() if self._unseen() else message)

    def watch(self, shown: Shown) -> Shown:
        """Look at the message of a run until it is over."""
        self._server.wait(lambda: " is reindexing since " not in _administrative(shown.handle).words, patience=60)
        return _administrative(shown.handle)

    def _unseen(self, channel: str = "") -> list[Message]:
        return [m for m in self._server.world.by_bot(channel) if id(m) not in self._seen]

    def _new(self, channel: str = "") -> Message:
        """The bot's next message."""
        made = self._server.wait(lambda: self._unseen(channel))[0]
        self._server.settled()
        self._seen |= {id(m) for m in self._server.world.by_bot()}
        return made

    def _next(self) -> Shown:
        """The bot's next answer."""
        made = self._new("C0GEN")
        buttons = [e for b in made.blocks for e in b.get("elements", []) if e.get("type") == "button"]
        asked = tuple(b["value"] for b in buttons if b["action_id"].startswith("ask:"))
        return Shown(one_line(_slack_words(made)), asked, bool(made.only_for), made)


@contextmanager
def on_slack(bot: Bot, home: Path) -> Iterator[Platform]:
    """People in Slack."""
    theirs = Bot(replace(bot.settings, home=home, admins=rights.parse("slack:T0001:U0ADMIN")), lambda _: bot.model)
    with ExitStack() as stack:
        server = stack.enter_context(SlackServer())
        store = open_store(theirs.settings)
        office = offices.office(theirs, store)
        stack.enter_context(running(server, home, BotDesk(bot), office, http=True, store=store, wait=_hurried))
        yield Slack(server, store)


def _hurried(seconds: float) -> bool:
    time.sleep(seconds / 40)
    return False


def _administrative(message: Message) -> Shown:
    labels = tuple(e["text"]["text"] for block in message.blocks if block["type"] == "actions" for e in block["elements"])
    return Shown(one_line(_slack_words(message)), labels, bool(message.only_for) or message.channel.startswith("D"), message)


def _slack_words(message: Message) -> str:
    return html.unescape(message.text) + " " + " ".join(slack_parts.strings(message.blocks, only=("text",)))
