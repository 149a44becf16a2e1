"""Files that are read where they lie: records, texts and arrays, memory-mapped, each decoded when it is asked for.

Arrays are raw numbers whose type and width the reader knows; nothing can be unpickled.
"""

from __future__ import annotations

import functools
import itertools
import mmap
import os
import weakref
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from retrieval.errors import IndexUnusable

Record = TypeVar("Record")
KEPT = 2_048  # decoded records that are kept at a time
FEW = 20_000  # texts that are found by a table in memory; more are found where they lie
SOME = 4_096  # places of records that are looked up at a time where all are read


def array(path: Path, kind: str, width: int | None = None) -> NDArray[Any]:
    """The numbers in a file, of a NumPy type such as "<i8". Shape: (count,) or (count, width). Raises IndexUnusable."""
    shape = (-1,) if width is None else (-1, width)
    try:
        size = path.stat().st_size
        if size % (np.dtype(kind).itemsize * (width or 1)):
            raise ValueError("it ends within a number")
        return np.memmap(path, dtype=kind, mode="r").reshape(shape).view(np.ndarray) if size else np.zeros((0, *shape[1:]), kind)
    except (OSError, ValueError) as error:
        raise IndexUnusable(f"{path} cannot be read ({error}); run `fingerpost reindex`") from error


def blob(path: Path) -> mmap.mmap | bytes:
    """The bytes of a file. Raises IndexUnusable."""
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
    except OSError as error:
        raise IndexUnusable(f"{path} cannot be read ({error}); run `fingerpost reindex`") from error


class Writer:
    """Writes byte strings one after another, with where each ends in a file beside."""

    def __init__(self, path: Path) -> None:
        self._content = path.open("wb")
        self._ends = path.with_name(f"{path.name}.ends").open("wb")
        self._end = 0
        self._ends.write(bytes(8))

    def add(self, content: bytes) -> None:
        """One more."""
        self._content.write(content)
        self._end += len(content)
        self._ends.write(self._end.to_bytes(8, "little"))

    def close(self) -> None:
        """After which the files are whole."""
        try:
            self._content.close()
        finally:
            self._ends.close()


class Slices:
    """The byte strings that a Writer wrote."""

    def __init__(self, path: Path) -> None:
        """Raises IndexUnusable."""
        self._content, self._ends = blob(path), array(path.with_name(f"{path.name}.ends"), "<i8")
        if not len(self._ends) or int(self._ends[-1]) != len(self._content):
            raise IndexUnusable(f"{path} cannot be read (it does not end where it should); run `fingerpost reindex`")

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self), SOME):
            ends = self._ends[start : start + SOME + 1].tolist()
            yield from (self._content[begin:end] for begin, end in itertools.pairwise(ends))

    def __getitem__(self, number: int) -> bytes:
        if not 0 <= number < len(self._ends) - 1:
            raise IndexError(number)
        begin, end = self._ends[number : number + 2].tolist()
        return self._content[begin:end]


class Records(Generic[Record]):
    """Values of one type, each decoded when it is asked for; the last ones are kept."""

    def __init__(self, path: Path, kind: type[Record]) -> None:
        """Raises IndexUnusable."""
        slices, decoder = Slices(path), msgspec.msgpack.Decoder(kind)
        self._slices = slices
        decoded = functools.partial(_decoded, decoder, path)
        self._decoded = decoded
        # The record at a position. Raises IndexUnusable, IndexError. It holds no object that holds it, and so needs no `kept`.
        self.get: Callable[[int], Record] = functools.lru_cache(KEPT)(lambda number: decoded(slices[number]))

    def __len__(self) -> int:
        return len(self._slices)

    def __iter__(self) -> Iterator[Record]:
        return (self._decoded(content) for content in self._slices)


def _decoded(decoder: msgspec.msgpack.Decoder[Record], path: Path, content: bytes) -> Record:
    try:
        return decoder.decode(content)
    except msgspec.MsgspecError as error:
        raise IndexUnusable(f"{path} cannot be read: {error}; run `fingerpost reindex`") from error


def write_texts(path: Path, texts: Sequence[str]) -> None:
    """Write texts to be found again by `Texts`."""
    writer = Writer(path)
    encoded = [text.encode() for text in texts]
    for text in encoded:
        writer.add(text)
    writer.close()
    order = np.array(sorted(range(len(encoded)), key=encoded.__getitem__), dtype="<i8")
    path.with_name(f"{path.name}.order").write_bytes(order.tobytes())


class Texts:
    """Texts at positions, each of which can be found."""

    def __init__(self, path: Path) -> None:
        """Raises IndexUnusable."""
        self._slices = Slices(path)
        self._order = array(path.with_name(f"{path.name}.order"), "<i8")
        if len(self._order) != len(self._slices):
            raise IndexUnusable(f"{path} cannot be read (it has no order); run `fingerpost reindex`")

    def __len__(self) -> int:
        return len(self._slices)

    def __getitem__(self, number: int) -> str:
        return self._slices[number].decode()

    def __iter__(self) -> Iterator[str]:
        return (content.decode() for content in self._slices)

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        return dict(zip(self, range(len(self)), strict=True))

    def find(self, text: str) -> int | None:
        """The position of a text, of many by halving; None where it is not there."""
        if len(self) <= FEW:
            return self._places.get(text)
        wanted = text.encode("utf-8", "surrogatepass")
        place = bisect_left(self._order, wanted, key=self._slices.__getitem__)
        if place == len(self) or self._slices[int(self._order[place])] != wanted:
            return None
        return int(self._order[place])


class Rows:
    """The rows of a matrix in a file of NumPy's, each read when it is first wanted, which takes a few microseconds.

    Of a mapping the system would soon hold all, as each look brings its neighbours along. The file is held open, and may be replaced
    meanwhile. Safe to use from several threads.
    """

    def __init__(self, file: Path) -> None:
        """May raise OSError, ValueError."""
        mapped = np.lib.format.open_memmap(file, mode="r")
        self._file = os.open(file, os.O_RDONLY) if hasattr(os, "pread") else None  # which Windows has not
        if self._file is not None:
            weakref.finalize(self, os.close, self._file)
        # The row at a place, shape (columns,). It holds no object that holds it, and so needs no `kept`.
        self.row: Callable[[int], NDArray[np.float32]] = functools.lru_cache(2_000)(functools.partial(_row, mapped, self._file))

    def rows(self, places: Sequence[int], into: NDArray[np.float32]) -> None:
        """Copy the rows at these places, one at least, into an array. Shape: (places, columns)."""
        np.concatenate(list(map(self.row, places)), out=into.reshape(-1))


def _row(mapped: np.memmap[Any, Any], file: int | None, place: int) -> NDArray[np.float32]:
    if file is None:
        return np.asarray(mapped[place], dtype=np.float32)
    length = mapped.strides[0]
    return np.frombuffer(os.pread(file, length, mapped.offset + place * length), mapped.dtype).astype(np.float32)


def write_array(path: Path, values: Iterable[int] | NDArray[Any], kind: str) -> None:
    """Write numbers to be read by `array`."""
    path.write_bytes(np.asarray(values if isinstance(values, np.ndarray) else list(values), dtype=kind).tobytes())
