"""Vectors that are kept through a kill."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.embedding import digests
from retrieval.journal import Journal

TEXTS = [f"text {number}" for number in range(9)]
VECTORS = np.random.default_rng(1).normal(size=(9, 5)).astype(np.float32)


def written(path: Path) -> Journal:
    """A journal with all texts, in three parts."""
    journal = Journal(path, "a model")
    for start in (0, 3, 6):
        journal.add(digests(TEXTS[start : start + 3]), VECTORS[start : start + 3])
    return journal


def test_what_was_added_is_found_again(tmp_path: Path) -> None:
    """Vectors are found by what was encoded, in this process and in the next, in whatever order they are asked for."""
    written(tmp_path / "j")
    asked = digests(["text 8", "nothing", "text 0", "text 4", "text 8"])
    for journal in (written(tmp_path / "other"), Journal(tmp_path / "j", "a model")):
        there, vectors = journal.find(asked)
        assert (len(journal), journal.dimension, there.tolist()) == (9, 5, [True, False, True, True, True])
        assert vectors.tobytes() == VECTORS[[8, 0, 4, 8]].tobytes()


@pytest.mark.parametrize("lost", [1, 30, 56, 57, 200])
def test_what_a_kill_has_torn_is_cut_off(tmp_path: Path, lost: int) -> None:
    """However much of the end is missing, all whole records before it are kept, and more can be added behind them."""
    written(tmp_path / "j")
    content = (tmp_path / "j").read_bytes()
    (tmp_path / "j").write_bytes(content[:-lost])
    journal = Journal(tmp_path / "j", "a model")
    whole = 9 - -(-lost // 56)
    assert journal.find(digests(TEXTS))[0].tolist() == [number < whole for number in range(9)]
    journal.add(digests(TEXTS[whole:]), VECTORS[whole:])
    assert Journal(tmp_path / "j", "a model").find(digests(TEXTS))[1].tobytes() == VECTORS.tobytes()


def test_a_wrong_bit_ends_what_is_believed(tmp_path: Path) -> None:
    """From a record whose checksum is wrong on nothing is taken."""
    written(tmp_path / "j")
    content = bytearray((tmp_path / "j").read_bytes())
    content[-56 * 4 + 40] ^= 1
    (tmp_path / "j").write_bytes(content)
    assert Journal(tmp_path / "j", "a model").find(digests(TEXTS))[0].tolist() == [True] * 5 + [False] * 4


def test_another_model_takes_nothing_over(tmp_path: Path) -> None:
    """What one model has made is gone once another one builds."""
    written(tmp_path / "j")
    assert len(Journal(tmp_path / "j", "another")) == 0
    assert len(Journal(tmp_path / "j", "a model")) == 0


@pytest.mark.parametrize("content", [b"", b"fgpv", b"x" * 500])
def test_a_file_that_is_no_journal_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    """Anything else in its place is replaced."""
    (tmp_path / "j").write_bytes(content)
    journal = Journal(tmp_path / "j", "a model")
    journal.add(digests(TEXTS), VECTORS)
    assert len(Journal(tmp_path / "j", "a model")) == 9
