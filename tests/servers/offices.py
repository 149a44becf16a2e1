"""The real administration for tests; only the process of a reindex is a thread here, so that it starts at once."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from bot.admin.bot_office import BotOffice
from bot.reindexing import work
from bot.reindexing.runs import Launch
from bot.store import Run, Store, open_store
from bot.wiring import Bot
from retrieval.errors import FingerpostError


def office(bot: Bot, store: Store) -> BotOffice:
    """The office of a bot."""
    return BotOffice(bot, store, in_a_thread(bot))


def in_a_thread(bot: Bot) -> Launch:
    """What `bot.reindexing.process.launcher` does, in a thread, with a store of its own as another process has."""

    def launch(run: Run, over: Callable[[], None]) -> None:
        def reindex() -> None:
            store = open_store(bot.settings)
            with contextlib.suppress(FingerpostError):
                if store.own_run(run.id):
                    work.do(run, store, bot.reindex)
            store.close()
            over()

        threading.Thread(target=reindex, daemon=True).start()

    return launch
