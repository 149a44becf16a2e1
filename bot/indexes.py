"""Where the index lies: in a folder, or in the PostgreSQL database that holds the bot's state as well."""

from __future__ import annotations

from pathlib import Path

from bot.settings import Secret, Settings
from retrieval.generations import GenerationStore
from retrieval.reading import Progress
from retrieval.stores import IndexStore

FOLDER = "index"  # in the data folder


def index_store(place: Path | Secret, home: Path, progress: Progress = lambda *_: None) -> IndexStore:
    """The generations in a data folder, or in the database at an address; `home` is where this machine builds for it.

    `progress` is told how far an index is on its way into the database.
    """
    if isinstance(place, Path):
        return GenerationStore(place / FOLDER)
    from retrieval.postgres.generations import PostgresStore  # its driver is for those who have one

    return PostgresStore(place.reveal(), home / FOLDER, progress)


def open_indexes(settings: Settings, progress: Progress = lambda *_: None) -> IndexStore:
    """The generations as the settings have them; nothing is opened yet."""
    return index_store(settings.store or settings.home, settings.home, progress)
