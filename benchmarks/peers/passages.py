"""What every peer is given: passages and questions, and how they pass to another process. Needs no library."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

MOST = 11  # passages that are asked for: ten, and one in place of the question itself where the collection has it as a document

Item = TypeVar("Item")


class Passage(NamedTuple):
    """A document of a collection; `text` begins with its title."""

    text: str
    title: str


def write(path: Path, passages: Iterable[Passage]) -> None:
    """Write passages for `read`."""
    path.write_text(json.dumps([tuple(p) for p in passages]), "utf-8")


def read(path: Path) -> list[Passage]:
    """The passages that `write` wrote, in order."""
    return [Passage(*p) for p in json.loads(path.read_text("utf-8"))]


def in_turn(groups: Iterable[Sequence[Item]], most: int) -> list[Item]:
    """Up to `most` items, one of each group in turn for as long as it has any."""
    rounds = itertools.zip_longest(*groups, fillvalue=None)
    return [item for one in rounds for item in one if item is not None][:most]
