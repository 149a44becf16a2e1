"""What a command does before it answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.commands.ready import ensure_index
from bot.settings import Settings
from bot.wiring import Bot
from retrieval.generations import GenerationStore
from tests.bot.reindexing.cheap import cheap_model
from tests.servers.places import eventually


def test_who_starts_while_another_builds_the_first_index_waits(plants: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As replicas do that start at once; it says so once, and has an index in the end."""
    bot = Bot(Settings(plants, tmp_path / "home", "cheap"), load_model=lambda _: cheap_model())
    said = ""

    def told() -> bool:
        nonlocal said
        said += capsys.readouterr().err
        return "waiting for the first index" in said

    with ThreadPoolExecutor(1) as pool:
        with GenerationStore(bot.settings.index).alone():
            started = pool.submit(ensure_index, bot)
            assert eventually(told)
            assert not bot.has_index
        started.result()
    said += capsys.readouterr().err
    assert (bot.has_index, said.count("waiting for the first index")) == (True, 1)
