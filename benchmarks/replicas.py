"""Three replicas on one PostgreSQL, each a process, to each of which every event is delivered.

    python -m benchmarks.replicas [EVENTS]

Prints how often each event was answered: at rest, while replicas are killed with -9 in mid-answer, while PostgreSQL is restarted
and crashed; and how soon an index that is published is seen by all, and whether any answer mixed two. 1,000 events by default.
"""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.wiring import Bot
from tests.bot.reindexing.cheap import cheap_model
from tests.conftest import GUIDE, quiet
from tests.servers.fleet import Fleet, fleet, mixed, wait_for
from tests.servers.postgres import PostgresServer, running

QUESTIONS = ["What does a fern cost?", "What does a cactus cost?"]
PUBLICATIONS = 20
SEEN_WITHIN = 2  # seconds after a publication for which answers are looked at


@contextmanager
def builder(server: PostgresServer, folder: Path) -> Iterator[Bot]:
    """The machine that reindexes, with a first index."""
    (folder / "corpus" / "guides").mkdir(parents=True)
    settings = Settings(folder / "corpus", folder / "builder", "cheap", store=server.address(server.database()))
    with closing(Bot(settings, load_model=lambda _: cheap_model())) as bot:
        publish(bot, 1)
        yield bot


def publish(bot: Bot, price: int) -> str:
    """Let both prices be this one; the generation that says so."""
    changed = GUIDE.replace("$12", f"${price}").replace("$7-$9", f"${price}")
    (bot.settings.corpus / "guides" / "plants.md").write_text(changed, "utf-8")
    return bot.reindex(quiet).name


def told(what: str, answers: dict[str, list[dict[str, Any]]], seconds: float) -> None:
    """One line: how many events were answered how often, and how."""
    times = Counter(len(of_one) for of_one in answers.values())
    outcomes = Counter(answer["outcome"] for of_one in answers.values() for answer in of_one)
    say(f"{what}: {len(answers)} events; answered so often: {dict(times)}; {dict(outcomes)}; {seconds:.1f} s")


def say(line: str) -> None:
    """A line of the report."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def at_rest(replicas: Fleet, events: int) -> None:
    """Every event to all three."""
    began = time.monotonic()
    answers = replicas.answers(replicas.ask(QUESTIONS * (events // 2)))
    told("at rest", answers, time.monotonic() - began)
    say(f"  by each replica: {[sum('outcome' in said for said in process.said) for process in replicas.processes]}")


def restarted(replicas: Fleet, server: PostgresServer, events: int) -> None:
    """The server is stopped twice in the middle, once as a crash would."""
    began = time.monotonic()
    keys: list[str] = []
    for how in (signal.SIGINT, signal.SIGQUIT):
        before = len(replicas.said())
        keys += replicas.ask(QUESTIONS * (events // 4))
        wait_for(lambda before=before: len(replicas.said()) > before + events // 8, "the first answers")  # type: ignore[misc]
        server.stop(how)
        time.sleep(1)
        server.start()
    told("PostgreSQL restarted and crashed under load", replicas.answers(keys), time.monotonic() - began)
    say(f"  events that no replica could take in time: {len(replicas.said('failed'))}")


def published(replicas: Fleet, bot: Bot) -> None:
    """Questions go on while indexes are published; how soon after a publication a replica answers from it for good."""
    prices, seen, answers = {bot.store.current() or "": 1}, [], []
    for price in range(2, 2 + PUBLICATIONS):
        newest = publish(bot, price)
        at = time.time()
        prices[newest] = price
        keys: list[str] = []
        while time.time() < at + SEEN_WITHIN:
            keys += replicas.ask(QUESTIONS)
            replicas.answers(keys[-2:])
        found = [answer for of_one in replicas.answers(keys).values() for answer in of_one]
        seen.append(max([answer["at"] - at for answer in found if answer["generation"] != newest], default=0.0))
        answers += found
    say(f"{PUBLICATIONS} publications among {len(answers)} answers: the last from the index before {max(seen):.3f} s after, at most")
    say(f"  answers that mix two indexes: {len(mixed(answers, prices))}")


def killed(replicas: Fleet, events: int) -> None:
    """Two of three are killed with -9 in mid-answer, one after another, while events go on."""
    began = time.monotonic()
    keys: list[str] = []
    for victim in replicas.processes[:2]:
        keys += replicas.ask(QUESTIONS * (events // 6))
        before = sum("held" in said for said in victim.said)
        while sum("held" in said for said in victim.said) == before:  # until this one has an event that stops in mid-answer
            keys += replicas.ask(QUESTIONS, hold=victim.process.pid)
            time.sleep(0.2)
        victim.kill()
    keys += replicas.ask(QUESTIONS * (events // 6))
    told("two of three killed with -9 in mid-answer", replicas.answers(keys), time.monotonic() - began)


def main(arguments: Sequence[str]) -> None:
    """All of it."""
    events = int(arguments[0]) if arguments else 1_000
    with tempfile.TemporaryDirectory() as scratch, running() as server, builder(server, Path(scratch)) as bot:
        corpus = shutil.copytree(bot.settings.corpus, Path(scratch) / "elsewhere")
        with fleet(corpus, Path(scratch), bot.settings.store) as replicas:
            at_rest(replicas, events)
            published(replicas, bot)
            restarted(replicas, server, events)
            killed(replicas, events)


if __name__ == "__main__":
    main(sys.argv[1:])
