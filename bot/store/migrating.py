"""The way of a database to the tables as this program knows them, by Alembic.

A new revision is a file in migrations/versions, named after the one before it; HEAD is the newest. A database of before there
were revisions has tables and no revision: the first two only make what is not there, and so take it up as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.store.errors import StoreError

HEAD = "0004"
MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION = sa.table("alembic_version", sa.column("version_num"))


def upgrade(alone: Callable[[], AbstractContextManager[sa.Connection]], name: str) -> None:
    """Bring the database that `alone` leads to up to HEAD, whole or not at all. Raises StoreError where it is newer."""
    with alone() as connection:
        revision = _revision(connection)
        if revision != HEAD:
            to(connection, HEAD, name)


def to(connection: sa.Connection, revision: str, name: str = "") -> None:
    """Bring a database up to a revision. Raises StoreError where it has one that is not known."""
    from alembic import command, util  # which a database that is up to date does not need

    try:
        command.upgrade(configuration(connection), revision)
    except util.CommandError as error:
        raise StoreError(
            f"the bot's state in {name} was written by a newer Fingerpost (its revision is {_revision(connection)}); "
            "install that one, or give this one another FINGERPOST_HOME or FINGERPOST_STORE"
        ) from error


def configuration(connection: sa.Connection) -> Any:
    """Alembic's settings for a connection, without a file."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _revision(connection: sa.Connection) -> str:
    """The revision of a database, "" where it has none."""
    if not sa.inspect(connection).has_table(_VERSION.name):
        return ""
    return str(connection.scalar(sa.select(_VERSION.c.version_num)) or "")
