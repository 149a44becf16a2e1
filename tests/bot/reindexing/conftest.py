"""A bot over one small guide, whose index serves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.wiring import Bot
from tests.bot.reindexing.cheap import cheap_model
from tests.bot.reindexing.forks import Reindexer
from tests.conftest import GUIDE, quiet

ROOT = Path(__file__).parents[3]
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


@pytest.fixture
def reindexer(tmp_path: Path) -> Iterator[Reindexer]:
    """A reindexer over a small corpus with a check question, whose first index serves with the price 1."""
    if not hasattr(os, "fork"):
        pytest.skip("a warm process can be forked on POSIX alone")
    settings = Settings(tmp_path / "corpus", tmp_path / "home", "cheap")
    (settings.corpus / "guides").mkdir(parents=True)
    (settings.corpus / "questions.toml").write_text('[[question]]\nask = "What does a fern cost?"\noutcome = "answered"\n', "utf-8")
    command = [sys.executable, "-m", "tests.bot.reindexing.reindexer"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        made = Reindexer(process, Bot(settings, load_model=lambda _: cheap_model()))
        made.price(1)
        assert made.run()[0] == 0
        yield made
        assert process.stdin is not None
        process.stdin.close()
