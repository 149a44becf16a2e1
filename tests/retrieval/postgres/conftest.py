"""Connections to a new database of a real server, and the program's own index in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from retrieval.postgres import schema
from retrieval.postgres.connections import Connections
from tests.servers.postgres import PostgresServer


@pytest.fixture(scope="module")
def connections(postgres: PostgresServer) -> Iterator[Connections]:
    """The way to a database with an empty catalogue."""
    made = Connections(postgres.address(postgres.database()).reveal())
    with made.writing() as connection:
        schema.make(connection, made.name)
    yield made
    made.close()
