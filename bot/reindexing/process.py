"""A run in a process of its own, at low priority: it outlives the bot that starts it, and no question waits behind it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable

from bot.reindexing import work
from bot.reindexing.runs import Launch
from bot.settings import PREFIX, Settings
from bot.store import Run, open_store
from bot.wiring import Bot
from retrieval import cores
from retrieval.errors import RequestError

LOG = "reindex.log"  # in the data folder: what such a process prints
NICENESS = 10


def launcher(settings: Settings) -> Launch:
    """What starts `fingerpost reindex --run ID` with these settings. May raise OSError."""
    given = {"CORPUS": str(settings.corpus), "HOME": str(settings.home), "MODEL": settings.model, "STORE": settings.store.reveal()}
    environment = {**os.environ, **{PREFIX + key: value for key, value in given.items()}}

    def launch(run: Run, over: Callable[[], None]) -> None:
        cores.spread()  # it runs where this thread does, which may be kept on one core
        with (settings.home / LOG).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - this program itself
                [sys.executable, "-m", "bot", "reindex", "--run", run.id],
                env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

        def wait() -> None:
            process.wait()
            over()

        threading.Thread(target=wait, name="reindex", daemon=True).start()

    return launch


def take_over(bot: Bot, run_id: str) -> None:
    """Do a run that another process has started. Raises RequestError where it is over, and what a reindex raises."""
    store = open_store(bot.settings)
    try:
        run = store.run(run_id)
        if run is None or not store.own_run(run_id):
            raise RequestError("there is no such reindex to be done")
        if hasattr(os, "nice"):
            os.nice(NICENESS)
        work.do(run, store, bot.reindex)
    finally:
        store.close()
