"""A Slack to talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.slack_server import SlackServer


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    """Our Slack, where nobody has said anything yet."""
    with SlackServer() as server:
        yield server
