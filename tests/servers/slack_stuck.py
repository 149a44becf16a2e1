"""The Slack platform in a process of its own, over HTTP, with an engine that never answers: to be killed.

Run with the base of the Web API and a home folder; prints its port.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from bot.adapters.slack.setup import SlackPlatform
from bot.settings import load
from tests.servers.cheap_desk import CheapDesk
from tests.servers.slack_platform import environment_for


def main(api: str, home: Path) -> None:
    """Listen, take what comes, answer nothing."""
    desk = CheapDesk(gate=threading.Event())
    platform = SlackPlatform(load(environment_for(api, home), home), desk, http=True)
    platform.start()
    sys.stdout.write(f"{platform.port}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
