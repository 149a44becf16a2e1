"""What stands above passages, as vectors."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.headings import Headings, distinct, places
from retrieval.vectors import VectorIndex

UNIT = np.eye(2, dtype=np.float32)


def test_a_heading_is_encoded_once() -> None:
    """Headings that differ come in the order of their first passage; having none is no heading."""
    assert distinct(["Water", "", "Light", "Water", ""]) == ["Water", "Light"]


def test_each_passage_has_the_cosine_of_its_heading() -> None:
    """Passages that share a heading share its cosine, in whatever order they are asked for; without one it is -1."""
    headings = Headings(VectorIndex(UNIT), places(["Water", "", "Light", "Water"]))
    found = headings.similarities([3, 2, 1, 0], np.array([0.6, 0.8], dtype=np.float32))
    assert found.tolist() == pytest.approx([0.6, 0.8, -1, 0.6])


def test_passages_may_all_lack_a_heading() -> None:
    """Where no passage has a heading, all have -1."""
    headings = Headings(VectorIndex(UNIT[:0]), places(["", ""]))
    assert headings.similarities([0, 1], UNIT[0]).tolist() == [-1, -1]
