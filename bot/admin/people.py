"""What people ask, what is kept of them, and what admins have done."""

from __future__ import annotations

import datetime
import time

from bot import insights
from bot.admin.administration import Command
from bot.office import Actor, Picture, Reply
from bot.render import chart
from bot.store import Act, Store
from bot.wiring import Bot
from retrieval.errors import RequestError

MOST_ACTS = 20
FORGOTTEN = "I have deleted your earlier questions and your feedback."


class People:
    """The commands about people."""

    def __init__(self, bot: Bot, store: Store) -> None:
        self._bot = bot
        self._store = store

    def commands(self) -> list[Command]:
        """What can be typed."""
        return [
            Command("insights", "what people ask and what the guides lack; with a number, of so many days", self._insights),
            Command("audit", "what admins have done", self._audit),
            Command("forget", "delete what I remember of you", self._forget, admins_only=False),
        ]

    def _insights(self, _actor: Actor, words: str) -> Reply:
        if words and not (words.isdecimal() and 1 <= int(words) <= 3_650):
            raise RequestError(f"'{words[:40]}' is no number of days; give one, such as insights 30")
        days = int(words or insights.DAYS)
        searcher = self._bot.engine().searcher
        found = insights.gather(self._store.questions(), self._store.ratings(), searcher, time.time(), days)
        title = "What people ask" if self._store.log_questions != "off" else "Questions are not kept here (FINGERPOST_LOG_QUESTIONS=off)"
        return Reply(title, insights.describe(found), picture=Picture(chart.picture(found), chart.describe(found)))

    def _audit(self, _actor: Actor, _words: str) -> Reply:
        acts = self._store.audit(MOST_ACTS)
        return Reply(
            "What admins have done, newest first" if acts else "No admin has done anything yet.", tuple(f"- {told(a)}" for a in acts)
        )

    def _forget(self, actor: Actor, _words: str) -> Reply:
        self._store.forget_person(actor.key)
        return Reply(FORGOTTEN)


def told(act: Act) -> str:
    """An act on one line."""
    at = datetime.datetime.fromtimestamp(act.at, datetime.UTC)
    moved = f" ({act.before or 'nothing'} → {act.after})" if act.after else ""
    detail = f": {act.detail}" if act.detail else ""
    return f"{at:%Y-%m-%d %H:%M} UTC, {act.name}: {act.act}{detail}{moved}"
