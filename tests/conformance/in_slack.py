"""Slack as a user meets it, for the conformance suite."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bot.desk import BotDesk
from bot.render import slack_parts
from bot.wiring import Bot
from tests.conformance.platforms import ADMIN, ANN, BEN, Platform, Shown, one_line
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

    def _next(self) -> Shown:
        """The bot's next message that says something."""
        made = self._server.wait(lambda: [m for m in self._server.world.by_bot("C0GEN") if id(m) not in self._seen])[0]
        self._server.settled()
        self._seen |= {id(m) for m in self._server.world.by_bot("C0GEN")}
        buttons = [e for b in made.blocks for e in b.get("elements", []) if e.get("type") == "button"]
        asked = tuple(b["value"] for b in buttons if b["action_id"].startswith("ask:"))
        return Shown(one_line(_slack_words(made)), asked, bool(made.only_for), made)


@contextmanager
def on_slack(bot: Bot, home: Path) -> Iterator[Platform]:
    """People in Slack."""
    with ExitStack() as stack:
        server = stack.enter_context(SlackServer())
        platform = stack.enter_context(running(server, home, BotDesk(bot), http=True))
        yield Slack(server, platform.store)


def _slack_words(message: Message) -> str:
    return html.unescape(message.text) + " " + " ".join(slack_parts.strings(message.blocks, only=("text",)))
