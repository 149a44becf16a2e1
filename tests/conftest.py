"""The real parts, built once: the model, the guides that the project carries, and a bot with their index."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from bot.settings import Settings
from bot.wiring import Bot
from retrieval import encoder, exported
from retrieval.encoder import EMBEDDED_MODEL, Model
from tests.servers.postgres import PostgresServer, running

ROOT = Path(__file__).parents[1]
TODAY = datetime.date(2026, 11, 22)


def quiet(_doing: str, _done: int, _of: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tests' export of the model lies, made once for all workers by the command that makes an image's.

    Each worker has a copy: openvino keeps there what it makes of the model, and another worker could be reading it.
    """
    own = tmp_path_factory.getbasetemp()
    made_once = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "exported"  # in the folder of the whole run
    new = made_once.with_suffix(".new")
    with FileLock(made_once.with_suffix(".lock")):
        if not made_once.is_dir():
            command = [sys.executable, "-m", "bot", "export", str(new / "export")]
            environment = {**os.environ, "FINGERPOST_HOME": str(own / "exporter")}
            subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
            made = exported.manifest(new / "export")
            assert made is not None
            (new / "export").rename(exported.folder_for(made.identity, new))
            new.rename(made_once)
    return shutil.copytree(made_once, own / "models")


@pytest.fixture(scope="session")
def model(models: Path) -> Model:
    """The embedding model that the program carries, as it serves."""
    return encoder.serve(EMBEDDED_MODEL, models)


@pytest.fixture(scope="session")
def export(model: Model, models: Path) -> str:
    """What FINGERPOST_MODEL is for a process that shall not make an export of its own."""
    return str(exported.folder_for(model.identity, models))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The corpus that the program carries."""
    return ROOT / "corpus"


@pytest.fixture(scope="session")
def make_bot(model: Model) -> Callable[[Path, Path], Bot]:
    """A bot for a corpus folder and a home, with the loaded model and a fixed day; no index is built."""

    def make(corpus: Path, home: Path) -> Bot:
        return Bot(Settings(corpus=corpus, home=home, model=EMBEDDED_MODEL), load_model=lambda _: model, today=lambda: TODAY)

    return make


@pytest.fixture(scope="session")
def bot(make_bot: Callable[[Path, Path], Bot], corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """A bot over the program's own guides, with an index built once."""
    made = make_bot(corpus, tmp_path_factory.mktemp("home"))
    report = made.reindex(quiet)
    assert report.published, report.failures
    return made


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server with pgvector, started once."""
    with running() as server:
        yield server


GUIDE = """---
title: Keeping plants
source: {publisher: Green Desk, author: A. Gardener}
updated: 2026-01-05
terms:
  watering: [water]
tables:
  - id: plant
    section: Which plant
    kind: decision
    rows: {axis: experience, unit: years}
    columns: {axis: light, values: {shade: [dark, shade, no window], sun: [bright, sun, south window]}}
---

# Keeping plants

## Watering

Water a fern every 3 days and a cactus every 4 weeks.

## What it costs

| Plant | Price | Lives for |
|---|---|---|
| Fern | $12 | 5-8 years |
| Cactus | $7-$9 | 20+ years |

## Which plant

| Experience | Shade | Full sun |
|---|---|---|
| 0-1 years | Fern OR ivy | Cactus |
| 2+ years | Orchid (6 months) | Bonsai |
"""


@pytest.fixture
def plants(tmp_path: Path) -> Path:
    """A small corpus of another subject, with a decision table; no check questions."""
    folder = tmp_path / "corpus"
    (folder / "guides").mkdir(parents=True)
    (folder / "guides" / "plants.md").write_text(GUIDE, "utf-8")
    return folder
