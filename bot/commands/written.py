"""Files that a command is asked to write."""

from __future__ import annotations

import tempfile
from pathlib import Path

from retrieval.errors import RequestError


def write(path: Path, content: bytes) -> None:
    """Write a file. Raises RequestError."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise RequestError(f"{path} cannot be written ({error.strerror}); name a file in a folder that you may write to") from error


def check(folder: Path) -> None:
    """Try whether a file can be written in a folder, before the work that it is written after. Raises RequestError."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise RequestError(
            f"{folder} cannot be written to ({error.strerror}); name a folder that is there and that you may write to"
        ) from error
