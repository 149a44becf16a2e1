"""What is done now and then while the bot is connected: fresh completions, a sign of life, what could not be shown before."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.adapters.discord import keys
from bot.matrix import Matrix
from bot.store import DAY
from retrieval.errors import FingerpostError

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
        with contextlib.suppress(FingerpostError):
            await client.runs.resume()
        await asyncio.sleep(_EVERY)
        with contextlib.suppress(FingerpostError):
            if time.time() - pruned > DAY:
                await client.stored(client.store.prune)
                pruned = time.time()
            await read_shelf(client)
            await note_alive(client)
            await client.missed.redo()


async def read_shelf(client: Client) -> None:
    """Take up what the guides offer now."""
    client.shelf = Shelf(await client.think(client.answering.library.places), await client.think(client.answering.tables))


async def note_alive(client: Client) -> None:
    """Remember that the bot was connected at this moment."""
    if client.is_ready():
        await client.stored(client.store.hold, keys.ALIVE, str(time.time()))
