"""What goes wrong between Slack and the bot, and that nothing is lost or said twice by it."""

from __future__ import annotations

import itertools
import json
import logging
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from bot.adapters.slack import post
from bot.store import FILE, StoreError
from retrieval.errors import SettingsError
from tests.servers.cheap_desk import CheapDesk
from tests.servers.slack_delivery import EVENT, signature
from tests.servers.slack_platform import running
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Message

ASK = "<@U0BOT> Do I need a degree?"
ANSWER = "About “Do I need a degree?” [1]."


@contextmanager
def _process(slack: SlackServer, home: Path, way: str, busy: str) -> Iterator[None]:
    """The bot in a process of its own, which is killed at the end."""
    command = [sys.executable, "-m", "tests.servers.slack_process", slack.api, str(home), way, busy]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as process:
        assert process.stdout is not None
        try:
            if port := int(process.stdout.readline()):
                slack.deliver_over_http(port)
            yield
        finally:
            process.kill()


def _answers(slack: SlackServer, number: int = 1) -> list[Message]:
    slack.wait(lambda: len(slack.world.by_bot()) >= number)
    slack.settled()
    return slack.world.by_bot()


def _texts(messages: list[Message]) -> list[str]:
    return [message.text for message in messages]


def test_an_event_of_a_process_that_is_killed_is_answered_by_the_next(slack: SlackServer, tmp_path: Path) -> None:
    """It was acknowledged, so Slack will not deliver it again: the next process finds it and answers, once."""
    with _process(slack, tmp_path, "http", "never"):
        slack.people.says("U0ANN", "C0GEN", ASK)
        slack.settled()
        slack.people.says("U0ANN", "C0GEN", "<@U0BOT> And then?", slack.world.messages[-1].ts)
        slack.settled()
    assert (slack.world.by_bot(), [d.tries for d in slack.deliveries]) == ([], [0, 0])
    with running(slack, tmp_path, CheapDesk(), http=True):
        assert _texts(_answers(slack, 2)) == [ANSWER, "About “And then?” [1]. Before: Do I need a degree?."]
        slack.deliver(EVENT, slack.deliveries[0].payload)
        slack.settled()
        assert len(slack.world.by_bot()) == 2


def test_what_waits_when_the_bot_stops_is_answered_after_the_start(slack: SlackServer, tmp_path: Path) -> None:
    """An orderly stop does not wait for a long queue, and loses nothing of it."""
    with running(slack, tmp_path, CheapDesk(busy=0.05), http=True):
        for number in range(40):
            slack.people.says("U0ANN", "C0GEN", f"<@U0BOT> Question {number}?")
        slack.settled()
    assert len(slack.world.by_bot()) < 40
    with running(slack, tmp_path, CheapDesk(), http=True):
        assert sorted(_texts(_answers(slack, 40))) == sorted(f"About “Question {number}?” [1]." for number in range(40))


def test_a_dropped_socket_loses_nothing(slack: SlackServer, tmp_path: Path) -> None:
    """What Slack holds while there is no socket arrives at the new one."""
    with running(slack, tmp_path, CheapDesk()):
        slack.wait(lambda: slack.sockets.opened)
        slack.drop_sockets()
        slack.people.says("U0ANN", "C0GEN", ASK)
        assert _texts(_answers(slack)) == [ANSWER]
        assert slack.sockets.opened >= 2


def test_a_refreshed_socket_loses_nothing(slack: SlackServer, tmp_path: Path) -> None:
    """Slack asks for a new connection every few hours; questions on either side of it are answered."""
    with running(slack, tmp_path, CheapDesk()):
        slack.people.says("U0ANN", "C0GEN", ASK)
        _answers(slack)
        slack.refresh_sockets()
        slack.people.says("U0ANN", "C0GEN", "<@U0BOT> And then?")
        assert _texts(_answers(slack, 2)) == [ANSWER, "About “And then?” [1]."]


def test_a_rate_limit_is_waited_for(slack: SlackServer, tmp_path: Path) -> None:
    """After a 429 the message is sent again when Slack says, once."""
    slack.limits["chat.postMessage"] = (1, 2)
    with running(slack, tmp_path, CheapDesk(), http=True):
        slack.people.says("U0ANN", "C0GEN", ASK)
        assert _texts(_answers(slack)) == [ANSWER]
        assert slack.count("chat.postMessage") == 3


def test_an_answer_that_slack_could_not_take_is_sent_later(slack: SlackServer, tmp_path: Path) -> None:
    """An error of Slack's own side does not cost the answer."""
    slack.failures["chat.postMessage"] = ("internal_error", 1)
    with running(slack, tmp_path, CheapDesk(), http=True):
        slack.people.says("U0ANN", "C0GEN", ASK)
        assert _texts(_answers(slack)) == [ANSWER]


def test_an_answer_that_was_sent_is_not_sent_again_though_that_cannot_be_noted(slack: SlackServer, tmp_path: Path) -> None:
    """The disk is full just then: the question stays taken, and is noted as done when there is room."""
    full = "create trigger full before update of state on events begin select raise(abort, 'disk full'); end"
    with (
        running(slack, tmp_path, CheapDesk(), http=True) as platform,
        closing(sqlite3.connect(tmp_path / "home" / FILE, isolation_level=None)) as state,
    ):
        state.execute(full)
        slack.people.says("U0ANN", "C0GEN", ASK)
        thread = slack.world.messages[-1].ts
        _answers(slack)
        for number in (2, 3):  # of one thread each begins when the one before is over
            with suppress(StoreError):  # as nothing can be noted
                platform.answering.resume()
            slack.people.says("U0ANN", "C0GEN", f"<@U0BOT> Question {number}?", thread)
            _answers(slack, number)
        state.execute("drop trigger full")
        slack.wait(lambda: state.execute("select distinct state from events").fetchall() == [("done",)])
        assert len(slack.world.by_bot()) == 3


def test_blocks_that_slack_refuses_are_sent_as_text(slack: SlackServer, tmp_path: Path) -> None:
    """Should Slack change a limit, the words still arrive."""
    slack.failures["chat.postMessage"] = ("invalid_blocks", 1)
    with running(slack, tmp_path, CheapDesk(), http=True):
        slack.people.says("U0ANN", "C0GEN", ASK)
        answer = _answers(slack)[0]
        assert (answer.text, answer.blocks) == (ANSWER, [])


def test_where_it_may_not_post_the_asker_is_told_directly(slack: SlackServer, tmp_path: Path) -> None:
    """No question ends in silence."""
    with running(slack, tmp_path, CheapDesk(), http=True):
        slack.people.says("U0ANN", "C0NOBOT", ASK)
        told = _answers(slack)[0]
        assert (told.channel, "/invite" in told.text) == (slack.world.direct("U0ANN"), True)


@pytest.mark.parametrize("http", [False, True])
def test_a_late_acknowledgement_brings_a_retry_and_one_answer(tmp_path: Path, http: bool) -> None:
    """Where Slack gives up waiting and delivers again, the retry finds the work done or under way."""
    with SlackServer(deadline=0.3) as slack, running(slack, tmp_path, CheapDesk(busy=0.2), http=http):
        slack.lost_acks = 2
        slack.people.says("U0ANN", "C0GEN", ASK)
        assert _texts(_answers(slack)) == [ANSWER]
        assert slack.deliveries[0].tries == 2


def test_a_form_whose_trigger_is_too_old_says_so(tmp_path: Path) -> None:
    """Slack opens no form after three seconds; the person reads that they should try again."""
    clock = itertools.chain([0.0, 0.0], itertools.repeat(4.0))  # the address and the trigger are made at once, used later
    with SlackServer(now=lambda: next(clock)) as slack, running(slack, tmp_path, CheapDesk(), http=True):
        slack.people.commands("U0ANN", "C0GEN", "/path")
        assert "Try again" in _answers(slack)[0].text
        assert slack.world.views == {}


def test_a_used_up_response_url_leads_to_a_direct_message(slack: SlackServer, tmp_path: Path) -> None:
    """A private answer that comes too late for the channel still comes."""
    gate = threading.Event()
    with running(slack, tmp_path, CheapDesk(gate=gate), http=True):
        slack.people.commands("U0ANN", "C0GEN", "/ask", "Do I need a degree?")
        slack.settled()
        for place in slack.response_urls.values():
            place.uses = 5
        gate.set()
        answer = _answers(slack)[0]
        assert (answer.channel, answer.text) == (slack.world.direct("U0ANN"), ANSWER)


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:9/gone", "no address"])
def test_a_private_message_that_cannot_be_deleted_is_no_harm(url: str) -> None:
    """Whoever pressed its button gets what they pressed for."""
    post.Post(post.client("xoxb-1", "http://127.0.0.1:9/")).forget(url)


def test_a_bad_signature_is_refused(slack: SlackServer, tmp_path: Path) -> None:
    """A request that Slack has not signed, or not just now, does nothing."""
    desk = CheapDesk()
    with running(slack, tmp_path, desk, http=True) as platform:
        event = slack.people.envelope({"type": "app_mention", "user": "U0ANN", "channel": "C0GEN", "ts": "1.1", "text": ASK})
        body = json.dumps(event)
        now = int(time.time())
        assert _status(platform.port, body, signature(body, now, "guessed")) == 401
        assert _status(platform.port, body, signature(body, now - 3_600)) == 401
        assert _status(platform.port, body, {}) == 401
        assert _status(platform.port, body, signature(body, now)) == 200
        assert _texts(_answers(slack)) == [ANSWER]
        assert len(desk.asked) == 1


def test_the_address_is_verified(slack: SlackServer, tmp_path: Path) -> None:
    """Slack's challenge is answered, so that the request URL can be saved."""
    with running(slack, tmp_path, CheapDesk(), http=True) as platform:
        body = json.dumps({"type": "url_verification", "challenge": "abc", "token": ""})
        assert _status(platform.port, body, signature(body, int(time.time()))) == 200


@pytest.mark.parametrize("way", ["socket", "http"])
def test_a_burst_of_events_each_delivered_twice_is_answered_once_each(slack: SlackServer, tmp_path: Path, way: str) -> None:
    """200 events at once, each delivered twice: 200 answers, no more and no fewer, and every event acknowledged.

    How soon is what `python -m benchmarks.slack_acks` measures.
    """
    with _process(slack, tmp_path, way, "0.02"):
        for number in range(200):
            slack.people.says("U0ANN", "C0GEN", f"<@U0BOT> Question {number}?")
        for delivery in list(slack.deliveries):
            slack.deliver(EVENT, delivery.payload)
        slack.wait(lambda: len(slack.world.by_bot()) >= 200, patience=90)
        slack.settled()
    assert sorted(_texts(slack.world.by_bot())) == sorted(f"About “Question {number}?” [1]." for number in range(200))
    assert [d for d in slack.deliveries if d.seconds is None and not d.tries] == []


def test_an_event_that_nobody_listens_to_is_acknowledged(slack: SlackServer, tmp_path: Path) -> None:
    """Else Slack would deliver it again and again."""
    with running(slack, tmp_path, CheapDesk(), http=True):
        delivery = slack.deliver(EVENT, slack.people.envelope({"type": "channel_rename", "channel": {"id": "C0GEN"}}))
        slack.settled()
        assert (delivery.tries, delivery.seconds is not None) == (0, True)


def test_no_secret_reaches_a_log(slack: SlackServer, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Not at any level, and not where things go wrong."""
    caplog.set_level(logging.INFO)
    slack.failures["chat.postMessage"] = ("internal_error", 1)
    with running(slack, tmp_path, CheapDesk()) as platform:
        slack.people.says("U0ANN", "C0GEN", "<@U0BOT> boom?")
        _answers(slack)
        assert "xoxb" not in repr(platform.workspace.store)
    assert not [secret for secret in (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET) if secret in caplog.text]


@pytest.mark.parametrize(("name", "value", "said"), [
    ("SLACK_BOT_TOKEN", "", "FINGERPOST_SLACK_BOT_TOKEN is not set"),
    ("SLACK_BOT_TOKEN", "xapp-wrong", "does not begin with xoxb-"),
    ("SLACK_BOT_TOKEN", "xoxb-revoked", "invalid_auth"),
    ("SLACK_APP_TOKEN", "", "FINGERPOST_SLACK_APP_TOKEN is not set"),
    ("SLACK_APP_TOKEN", "xapp-revoked", "connections:write"),
    ("FINGERPOST_SLACK_API_BASE_URL", "http://127.0.0.1:9/api/", "cannot be reached"),
])  # fmt: skip
def test_a_wrong_setting_is_named_with_its_fix(slack: SlackServer, tmp_path: Path, name: str, value: str, said: str) -> None:
    """The bot does not start, and says what to change."""
    with pytest.raises(SettingsError, match=said), running(slack, tmp_path, CheapDesk(), **{name: value}):
        pass


def _status(port: int, body: str, headers: dict[str, str]) -> int:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/slack/events", body.encode(), {"Content-Type": "application/json", **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310
            return int(reply.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
