"""Many askers at once, beside the encoder's own throughput on batches of as many questions. Wall time."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Sequence

from bot.bench import starts
from bot.bench.row import Row, percentile
from bot.messages import Ask
from bot.wiring import Bot

ASKS = """
import json, os, sys
from contextlib import closing
from pathlib import Path
from bot import grading, settings
from bot.bench import crowd
from bot.wiring import Bot
with closing(Bot(settings.load(os.environ, Path()))) as bot:
    asked = [question.ask for question in grading.load(bot.settings.corpus)]
    print(json.dumps(crowd.asked_at_once(bot, asked, int(sys.argv[1]), float(sys.argv[2]))))
"""


def measure(bot: Bot, askers: int, seconds: float) -> list[Row]:
    """Questions answered a second, how long the slowest waited, and how many of those asked got their own answer.

    In a process of its own, which has nothing of torch's, as one that serves. Raises ModelError.
    """
    found = json.loads(starts.cost(["-c", ASKS, str(askers), str(seconds)], starts.environment(bot.settings)).said)
    rate, bound, slowest, begun, answered = found
    return [
        Row(f"{askers} askers at once, answers", rate, bound, "a second", f"encoding alone, in batches of {askers}"),
        Row("the same, p99", slowest * 1000, askers / bound * 1000, "ms", "one such batch"),
        Row("the same, questions that got an answer", float(answered), float(begun), "questions", "questions asked"),
    ]


def asked_at_once(bot: Bot, asked: Sequence[str], askers: int, seconds: float) -> tuple[float, float, float, int, int]:
    """Answers a second, texts encoded a second, p99 of the answers in seconds, questions begun, and those of them that were answered."""
    bot.keep_warm()
    ordered = itertools.cycle(asked)  # the questions that are asked: others are longer or shorter
    bot.model.encode(list(itertools.islice(ordered, askers)))
    encoded, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds / 4:
        bot.model.encode(list(itertools.islice(ordered, askers)))
        encoded += askers
    bound = encoded / (time.perf_counter() - started)
    waited: list[float] = []
    begun: list[str] = []
    answered: list[str] = []
    started = time.perf_counter()
    threads = [threading.Thread(target=_ask, args=(bot, asked, n, started + seconds, waited, begun, answered)) for n in range(askers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(waited) / (time.perf_counter() - started)
    return rate, bound, percentile(waited, 0.99), len(begun), len(answered)


def _ask(bot: Bot, asked: Sequence[str], first: int, end: float, waited: list[float], begun: list[str], answered: list[str]) -> None:
    number = first
    while time.perf_counter() < end or number == first:
        started = time.perf_counter()
        name = f"{first}:{number}"
        begun.append(name)
        answer = bot.handle(Ask(asked[number % len(asked)], id=name))
        waited.append(time.perf_counter() - started)
        if answer.id == name and answer.outcome != "rejected":
            answered.append(name)
        number += 7
