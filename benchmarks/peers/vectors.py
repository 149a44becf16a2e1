"""Vectors of the same weights, encoded once for all peers where only the ranking counts."""

from __future__ import annotations

import hashlib
import importlib
import os
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np


class Shared:
    """While it is entered, a peer's own encoder looks each text up in a folder, and encodes only what is not there."""

    def __init__(self, folder: Path, method: str) -> None:
        """`method` is the dotted name of a method that takes a text or a list of them and returns unit vectors."""
        module, owner, self._name = method.rsplit(".", 2)
        self._owner = getattr(importlib.import_module(module), owner)
        self._original = getattr(self._owner, self._name)
        self._file = folder / "vectors.npz"
        self._known = self._kept()
        self._before = len(self._known)

    def _kept(self) -> dict[str, np.ndarray]:
        if not self._file.exists():
            return {}
        with np.load(self._file) as kept:
            return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))

    def __enter__(self) -> Shared:
        setattr(self._owner, self._name, self._encode_for())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        setattr(self._owner, self._name, self._original)
        if error is None and len(self._known) > self._before:
            self._known |= self._kept()  # what another peer has encoded meanwhile
            beside = self._file.with_name(f"{os.getpid()}.npz")
            np.savez(beside, keys=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))
            beside.replace(self._file)

    def _encode_for(self) -> Any:
        def encode(encoder: Any, inputs: Any = None, *_: Any, sentences: Any = None, **__: Any) -> np.ndarray:
            """Unit vectors of `inputs`, in order; one, without a first axis, for a single text."""
            given = inputs if inputs is not None else sentences
            texts = [given] if isinstance(given, str) else list(given)
            missing = [text for text in dict.fromkeys(texts) if _key(text) not in self._known]
            if missing:
                made = np.asarray(self._original(encoder, missing), np.float32)
                made /= np.linalg.norm(made, axis=1, keepdims=True)  # which some peers do by themselves, later
                self._known |= dict(zip(map(_key, missing), made, strict=True))
            found = np.stack([self._known[_key(text)] for text in texts])
            return found[0] if isinstance(given, str) else found

        return encode


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
