"""The state of a Slack workspace as the test server keeps it: people, channels, messages, views, files."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

TEAM, APP, BOT_USER, BOT = "T0001", "A0001", "U0BOT", "B0001"
BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-test-bot", "xapp-test-app", "test-signing-secret"
SCOPES = (
    "app_mentions:read", "assistant:write", "chat:write", "commands", "files:read", "files:write", "im:history", "usergroups:read",
    "users:read",
)  # fmt: skip


@dataclass
class User:
    """A person, as `users.info` tells of them."""

    id: str
    name: str
    team: str = TEAM
    admin: bool = False
    guest: bool = False
    stranger: bool = False


@dataclass
class Message:
    """A message as a channel shows it. `only_for` is the one user who sees a private one."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    only_for: str = ""
    payload: Json = field(default_factory=dict)

    @property
    def by_bot(self) -> bool:
        """Whether the app has posted it."""
        return self.user == BOT_USER


@dataclass
class World:
    """One workspace."""

    users: dict[str, User] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    views: dict[str, Json] = field(default_factory=dict)
    homes: dict[str, Json] = field(default_factory=dict)
    prompts: dict[str, list[Json]] = field(default_factory=dict)
    statuses: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    uploads: dict[str, bytes] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)  # what people upload
    groups: dict[str, set[str]] = field(default_factory=dict)  # user groups with their people
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def number(self) -> int:
        """A number that was never given before."""
        return next(self._numbers)

    def ts(self) -> str:
        """A new timestamp, which names a message in its channel."""
        number = self.number()
        return f"{1_700_000_000 + number}.{number:06d}"

    def direct(self, user: str) -> str:
        """The channel of direct messages between a user and the app."""
        channel = f"D{user[1:]}"
        self.members.setdefault(channel, {user, BOT_USER})
        return channel

    def by_bot(self, channel: str = "") -> list[Message]:
        """What the app has posted, private messages included."""
        return [m for m in self.messages if m.by_bot and (not channel or m.channel == channel)]


def small_world() -> World:
    """A workspace with an admin, a member, a guest, a person from elsewhere, and two channels."""
    world = World()
    people = [
        User("U0ADMIN", "ada", admin=True), User("U0ANN", "ann"), User("U0BEN", "ben"), User("U0GUEST", "gil", guest=True),
        User("U0FAR", "fay", team="T0FAR", stranger=True), User(BOT_USER, "fingerpost"),
    ]  # fmt: skip
    world.users = {user.id: user for user in people}
    world.members = {"C0GEN": set(world.users), "C0NOBOT": {user.id for user in people if user.id != BOT_USER}}
    return world


def user_json(user: User) -> Json:
    """A user as `users.info` gives it."""
    return {
        "id": user.id, "team_id": user.team, "name": user.name, "deleted": False, "real_name": user.name, "tz": "Europe/Berlin",
        "profile": {"display_name": user.name, "real_name": user.name}, "is_admin": user.admin, "is_owner": False,
        "is_primary_owner": False, "is_restricted": user.guest, "is_ultra_restricted": False, "is_bot": user.id == BOT_USER,
        "is_app_user": False, "is_stranger": user.stranger, "updated": 1_700_000_000,
    }  # fmt: skip
