"""Reindexes in forks of one warm process, which may be killed or find the disk full; see reindexer.py."""

from __future__ import annotations

import os
import signal
import subprocess
import time

from bot.reindexing.runs import Reindexing
from bot.store import Store
from bot.wiring import Bot
from retrieval.stores import open_current
from tests.conftest import GUIDE


class Reindexer:
    """Runs reindexes one after another, each in a fork of one warm process."""

    def __init__(self, process: subprocess.Popen[str], bot: Bot) -> None:
        self._process = process
        self.bot = bot
        self.refusal = ""  # what the last run said, if it was refused

    def run(self, kill_after: float | None = None, fate: str = "") -> tuple[int, float]:
        """One reindex, killed after so many seconds or by its fate: its exit code, and how long it went on."""
        began = time.perf_counter()
        pid = int(self._say(f"{self.bot.settings.home}\t{self.bot.settings.corpus}\t{fate}"))
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(pid, signal.SIGKILL)
        code, _, self.refusal = self._say("").rstrip("\n").partition("\t")
        return int(code), time.perf_counter() - began

    def price(self, price: int) -> None:
        """Let the guide have another price."""
        (self.bot.settings.corpus / "guides" / "plants.md").write_text(GUIDE.replace("$12", f"${price}"), "utf-8")

    def start(self) -> tuple[int, str, bool]:
        """What a bot that starts now finds: the price in its index, the state of the last run, and whether it is told of it.

        The index is whole, no run goes on, and what serves is what the list of acts says.
        """
        generation, problems = open_current(self.bot.store)
        store = Store(self.bot.settings.home)
        told = Reindexing(self.bot, store, lambda *_: None).settle()
        running, (last, *_), acts = store.running(), store.runs(), store.audit()
        store.close()
        assert (problems, running) == ([], None)
        assert next(act.after for act in acts if act.act in ("publish", "rollback")) == self.bot.store.current() == generation.manifest.name
        (row,) = (p.text for p in generation.passages if p.text.startswith("| Fern | $"))
        return int(row.split("$")[1].split()[0]), last.state, bool(told)

    def last(self) -> str:
        """The id of the run that was begun last."""
        store = Store(self.bot.settings.home)
        run, *_ = store.runs()
        store.close()
        return run.id

    def _say(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(line, file=self._process.stdin, flush=True)
        return self._process.stdout.readline()
