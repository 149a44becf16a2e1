"""The test server against Slack's own samples: what it says has no key that Slack's does not have."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.servers.slack_delivery import Delivery
from tests.servers.slack_files import file_json
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import APP_TOKEN, BOT_TOKEN, Message

SAMPLES = Path(__file__).parent / "slack_samples"
OF_AGENTS = {"event.team", "event.user_team"}  # keys that are newer than the samples, seen in Slack's documentation


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


@pytest.fixture
def web(slack: SlackServer) -> WebClient:
    return WebClient(token=BOT_TOKEN, base_url=slack.api, retry_handlers=[])


def _sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def _strange(ours: Any, sample: Any, path: str = "") -> set[str]:
    """The keys of ours that the sample does not have."""
    if isinstance(ours, dict) and isinstance(sample, dict) and sample:
        new = {f"{path}{key}" for key in ours.keys() - sample.keys()}
        return new.union(*(_strange(ours[key], sample[key], f"{path}{key}.") for key in ours.keys() & sample.keys()))
    if isinstance(ours, list) and isinstance(sample, list) and sample:
        return set().union(*(_strange(element, sample[0], path) for element in ours))
    return set()


@pytest.mark.parametrize(("method", "arguments"), [
    ("auth.test", {}),
    ("chat.postEphemeral", {"channel": "C0GEN", "user": "U0ANN", "text": "hello"}),
    ("assistant.threads.setStatus", {"channel_id": "C0GEN", "thread_ts": "1.1", "status": "works"}),
    ("assistant.threads.setSuggestedPrompts", {"channel_id": "C0GEN", "prompts": [{"title": "a", "message": "b"}]}),
    ("users.info", {"user": "U0ANN"}),
    ("files.getUploadURLExternal", {"filename": "a.png", "length": 3}),
])  # fmt: skip
def test_responses_have_slacks_keys(web: WebClient, method: str, arguments: dict[str, Any]) -> None:
    """Each response agrees with the sample, key for key."""
    response = web.api_call(method, json=arguments)
    assert _strange(response.data, _sample(method)) == set()


def test_a_socket_is_opened_as_slack_does(slack: SlackServer) -> None:
    """With an app-level token and no other; the address is good once."""
    web = WebClient(base_url=slack.api)
    response = web.apps_connections_open(app_token=APP_TOKEN)
    assert _strange(response.data, _sample("apps.connections.open")) == set()
    ticket = str(response["url"]).partition("ticket=")[2]
    assert [slack.take_ticket(ticket), slack.take_ticket(ticket)] == [True, False]
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        web.apps_connections_open(app_token=BOT_TOKEN)


def test_what_people_do_is_told_as_slack_tells_it(slack: SlackServer) -> None:
    """Events, commands and interactions have the keys of the samples."""
    slack.subscribed |= {"message.channels"}
    mention, message = slack.people.says("U0ANN", "C0GEN", "<@U0BOT> hello")
    posted = Message("C0GEN", "1.1", "U0BOT", "x", [{"type": "actions", "elements": [{"type": "button", "action_id": "a", "value": "v"}]}])
    pairs: list[tuple[Delivery, str]] = [
        (mention, "AppMentionPayload"), (message, "MessagePayload"), (slack.people.opens_home("U0ANN"), "AppHomeOpenedPayload"),
        (slack.people.commands("U0ANN", "C0GEN", "/ask", "hello"), "SlashCommandPayload"),
        (slack.people.presses("U0ANN", posted, "a"), "BlockActionPayload"),
        (slack.people.uses_shortcut("U0ANN", posted, "s"), "MessageShortcutPayload"),
        (slack.people.submits("U0ANN", {"id": "V1", "type": "modal"}, {}), "ViewSubmissionPayload"),
    ]  # fmt: skip
    strange = {name: _strange(delivery.payload, _sample(name)) - OF_AGENTS for delivery, name in pairs}
    assert strange == {name: set() for _, name in pairs}


@pytest.mark.parametrize(("blocks", "error"), [
    ([{"type": "divider"}] * 51, "invalid_blocks"),
    ([{"type": "alert", "text": "x"}], "invalid_blocks"),
    ([{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}], "invalid_blocks"),
    ([{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_900}}] * 4, "msg_blocks_too_long"),
])  # fmt: skip
def test_what_slack_refuses_is_refused(web: WebClient, blocks: list[dict[str, Any]], error: str) -> None:
    """Limits of blocks are kept by the server, not by trust."""
    with pytest.raises(SlackApiError, match=error):
        web.api_call("chat.postMessage", json={"channel": "C0GEN", "text": "x", "blocks": blocks})


def test_a_scope_that_is_not_granted_is_missed(slack: SlackServer, web: WebClient) -> None:
    """The error names the scope."""
    slack.scopes -= {"users:read"}
    with pytest.raises(SlackApiError) as refused:
        web.users_info(user="U0ANN")
    assert (refused.value.response["error"], refused.value.response["needed"]) == ("missing_scope", "users:read")


def test_only_the_apps_own_lasting_messages_can_be_changed(slack: SlackServer, web: WebClient) -> None:
    """Not those that one user sees, not those of people, and not by a user's id in place of a channel's."""
    mine = web.chat_postMessage(channel="U0ANN", text="one")
    web.chat_update(channel=mine["channel"], ts=mine["ts"], text="two")
    assert [message.text for message in slack.world.by_bot()] == ["two"]
    private = web.chat_postEphemeral(channel="C0GEN", user="U0ANN", text="psst")
    slack.people.says("U0ANN", "C0GEN", "hello")
    for channel, ts, error in [
        ("C0GEN", private["message_ts"], "message_not_found"),
        ("C0GEN", slack.world.messages[-1].ts, "cant_update_message"),
        ("U0ANN", mine["ts"], "channel_not_found"),
    ]:
        with pytest.raises(SlackApiError, match=error):
            web.chat_update(channel=channel, ts=ts, text="three")


def test_a_file_is_handed_out_to_the_token_with_its_scope(slack: SlackServer) -> None:
    """Anybody else is led to the page for logging in."""
    file = slack.people.file("U0ANN", "a.md", b"# A")
    slack.people.uploads("U0ANN", slack.world.direct("U0ANN"), file)
    url = file_json(slack, file)["url_private_download"]

    def fetched(token: str) -> bytes:
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310
        with urllib.request.urlopen(request) as reply:  # noqa: S310
            return bytes(reply.read())

    assert fetched(BOT_TOKEN) == b"# A"
    assert b"Sign in" in fetched("xoxb-another")
    slack.scopes.discard("files:read")
    assert b"Sign in" in fetched(BOT_TOKEN)
