"""Where the bot's state may lie: every test of the store runs on both."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.places import Place
from tests.servers.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A new folder, or a new database of a real server."""
    if request.param == "sqlite":
        return tmp_path / "state"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.address(server.database())
