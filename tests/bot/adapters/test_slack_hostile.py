"""Whatever is sent to the office's buttons and commands: nobody but the admin reaches an act."""

from __future__ import annotations

import copy
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.servers.cheap_desk import CheapDesk
from tests.servers.cheap_office import CheapOffice
from tests.servers.slack_delivery import COMMAND, INTERACTION, signature
from tests.servers.slack_platform import running
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import TEAM, Json, Message, User

OTHERS = [
    {"id": "U0ANN", "team_id": TEAM}, {"id": "U0GUEST", "team_id": TEAM}, {"id": "U0FAR", "team_id": "T0FAR"},
    {"id": "U0FAR", "team_id": TEAM}, {"id": "U0FAR"}, {"id": "U0ADMIN", "team_id": "T0FAR"}, {"id": "u0admin", "team_id": TEAM},
    {"id": "U0ADMIN ", "team_id": TEAM}, {"id": "", "team_id": TEAM}, {"id": "U0NOBODY", "team_id": TEAM},
    {"id": "S0EDITORS", "team_id": TEAM},
    {"id": ["U0ADMIN"], "team_id": TEAM}, {"id": None, "team_id": None}, {"team_id": TEAM}, {"id": "U0BOT", "team_id": TEAM},
]  # fmt: skip
DISGUISES: list[Json] = [
    {}, {"user_id": "U0ADMIN", "user_name": "ada"}, {"message": {"user": "U0ADMIN", "ts": "1.1", "blocks": []}},
    {"container": {"type": "message", "is_ephemeral": True, "user": "U0ADMIN"}}, {"team": {"id": "T0FAR", "domain": "far"}},
]  # fmt: skip


@pytest.fixture
def office() -> CheapOffice:
    return CheapOffice({"U0ADMIN", "S0EDITORS"}, TEAM)


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        server.world.groups = {"S0EDITORS": {"U0GUEST", "U0FAR"}}
        server.world.users["U0NEAR"] = User("U0NEAR", "ned", team="T0NEAR")
        yield server


def _asked(slack: SlackServer) -> Message:
    """The question whether to read the guides anew, with its buttons."""
    before = len(slack.world.by_bot())
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "reindex")
    return copy.copy(slack.wait(lambda: slack.world.by_bot()[before:])[0])  # with its buttons, whatever comes in its place


def _posted(port: int, kind: str, payload: Json, headers: dict[str, str]) -> int:
    """The status with which the bot answers a request over HTTP."""
    fields = payload if kind == COMMAND else {"payload": json.dumps(payload)}
    body = urlencode(fields).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/slack/events", body, {**form, **headers})) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_nobody_but_the_admin_reaches_an_act(slack: SlackServer, office: CheapOffice, tmp_path: Path) -> None:
    """Presses of live buttons by others, in every disguise that a payload can wear: none does anything, and the button still works."""
    with running(slack, tmp_path, CheapDesk(), office, http=True):
        asked = _asked(slack)
        live = slack.people.presses("U0ANN", asked, "office:0").payload
        sent = [_forged(live, who, more) for who, more in product(OTHERS, DISGUISES)]
        sent += [
            _forged(live, who, {}, act) for who, act in product(OTHERS[:3], ("add.1", "cancel.run1", "leave.1", {"act": "start.1"}, 7))
        ]
        for payload in sent:
            slack.deliver(INTERACTION, payload)
        slack.settled()
        for person in ("U0ANN", "U0GUEST", "U0FAR", "U0NEAR"):
            slack.people.commands(person, "C0GEN", "/fingerpost", "reindex")
            slack.people.presses(person, asked, "office:1")
        slack.settled()
        slack.wait(lambda: len([who for who, _ in office.asked if who.id == "U0NEAR"]) == 2)
        assert (len(sent), office.done) == (90, [])
        assert [m for m in slack.world.by_bot() if not m.only_for and m.channel.startswith("C")] == []
        slack.people.presses("U0ADMIN", asked, "office:0")
        slack.wait(lambda: office.done)
        assert office.done == [("U0ADMIN", "start")]


def test_what_slack_has_not_signed_reaches_nobody(slack: SlackServer, office: CheapOffice, tmp_path: Path) -> None:
    """A payload in the admin's name with another secret, an old one, or without a signature is turned away."""
    with running(slack, tmp_path, CheapDesk(), office, http=True) as platform:
        asked = _asked(slack)
        press = slack.people.presses("U0ANN", asked, "office:0").payload
        command = slack.people.commands("U0ANN", "C0GEN", "/fingerpost", "reindex").payload
        slack.settled()
        slack.wait(lambda: len(office.asked) == 3)
        mine = [(INTERACTION, _forged(press, {"id": "U0ADMIN", "team_id": TEAM}, {})), (COMMAND, {**command, "user_id": "U0ADMIN"})]
        for kind, payload in mine:
            body = urlencode(payload if kind == COMMAND else {"payload": json.dumps(payload)})
            right = signature(body, int(time.time()))
            for headers in (
                {}, signature(body, int(time.time()), "another secret"), signature(body, int(time.time()) - 3_600),
                signature(body + "&x=1", int(time.time())), {**right, "X-Slack-Signature": "v0="},
            ):  # fmt: skip
                assert _posted(platform.port, kind, payload, headers) == 401
    assert ([actor.id for actor, _ in office.asked], office.done) == (["U0ADMIN", "U0ANN", "U0ANN"], [])


def _forged(live: Json, who: Any, more: Json, act: Any = None) -> Json:
    """A press of a live button by somebody else."""
    payload = {**copy.deepcopy(live), "user": {**who, "username": "ada", "name": "ada"}, **more}
    if act is not None:
        payload["actions"][0]["value"] = act
    return payload
