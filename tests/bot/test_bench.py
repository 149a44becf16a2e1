"""The benchmark measures each thing beside its peer. What it finds is for documents; no test asserts a time."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bot import bench
from bot.bench import starts
from bot.wiring import Bot
from retrieval.errors import ModelError


def test_every_row_has_both_figures(bot: Bot, models: Path) -> None:
    """A quick run gives each figure with what it is compared with, and loses no question."""
    shutil.copytree(models, bot.settings.models, dirs_exist_ok=True)
    rows = bench.run(bot, lambda *_: None, quick=True)
    assert [row.what for row in rows if not (row.ours > 0 and row.peer > 0 and row.beside)] == []
    assert rows[-1].ours == rows[-1].peer
    table = bench.describe(rows).splitlines()
    assert len(table) == len(rows) + 2
    assert all(line.count("|") == 6 for line in table)


def test_what_a_process_takes_is_its_own() -> None:
    """Memory of whoever starts it, which the system counts as its peak, is not; what it printed is kept."""
    held = b"x" * 300_000_000
    found = starts.cost(["-c", "print('one'); print('two')"], os.environ)
    assert found.said == "one\ntwo"
    assert 0 < found.peak < len(held) / 1e6
    assert found.seconds > 0


def test_a_process_that_fails_is_no_measurement() -> None:
    """It is named."""
    with pytest.raises(ModelError, match="failed with status 3"):
        starts.cost(["-c", "raise SystemExit(3)"], os.environ)
