"""How soon Slack's events are acknowledged when 200 come at once, each delivered twice, while the engine is busy.

    python -m benchmarks.slack_acks [socket|http]

The bot runs in a process of its own against the test server on loopback. Prints the slowest and other acknowledgements in
seconds, how many deliveries Slack would have repeated, and how many answers were posted (200 is right).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.servers.slack_delivery import EVENT
from tests.servers.slack_server import SlackServer

EVENTS = 200


def main(way: str) -> str:
    """Send the burst and describe the acknowledgements."""
    with tempfile.TemporaryDirectory() as home, SlackServer() as slack:
        command = [sys.executable, "-m", "tests.servers.slack_process", slack.api, home, way, "0.02"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]) as process:  # noqa: S603
            assert process.stdout is not None
            if port := int(process.stdout.readline()):
                slack.deliver_over_http(port)
            for number in range(EVENTS):
                slack.people.says("U0ANN", "C0GEN", f"<@U0BOT> Question {number}?")
            for delivery in list(slack.deliveries):
                slack.deliver(EVENT, delivery.payload)
            slack.wait(lambda: len(slack.world.by_bot()) >= EVENTS, patience=120)
            slack.settled()
            process.kill()
        seconds = sorted(d.seconds for d in slack.deliveries if d.seconds is not None)
        repeated = sum(d.tries > 0 for d in slack.deliveries)
        median, slowest = seconds[len(seconds) // 2], seconds[-1]
        answers = len(slack.world.by_bot())
    return f"{way}: median {median:.2f} s, slowest {slowest:.2f} s, {repeated} of {len(slack.deliveries)} repeated, {answers} answers"


if __name__ == "__main__":
    for chosen in sys.argv[1:] or ["socket", "http"]:
        sys.stdout.write(main(chosen) + "\n")
