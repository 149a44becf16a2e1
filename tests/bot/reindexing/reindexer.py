"""A process that is warm once and reindexes in a fork of itself for each line it reads, to be killed there.

A line holds the home, the corpus, and a step at which the fork kills itself, or nothing: what it is about to do with a file
of the index, for the n-th time, such as "open /.building/guides.json x1". The answer is the fork's process id. At the next
line, which is empty, it waits for the fork's end and answers with its exit code: until then the id is nobody else's.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import warnings
from pathlib import Path
from typing import Any

from bot.reindexing.runs import Reindexing
from bot.settings import Settings
from bot.store import Store
from bot.wiring import Bot
from retrieval import guides, lexical, vectors  # noqa: F401 - so that a fork finds them loaded
from tests.bot.reindexing.cheap import cheap_model


def reindex(home: str, corpus: str) -> None:
    """What `fingerpost reindex` does, with a cheap encoder."""
    bot = Bot(Settings(Path(corpus), Path(home), "cheap"), load_model=lambda _: cheap_model())
    store = Store(bot.settings.home)
    Reindexing(bot, store, lambda *_: None).here("Ann", "slack:T:U1", lambda *_: None)
    store.close()


def die_at(step: str, index: str) -> None:
    """Let this process be killed at a step."""
    wanted, nth = step.split(" x")
    seen: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        path = str(arguments[0]) if arguments else ""
        if path.startswith(index) and wanted == f"{event} {re.sub('-[0-9]+', '', path.removeprefix(index))}":
            seen.append(event)
            if len(seen) == int(nth):
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def main() -> None:
    """Until the input ends."""
    warnings.simplefilter("ignore")
    while line := sys.stdin.readline():
        home, corpus, step = line.rstrip("\n").split("\t")
        child = os.fork()
        if not child:
            try:
                if step:
                    die_at(step, f"{home}/index")
                reindex(home, corpus)
                os._exit(0)
            finally:
                os._exit(1)
        os.write(1, f"{child}\n".encode())
        sys.stdin.readline()
        os.write(1, f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n".encode())


if __name__ == "__main__":
    main()
