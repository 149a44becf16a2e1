"""The app's manifest against Slack's schema, and against what the code listens to and asks for."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft7Validator

from bot.adapters.slack.checks import SCOPES
from bot.adapters.slack.setup import SlackPlatform
from bot.settings import Settings
from tests.servers.cheap_desk import CheapDesk
from tests.servers.slack_api import NEEDS
from tests.servers.slack_platform import running
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import SCOPES as GRANTED

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def manifest() -> Any:
    return json.loads((ROOT / "slack-manifest.json").read_text("utf-8"))


def test_the_manifest_is_valid(manifest: Any) -> None:
    """Slack takes it as it is."""
    schema = json.loads((ROOT / "tests/servers/slack_samples/manifest.schema.2.0.0.json").read_text("utf-8"))
    assert [error.message for error in Draft7Validator(schema).iter_errors(manifest)] == []


def test_scopes_are_those_that_have_a_reason(manifest: Any) -> None:
    """What the manifest asks for is what doctor checks, what the documentation explains, and what the methods need."""
    asked = manifest["oauth_config"]["scopes"]["bot"]
    documented = (ROOT / "docs/slack.md").read_text("utf-8")
    assert asked == sorted(SCOPES) == sorted(GRANTED)
    assert set(NEEDS.values()) <= set(asked)
    assert [scope for scope in asked if f"`{scope}`" not in documented] == []


def test_every_listener_is_in_the_manifest(manifest: Any, tmp_path: Path) -> None:
    """Commands, the shortcut and events that the manifest declares are answered, each of them."""
    with SlackServer() as slack, running(slack, tmp_path, CheapDesk(), http=True) as platform:
        assert isinstance(platform, SlackPlatform)
        for command in manifest["features"]["slash_commands"]:
            slack.people.commands("U0ANN", "C0GEN", command["command"], "help")
        slack.people.says("U0ANN", "C0GEN", "hello?")
        slack.people.uses_shortcut("U0ANN", slack.world.messages[0], manifest["features"]["shortcuts"][0]["callback_id"])
        slack.settled()
        assert [d.payload for d in slack.deliveries if d.seconds is None] == []
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == slack.subscribed


def test_the_link_in_the_documentation_creates_this_app(manifest: Any) -> None:
    """The create link carries the manifest as it stands in the file."""
    documented = (ROOT / "docs/slack.md").read_text("utf-8")
    link = next(word for word in documented.replace("(", " ").replace(")", " ").split() if "manifest_json=" in word)
    assert json.loads(unquote(link.partition("manifest_json=")[2])) == manifest


def test_every_setting_of_slack_is_documented() -> None:
    """In the documentation and in the example of an environment."""
    settings = {f"FINGERPOST_{field.name.upper()}" for field in fields(Settings) if field.name.startswith("slack_")}
    documented, example = (ROOT / "docs/slack.md").read_text("utf-8"), (ROOT / ".env.example").read_text("utf-8")
    assert [name for name in settings if f"`{name}`" not in documented] == []
    assert [name for name in settings - {"FINGERPOST_SLACK_API_BASE_URL"} if name not in example] == []
