"""Runs in Slack: one message from beginning to end, whoever leaves, whatever starts anew, whatever Slack refuses."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from bot.adapters.slack.runs import Place
from bot.adapters.slack.setup import SlackPlatform
from bot.office import SECONDS_BETWEEN_EDITS
from bot.render import slack_parts
from bot.store import Store
from tests.servers.cheap_desk import CheapDesk
from tests.servers.cheap_office import CANCELLED, PUBLISHED, STEPS, CheapOffice
from tests.servers.slack_platform import Clock, running
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import BOT_USER, TEAM, Message

Start = Callable[[], AbstractContextManager[SlackPlatform]]
RUNS = "The guides are read anew."


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[SlackServer]:
    with SlackServer() as server:
        server.clock = clock.now
        yield server


@pytest.fixture
def office() -> CheapOffice:
    return CheapOffice({"U0ADMIN", "U0BEN"}, TEAM)


@pytest.fixture
def start(slack: SlackServer, office: CheapOffice, clock: Clock, tmp_path: Path) -> Start:
    """Starts the platform, as often as a test wants, with time that passes in a moment."""
    return partial(running, slack, tmp_path, CheapDesk(), office, http=True, wait=clock.wait)


def _said(slack: SlackServer, words: str, channel: str = "") -> Message:
    """The message of the bot that has these words, as soon as it is there."""
    return slack.wait(lambda: [m for m in slack.world.by_bot(channel) if words in _shown(m)])[0]


def _shown(message: Message) -> str:
    return " ".join(slack_parts.strings(message.blocks, only=("text",)))


def _begin(slack: SlackServer, channel: str = "C0GEN", user: str = "U0ADMIN") -> None:
    """Ask for a reindex, and confirm it."""
    slack.people.commands(user, channel, "/fingerpost", "reindex")
    slack.people.presses(user, _said(slack, "Read the guides anew?", channel), "office:0")


def test_progress_is_one_message_that_is_edited_slowly(slack: SlackServer, office: CheapOffice, start: Start) -> None:
    """The private question goes, one public message comes, and is edited no more often than every two seconds until the end."""
    with start():
        _begin(slack)
        over = _said(slack, PUBLISHED, "C0GEN")
        slack.wait(lambda: office.places == [])
    assert [(m.ts, m.only_for, m.blocks[-1]["type"]) for m in slack.world.by_bot()] == [(over.ts, "", "rich_text")]
    begun = next(at for method, at in slack.times if method == "chat.postMessage")
    edits = [at for method, at in slack.times if method == "chat.update"]
    assert len(edits) == len(STEPS)
    assert min(later - earlier for earlier, later in itertools.pairwise([begun, *edits])) >= SECONDS_BETWEEN_EDITS


def test_what_has_not_changed_is_not_edited(slack: SlackServer, office: CheapOffice, clock: Clock, start: Start) -> None:
    """A long step costs no calls."""
    office.stands.set()
    with start():
        _begin(slack)
        message = _said(slack, RUNS)
        began = clock.now()
        slack.wait(lambda: clock.now() > began + 60)
        assert slack.count("chat.update") == 0
        office.stands.clear()
        slack.wait(lambda: PUBLISHED in _shown(message))


def test_a_rate_limit_is_obeyed(slack: SlackServer, start: Start) -> None:
    """After a 429 the message is left alone as long as Slack says, and still comes to its end."""
    slack.limits["chat.update"] = (7, 2)
    with start():
        _begin(slack)
        _said(slack, PUBLISHED)
    edits = [at for method, at in slack.times if method == "chat.update"]
    assert [later - earlier >= 7 for earlier, later in itertools.pairwise(edits[:3])] == [True, True]


def test_an_error_of_slacks_does_not_cost_the_end(slack: SlackServer, office: CheapOffice, start: Start) -> None:
    """It is tried again until it stands there."""
    slack.failures["chat.update"] = ("internal_error", 5)
    with start():
        _begin(slack)
        _said(slack, PUBLISHED)
        slack.wait(lambda: office.places == [])
    assert len(slack.world.by_bot()) == 1


def test_a_restart_goes_on_with_the_same_message(slack: SlackServer, office: CheapOffice, start: Start) -> None:
    """The next process finds the message and brings it to its end; nothing is posted anew."""
    office.stands.set()
    with start():
        _begin(slack)
        message = _said(slack, RUNS)
        slack.wait(lambda: office.places and message.ts in office.places[0][2])
    assert (len(office.places), _shown(message).startswith(RUNS)) == (1, True)
    office.stands.clear()
    with start():
        slack.wait(lambda: PUBLISHED in _shown(message))
        slack.wait(lambda: office.places == [])
    assert slack.world.by_bot() == [message]


def test_the_end_is_shown_after_a_restart_even_where_it_came_without_the_bot(slack: SlackServer, office: CheapOffice, start: Start) -> None:
    """A run that ended while no process was there is told of at the next start."""
    office.stands.set()
    with start():
        _begin(slack)
        message = _said(slack, RUNS)
        slack.wait(lambda: office.places and message.ts in office.places[0][2])
    office._runs["run1"] = len(STEPS)
    with start():
        slack.wait(lambda: PUBLISHED in _shown(message))


def test_a_deleted_message_ends_in_a_direct_one(slack: SlackServer, office: CheapOffice, start: Start) -> None:
    """Somebody deletes the progress: whoever began learns the end directly, in one message, even after a restart."""
    office.stands.set()
    with start():
        _begin(slack)
        slack.world.messages.remove(_said(slack, RUNS))
        office.steps.insert(1, "Something else.")
        office._runs["run1"] = 1
        slack.wait(lambda: office.places and '"ts":""' in office.places[0][2])
    office.stands.clear()
    with start():
        assert _said(slack, PUBLISHED).channel == slack.world.direct("U0ADMIN")
        slack.wait(lambda: office.places == [])
    assert len(slack.world.by_bot()) == 1


def test_where_the_bot_is_no_member_the_progress_comes_directly(slack: SlackServer, start: Start) -> None:
    """A direct message is edited in place of the channel's; the asker is told where to look."""
    with start():
        _begin(slack, "C0NOBOT")
        _said(slack, "in our direct messages", "C0NOBOT")
        over = _said(slack, PUBLISHED)
    assert over.channel == slack.world.direct("U0ADMIN")
    assert len(slack.world.by_bot(over.channel)) == 1


def test_a_run_that_is_not_public_comes_directly(slack: SlackServer, office: CheapOffice, start: Start) -> None:
    """Slack takes no edit of a private message in a channel."""
    office.public = False
    with start():
        _begin(slack)
        assert _said(slack, PUBLISHED).channel == slack.world.direct("U0ADMIN")


def test_a_second_asker_is_led_to_the_message(slack: SlackServer, office: CheapOffice, start: Start) -> None:
    """One message a channel; who asks again gets its address, and the button to cancel."""
    office.stands.set()
    with start():
        _begin(slack)
        message = _said(slack, RUNS)
        slack.people.commands("U0BEN", "C0GEN", "/fingerpost", "watch")
        private = slack.wait(lambda: [m for m in slack.world.by_bot("C0GEN") if m.only_for == "U0BEN"])[0]
        assert f"p{message.ts.replace('.', '')}" in str(private.blocks)
        slack.people.presses("U0BEN", private, "office:0")
        office.stands.clear()
        slack.wait(lambda: CANCELLED in _shown(message))
        slack.wait(lambda: "It will be cancelled." in _shown(private))


def test_cancelling_on_the_message_leaves_it_there(slack: SlackServer, office: CheapOffice, start: Start) -> None:
    """The word on the press is for the presser; the message goes on to its end. Others cannot cancel."""
    office.stands.set()
    with start():
        _begin(slack, slack.world.direct("U0ADMIN"))
        message = _said(slack, RUNS)
        slack.people.presses("U0ANN", message, "office:0")
        _said(slack, "none of my admins")
        slack.people.presses("U0ADMIN", message, "office:0")
        _said(slack, "It will be cancelled.")
        office.stands.clear()
        slack.wait(lambda: CANCELLED in _shown(message))
    assert [act for _, act in office.done] == ["start", "cancel"]


def test_one_process_edits_and_another_takes_over_where_it_dies(
    slack: SlackServer, office: CheapOffice, start: Start, tmp_path: Path
) -> None:
    """While a process lives that shows a run, no other touches the message; after its death one goes on."""
    message = Message("C0GEN", slack.world.ts(), BOT_USER, RUNS)
    slack.world.messages.append(message)
    place = Place("C0GEN", message.ts, "U0ADMIN", "there")
    office._runs["run1"] = 0
    office.follow("run1", "slack", place.words)
    other = Store(tmp_path / "home")
    assert other.claim("slackrun:there")
    with start():
        slack.people.commands("U0BEN", "C0GEN", "/fingerpost", "watch")
        private = slack.wait(lambda: [m for m in slack.world.by_bot("C0GEN") if m.only_for == "U0BEN"])[0]
        assert f"p{message.ts.replace('.', '')}" in str(private.blocks)
        assert slack.count("chat.update") == 0
        other.close()  # its lock goes, as with a process
        slack.wait(lambda: PUBLISHED in _shown(message))
