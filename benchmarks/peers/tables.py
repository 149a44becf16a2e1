"""What was measured, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.peers.described import Driver

Measured = Mapping[str, Mapping[str, Any]]


def quality(drivers: Sequence[Driver], measured: Measured, collections: Sequence[str]) -> str:
    """nDCG@10 of each peer on each collection, with the mean."""
    rows = []
    for driver in drivers:
        figures = [measured[driver.driver][f"nDCG@10 {name}"] for name in collections]
        rows.append([driver.name, *(f"{figure:.3f}" for figure in [*figures, sum(figures) / len(figures)])])
    return _table(["nDCG@10", *collections, "mean"], rows)


def cost(drivers: Sequence[Driver], measured: Measured) -> str:
    """What each peer costs."""
    head = [
        "", "passages indexed, a CPU second", "one question, CPU ms, p50 / p99", "wall ms, p50 / p99", "start, CPU s", "memory, MB",
        "installed, MB", "without torch",
    ]  # fmt: skip
    rows = []
    for driver in drivers:
        index, serve, size = (measured[driver.driver][step] for step in ("index", "serve", "size"))
        rows.append([
            driver.name, f"{index['rate']:.0f}", *(f"{serve[f'{of} 50']:.1f} / {serve[f'{of} 99']:.1f}" for of in ("cpu", "wall")),
            f"{serve['start']:.2f}", f"{serve['memory']:.0f}", f"{size['installed']:.0f}", f"{size['installed'] - size['torch']:.0f}",
        ])  # fmt: skip
        if "image" in size:
            rows.append(["… in its image, which has no torch", *[""] * 5, f"{size['image']:.0f}", f"{size['image']:.0f}"])
    return _table(head, rows)


def peers(drivers: Sequence[Driver]) -> str:
    """What each peer is, with its versions."""
    rows = [[driver.name, driver.search, driver.kept, ", ".join(v.replace("==", " ") for v in driver.versions)] for driver in drivers]
    return _table(["", "searches by", "finds on disk at its start", "versions"], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *rows])
