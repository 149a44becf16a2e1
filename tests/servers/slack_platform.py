"""The Slack platform over the test server, with nothing but settings changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.adapters.slack.setup import SlackPlatform
from bot.desk import Desk
from bot.office import Office
from bot.render import slack_parts
from bot.settings import load
from bot.store import Store, open_store
from tests.servers.cheap_office import CheapOffice
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, TEAM, Message


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
def running(
    slack: SlackServer, home: Path, desk: Desk, office: Office | None = None, *, http: bool = False,
    wait: Callable[[float], bool] | None = None, store: Store | None = None, now: Callable[[], float] = time.time, **more: str,
) -> Iterator[SlackPlatform]:  # fmt: skip
    """The platform, connected. Without an `office`, one whose admin is the workspace's; a `store` is closed at the end."""
    settings = load({**environment_for(slack.api, home), **more}, home)
    office = office or CheapOffice({"U0ADMIN"}, TEAM)
    with closing(store or open_store(settings)) as store:
        platform = SlackPlatform(settings, desk, office, store, http=http, ping_interval=0.5, again=0.2, wait=wait, now=now)
        platform.start()
        if http:
            slack.deliver_over_http(platform.port)
        try:
            yield platform
        finally:
            platform.stop()


class Clock:
    """Time that passes only where somebody waits. `wait` is what the platform takes in place of its own."""

    def __init__(self) -> None:
        self._now = 1_000.0

    def now(self) -> float:
        """In seconds."""
        return self._now

    def wait(self, seconds: float) -> bool:
        """Let so many seconds pass in a moment."""
        self._now += seconds
        time.sleep(0.002)  # others get the processor
        return False


def said(slack: SlackServer, words: str, channel: str = "") -> Message:
    """The message of the bot that has these words, as soon as it is there."""
    found = slack.wait(lambda: [m for m in slack.world.by_bot(channel) if words in shown(m)])[0]
    slack.settled()
    return found


def shown(message: Message) -> str:
    """The words of a message's blocks."""
    return " ".join(slack_parts.strings(message.blocks, only=("text",)))
