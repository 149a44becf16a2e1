"""What is done now and then while the bot is connected: fresh completions, a sign of life, what could not be shown before."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from bot.adapters.discord import keys
from bot.matrix import Matrix
from bot.store import DAY

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

log = logging.getLogger(__name__)

_EVERY = 30.0  # seconds


@dataclass(frozen=True)
class Shelf:
    """What forms and completions offer, so that they need not wait for the engine."""

    places: tuple[str, ...] = ()
    tables: dict[str, Matrix] = field(default_factory=dict)  # by the key that a button carries


async def forever(client: Client) -> None:
    """Tend the client until cancelled."""
    pruned = 0.0
    while True:
        await _tried(client.runs.resume)
        await asyncio.sleep(_EVERY)
        if time.time() - pruned > DAY and await _tried(partial(client.stored, client.store.prune)):
            pruned = time.time()
        await _tried(partial(read_shelf, client))
        await _tried(partial(note_alive, client))
        await _tried(client.missed.tend)


async def _tried(work: Callable[[], Awaitable[object]]) -> bool:
    """Whether it succeeded: what fails is tried again the next time, and keeps nothing else from being done."""
    try:
        await work()
    except Exception:
        log.exception("something that is done now and then has failed, and is tried again")
        return False
    return True


async def read_shelf(client: Client) -> None:
    """Take up what the guides offer now."""
    client.shelf = Shelf(await client.think(client.answering.library.places), await client.think(client.answering.tables))


async def note_alive(client: Client) -> None:
    """Remember that the bot was connected at this moment."""
    if client.is_ready():
        await client.stored(client.store.hold, keys.ALIVE, str(time.time()))


async def end(client: Client, task: asyncio.Task[None]) -> None:
    """Tend no longer, and remember until when."""
    task.cancel()
    await _tried(partial(note_alive, client))
