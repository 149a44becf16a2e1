"""What a command does before it answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import pytest

from bot.commands.ready import ensure_current_index, ensure_index
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


def test_what_has_changed_since_is_not_measured(plants: Path, tmp_path: Path) -> None:
    """A measurement after a change of the guides asks for a reindex, since its figures would be those of the guides before."""
    bot = Bot(Settings(plants, tmp_path / "home", "cheap"), load_model=lambda _: cheap_model())
    ensure_current_index(bot)
    guide = next(plants.rglob("*.md"))
    guide.write_text(guide.read_text("utf-8") + "\nOne more sentence.\n", "utf-8")
    with pytest.raises(click.ClickException, match=f"{guide.name}.*fingerpost reindex"):
        ensure_current_index(bot)
    bot.reindex(lambda *_: None, publish_anyway=True)
    ensure_current_index(bot)
