"""Passages to vectors, beside sentence-transformers' encode of the same passages."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bot.bench.row import Row
from bot.wiring import Bot

BESIDE = "sentence-transformers: encode the same passages"


def measure(bot: Bot, reference: Any, rounds: int) -> list[Row]:
    """Passages a CPU second, the best of some rounds, and how well the vectors agree."""
    passages = [p.embedded for p in bot.engine().searcher.generation.passages]
    ours = min(_seconds(lambda: bot.model.encode(passages)) for _ in range(rounds))
    peer = min(_seconds(lambda: reference.encode(passages)) for _ in range(rounds))
    wanted = np.asarray(reference.encode(passages, normalize_embeddings=True))
    lowest = float((wanted * bot.model.encode(passages)).sum(axis=1).min())
    return [
        Row("passages embedded", len(passages) / ours, len(passages) / peer, "a CPU second", BESIDE),
        Row("lowest cosine of those vectors", lowest, 1.0, "cosine", "the same vectors"),
    ]


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
