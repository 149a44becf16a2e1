"""A process that is warm once and reindexes in a fork of itself for each line it reads, to be killed there.

A line holds the home, the corpus, and what is to befall the fork: nothing; a step at which it kills itself, which is what it is
about to do with a file of the index for the n-th time, such as "open /.building/overview.json x1"; or "full 3000" for a disk on
which no file has room for more than 3000 bytes, from when the guides are read. The answer is the fork's process id. At the next
line, which is empty, it waits for the fork's end and answers with its exit code, until when the id is nobody else's, and with
the refusal, if there was one.
"""

from __future__ import annotations

import os
import re
import resource
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
from retrieval.errors import FingerpostError
from tests.bot.reindexing.cheap import cheap_model


def reindex(home: str, corpus: str, room: int | None) -> None:
    """What `fingerpost reindex` does, with a cheap encoder; with `room` for so many bytes in a file once guides are read."""

    def watch(doing: str, _done: int, _of: int) -> None:
        if room is not None and doing.startswith("embedding"):
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    bot = Bot(Settings(Path(corpus), Path(home), "cheap"), load_model=lambda _: cheap_model())
    store = Store(bot.settings.home)
    Reindexing(bot, store, lambda *_: None).here("Ann", "slack:T:U1", watch)
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


def child(home: str, corpus: str, fate: str, refusals: int) -> None:
    """The fork: it never returns."""
    try:
        full = fate.startswith("full ")
        if fate and not full:
            die_at(fate, f"{home}/index")
        reindex(home, corpus, int(fate.split()[1]) if full else None)
        os._exit(0)
    except FingerpostError as error:
        os.write(refusals, str(error).encode())
    finally:
        os._exit(1)


def main() -> None:
    """Until the input ends."""
    warnings.simplefilter("ignore")
    while line := sys.stdin.readline():
        home, corpus, fate = line.rstrip("\n").split("\t")
        refusals, writing = os.pipe()
        if not (pid := os.fork()):
            child(home, corpus, fate, writing)
        os.close(writing)
        os.write(1, f"{pid}\n".encode())
        sys.stdin.readline()
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.write(1, f"{code}\t{os.read(refusals, 4_000).decode()}\n".encode())
        os.close(refusals)


if __name__ == "__main__":
    main()
