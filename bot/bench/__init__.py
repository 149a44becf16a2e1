"""What the program costs, each figure beside its peer or bound in the same run, so that machines can be compared.

CPU time, so that other work of the machine does not count, except where many ask at once.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from bot import grading
from bot.bench import crowd, indexing, questions, reindexing, serving, starts
from bot.bench.row import Row
from bot.wiring import Bot
from retrieval import encoder
from retrieval.reading import Progress

ASKERS = 64


def run(bot: Bot, progress: Progress, *, quick: bool = False) -> list[Row]:
    """All measurements; `quick` takes the guides as they are and a moment each, to see that they work. Raises ModelError."""
    asked = [question.ask for question in grading.load(bot.settings.corpus)]
    progress("starting", 0, 4)
    rows = starts.measure(bot.settings, asked[0], rounds=1 if quick else 5)
    rows += serving.measure(bot.settings, asked[0], rounds=1 if quick else 3)
    os.environ["OMP_NUM_THREADS"] = "1"  # several threads that wait for a busy machine would count as work of the reference
    reference: Any = encoder.load(bot.settings.model).encoder
    progress("asking", 1, 4)
    few, passages, rounds = (30, 0, 1) if quick else (len(asked), questions.PASSAGES, 5)
    rows += questions.measure(bot, reference, asked[:few], passages, rounds)
    progress("indexing", 2, 4)
    rows += indexing.measure(bot, reference, rounds=1 if quick else 3)
    rows += reindexing.measure(bot, guides=reindexing.FEW if quick else reindexing.GUIDES)
    progress("many at once", 3, 4)
    rows += crowd.measure(bot, askers=ASKERS, seconds=1.0 if quick else 60.0)
    progress("done", 4, 4)
    return rows


def describe(rows: Sequence[Row]) -> str:
    """The rows as a table in Markdown."""
    lines = ["| | Fingerpost | beside it | ratio | |", "|---|---|---|---|---|"]
    lines += [f"| {row.what} | {row.ours:.4g} | {row.peer:.4g} ({row.beside}) | {row.ratio:.2f} | {row.unit} |" for row in rows]
    return "\n".join(lines)
