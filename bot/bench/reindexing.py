"""A reindex in which nothing or one guide has changed, beside the full build of the same guides. CPU time."""

from __future__ import annotations

import dataclasses
import functools
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

from bot.bench.row import Row
from bot.wiring import Bot
from retrieval.spelling import frequent_words

GUIDES, FEW = 10_000, 20
ROUNDS = 3  # of one changed guide, which takes seconds: what else the machine does is as large a part of one of them
WORDS = 20_000  # of which the texts are made, each as frequent as its rank lets it be
BESIDE = "its full build"


def measure(bot: Bot, guides: int = GUIDES) -> list[Row]:
    """CPU seconds of both, with the bot's own model; of one changed guide the median of some."""
    with tempfile.TemporaryDirectory(prefix="fingerpost-bench-") as made:
        corpus = Path(made) / "corpus"
        write_guides(corpus / "guides", guides)
        grown = Bot(dataclasses.replace(bot.settings, corpus=corpus, home=Path(made)), lambda _: bot.model)
        full, nothing = _seconds(grown), _seconds(grown)
        one = statistics.median(_after_change(grown, number) for number in range(ROUNDS))
        passages = grown.engine().searcher.generation.manifest.passages
    return [
        Row(f"reindex of {guides:,} guides ({passages:,} passages), none changed", nothing, full, "CPU s", BESIDE),
        Row("the same, one changed", one, full, "CPU s", BESIDE),
    ]


def write_guides(folder: Path, guides: int) -> None:
    """So many guides of three to five sections with a paragraph each, written an hour ago."""
    folder.mkdir(parents=True)
    chance = random.Random(0)  # noqa: S311 - texts, not secrets
    earlier = time.time() - 3_600
    for number in range(guides):
        path = folder / f"guide-{number}.md"
        write_guide(path, number, chance)
        os.utime(path, (earlier, earlier))


def write_guide(path: Path, number: int, chance: random.Random) -> None:
    """One guide in words that are as frequent as in any text (G. K. Zipf, 1949)."""
    sections = "\n\n".join(f"## {_text(chance, 3).title()}\n\n{_text(chance, 45)}." for _ in range(chance.randint(3, 5)))
    path.write_text(f"---\ntitle: Guide {number}\n---\n\n# Guide {number}\n\n{sections}\n", "utf-8")


def _after_change(bot: Bot, number: int) -> float:
    """CPU seconds of a reindex after one guide was written anew."""
    write_guide(bot.settings.corpus / "guides" / f"guide-{number}.md", number, random.Random(f"another {number}"))  # noqa: S311
    return _seconds(bot)


def _text(chance: random.Random, count: int) -> str:
    words = _words()
    return " ".join(words[min(int(WORDS ** chance.random()), WORDS) - 1] for _ in range(count))


@functools.cache
def _words() -> list[str]:
    return frequent_words(WORDS)


def _seconds(bot: Bot) -> float:
    started = time.process_time()
    bot.reindex(lambda *_: None, publish_anyway=True)
    return time.process_time() - started
