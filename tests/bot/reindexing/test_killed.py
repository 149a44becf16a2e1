"""A reindex that is killed, at whatever moment, leaves a whole index that serves, and the next one works."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.messages import Ask
from bot.reindexing.runs import Reindexing
from bot.settings import Settings
from bot.store import Store
from bot.wiring import Bot
from tests.bot.reindexing.cheap import cheap_model
from tests.bot.reindexing.garden import rewrite
from tests.conftest import GUIDE, quiet

ROOT = Path(__file__).parents[3]
KILLS = 200
Make = Callable[[Path, Path], Bot]
STEPS = [
    "os.mkdir /.building x1",
    "open /.building/guides.json x1",  # the vectors and the lexical index are written
    "open /.building/manifest.json x1",  # about to be sealed
    "open /.building/vectors.faiss x3",  # about to be put on disk
    "open /.building/manifest.json x4",  # sealed, and checked by the check questions
    "os.rename /.building x1",
    "open /.CURRENT.new x1",
    "os.rename /.CURRENT.new x1",
    "open  x2",  # published, and the folder about to be put on disk
]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a warm process can be forked on POSIX alone")


class Reindexer:
    """Runs reindexes one after another, each in a fork of one warm process, and may kill them; see reindexer.py."""

    def __init__(self, process: subprocess.Popen[str], bot: Bot) -> None:
        self._process = process
        self.bot = bot

    def run(self, kill_after: float | None = None, step: str = "") -> tuple[int, float]:
        """One reindex, killed after so many seconds or at a step: its exit code, and how long it went on."""
        began = time.perf_counter()
        pid = int(self._say(f"{self.bot.settings.home}\t{self.bot.settings.corpus}\t{step}"))
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(pid, signal.SIGKILL)
        return int(self._say("")), time.perf_counter() - began

    def price(self, price: int) -> None:
        """Let the guide have another price."""
        (self.bot.settings.corpus / "guides" / "plants.md").write_text(GUIDE.replace("$12", f"${price}"), "utf-8")

    def start(self) -> tuple[int, str, bool]:
        """What a bot that starts now finds: the price in its index, the state of the last run, and whether it is told of it.

        The index is whole, no run goes on, and what serves is what the list of acts says.
        """
        generation, problems = self.bot.store.open_current()
        store = Store(self.bot.settings.home)
        told = Reindexing(self.bot, store, lambda *_: None).settle()
        running, (last, *_), acts = store.running(), store.runs(), store.audit()
        store.close()
        assert (problems, running) == ([], None)
        assert next(act.after for act in acts if act.act == "publish") == self.bot.store.current() == generation.manifest.name
        (row,) = (p.text for p in generation.passages if p.text.startswith("| Fern | $"))
        return int(row.split("$")[1].split()[0]), last.state, bool(told)

    def _say(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(line, file=self._process.stdin, flush=True)
        return self._process.stdout.readline()


@pytest.fixture
def reindexer(tmp_path: Path) -> Iterator[Reindexer]:
    """A reindexer over a small corpus with a check question, whose first index serves with the price 1."""
    settings = Settings(tmp_path / "corpus", tmp_path / "home", "cheap")
    (settings.corpus / "guides").mkdir(parents=True)
    (settings.corpus / "questions.toml").write_text('[[question]]\nask = "What does a fern cost?"\noutcome = "answered"\n', "utf-8")
    command = [sys.executable, "-m", "tests.bot.reindexing.reindexer"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        made = Reindexer(process, Bot(settings, load_model=lambda _: cheap_model()))
        made.price(1)
        assert made.run()[0] == 0
        yield made
        assert process.stdin is not None
        process.stdin.close()


def test_killed_at_200_moments_a_whole_index_serves(reindexer: Reindexer) -> None:
    """Killed at 200 moments over its whole course, a reindex leaves the old index or the new one, whole, and is reported once."""
    served, price, length, reported = 1, 1, 0.0, 0
    chance = random.Random(0)  # noqa: S311 - moments, not secrets
    moments = [(n + chance.random()) / KILLS for n in range(KILLS)]
    chance.shuffle(moments)
    while moments:
        price += 1
        reindexer.price(price)
        if len(moments) % 20 == 0:  # the next reindex works, and shows how long one takes at this moment
            code, length = reindexer.run()
            assert (code, *reindexer.start()) == (0, price, "done", False)
            served, price = price, price + 1
            reindexer.price(price)
        code, _ = reindexer.run(kill_after=moments[-1] * length)
        found, state, told = reindexer.start()
        assert found in (served, price)
        assert state == "interrupted" or (state, told) == ("done", False)
        served, reported = found, reported + told
        if code == -signal.SIGKILL:
            moments.pop()
        else:  # it was quicker than the one before
            length *= 0.9
    assert reported > KILLS // 2
    reindexer.price(price + 1)
    assert (reindexer.run()[0], *reindexer.start()) == (0, price + 1, "done", False)
    assert [p.name for p in reindexer.bot.store.folder.glob(".*")] == [".lock"]


def test_killed_at_any_step_the_old_index_serves(reindexer: Reindexer) -> None:
    """Killed at each step that touches the disk, a reindex leaves the old index, and the new one once it is published."""
    reindexer.price(2)
    for step in STEPS:
        assert (step, reindexer.run(step=step)[0]) == (step, -signal.SIGKILL)
        assert (step, *reindexer.start()) == (step, 2 if step == STEPS[-1] else 1, "interrupted", True)
    assert reindexer.run()[0] == 0
    assert reindexer.start() == (2, "done", False)


def test_a_command_that_is_killed_leaves_the_old_index(served: Bot, make_bot: Make) -> None:
    """`python -m bot reindex`, killed while it builds, leaves the old index as it was."""
    rewrite(served, "$12", "$13")
    command = [sys.executable, "-m", "bot", "reindex"]
    settings = {"FINGERPOST_CORPUS": str(served.settings.corpus), "FINGERPOST_HOME": str(served.settings.home)}
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.DEVNULL) as running:
        while running.poll() is None and not list(served.settings.index.glob(".building-*/*")):
            time.sleep(0.0005)
        running.kill()
    assert running.returncode == -signal.SIGKILL
    intact(make_bot, served, "$12")
    served.reindex(quiet)
    intact(make_bot, served, "$13")
    assert [p.name for p in served.settings.index.glob(".*")] == [".lock"]


def intact(make_bot: Make, bot: Bot, price: str) -> None:
    """What serves verifies without a fallback, and answers with this price."""
    found = make_bot(bot.settings.corpus, bot.settings.home)
    _, problems = found.store.open_current()
    answer = found.handle(Ask("What does a fern cost?"))
    assert (problems, answer.outcome) == ([], "answered")
    assert price in answer.citations[0].quote
