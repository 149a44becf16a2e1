"""The one error of the store."""

from __future__ import annotations

from retrieval.errors import FingerpostError


class StoreError(FingerpostError):
    """The bot's state cannot be read or written."""
