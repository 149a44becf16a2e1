"""A disk that is full and a folder that cannot be written: a clear error, and the index that serves is as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.wiring import Bot
from retrieval.errors import IndexNotWritten
from tests.bot.reindexing.forks import Reindexer
from tests.bot.reindexing.garden import snapshot
from tests.conftest import quiet


@pytest.mark.parametrize("room", [0, 200, 1_200, 2_500])
def test_a_full_disk_leaves_the_index_as_it_was(reindexer: Reindexer, room: int) -> None:
    """Whichever file the disk has no room for, the refusal says so and what to do; with room again the next reindex works."""
    before = snapshot(reindexer.bot.settings.index)
    reindexer.price(2)
    assert reindexer.run(fate=f"full {room}")[0] == 1
    index = reindexer.bot.settings.index
    assert reindexer.refusal.startswith(f"the index in {index}")
    for words in ("cannot be written", "File too large", "check the space on the disk", "The index that serves is as it was"):
        assert words in reindexer.refusal
    assert before == snapshot(index)
    price, state, _ = reindexer.start()
    assert (price, state in ("failed", "interrupted")) == (1, True)
    assert reindexer.run()[0] == 0
    assert reindexer.start() == (2, "done", False)


def test_a_state_that_cannot_be_written_is_refused(reindexer: Reindexer) -> None:
    """Where the index could be written but not the bot's state, nothing is published that nobody would know of."""
    before = snapshot(reindexer.bot.settings.index)
    state = reindexer.bot.settings.home / "state.sqlite"
    state.rename(state.with_suffix(".kept"))
    state.mkdir()
    assert reindexer.run()[0] == 1
    assert "the bot's state" in reindexer.refusal
    state.rmdir()
    state.with_suffix(".kept").rename(state)
    assert before == snapshot(reindexer.bot.settings.index)


def test_an_index_folder_that_cannot_be_written_is_refused(served: Bot) -> None:
    """Where the folder of the index cannot be made, the refusal names it."""
    served.settings.index.rename(served.settings.home / "elsewhere")
    served.settings.index.write_text("a file", "utf-8")
    with pytest.raises(IndexNotWritten, match=r"/index cannot be written: File exists; check the space"):
        served.reindex(quiet)


def test_a_home_that_cannot_be_written_is_refused(plants: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder that cannot be made ends the command with one line that names it."""
    monkeypatch.setenv("FINGERPOST_CORPUS", str(plants))
    monkeypatch.setenv("FINGERPOST_HOME", "/proc/nosuch")  # where nobody makes a folder
    result = CliRunner().invoke(main, ["reindex"])
    assert (result.exit_code, "Traceback" in result.output) == (1, False)
    assert "the bot's state in /proc/nosuch cannot be used: " in result.stderr
