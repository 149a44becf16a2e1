"""The Slack platform over the test server, with nothing but settings changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.adapters.slack.setup import SlackPlatform
from bot.desk import Desk
from bot.settings import load
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET


def environment_for(api: str, home: Path) -> dict[str, str]:
    """The environment with which the bot finds the test server."""
    corpus = home / "corpus"
    (corpus / "guides").mkdir(parents=True, exist_ok=True)
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "FINGERPOST_SLACK_API_BASE_URL": api, "FINGERPOST_SLACK_HTTP_PORT": "0", "FINGERPOST_HOME": str(home / "home"),
        "FINGERPOST_CORPUS": str(corpus),
    }  # fmt: skip


@contextmanager
def running(slack: SlackServer, home: Path, desk: Desk, *, http: bool = False, **more: str) -> Iterator[SlackPlatform]:
    """The platform, connected."""
    platform = SlackPlatform(load({**environment_for(slack.api, home), **more}, home), desk, http=http, ping_interval=0.5, again=0.2)
    platform.start()
    if http:
        slack.deliver_over_http(platform.port)
    try:
        yield platform
    finally:
        platform.stop()
