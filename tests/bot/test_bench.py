"""The benchmark measures each thing beside its peer. What it finds is for documents; no test asserts a time."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot import bench
from bot.wiring import Bot


def test_every_row_has_both_figures(bot: Bot, models: Path) -> None:
    """A quick run gives each figure with what it is compared with, and loses no question."""
    shutil.copytree(models, bot.settings.models, dirs_exist_ok=True)
    rows = bench.run(bot, lambda *_: None, quick=True)
    assert [row.what for row in rows if not (row.ours > 0 and row.peer > 0 and row.beside)] == []
    assert rows[-1].ours == rows[-1].peer
    table = bench.describe(rows).splitlines()
    assert len(table) == len(rows) + 2
    assert all(line.count("|") == 6 for line in table)
