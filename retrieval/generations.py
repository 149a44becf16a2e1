"""Index generations on disk: built beside, verified, published by one atomic move, kept for a rollback.

`index/<name>/` holds one generation, `index/CURRENT` the name of the one that serves. Nothing is ever unpickled.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from retrieval.errors import IndexBusy, IndexNotWritten, IndexUnusable
from retrieval.guides import Guide
from retrieval.headings import Headings
from retrieval.lexical import LexicalIndex
from retrieval.passages import Passage
from retrieval.vectors import VectorIndex

FORMAT = 2
KEPT = 5
_BUILDING = ".building-"
_ASIDE = ".aside-"


class Manifest(msgspec.Struct, frozen=True):
    """What a generation is made of. `guides` maps a guide's path to its digest, `files` a file to its SHA-256.

    `reader` says which code has read the guides.
    """

    name: str
    format: int
    created: str
    model: str
    dimension: int
    passages: int
    guides: dict[str, str]
    files: dict[str, str]
    reader: str = ""
    checks_passed: int = 0
    checks_failed: tuple[str, ...] = ()


class Generation(msgspec.Struct, frozen=True):
    """A whole index, open. A passage's position is its id in `vectors`, `headings` and `lexical`; a word's, in `word_vectors`."""

    manifest: Manifest
    guides: dict[str, Guide]
    passages: tuple[Passage, ...]
    vectors: VectorIndex
    headings: Headings
    lexical: LexicalIndex
    vocabulary: tuple[str, ...]
    word_vectors: VectorIndex


class GenerationStore:
    """The folder of generations. One process builds at a time; any number read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """The generations that are there, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(p.name for p in self.folder.iterdir() if p.is_dir() and not p.name.startswith("."))

    def current(self) -> str | None:
        """The name of the generation that serves, or None."""
        try:
            return (self.folder / "CURRENT").read_bytes().decode("utf-8", "replace").strip() or None
        except FileNotFoundError:
            return None

    def open_current(self) -> tuple[Generation, list[str]]:
        """The generation that serves, and the problems of newer ones that do not verify. Raises IndexUnusable."""
        current = self.current()
        if current is None:
            raise IndexUnusable("there is no index yet; run `fingerpost reindex`")
        problems: list[str] = []
        older = [name for name in self.names() if name < current]
        for name in [current, *reversed(older)]:
            try:
                return self.open(name), problems
            except IndexUnusable as error:
                problems.append(str(error))
        raise IndexUnusable(f"no index can be used: {problems[0]}; run `fingerpost reindex`")

    def open(self, name: str) -> Generation:
        """One generation, verified. Raises IndexUnusable, naming the file that is wrong."""
        return self.open_folder(self.folder / name, name)

    def open_folder(self, folder: Path, name: str) -> Generation:
        """The sealed generation `name` in any folder, such as one that is not published yet."""
        manifest = _manifest(folder, name)
        try:
            _verify(folder, manifest)
            guides = msgspec.json.decode((folder / "guides.json").read_bytes(), type=list[Guide])
            passages = msgspec.json.decode((folder / "passages.json").read_bytes(), type=tuple[Passage, ...])
            vocabulary = msgspec.json.decode((folder / "vocabulary.json").read_bytes(), type=tuple[str, ...])
        except (OSError, msgspec.MsgspecError) as error:
            raise IndexUnusable(f"the index {name} cannot be read: {error}") from error
        headings = Headings(VectorIndex.open(folder / "headings.faiss"), [p.heading for p in passages])
        return Generation(
            manifest, {g.id: g for g in guides}, passages, VectorIndex.open(folder / "vectors.faiss"), headings,
            LexicalIndex.open(folder / "lexical"), vocabulary, VectorIndex.open(folder / "words.faiss"),
        )  # fmt: skip

    def manifest(self, name: str) -> Manifest:
        """The manifest of one generation. Raises IndexUnusable."""
        return _manifest(self.folder / name, name)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """A while in which no other process builds or publishes. Raises IndexBusy; IndexNotWritten for what the disk refuses."""
        with _translated(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / ".lock")
            try:
                lock.acquire(timeout=0)
            except Timeout as error:
                raise IndexBusy("another process is building an index; wait until it is done") from error
            try:
                yield
            finally:
                lock.release()

    @contextlib.contextmanager
    def building(self) -> Iterator[Path]:
        """An empty folder to build in, while no other process does. Raises IndexBusy, IndexNotWritten."""
        with self.alone():
            for stale in self.folder.glob(f"{_BUILDING}*"):
                shutil.rmtree(stale, ignore_errors=True)
            folder = self.folder / f"{_BUILDING}{os.getpid()}"
            folder.mkdir()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def seal(self, folder: Path, manifest: Manifest, *, sync: bool = True) -> Path:
        """Write the manifest with a checksum of each file, and put everything on disk, unless it is to be sealed once more."""
        files = {p.relative_to(folder).as_posix(): _digest(p) for p in _data_files(folder)}
        sealed = msgspec.structs.replace(manifest, files=files)
        raw = msgspec.json.format(msgspec.json.encode(sealed))
        (folder / "manifest.json").write_bytes(raw)
        (folder / "manifest.sha256").write_text(hashlib.sha256(raw).hexdigest(), "utf-8")
        for path in [*folder.rglob("*"), folder] if sync else ():
            _fsync(path)
        return folder

    def adopt(self, folder: Path, name: str) -> None:
        """Move a sealed folder among the generations; it does not serve yet."""
        folder.replace(self.folder / name)
        _fsync(self.folder)

    def set_aside(self, folder: Path, name: str) -> None:
        """Keep a sealed folder that may be adopted later, in place of any that was set aside before."""
        self.drop_aside()
        folder.replace(self.folder / f"{_ASIDE}{name}")
        _fsync(self.folder)

    def aside(self) -> str | None:
        """The name of what was set aside, or None."""
        return next((p.name.removeprefix(_ASIDE) for p in self.folder.glob(f"{_ASIDE}*")), None)

    def adopt_aside(self, name: str) -> None:
        """Move what was set aside among the generations. Raises IndexUnusable where it is gone or does not verify."""
        folder = self.folder / f"{_ASIDE}{name}"
        self.open_folder(folder, name)
        self.adopt(folder, name)

    def drop_aside(self) -> None:
        """Delete what was set aside."""
        for folder in self.folder.glob(f"{_ASIDE}*"):
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, name: str) -> None:
        """Let `name` serve from now on, by one atomic move."""
        pointer = self.folder / ".CURRENT.new"
        pointer.write_text(name + "\n", "utf-8")
        _fsync(pointer)
        pointer.replace(self.folder / "CURRENT")
        _fsync(self.folder)

    def discard(self, name: str) -> None:
        """Delete a generation that does not serve."""
        if name != self.current():
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def prune(self) -> None:
        """Delete all but the newest generations and the one that serves, and what was set aside."""
        self.drop_aside()
        for name in self.names()[:-KEPT]:
            self.discard(name)


@contextlib.contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexNotWritten(str(folder), error.strerror or str(error)) from error


def _manifest(folder: Path, name: str) -> Manifest:
    try:
        raw, seal = (folder / "manifest.json").read_bytes(), (folder / "manifest.sha256").read_bytes()
        if hashlib.sha256(raw).hexdigest().encode() != seal:
            raise IndexUnusable(f"the index {name} is damaged: manifest.json is not what manifest.sha256 says")
        manifest = msgspec.json.decode(raw, type=Manifest)
    except (OSError, ValueError) as error:
        raise IndexUnusable(f"the index {name} has no readable manifest") from error
    if manifest.format != FORMAT:
        raise IndexUnusable(f"the index {name} has format {manifest.format}, this program reads {FORMAT}")
    return manifest


def _data_files(folder: Path) -> list[Path]:
    """Every file but the manifest, its checksum, and the lexical engine's locks, which it touches as it opens."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.stem != "manifest" and p.suffix != ".lock")


def _verify(folder: Path, manifest: Manifest) -> None:
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise IndexUnusable(f"the index {manifest.name} lacks its file {name}")
        if _digest(path) != digest:
            raise IndexUnusable(f"the index {manifest.name} is damaged: {name} has a wrong checksum")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
