"""Work that was begun and not finished, as it was written down: by a process that died, or before Slack could be reached."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from bot.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T", bound=msgspec.Struct)


def read(store: Store, prefix: str, kind: type[T]) -> Iterator[tuple[str, T]]:
    """The keys and the work of all unfinished events with this prefix; what cannot be read is given up. Raises StoreError."""
    for event in store.unfinished(prefix):
        try:
            work = msgspec.json.decode(event.payload, type=kind)
        except msgspec.MsgspecError:
            if store.claim(event.key):
                log.error("%s was written by another version and cannot be read; it is given up", event.key)
                store.finish(event.key)
        else:
            yield event.key, work
