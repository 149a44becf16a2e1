"""Index generations on disk: built beside, verified, published by one atomic move, kept for a rollback.

`index/<name>/` holds one generation, `index/CURRENT` the name of the one that serves. Nothing is ever unpickled. Files are digested when
they are sealed and when they are opened first, and again once their size, time or place on the disk is another than it was then.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from retrieval import sealing
from retrieval.errors import IndexBusy, IndexNotWritten, IndexUnusable
from retrieval.folder import open_folder
from retrieval.ports import Generation, Manifest

_BUILDING = ".building-"
_ASIDE = ".aside-"
_LONGEST = 4_096  # bytes of a generation's name


class GenerationStore:
    """The folder of generations. One process builds at a time; any number read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = str(folder)
        self._pointer = str(folder / "CURRENT")

    def close(self) -> None:
        """Nothing is held."""

    def names(self) -> list[str]:
        """The generations that are there, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(p.name for p in self.folder.iterdir() if p.is_dir() and not p.name.startswith("."))

    def current(self) -> str | None:
        """The name of the generation that serves, or None. Raises IndexUnusable where the disk does not say."""
        try:
            file = os.open(self._pointer, os.O_RDONLY)  # each question asks: a third of what a file object takes
            try:
                return os.read(file, _LONGEST).decode("utf-8", "replace").strip() or None
            finally:
                os.close(file)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise IndexUnusable(f"{self._pointer} cannot be read ({error.strerror}); let this user read it") from error

    def open(self, name: str, *, anew: bool = False) -> Generation:
        """One generation, verified; `anew` digests every file. Raises IndexUnusable, naming the file that is wrong."""
        return self.open_folder(self.folder / name, name, anew=anew)

    def verify(self, name: str) -> None:
        """Hold every file of a generation against its checksum, whatever was seen before. Raises IndexUnusable, naming what is wrong."""
        self.open(name, anew=True)

    @property
    def journal(self) -> Path:
        """Where a build keeps the vectors that it makes until it is published."""
        return self.folder / ".journal"

    def open_folder(self, folder: Path, name: str, *, anew: bool = False) -> Generation:
        """The sealed generation `name` in any folder, such as one that is not published yet; `anew` digests every file."""
        manifest = sealing.manifest_of(folder, name)
        try:
            sealing.verify(folder, manifest, anew=anew)
            return open_folder(folder, manifest)
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            raise IndexUnusable(f"the index {name} cannot be read: {error}") from error

    def nearby(self, generation: Generation) -> Generation:
        """The generation itself: it is on this disk."""
        return generation

    def sealed(self, folder: Path, name: str) -> Manifest:
        """The manifest of the sealed generation `name` in any folder. Raises IndexUnusable."""
        return sealing.manifest_of(folder, name)

    def manifest(self, name: str) -> Manifest:
        """The manifest of one generation. Raises IndexUnusable."""
        return sealing.manifest_of(self.folder / name, name)

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
                for _ in range(2):  # once more where a thread of tantivy's has just locked a file in it, which then is not empty
                    shutil.rmtree(folder, ignore_errors=True)

    def seal(self, folder: Path, manifest: Manifest, *, sync: bool = True, known: Mapping[str, str] | None = None) -> Manifest:
        """Write the manifest with a checksum of each file, and put everything on disk, unless it is to be sealed once more.

        Files whose checksums are `known`, because they were sealed before, are not read.
        """
        names, there = [path.relative_to(folder).as_posix() for path in sealing.data_files(folder)], known or {}
        sealed = msgspec.structs.replace(manifest, files={name: there.get(name) or sealing.digest_of(folder / name) for name in names})
        raw = msgspec.json.format(msgspec.json.encode(sealed))
        (folder / "manifest.json").write_bytes(raw)
        (folder / "manifest.sha256").write_text(hashlib.sha256(raw).hexdigest(), "utf-8")
        sealing.stamp(folder, {name: sealing.state_of(folder / name) for name in names})
        for path in [*folder.rglob("*"), folder] if sync else ():
            sealing.fsync(path)
        return sealed

    def repeat(self, name: str, folder: Path) -> bool:
        """Put the files of a generation into an empty folder, as links where the disk has them; False where it is not on this disk."""
        source = self.folder / name
        if not source.is_dir():
            return False
        for file in self.manifest(name).files:
            (folder / file).parent.mkdir(exist_ok=True)
            try:
                (folder / file).hardlink_to(source / file)
            except OSError:  # a disk without links
                shutil.copyfile(source / file, folder / file)
        return True

    def adopt(self, folder: Path, name: str) -> None:
        """Move a sealed folder among the generations; it does not serve yet."""
        folder.replace(self.folder / name)
        sealing.fsync(self.folder)

    def contents(self, name: str) -> dict[str, str]:
        """The SHA-256 of each file of a generation that is not made of the others."""
        return sealing.contents(self.manifest(name))

    def folder_of(self, name: str, scratch: Path) -> Path:  # noqa: ARG002 - where there is no folder yet
        """The folder of a generation."""
        return self.folder / name

    def take_in(self, folder: Path, name: str) -> None:
        """Copy a sealed folder among the generations, and verify every file; it does not serve yet. Raises IndexUnusable."""
        with self.building() as copied:
            shutil.copytree(folder, copied, dirs_exist_ok=True)
            self.open_folder(copied, name, anew=True)
            for path in [*copied.rglob("*"), copied]:
                sealing.fsync(path)
            shutil.rmtree(self.folder / name, ignore_errors=True)
            self.adopt(copied, name)

    def set_aside(self, folder: Path, name: str) -> None:
        """Keep a sealed folder that may be adopted later, in place of any that was set aside before."""
        self.drop_aside()
        folder.replace(self.folder / f"{_ASIDE}{name}")
        sealing.fsync(self.folder)

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
        sealing.fsync(pointer)
        pointer.replace(self._pointer)
        sealing.fsync(self.folder)

    def discard(self, name: str) -> None:
        """Delete a generation that does not serve."""
        if name != self.current():
            shutil.rmtree(self.folder / name, ignore_errors=True)


@contextlib.contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexNotWritten(str(folder), error.strerror or str(error)) from error
