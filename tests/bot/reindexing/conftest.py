"""A bot over one small guide, whose index serves."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.wiring import Bot
from tests.conftest import GUIDE, quiet

Make = Callable[[Path, Path], Bot]


@pytest.fixture(scope="module")
def steady(make_bot: Make, tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """A bot whose index no test changes."""
    folder = tmp_path_factory.mktemp("steady")
    (folder / "corpus" / "guides").mkdir(parents=True)
    (folder / "corpus" / "guides" / "plants.md").write_text(GUIDE, "utf-8")
    made = make_bot(folder / "corpus", folder / "home")
    made.reindex(quiet)
    return made


@pytest.fixture
def served(steady: Bot, tmp_path: Path, make_bot: Make) -> Bot:
    """A bot over the small corpus, whose first index serves."""
    corpus = shutil.copytree(steady.settings.corpus, tmp_path / "corpus")
    return make_bot(corpus, shutil.copytree(steady.settings.home, tmp_path / "home"))
