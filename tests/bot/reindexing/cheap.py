"""An encoder that costs nothing, for tests of many guides or many processes: the same text has the same vector, others others."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Model

DIMENSION = 32


class CheapEncoder:
    """Unit vectors from a hash of the text. Remembers what it was given."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, inputs: list[str], /, **_options: Any) -> NDArray[np.float32]:
        """Shape: (inputs, DIMENSION)."""
        self.encoded += inputs
        raw = [np.frombuffer(hashlib.shake_128(text.encode()).digest(DIMENSION), np.uint8) for text in inputs]
        vectors = np.asarray(raw, np.float32) - 127.5
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def cheap_model() -> Model:
    """A model with such an encoder."""
    return Model(CheapEncoder(), "cheap")
