"""Whether an embedding model reads a language: shown by what it makes of a few sentences and their translations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from retrieval.encoder import Vectors

ALIKE = 0.6  # mean cosine of a sentence and its translation, for a model that reads both languages


def reads(encode: Callable[[list[str]], Vectors], sentences: Sequence[str], translations: Sequence[str]) -> bool:
    """Whether each translation is nearest to its own sentence of all, and near to it on the whole. False without translations.

    `encode` gives unit vectors. Shape: (texts, dimension).
    """
    if not translations:
        return False
    vectors = encode([*sentences, *translations])
    cosines = vectors[len(sentences) :] @ vectors[: len(sentences)].T
    own = np.diagonal(cosines)
    return bool((cosines.argmax(axis=1) == np.arange(len(own))).all() and own.mean() >= ALIKE)
