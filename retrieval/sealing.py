"""The seal of an index in a folder: a manifest with a checksum of each file, and whether they are still what it says."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from retrieval.errors import IndexUnusable
from retrieval.folder import DERIVED
from retrieval.ports import Manifest

FORMAT = 3
_STAMP = "verified.json"
_SETTLED = 2 * 10**9  # ns: a file that was written so shortly before may change again without another time


def contents(manifest: Manifest) -> dict[str, str]:
    """The SHA-256 of each file that is not made of the others."""
    return {name: digest for name, digest in manifest.files.items() if name.split("/")[0] not in DERIVED}


def manifest_of(folder: Path, name: str) -> Manifest:
    """The manifest of a sealed folder. Raises IndexUnusable."""
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


def data_files(folder: Path) -> list[Path]:
    """Every file but the manifest, its checksum, the stamp, and the lexical engine's locks, which it touches as it opens."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.stem != "manifest" and p.suffix != ".lock" and p.name != _STAMP)


def verify(folder: Path, manifest: Manifest, *, anew: bool) -> None:
    """Hold every file against its checksum, unless the stamp says that this was done and no file was touched since."""
    states: dict[str, tuple[int, ...]] = {}
    for name in manifest.files:
        path = folder / name
        if not path.is_file():
            raise IndexUnusable(f"the index {manifest.name} lacks its file {name}")
        states[name] = state_of(path)
    if not anew and _stamped(folder) == states:
        return
    for name, digest in manifest.files.items():
        if digest_of(folder / name) != digest:
            raise IndexUnusable(f"the index {manifest.name} is damaged: {name} has a wrong checksum")
    if all(time.time_ns() - changed > _SETTLED for _, changed, _ in states.values()):
        with contextlib.suppress(OSError):  # a folder that cannot be written is verified each time
            stamp(folder, states)


def state_of(path: Path) -> tuple[int, int, int]:
    """By what it shows that a file was changed or replaced: its size, its time and its place on the disk."""
    there = path.stat()
    return there.st_size, there.st_mtime_ns, there.st_ino


def stamp(folder: Path, states: Mapping[str, tuple[int, ...]]) -> None:
    """Note how the files are that were held against their checksums."""
    pending = folder / f".{_STAMP}.{os.getpid()}.lock"  # a name that is no part of the index
    pending.write_bytes(msgspec.json.encode(states))
    pending.replace(folder / _STAMP)


def _stamped(folder: Path) -> dict[str, tuple[int, ...]]:
    """Each file as it was when all were held against their checksums; nothing where they never were."""
    try:
        return msgspec.json.decode((folder / _STAMP).read_bytes(), type=dict[str, tuple[int, ...]])
    except (OSError, msgspec.MsgspecError):
        return {}


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fsync(path: Path) -> None:
    """Put a file or a folder on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
