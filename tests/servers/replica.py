"""One replica of a fleet, as a process: the bot and its state in one PostgreSQL, with an encoder that costs nothing.

    python -m tests.servers.replica CORPUS HOME        with the address in FINGERPOST_STORE

It does with an event what an adapter does: claims it, answers, sends the answer, finishes it; and does again what another
replica left when it died. The platform is whoever reads its output: a line of JSON for each thing that it says, the last of
which is {"over": true}. Input is a line of JSON for each event, {"key", "question"}; one with "hold" stops in
mid-answer until the process is killed: in the process of that id, or in any where it is 0.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bot.messages import Ask
from bot.settings import Secret, Settings
from bot.store import Store, StoreError
from bot.wiring import Bot
from retrieval.errors import IndexUnreachable
from tests.bot.reindexing.cheap import cheap_model

PREFIX = "fleet:"
_LOOKS_EVERY = 0.25  # seconds between looks at what others have left
_TRIES, _WAIT = 120, 0.25  # of claims while the database is away, and seconds between them: Slack and Discord deliver again as well


class Replica:
    """Answers events, several at a time."""

    def __init__(self, corpus: Path, home: Path, address: Secret) -> None:
        self._bot = Bot(Settings(corpus, home, "cheap", store=address), load_model=lambda _: cheap_model())
        self._store = Store(address)
        self._speaking = threading.Lock()
        self._ended = threading.Event()

    def run(self) -> None:
        """Until the input ends."""
        self._bot.keep_warm()
        self._say(ready=True)
        looking = threading.Thread(target=self._look)
        looking.start()
        with ThreadPoolExecutor(4) as pool:
            jobs = [pool.submit(self._take, json.loads(line)) for line in sys.stdin]
        for job in jobs:
            job.result()
        self._ended.set()
        looking.join()
        self._store.close()
        self._bot.close()
        self._say(over=True)

    def _look(self) -> None:
        """Take over what a replica that died has left."""
        while not self._ended.wait(_LOOKS_EVERY):
            try:
                for event in self._store.unfinished(PREFIX):
                    self._take(json.loads(event.payload) | {"hold": None})
            except StoreError:
                continue

    def _take(self, event: dict[str, Any]) -> None:
        for _ in range(_TRIES):
            try:
                if self._store.claim(event["key"], json.dumps(event)):
                    self._answer(event)
                return
            except StoreError:
                time.sleep(_WAIT)
        self._say(key=event["key"], failed=True)

    def _answer(self, event: dict[str, Any]) -> None:
        try:
            answer = self._bot.handle(Ask(event["question"]))
            said = {"outcome": answer.outcome, "text": answer.plain, "generation": answer.generation}
        except IndexUnreachable:
            said = {"outcome": "again", "text": "Ask again in a minute.", "generation": ""}
        if event.get("hold") in (0, os.getpid()):
            self._say(key=event["key"], held=True)
            threading.Event().wait()
        self._say(key=event["key"], at=time.time(), **said)
        self._store.finish(event["key"])

    def _say(self, **what: Any) -> None:
        with self._speaking:
            sys.stdout.write(json.dumps(what) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    Replica(Path(sys.argv[1]), Path(sys.argv[2]), Secret(os.environ["FINGERPOST_STORE"])).run()
