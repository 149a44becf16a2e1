"""Vectors as they are made, kept through a kill: a build that is started again takes them from here.

A file of equal records, each with a checksum; what follows a torn record is cut off.
"""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.folder import DIGEST, search_sorted, sort_keys
from retrieval.ports import Vectors

_MAGIC = b"fgpv0001"
_HEAD = len(_MAGIC) + DIGEST + 4


class Journal:
    """The vectors that one model has made for builds that have not been published, by the SHA-256 of what was encoded."""

    def __init__(self, path: Path, model: str) -> None:
        """Open what is there; what another model has made is dropped. `model` is its identity."""
        self._path = path
        self._model = hashlib.sha256(model.encode()).digest()
        self.dimension = 0  # of the vectors; 0 where there are none
        self._digests: NDArray[np.uint8] = np.zeros((0, DIGEST), np.uint8)  # sorted
        self._keys: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._read()

    def __len__(self) -> int:
        return len(self._digests)

    def has(self, digests: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which texts are there, shape (texts,)."""
        return search_sorted(self._keys, self._digests, digests) >= 0

    def find(self, digests: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], Vectors]:
        """The same, and the vectors of those that are, shape (there, dimension)."""
        places = search_sorted(self._keys, self._digests, digests)
        there = places >= 0
        return there, self._records()["vector"][self._rows[places[there]]] if there.any() else np.zeros((0, self.dimension), np.float32)

    def add(self, digests: NDArray[np.uint8], vectors: Vectors) -> None:
        """Keep what was just made. Shapes: (texts, 32) and (texts, dimension)."""
        if not self.dimension:
            self.dimension = vectors.shape[1]
            self._path.write_bytes(_MAGIC + self._model + self.dimension.to_bytes(4, "little"))
        added = np.zeros(len(digests), self._kind())
        added["digest"], added["vector"] = digests, vectors
        added["checksum"] = [_checksum(record) for record in added]
        with self._path.open("ab") as file:
            file.write(added.tobytes())
        self._index(digests, len(self._rows) + np.arange(len(digests)))

    def _index(self, digests: NDArray[np.uint8], rows: NDArray[np.int64]) -> None:
        joined = np.concatenate([self._digests, digests])
        keys = sort_keys(joined)
        order = np.argsort(keys, kind="stable")
        self._keys, self._digests, self._rows = keys[order], joined[order], np.concatenate([self._rows, rows])[order]

    def _kind(self) -> np.dtype[np.void]:
        return np.dtype([("digest", "u1", DIGEST), ("vector", "<f4", self.dimension), ("checksum", "<u4")])

    def _records(self) -> NDArray[np.void]:
        count = (self._path.stat().st_size - _HEAD) // self._kind().itemsize
        return np.memmap(self._path, self._kind(), "r", _HEAD, (count,)) if count else np.zeros(0, self._kind())

    def _read(self) -> None:
        try:
            with self._path.open("rb") as file:
                head = file.read(_HEAD)
        except FileNotFoundError:
            return
        if len(head) < _HEAD or not head.startswith(_MAGIC + self._model):
            self._path.unlink()
            return
        self.dimension = int.from_bytes(head[-4:], "little")
        there = self._records()
        whole = next((n for n, record in enumerate(there) if int(record["checksum"]) != _checksum(record)), len(there))
        digests = there["digest"][:whole].copy()
        del there
        with self._path.open("r+b") as file:
            file.truncate(_HEAD + whole * self._kind().itemsize)
        self._index(digests, np.arange(whole))


def _checksum(record: np.void) -> int:
    return zlib.crc32(record["vector"].tobytes(), zlib.crc32(record["digest"].tobytes()))
