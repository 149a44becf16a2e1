"""Who may ask, who may administrate, what channels allow, and what people think of answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.slack.setup import SlackPlatform
from bot.store import Store
from tests.servers.cheap_desk import CheapDesk
from tests.servers.cheap_office import CheapOffice
from tests.servers.slack_platform import running
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import Message, User

ASK = "<@U0BOT> Do I need a degree?"


@pytest.fixture
def platform(slack: SlackServer, tmp_path: Path) -> Iterator[SlackPlatform]:
    with running(slack, tmp_path, CheapDesk(), http=True) as started:
        yield started


def _next(slack: SlackServer, number: int = 1) -> Message:
    message = slack.wait(lambda: slack.world.by_bot()[number - 1 : number])[0]
    slack.settled()
    return message


def _set(slack: SlackServer, user: str, mode: str) -> Message:
    """Set the mode of the channel; the bot's reply."""
    before = len(slack.world.by_bot())
    slack.people.commands(user, "C0GEN", "/fingerpost", f"channel {mode}")
    return _next(slack, before + 1)


@pytest.mark.usefixtures("platform")
def test_a_guest_is_told_who_can_ask(slack: SlackServer) -> None:
    """The guides are the team's; the guest reads why there is no answer, the others do not."""
    slack.people.says("U0GUEST", "C0GEN", ASK)
    refusal = _next(slack)
    assert (refusal.only_for, "Guests of this workspace cannot ask me" in refusal.text) == ("U0GUEST", True)


def test_who_changes_a_channel_is_listed(slack: SlackServer, tmp_path: Path) -> None:
    """Among the acts of admins."""
    with running(slack, tmp_path, CheapDesk(), http=True):
        _set(slack, "U0ADMIN", "quiet")
    with closing(Store(tmp_path / "home")) as store:
        assert [("channel mode", True)] == [(act.act, act.detail.endswith(": quiet")) for act in store.audit()]


def test_guests_may_ask_where_the_settings_say_so(slack: SlackServer, tmp_path: Path) -> None:
    """An admin can open the bot to guests."""
    with running(slack, tmp_path, CheapDesk(), http=True, FINGERPOST_SLACK_GUESTS="yes"):
        slack.people.says("U0GUEST", "C0GEN", ASK)
        assert _next(slack).text == "About “Do I need a degree?” [1]."


@pytest.mark.usefixtures("platform")
def test_somebody_of_another_workspace_is_not_answered(slack: SlackServer) -> None:
    """In a shared channel, by mention and by button alike."""
    slack.people.says("U0ANN", "C0GEN", "<@U0BOT> unknown things?")
    answer = _next(slack)
    slack.people.says("U0FAR", "C0GEN", ASK)
    assert "another workspace" in _next(slack, 2).text
    slack.people.presses("U0FAR", answer, "ask:0")
    assert "another workspace" in _next(slack, 3).text
    assert {m.only_for for m in slack.world.by_bot()[1:]} == {"U0FAR"}


@pytest.mark.usefixtures("platform")
def test_a_member_cannot_change_a_channel(slack: SlackServer) -> None:
    """Only admins set the mode, guests and members read who can."""
    assert "Only an admin" in _set(slack, "U0ANN", "quiet").text
    assert "Only an admin" in _set(slack, "U0GUEST", "quiet").text


@pytest.mark.usefixtures("platform")
def test_who_is_no_admin_any_more_cannot_change_a_channel(slack: SlackServer) -> None:
    """Slack is asked each time, whatever it said a minute ago; where it does not say, nothing is changed."""
    assert "From now on" in _set(slack, "U0ADMIN", "quiet").text
    slack.failures["users.info"] = ("internal_error", 1)
    assert "Slack does not tell me who you are" in _set(slack, "U0ADMIN", "mention").text
    slack.world.users["U0ADMIN"].admin = False
    assert "Only an admin" in _set(slack, "U0ADMIN", "mention").text
    slack.world.users["U0ADMIN"] = User("U0ADMIN", "ada", admin=True, guest=True)
    assert "Only an admin" in _set(slack, "U0ADMIN", "mention").text
    assert "I do not answer here" in _set(slack, "U0ANN", "").text


def test_admins_can_be_named_in_the_settings(slack: SlackServer, tmp_path: Path) -> None:
    """Where the settings name them, those are the admins and no others."""
    with running(slack, tmp_path, CheapDesk(), http=True, FINGERPOST_ADMINS="slack:T0001:U0BEN"):
        assert "Only an admin" in _set(slack, "U0ADMIN", "quiet").text
        assert "From now on" in _set(slack, "U0BEN", "quiet").text


@pytest.mark.usefixtures("platform")
def test_a_quiet_channel_says_why_to_the_one_who_asks(slack: SlackServer) -> None:
    """A mention is not answered there, and the asker, who alone sees it, reads why and what else to do."""
    _set(slack, "U0ADMIN", "quiet")
    slack.people.says("U0ANN", "C0GEN", ASK)
    hushed = _next(slack, 2)
    assert (hushed.only_for, "quiet in this channel" in hushed.text) == ("U0ANN", True)


@pytest.mark.usefixtures("platform")
def test_a_sure_channel_answers_questions_that_it_is_sure_of(slack: SlackServer) -> None:
    """Without a mention: a question that the guides answer, not one that they do not, and no chatter."""
    slack.subscribed |= {"message.channels"}
    assert "message.channels" in _set(slack, "U0ADMIN", "sure").text
    slack.people.says("U0ANN", "C0GEN", "nice weather today")
    slack.people.says("U0ANN", "C0GEN", "<@U0BEN> what do you think of it?")
    slack.people.says("U0ANN", "C0GEN", "Do I need a degree?")
    assert _next(slack, 2).text == "About “Do I need a degree?” [1]."
    slack.people.says("U0ANN", "C0GEN", "What about unknown things?")
    silent = _next(slack, 3)
    assert (silent.only_for, "Mention me" in silent.text) == ("U0ANN", True)


@pytest.mark.usefixtures("platform")
def test_without_a_mode_unaddressed_messages_are_left_alone(slack: SlackServer) -> None:
    """A question to others is none to the bot."""
    slack.subscribed |= {"message.channels"}
    slack.people.says("U0ANN", "C0GEN", "Do I need a degree?")
    slack.people.says("U0ANN", "C0GEN", ASK)
    _next(slack)
    assert len(slack.world.by_bot()) == 1


def test_the_last_feedback_counts(slack: SlackServer, platform: SlackPlatform) -> None:
    """Up, then down with a reason: one word of this person remains, the last."""
    slack.people.says("U0ANN", "C0GEN", ASK)
    answer = _next(slack)
    value = next(e for b in answer.blocks if b["type"] == "context_actions" for e in b["elements"])["positive_button"]["value"]
    answer_id = value.partition(":")[2]
    slack.people.presses("U0ANN", answer, "feedback", value)
    assert "Thank you" in _next(slack, 2).text
    slack.people.presses("U0ANN", answer, "feedback", f"down:{answer_id}")
    view = slack.wait(lambda: list(slack.world.views.values()))[0]
    slack.people.submits("U0ANN", view, {"comment": {"value": "It is too short."}})
    _next(slack, 3)
    assert [(f.person, f.verdict, f.comment) for f in platform.store.ratings(answer_id)] == [
        ("slack:T0001:U0ANN", "down", "It is too short.")
    ]


def test_the_office_knows_a_person_as_the_store_does(slack: SlackServer, tmp_path: Path) -> None:
    """What /fingerpost forget deletes is what was kept of the one who types it."""
    office = CheapOffice(set())
    with running(slack, tmp_path, CheapDesk(), office, http=True) as platform:
        slack.people.says("U0ANN", "C0GEN", ASK)
        thread = slack.world.messages[-1].ts
        _next(slack)
        slack.people.commands("U0ANN", "C0GEN", "/fingerpost", "forget")
        _next(slack, 2)
        actor, asked = office.asked[0]
        assert asked == "forget"
        assert platform.store.history(f"slack:T0001:C0GEN:{thread}", actor.key) == ("Do I need a degree?",)


def test_a_user_group_of_the_settings_may_set_up_channels(slack: SlackServer, tmp_path: Path) -> None:
    """Those whom FINGERPOST_ADMINS names by their group are admins as well."""
    slack.world.groups = {"S0EDITORS": {"U0BEN"}}
    with running(slack, tmp_path, CheapDesk(), http=True, FINGERPOST_ADMINS="slack:T0001:S0EDITORS"):
        assert "Only an admin" in _set(slack, "U0ANN", "quiet").text
        assert "From now on" in _set(slack, "U0BEN", "quiet").text
