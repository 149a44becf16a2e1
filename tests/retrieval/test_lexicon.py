"""Vectors of frequent words, kept beside an exported model."""

from __future__ import annotations

import gc
import os
import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np

from retrieval import encoder, exported, exporting
from retrieval.encoder import EMBEDDED_MODEL, Model
from retrieval.lexicon import Lexicon


def test_a_word_has_the_vector_that_was_written(tmp_path: Path) -> None:
    """Within what 16 bits can tell."""
    vectors = np.array([[0.6, 0.8], [1.0, 0.0]], dtype=np.float32)
    Lexicon.write(tmp_path, ["fern", "cactus"], vectors)
    opened = Lexicon.open(tmp_path)
    for word, vector in zip(("fern", "cactus"), vectors, strict=True):
        found = opened.vector(word)
        assert found is not None
        assert found.dtype == np.float32
        assert np.allclose(found, vector, atol=1e-3)
    assert opened.vector("moss") is None


def test_an_open_lexicon_stays_what_it_was(tmp_path: Path) -> None:
    """Where its folder is made anew with other words, it has its own vectors still; its file is closed when it is let go."""
    Lexicon.write(tmp_path, ["fern", "moss"], np.array([[0.6, 0.8], [1.0, 0.0]], dtype=np.float32))
    opened = Lexicon.open(tmp_path)
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    Lexicon.write(tmp_path, ["moss"], np.array([[0.0, 1.0]], dtype=np.float32))
    found = opened.vector("moss")
    assert found is not None
    assert found.tolist() == [1.0, 0.0]
    file = opened._vectors._file if opened._vectors is not None else None
    assert file is not None
    node = os.fstat(file).st_ino
    del opened
    gc.collect()
    with suppress(OSError):  # unless the number is another file's by now
        assert os.fstat(file).st_ino != node


def test_where_nothing_is_kept_no_word_is_known(tmp_path: Path) -> None:
    Lexicon.write(tmp_path, [], np.zeros((0, 2), dtype=np.float32))
    assert Lexicon.open(tmp_path).vector("fern") is None


def test_a_frequent_word_is_not_encoded_again(model: Model) -> None:
    """Its vector is that of the reference; a word that is not kept is encoded, whatever its neighbours are."""
    asked = ["germany", "xylofonist", "germany", "honest"]
    reference = encoder.load(EMBEDDED_MODEL)
    assert isinstance(model.encoder, exported.ExportedEncoder)
    kept = [model.encoder.lexicon.vector(word) for word in asked]
    assert [vector is not None for vector in kept] == [True, False, True, True]
    ours = model.encode_words(asked)
    assert (ours * reference.encode(asked)).sum(axis=1).min() >= exporting.LEAST_COSINE
    assert np.array_equal(ours[0], ours[2])
    assert (reference.encode_words(asked) * ours).sum(axis=1).min() >= exporting.LEAST_COSINE
    assert model.encode_words([]).shape == (0, 0)
