"""The bot's administration in Slack: what admins type and press, what they are shown, and that nobody else gets anywhere."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.office import Button, Reply
from tests.servers.cheap_desk import INNARDS, CheapDesk
from tests.servers.cheap_office import REFUSED, TOO_OLD, CheapOffice
from tests.servers.slack_platform import running, said, shown
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import TEAM, Message


@pytest.fixture
def office() -> CheapOffice:
    """An office whose admins are one person and one user group."""
    return CheapOffice({"U0ADMIN", "S0EDITORS"}, TEAM)


@pytest.fixture(autouse=True)
def _platform(slack: SlackServer, office: CheapOffice, tmp_path: Path) -> Iterator[None]:
    with running(slack, tmp_path, CheapDesk(), office, http=True):
        yield


def _buttons(message: Message) -> list[str]:
    return [e["text"]["text"] for block in message.blocks if block["type"] == "actions" for e in block["elements"]]


def test_a_command_is_answered_privately(slack: SlackServer, office: CheapOffice) -> None:
    """What follows /fingerpost goes to the office as it was typed; only the asker reads the reply."""
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "rollback &lt;yesterday&gt;")
    assert said(slack, "Done: rollback <yesterday>.").only_for == "U0ADMIN"
    actor, text = office.asked[0]
    assert (actor.platform, actor.workspace, actor.id, actor.key, actor.name, actor.guest, text) == (
        "slack", TEAM, "U0ADMIN", f"slack:{TEAM}:U0ADMIN", "ada", False, "rollback <yesterday>"
    )  # fmt: skip


def test_a_slow_office_is_acknowledged_at_once(slack: SlackServer, office: CheapOffice) -> None:
    """Slack waits three seconds; the office may take longer."""
    office.gate = threading.Event()
    delivery = slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "reindex")
    slack.settled()
    assert (delivery.seconds is not None, office.asked) == (True, [])
    office.gate.set()
    said(slack, "Read the guides anew?")


def test_help_joins_the_office_and_the_channel(slack: SlackServer) -> None:
    """One help for all of /fingerpost."""
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "help")
    listed = shown(said(slack, "Done: help."))
    assert "/fingerpost channel mention | sure | quiet: change it (admins)" in listed


def test_a_press_replaces_the_private_message(slack: SlackServer, office: CheapOffice) -> None:
    """A question that was answered does not stand there any longer."""
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "reindex")
    asked = said(slack, "Read the guides anew?")
    assert _buttons(asked) == ["Read them", "Leave it"]
    slack.people.presses("U0ADMIN", asked, "office:1")
    slack.wait(lambda: "Left as it is." in shown(asked))
    assert (asked.only_for, _buttons(asked), office.done) == ("U0ADMIN", [], [("U0ADMIN", "leave")])
    assert len(slack.world.by_bot()) == 1


def test_a_button_works_once(slack: SlackServer, office: CheapOffice) -> None:
    """Two presses are one act; the second is told why nothing happens."""
    office.stands.set()
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "reindex")
    asked = said(slack, "Read the guides anew?")
    slack.people.presses("U0ADMIN", asked, "office:0")
    slack.people.presses("U0ADMIN", asked, "office:0")
    slack.wait(lambda: office.done and any(TOO_OLD in str(told) for told in slack.responses))  # whichever of both is shown last
    assert office.done == [("U0ADMIN", "start")]


def test_who_may_act_is_looked_up_at_each_press(slack: SlackServer, office: CheapOffice) -> None:
    """Who has left the user group since the command was used is refused."""
    slack.world.groups = {"S0EDITORS": {"U0BEN"}, "S0OTHERS": {"U0ANN", "U0BEN"}}
    slack.people.commands("U0BEN", "C0GEN", "/fingerpost", "reindex")
    asked = said(slack, "Read the guides anew?")
    slack.world.groups["S0EDITORS"].clear()
    slack.people.presses("U0BEN", asked, "office:0")
    said(slack, REFUSED)
    assert office.done == []


def test_who_has_become_a_guest_is_one_at_the_next_press(slack: SlackServer, office: CheapOffice) -> None:
    """What Slack said of them minutes ago does not count."""
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "reindex")
    asked = said(slack, "Read the guides anew?")
    slack.world.users["U0ADMIN"].guest = True
    slack.people.presses("U0ADMIN", asked, "office:0")
    slack.wait(lambda: REFUSED in shown(asked))
    assert office.done == []


def test_without_their_scope_user_groups_count_for_nothing(slack: SlackServer, caplog: pytest.LogCaptureFixture) -> None:
    """In doubt nobody is an admin, and the log says why."""
    slack.world.groups = {"S0EDITORS": {"U0BEN"}}
    slack.scopes.discard("usergroups:read")
    with caplog.at_level(logging.WARNING):
        slack.people.commands("U0BEN", "C0GEN", "/fingerpost", "reindex")
        said(slack, REFUSED)
    assert "usergroups:read" in caplog.text


def test_an_admin_by_a_user_group_whom_slack_cannot_look_up_just_now_is_told_so(slack: SlackServer, office: CheapOffice) -> None:
    """Slack is busy: that is no reason to say that they are no admin, nor to let them do anything."""
    slack.world.groups = {"S0EDITORS": {"U0BEN"}}
    slack.limits["usergroups.list"] = (1, 1)
    slack.people.commands("U0BEN", "C0GEN", "/fingerpost", "reindex")
    said(slack, "Slack does not tell me at the moment which user groups you are in")
    slack.people.commands("U0BEN", "C0GEN", "/fingerpost", "reindex")
    said(slack, "Read the guides anew?")


def test_without_a_word_from_slack_nothing_is_done(slack: SlackServer, office: CheapOffice) -> None:
    """Where Slack does not say who somebody is, not even an admin gets past."""
    slack.failures["users.info"] = ("internal_error", 9)
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "reindex")
    said(slack, "Slack does not tell me who you are")
    assert office.asked == []


@pytest.mark.parametrize(("person", "workspace", "guest"), [("U0GUEST", TEAM, True), ("U0FAR", "T0FAR", False), ("U0ANN", TEAM, False)])
def test_others_are_who_they_are(slack: SlackServer, office: CheapOffice, person: str, workspace: str, guest: bool) -> None:
    """A guest is one, and somebody of another workspace keeps theirs, whatever the command claims; the office refuses both."""
    slack.world.groups = {"S0EDITORS": {"U0GUEST", "U0FAR"}}
    slack.people.commands(person, "C0GEN", "/fingerpost", "reindex")
    assert said(slack, REFUSED).only_for == person
    actor = office.asked[0][0]
    assert (actor.workspace, actor.guest, actor.groups()) == (workspace, guest, frozenset({"S0EDITORS"} if guest else ()))


def test_a_public_reply_stands_in_the_channel(slack: SlackServer, office: CheapOffice) -> None:
    """Everybody sees what is for everybody."""
    office.says = Reply("An index of yesterday serves.", public=True)
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "rollback")
    assert said(slack, "An index of yesterday serves.", "C0GEN").only_for == ""


def test_a_public_reply_is_private_where_the_bot_is_no_member_or_quiet(slack: SlackServer, office: CheapOffice) -> None:
    """The asker reads it all the same."""
    office.says = Reply("An index of yesterday serves.", public=True)
    slack.people.commands("U0ADMIN", "C0NOBOT", "/fingerpost", "rollback")
    assert said(slack, "An index of yesterday serves.", "C0NOBOT").only_for == "U0ADMIN"
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "channel quiet")
    said(slack, "From now on")
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "rollback")
    assert said(slack, "An index of yesterday serves.", "C0GEN").only_for == "U0ADMIN"


def test_a_private_picture_comes_directly(slack: SlackServer) -> None:
    """A file in a channel is never private; its description comes along."""
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "insights 7")
    reply = said(slack, "What people ask")
    file = slack.wait(lambda: [f for f in slack.world.files if f.get("channel")])[0]
    assert (file["channel"], file["alt_txt"], file["title"]) == (
        slack.world.direct("U0ADMIN"), "Answered 3, not covered 1", "What people ask"
    )  # fmt: skip
    assert slack.world.uploads[file["id"]].startswith(b"\x89PNG")
    assert "Answered 3, not covered 1" in reply.text


def test_a_picture_that_slack_refuses_is_said(slack: SlackServer) -> None:
    """The words stand there; that the picture does not is no secret."""
    slack.failures["files.getUploadURLExternal"] = ("missing_scope", 9)
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "insights")
    assert said(slack, "did not let me send the picture").only_for == "U0ADMIN"


def test_an_error_of_the_office_is_a_number(slack: SlackServer, office: CheapOffice) -> None:
    """Its innards are not for the channel."""
    office.error = RuntimeError(INNARDS)
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "reindex")
    assert INNARDS not in str(said(slack, "tell your admin the number").payload)


def test_nothing_in_a_reply_becomes_active(slack: SlackServer, office: CheapOffice) -> None:
    """Pings, links and formats in a guide's name or a question stay signs."""
    office.says = Reply("<!channel> *x*", ("- <@U0BEN> \u202eevil", "<https://evil.example|bank>"), (Button("<!here> `b`", "x"),))
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "guides")
    reply = said(slack, "<!channel> *x*")
    assert "<" not in reply.text
    assert "\u202e" not in str(reply.payload)
    assert {block["type"] for block in reply.blocks} == {"rich_text", "actions"}


def test_a_forged_button_is_refused_in_words(slack: SlackServer, office: CheapOffice) -> None:
    """Whatever stands in its value, even for an admin."""
    for act in ("start.1", "start.0", "cancel.run1", "", "x" * 2_000, "\u202e", "{}", "start.1\x00"):
        slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "reindex")
        asked = said(slack, "Read the guides anew?")
        office._acts.clear()
        slack.people.presses("U0ADMIN", asked, "office:0", value=act)
        slack.wait(lambda asked=asked: TOO_OLD in shown(asked))  # type: ignore[misc]
    assert office.done == []
