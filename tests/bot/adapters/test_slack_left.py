"""What was begun and could not be finished: nothing that is left ends in silence, or keeps what comes after it."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
import pytest

from bot.adapters.slack.answering import Job
from bot.store import DAY, MOST_TRIES, Store
from tests.servers.cheap_desk import CheapDesk
from tests.servers.slack_platform import running
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import TEAM

ASK = "<@U0BOT> Do I need a degree?"
ANSWER = "About “Do I need a degree?” [1]."


def test_who_gets_no_answer_in_all_tries_is_told(slack: SlackServer, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where Slack refuses the answer for good, its asker reads that it failed, with a number that the log has; and it is over."""
    slack.failures["chat.postMessage"] = ("msg_too_long", MOST_TRIES)
    with running(slack, tmp_path, CheapDesk(), http=True) as platform:
        slack.people.says("U0ANN", "C0GEN", ASK)
        thread = slack.world.messages[-1].ts
        told = slack.wait(slack.world.by_bot)[0]
        assert (told.channel, told.thread_ts, told.only_for) == ("C0GEN", thread, "U0ANN")
        number = told.text.rpartition("number ")[2].rstrip(".")
        assert f"error {number}" in caplog.text
        assert "msg_too_long" not in told.text
        assert platform.answering.resume() == 0
        assert slack.count("chat.postMessage") == MOST_TRIES


def test_what_another_version_wrote_is_in_nobodys_way(slack: SlackServer, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be read is given up with a line in the log, and what was left after it is answered."""
    caplog.set_level(logging.ERROR)
    left = Store(tmp_path / "home")
    job = Job(f"slack:{TEAM}:C0GEN:2.0", TEAM, "C0GEN", "U0ANN", "Do I need a degree?", "2.0")
    for key, payload in ((f"slack:{TEAM}:C0GEN:1.0", '{"of": "another version"}'), (job.key, msgspec.json.encode(job).decode())):
        assert left.claim(key, payload)
    left.close()  # its lock goes, as with a process
    with running(slack, tmp_path, CheapDesk(), http=True) as platform:
        assert slack.wait(slack.world.by_bot)[0].text == ANSWER
        slack.wait(lambda: platform.store.unfinished("slack:") == [])
    assert f"slack:{TEAM}:C0GEN:1.0 was written by another version" in caplog.text


def test_what_is_too_old_is_deleted_while_the_bot_runs(slack: SlackServer, tmp_path: Path) -> None:
    """Once a day, not only at a start: what people said is not kept for longer because the bot never stops."""
    clock = [0.0]
    store = Store(tmp_path / "home", now=lambda: clock[0], kept_days=8)
    with running(slack, tmp_path, CheapDesk(), http=True, store=store, now=lambda: clock[0]):
        for day in (1, 2):
            store.say("t1", "ann", f"k{day}", f"day {day}")
            clock[0] += 7.5 * DAY
            slack.wait(lambda day=day: store.history("t1", "ann") == (f"day {day}",))  # type: ignore[misc]
