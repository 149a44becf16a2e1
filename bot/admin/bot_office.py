"""The whole administration behind the port `bot.office.Office`, for every platform."""

from __future__ import annotations

import logging

from bot.admin.administration import BROKEN, Administration
from bot.admin.guides import Guides
from bot.admin.index import Index
from bot.admin.people import People
from bot.office import Actor, Reply
from bot.reindexing import process
from bot.reindexing.runs import Launch, Reindexing
from bot.store import Store
from bot.wiring import Bot
from retrieval.errors import FingerpostError

log = logging.getLogger(__name__)

REFUSED_FILE = "That file cannot become a guide"


class BotOffice:
    """The office of a whole bot; see `bot.office.Office`. Safe to use from several threads."""

    def __init__(self, bot: Bot, store: Store, launch: Launch | None = None) -> None:
        self._bot = bot
        self._store = store
        self.reindexing = Reindexing(bot, store, launch or process.launcher(bot.settings))
        self._index = Index(bot, store, self.reindexing)
        self._guides = Guides(bot, store, self._index.offer_reindex)
        parts = (self._index, self._guides)
        presses = {verb: handler for part in parts for verb, handler in part.presses().items()}
        commands = [*self._index.commands(), *self._guides.commands(), *People(bot, store).commands()]
        self._administration = Administration(bot.settings.admins, store, commands, presses)

    def command(self, actor: Actor, text: str) -> Reply:
        """What `/fingerpost TEXT` does and says."""
        return self._administration.command(actor, text)

    def press(self, actor: Actor, act: str) -> Reply:
        """What a button does and says."""
        return self._administration.press(actor, act)

    def offer(self, actor: Actor, filename: str, content: bytes) -> Reply:
        """What a file would give as a guide."""
        if refusal := self._administration.may(actor):
            return refusal
        try:
            return self._guides.offer(actor, filename, content)
        except FingerpostError as error:
            return Reply(REFUSED_FILE, (f"{error}.",))
        except Exception:
            log.exception("a file could not be looked at")
            return Reply(BROKEN)

    def refusal(self, actor: Actor) -> Reply | None:
        """The refusal of an actor who is no admin."""
        return self._administration.may(actor)

    def largest_file(self) -> int:
        """The most bytes of a file."""
        return self._bot.settings.largest_file

    def progress(self, run: str) -> Reply:
        """How far a run is; without `run` in it when it is over."""
        return self._index.progress(run)

    def follow(self, run: str, platform: str, place: str) -> None:
        """Remember where a run is shown."""
        self._store.follow(run, platform, place)

    def followed(self, platform: str) -> list[tuple[str, str]]:
        """The runs whose end has not been shown on this platform. Records first what a process that died has left."""
        if self._store.running() is None:  # else what it has just published would be taken for what a dead one left
            self.reindexing.settle()
        return self._store.followed(platform)

    def shown(self, run: str, platform: str, place: str) -> None:
        """The end of a run has been shown at this place."""
        self._store.shown(run, platform, place)
