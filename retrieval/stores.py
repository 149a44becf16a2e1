"""What a place of generations has to give, a folder (`retrieval/generations.py`) or a database (`retrieval/postgres`), and is used for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from retrieval.errors import REINDEX, IndexUnusable
from retrieval.ports import Generation, Manifest

KEPT = 5  # generations


class IndexStore(Protocol):
    """The generations, wherever they lie. One process builds at a time, any number read; all may raise IndexUnusable or its siblings."""

    place: str
    """What they lie in, for people, with no secret in it."""

    @property
    def journal(self) -> Path:
        """Where a build keeps the vectors that it makes until it is published."""
        ...

    def close(self) -> None:
        """Let go of it."""

    def names(self) -> list[str]:
        """The generations that are there, oldest first."""
        ...

    def current(self) -> str | None:
        """The name of the generation that serves, or None."""
        ...

    def open(self, name: str) -> Generation:
        """One generation, verified."""
        ...

    def verify(self, name: str) -> None:
        """Hold a generation against all that is known of it, at whatever cost."""

    def manifest(self, name: str) -> Manifest:
        """The manifest of one generation."""
        ...

    def nearby(self, generation: Generation) -> Generation:
        """The same generation where a build on this machine reads it at the least cost."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """A while in which no other process builds or publishes."""
        ...

    def building(self) -> AbstractContextManager[Path]:
        """An empty folder to build in, while no other process does."""
        ...

    def repeat(self, name: str, folder: Path) -> bool:
        """Put the files of a generation, as they were built, into an empty folder; False where they are not on this machine's disk."""
        ...

    def seal(self, folder: Path, manifest: Manifest, *, sync: bool = True, known: Mapping[str, str] | None = None) -> Manifest:
        """Write the manifest into the folder, with a checksum of each file, and put it on disk, unless it is to be sealed once more.

        Files whose checksums are `known` are not read.
        """
        ...

    def open_folder(self, folder: Path, name: str) -> Generation:
        """What was built and sealed, opened as it will serve; it does not serve yet."""
        ...

    def adopt(self, folder: Path, name: str) -> None:
        """Take what was opened from this folder among the generations; it does not serve yet."""

    def set_aside(self, folder: Path, name: str) -> None:
        """Keep what was opened from this folder and may be adopted later, in place of any that was set aside before."""

    def aside(self) -> str | None:
        """The name of what was set aside, or None."""
        ...

    def adopt_aside(self, name: str) -> None:
        """Take what was set aside among the generations."""

    def drop_aside(self) -> None:
        """Delete what was set aside."""

    def publish(self, name: str) -> None:
        """Let `name` serve from now on, by one atomic step."""

    def discard(self, name: str) -> None:
        """Delete a generation that does not serve."""

    def contents(self, name: str) -> dict[str, str]:
        """The SHA-256 of each file of a generation that is not made of the others: the same wherever it lies."""
        ...

    def folder_of(self, name: str, scratch: Path) -> Path:
        """The folder of a generation; `scratch`, which is not there yet, is where it is written if it lies in none."""
        ...

    def take_in(self, folder: Path, name: str) -> None:
        """Copy a sealed folder among the generations, read it back, and hold it against its checksums; it does not serve yet."""


def open_current(store: IndexStore) -> tuple[Generation, list[str]]:
    """The generation that serves, and the problems of newer ones that cannot be used. Raises IndexUnusable and its siblings."""
    current = store.current()
    if current is None:
        raise IndexUnusable("there is no index yet", REINDEX)
    problems: list[str] = []
    for name in [current, *reversed([name for name in store.names() if name < current])]:
        try:
            return store.open(name), problems
        except IndexUnusable as error:
            problems.append(str(error))
    raise IndexUnusable(f"no index can be used: {problems[0]}", REINDEX)


def prune(store: IndexStore) -> None:
    """Delete all but the newest generations and the one that serves, what was set aside, and the journal of the last build."""
    store.drop_aside()
    store.journal.unlink(missing_ok=True)
    for name in store.names()[:-KEPT]:
        store.discard(name)
