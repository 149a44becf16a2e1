"""Where the bot's state may lie, and another process that uses it."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from bot.settings import Secret
from bot.store import FILE

Place = Path | Secret
T = TypeVar("T")


def in_a_process_that_dies(place: Place, code: str) -> None:
    """Run `code` with a `store` in a process that is gone afterwards without a word."""
    made = f"Path({str(place)!r})" if isinstance(place, Path) else f"Secret({place.reveal()!r})"
    start = f"import os; from pathlib import Path; from bot.settings import Secret; from bot.store import Store; store = Store({made})"
    assert subprocess.run([sys.executable, "-c", f"{start}; {code}; os._exit(9)"], check=False).returncode == 9


@contextlib.contextmanager
def out_of_order(place: Place, table: str) -> Iterator[None]:
    """Meanwhile the database refuses whatever is asked of a table, as one does whose disk is full."""
    _execute(place, f"alter table {table} rename to {table}_away")
    try:
        yield
    finally:
        _execute(place, f"alter table {table}_away rename to {table}")


def _execute(place: Place, statement: str) -> None:
    opened: Any = (
        sqlite3.connect(place / FILE, timeout=30, isolation_level=None)
        if isinstance(place, Path)
        else psycopg.connect(place.reveal(), autocommit=True)
    )
    with contextlib.closing(opened) as connection:
        connection.execute(statement)


def eventually(look: Callable[[], T]) -> T:
    """What is seen once there is something: on PostgreSQL nobody is taken for dead right after the server's start."""
    deadline = time.monotonic() + 30
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return seen
