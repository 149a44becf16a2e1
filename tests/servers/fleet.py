"""Three replicas on one PostgreSQL, and a platform that delivers each event to all of them and hears what they say."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.settings import Secret

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0  # seconds


class Process:
    """One replica, and what it has said."""

    def __init__(self, corpus: Path, home: Path, address: Secret) -> None:
        environment = {**os.environ, "FINGERPOST_STORE": address.reveal(), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "tests.servers.replica", str(corpus), str(home)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.said: list[dict[str, Any]] = []
        self._hearing = threading.Thread(target=self._hear)
        self._hearing.start()

    def deliver(self, event: dict[str, Any]) -> None:
        """Hand over an event; one that is dead hears nothing."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(event) + "\n")
            self.process.stdin.flush()

    def kill(self) -> None:
        """As the system does it, without a word."""
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Let it finish what it does."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(PATIENCE)
        self._hearing.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _hear(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(json.loads(line))


class Fleet:
    """The replicas, and the platform."""

    def __init__(self, processes: list[Process]) -> None:
        self.processes = processes
        self._count = 0

    def ask(self, questions: list[str], **how: Any) -> list[str]:
        """Deliver an event for each question to every replica; their keys."""
        keys = []
        for question in questions:
            self._count += 1
            keys.append(f"fleet:{self._count}")
            for process in self.processes:
                process.deliver({"key": keys[-1], "question": question, **how})
        return keys

    def said(self, what: str = "outcome") -> list[dict[str, Any]]:
        """What the replicas have said of this kind, so far."""
        return [said for process in self.processes for said in list(process.said) if what in said]

    def answers(self, keys: list[str]) -> dict[str, list[dict[str, Any]]]:
        """The answers to each event, once there is one for all."""
        wanted = set(keys)
        wait_for(lambda: wanted <= {said["key"] for said in self.said()}, f"answers to {len(keys)} events")
        found: dict[str, list[dict[str, Any]]] = {key: [] for key in keys}
        for said in self.said():
            if said["key"] in wanted:
                found[said["key"]].append(said)
        return found


def mixed(answers: list[dict[str, Any]], prices: Mapping[str, int]) -> list[dict[str, Any]]:
    """The answers that show another price than that of the generation which they name."""
    return [answer for answer in answers if set(re.findall(r"\$\d+", answer["text"])) != {f"${prices[answer['generation']]}"}]


def wait_for(look: Callable[[], bool], what: str) -> None:
    """Until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)


@contextlib.contextmanager
def fleet(corpus: Path, homes: Path, address: Secret, count: int = 3) -> Iterator[Fleet]:
    """So many replicas, which are ready."""
    made = Fleet([Process(corpus, homes / f"home-{number}", address) for number in range(count)])
    try:
        wait_for(lambda: len(made.said("ready")) == count, "the replicas")
        yield made
    finally:
        for process in made.processes:
            process.end()
