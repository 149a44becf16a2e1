"""A whole installation from one place to another, a folder or a PostgreSQL database: the bot's state, and every index that is kept.

What was copied is read back and held against the source, which is left as it is. A copy that was interrupted is taken up again:
the state is there whole or not at all, and so is each index.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot import settings
from bot.indexes import index_store
from bot.settings import Secret, Settings
from bot.store import FILE, Store
from retrieval.errors import RequestError
from retrieval.reading import Progress
from retrieval.stores import IndexStore

Place = Path | Secret
HOME, STORE, VARIABLE = "home", "store", "env:"


@dataclass(frozen=True)
class Copied:
    """What is at the target now: rows of each table of the state, and the indexes with the one that serves ("" for none)."""

    rows: dict[str, int]
    indexes: tuple[str, ...]
    serving: str


def place(words: str, own: Settings, environment: Mapping[str, str]) -> Place:
    """What a place is called on the command line: home, store, env:NAME, a folder, or an address without a password.

    Raises RequestError, SettingsError.
    """
    if words == HOME:
        return own.home
    if words == STORE:
        if not own.store:
            raise RequestError(f"{settings.PREFIX}STORE is not set")
        return own.store
    if words.startswith(VARIABLE):
        name = words.removeprefix(VARIABLE)
        return _address(environment.get(name, ""), f"the environment's {name}")
    if "://" in words:
        address = _address(words, "the address")
        if ":" in words.partition("://")[2].rpartition("@")[0]:
            raise RequestError(
                f"an address with a password is seen by everybody on this machine; put it into a variable, and give {VARIABLE}NAME"
            )
        return address
    return _folder(words)


def _folder(words: str) -> Path:
    try:
        path = Path(words).expanduser().resolve()
        if next(p for p in (path, *path.parents) if p.exists()).is_dir():
            return path
    except (OSError, RuntimeError, ValueError):  # nobody's home, or a name that can be none
        pass
    raise RequestError(f"'{words[:60]}' is no folder; give {HOME}, {STORE}, {VARIABLE}NAME, or a folder, which is made where there is none")


def _address(value: str, name: str) -> Secret:
    address = settings.address(value.strip(), name)
    if not address:
        raise RequestError(f"{name} is empty")
    return address


def copy(source: Place, target: Place, own: Settings, progress: Progress) -> Copied:
    """Copy everything. Raises RequestError, StoreError, IndexUnusable, IndexBusy, IndexNotWritten, IndexUnreachable."""
    if source == target or (isinstance(source, Secret) and isinstance(target, Secret) and source.reveal() == target.reveal()):
        raise RequestError("the two places are the same")
    if isinstance(source, Path) and not (source / FILE).is_file():
        raise RequestError(f"{source} has no {FILE}; name the folder that {settings.PREFIX}HOME was")
    with _indexes(source, own) as from_index, _indexes(target, own) as to_index:
        serving, there = from_index.current() or "", to_index.current() or ""
        if there not in ("", serving):
            raise RequestError(f"the index {there} serves at the target; nothing was copied")
        with contextlib.closing(Store(source)) as from_state, contextlib.closing(Store(target)) as to_state:
            rows = {name: count for name, (count, _) in to_state.fill(from_state).items()}
        names = from_index.names()
        for number, name in enumerate(names):
            progress("copying indexes", number, len(names))
            _copy_index(from_index, to_index, name)
        progress("copying indexes", len(names), len(names))
        if serving and serving != there:
            with to_index.alone():
                to_index.publish(serving)
        return Copied(rows, tuple(to_index.names()), to_index.current() or "")


def _copy_index(source: IndexStore, target: IndexStore, name: str) -> None:
    if name in target.names() and target.contents(name) == source.contents(name):
        return
    with tempfile.TemporaryDirectory() as scratch:
        target.take_in(source.folder_of(name, Path(scratch) / name), name)


@contextlib.contextmanager
def _indexes(at: Place, own: Settings) -> Iterator[IndexStore]:
    store = index_store(at, own.home if isinstance(at, Secret) else at)
    try:
        yield store
    finally:
        store.close()
