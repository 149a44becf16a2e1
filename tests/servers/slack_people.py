"""What people do in the test workspace, and how Slack tells the app of it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from tests.servers.slack_delivery import COMMAND, EVENT, INTERACTION, Delivery
from tests.servers.slack_files import Shared, file_json
from tests.servers.slack_world import APP, BOT, BOT_USER, TEAM, Json, Message

if TYPE_CHECKING:
    from tests.servers.slack_server import SlackServer


class People:
    """The hands of all users. Each method gives the deliveries that it caused."""

    def __init__(self, server: SlackServer) -> None:
        self._server = server

    def says(self, user: str, channel: str, text: str, thread_ts: str = "", **more: Any) -> list[Delivery]:
        """Write a message. A mention is delivered as `app_mention`, and as `message` where the app subscribes to those."""
        message = Message(channel, self._server.world.ts(), user, text, thread_ts=thread_ts)
        self._server.world.messages.append(message)
        return [self._server.deliver(EVENT, self.envelope(event)) for event in self.events(message, **more)]

    def uploads(self, user: str, channel: str, *files: Shared, text: str = "", thread_ts: str = "") -> list[Delivery]:
        """Write a message with files."""
        self._server.world.shared |= {file.id: file for file in files}
        shown = [file_json(self._server, file) for file in files]
        return self.says(user, channel, text, thread_ts, subtype="file_share", files=shown, upload=False)

    def file(self, user: str, name: str, content: bytes, **more: Any) -> Shared:
        """A file that this person has, not uploaded yet."""
        return Shared(f"F{self._server.world.number():04d}", name, content, user, **more)

    def filled_guide(self, file: Shared | None = None, text: str = "") -> dict[str, Json]:
        """What the form for a guide says when it is submitted."""
        if file:
            self._server.world.shared[file.id] = file
        return {
            "guide_file": {"type": "file_input", "files": [file_json(self._server, file)] if file else []},
            "guide_text": {"type": "plain_text_input", "value": text or None},
        }

    def events(self, message: Message, **more: Any) -> list[Json]:
        """The events that a message causes."""
        plain = message_event(message) | {"team": self._server.world.users[message.user].team} | more
        events = [plain] if self.subscribes(plain) else []
        if f"<@{BOT_USER}>" in message.text and "app_mention" in self._server.subscribed and message.channel[0] != "D":
            events.insert(0, {name: value for name, value in plain.items() if name != "channel_type"} | {"type": "app_mention"})
        return events

    def envelope(self, event: Json) -> Json:
        """An event as it is delivered, with an id of its own."""
        return event_payload(event, self._server.world.number())

    def subscribes(self, event: Json) -> bool:
        """Whether the app hears of this message."""
        kind = {"im": "message.im", "channel": "message.channels"}[event["channel_type"]]
        return kind in self._server.subscribed

    def commands(self, user: str, channel: str, command: str, text: str = "") -> Delivery:
        """Type a slash command."""
        person = self._server.world.users[user]
        return self._server.deliver(COMMAND, {
            "token": "", "api_app_id": APP, "team_id": TEAM, "team_domain": "test", "channel_id": channel, "channel_name": "general",
            "user_id": user, "user_name": person.name, "command": command, "text": text, "is_enterprise_install": "false",
            "response_url": self._server.response_url(channel, user), "trigger_id": self._server.trigger(),
        })  # fmt: skip

    def presses(self, user: str, message: Message, action_id: str, value: str = "") -> Delivery:
        """Press a button under a message; one of feedback by its value."""
        button, block = _found(message.blocks, action_id)
        pressed = {"type": button["type"], "action_id": action_id, "block_id": block, "action_ts": f"{time.time():.6f}"}
        pressed["value"] = value or button.get("value", "")
        container = {
            "type": "message", "message_ts": message.ts, "channel_id": message.channel, "is_ephemeral": bool(message.only_for),
        } | ({"thread_ts": message.thread_ts} if message.thread_ts else {})  # fmt: skip
        shown = (
            {} if message.only_for else {"message": {"type": "message", "ts": message.ts, "text": message.text, "blocks": message.blocks}}
        )
        return self._server.deliver(INTERACTION, self._interaction("block_actions", user) | shown | {
            "container": container, "channel": {"id": message.channel, "name": "general"}, "actions": [pressed],
            "trigger_id": self._server.trigger(), "response_url": self._server.response_url(message.channel, user, message.ts),
        })  # fmt: skip

    def presses_at_home(self, user: str, action_id: str) -> Delivery:
        """Press a button in the App Home."""
        button, _ = _found(self._server.world.homes[user]["blocks"], action_id)
        pressed = {"type": "button", "action_id": action_id, "block_id": "b", "value": button["value"], "action_ts": f"{time.time():.6f}"}
        container = {"type": "view", "view_id": "VHOME"}
        return self._server.deliver(INTERACTION, self._interaction("block_actions", user) | {
            "container": container, "actions": [pressed], "trigger_id": self._server.trigger(), "view": {"id": "VHOME", "type": "home"},
        })  # fmt: skip

    def uses_shortcut(self, user: str, message: Message, callback_id: str) -> Delivery:
        """Choose a shortcut in a message's menu."""
        who = self._interaction("message_action", user)
        del who["api_app_id"], who["user"]["username"]
        return self._server.deliver(INTERACTION, who | {
            "callback_id": callback_id, "trigger_id": self._server.trigger(), "message_ts": message.ts,
            "response_url": self._server.response_url(message.channel, user), "channel": {"id": message.channel, "name": "general"},
            "message": {"type": "message", "user": message.user, "ts": message.ts, "text": message.text},
        })  # fmt: skip

    def submits(self, user: str, view: Json, values: dict[str, Json]) -> Delivery:
        """Submit a modal. `values` are by block_id, each the state of its field."""
        state = {block: {"value": field} for block, field in values.items()}
        return self._server.deliver(INTERACTION, self._interaction("view_submission", user) | {
            "trigger_id": self._server.trigger(), "view": {**view, "state": {"values": state}}, "is_enterprise_install": False,
        })  # fmt: skip

    def picks(self, user: str, view: Json, action: Json) -> Delivery:
        """Choose something in a modal that is heard at once."""
        container = {"type": "view", "view_id": view["id"]}
        return self._server.deliver(INTERACTION, self._interaction("block_actions", user) | {
            "container": container, "actions": [action], "trigger_id": self._server.trigger(), "view": view,
        })  # fmt: skip

    def opens_home(self, user: str, tab: str = "home") -> Delivery:
        """Open the app's Home, or its messages."""
        event = {
            "type": "app_home_opened",
            "user": user,
            "channel": self._server.world.direct(user),
            "tab": tab,
            "event_ts": "1700000000.000001",
        }
        return self._server.deliver(EVENT, self.envelope(event))

    def _interaction(self, kind: str, user: str) -> Json:
        person = self._server.world.users[user]
        return {
            "type": kind, "team": {"id": TEAM, "domain": "test"}, "api_app_id": APP, "token": "",
            "user": {"id": user, "username": person.name, "name": person.name, "team_id": person.team},
        }  # fmt: skip


def message_event(message: Message) -> Json:
    """The event of a message."""
    event: Json = {
        "type": "message", "user": message.user, "text": message.text, "ts": message.ts, "channel": message.channel, "event_ts": message.ts,
        "channel_type": "im" if message.channel[0] == "D" else "channel", "team": TEAM, "client_msg_id": f"c{message.ts}",
    }  # fmt: skip
    if message.thread_ts:
        event["thread_ts"] = message.thread_ts
    return event | ({"bot_id": BOT} if message.by_bot else {})


def event_payload(event: Json, number: int) -> Json:
    """An event in its envelope."""
    authorization = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
    return {
        "token": "", "team_id": TEAM, "api_app_id": APP, "type": "event_callback", "authorizations": [authorization],
        "is_ext_shared_channel": False, "event_id": f"Ev{number:08d}", "event_time": 1_700_000_000, "event_context": f"ctx-{number}",
        "event": event,
    }  # fmt: skip


def _found(blocks: list[Json], action_id: str) -> tuple[Json, str]:
    """The element with this action_id, or whose action_id begins with it, and its block's id."""
    elements = [(element, block) for block in blocks for element in [*block.get("elements", []), *filter(None, [block.get("accessory")])]]
    element, block = next((e, b) for e, b in elements if re.match(rf"{re.escape(action_id)}\b", e.get("action_id", "")))
    return element, block.get("block_id", "b")
