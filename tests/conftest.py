"""What is dear to make: the real model, the corpus of this repository, and a bot with its index. Made once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import settings
from bot.wiring import Bot
from retrieval import encoder
from retrieval.encoder import EMBEDDED_MODEL, Model

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def model() -> Model:
    """The real embedding model."""
    return encoder.load(EMBEDDED_MODEL)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The guides of this repository."""
    return ROOT / "corpus"


@pytest.fixture(scope="session")
def bot(model: Model, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """The whole bot with its index, in a home of its own."""
    home = tmp_path_factory.mktemp("home")
    made = Bot(settings.load({"FINGERPOST_CORPUS": str(corpus), "FINGERPOST_HOME": str(home)}, ROOT), lambda _: model)
    made.reindex(lambda *_: None)
    return made
