"""The Slack platform in a process of its own, with an engine that computes for some seconds, or never ends.

    python -m tests.servers.slack_process API_BASE HOME http|socket SECONDS|never

Prints its port, 0 for Socket Mode, when it listens.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from bot.adapters.slack.setup import SlackPlatform
from bot.settings import load
from bot.store import open_store
from tests.servers.cheap_desk import CheapDesk
from tests.servers.cheap_office import CheapOffice
from tests.servers.slack_platform import environment_for


def main(api: str, home: Path, way: str, busy: str) -> None:
    """Listen until killed."""
    desk = CheapDesk(gate=threading.Event()) if busy == "never" else CheapDesk(busy=float(busy))
    settings = load(environment_for(api, home), home)
    platform = SlackPlatform(settings, desk, CheapOffice(set()), open_store(settings), http=way == "http", ping_interval=2.0)
    platform.start()
    sys.stdout.write(f"{platform.port}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4])
