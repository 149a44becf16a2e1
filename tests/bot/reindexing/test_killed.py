"""A reindex that is killed, at whatever moment, leaves a whole index that serves, and the next one works."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bot.messages import Ask
from bot.reindexing.runs import Reindexing
from bot.settings import PREFIX
from bot.store import Store
from bot.wiring import Bot
from retrieval.stores import open_current
from tests.bot.reindexing.forks import Reindexer
from tests.bot.reindexing.garden import rewrite
from tests.conftest import quiet

ROOT = Path(__file__).parents[3]
KILLS = 200
Make = Callable[[Path, Path], Bot]
STEPS = [
    "os.mkdir /.building x1",
    "open /.building/passages.f32 x1",  # the guides are read, and vectors are about to be made
    "open /.building/overview.json x1",  # the vectors and the lexical index are written
    "open /.building/manifest.json x1",  # about to be sealed
    "open /.building/passages.records x5",  # sealed, and read by the engine that the check questions ask
    "open /.building/manifest.json x3",  # checked, about to be sealed for good
    "open /.building/passages.records x6",  # about to be put on disk
    "os.rename /.building x1",
    "open /.CURRENT.new x1",
    "os.rename /.CURRENT.new x1",
    "open  x2",  # published, and the folder about to be put on disk
]


def test_killed_at_200_moments_a_whole_index_serves(reindexer: Reindexer) -> None:
    """Killed at 200 moments over its whole course, a reindex leaves the old index or the new one, whole, and is reported once.

    A moment that fell before or after it, as the machine is busier or less than when one was timed, is taken again.
    """
    served, price, length = 1, 1, 0.0
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
        last = reindexer.last()
        reindexer.run(kill_after=moments[-1] * length)
        found, state, told = reindexer.start()
        begun = reindexer.last() != last
        assert found in ((served, price) if begun else (served,))
        assert told == (begun and state == "interrupted")
        if told:
            moments.pop()
        elif begun:  # it was over already: quicker than the one before
            assert (found, state) == (price, "done")
            moments[-1] *= 0.9
        else:
            moments[-1] += 0.5 / KILLS
        served = found
    reindexer.price(price + 1)
    assert (reindexer.run()[0], *reindexer.start()) == (0, price + 1, "done", False)
    assert [p.name for p in reindexer.bot.store.folder.glob(".*")] == [".lock"]


def test_killed_at_any_step_the_old_index_serves(reindexer: Reindexer) -> None:
    """Killed at each step that touches the disk, a reindex leaves the old index, and the new one once it is published."""
    reindexer.price(2)
    for step in STEPS:
        assert (step, reindexer.run(fate=step)[0]) == (step, -signal.SIGKILL)
        assert (step, *reindexer.start()) == (step, 2 if step == STEPS[-1] else 1, "interrupted", True)
    assert reindexer.run()[0] == 0
    assert reindexer.start() == (2, "done", False)


def test_what_never_served_is_not_gone_back_to(reindexer: Reindexer) -> None:
    """An index that a killed run has left among the others, just before it would have served, is not what a rollback goes to."""
    reindexer.price(2)
    assert reindexer.run(fate="open /.CURRENT.new x1")[0] == -signal.SIGKILL
    reindexer.price(3)
    assert (reindexer.run()[0], len(reindexer.bot.store.names())) == (0, 3)
    store = Store(reindexer.bot.settings.home)
    Reindexing(reindexer.bot, store, lambda *_: None).rollback("Ben", "slack:T:U2")
    store.close()
    assert reindexer.start()[0] == 1


def test_a_command_that_is_killed_leaves_the_old_index(served: Bot, make_bot: Make, export: str) -> None:
    """`python -m bot reindex`, killed while it builds, leaves the old index as it was."""
    rewrite(served, "$12", "$13")
    command = [sys.executable, "-m", "bot", "reindex"]
    given = {"CORPUS": str(served.settings.corpus), "HOME": str(served.settings.home), "MODEL": export}
    settings = {PREFIX + name: value for name, value in given.items()}
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
    _, problems = open_current(found.store)
    answer = found.handle(Ask("What does a fern cost?"))
    assert (problems, answer.outcome) == ([], "answered")
    assert price in answer.citations[0].quote
