"""What a Discord holds: users, guilds, channels and messages, as the objects that its API sends."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

EPOCH_MS = 1_420_070_400_000
EPHEMERAL, LOADING, COMPONENTS_V2, SUPPRESS_EMBEDS = 64, 128, 32768, 4
EVERYTHING = (1 << 53) - 1
VIEW, SEND, SEND_IN_THREADS, MANAGE_GUILD, REACT = 1 << 10, 1 << 11, 1 << 38, 1 << 5, 1 << 6
EMBED, ATTACH, HISTORY, APPLICATION_COMMANDS = 1 << 14, 1 << 15, 1 << 16, 1 << 31
MEMBER = VIEW | SEND | SEND_IN_THREADS | REACT | EMBED | ATTACH | HISTORY | APPLICATION_COMMANDS
TEXT, DM, VOICE, PUBLIC_THREAD, FORUM = 0, 1, 2, 11, 15

_increments = itertools.count()


def snowflake(at: datetime.datetime | None = None) -> str:
    """An id that no other has, of this moment or another."""
    moment = at or datetime.datetime.now(datetime.UTC)
    return str(((int(moment.timestamp() * 1000) - EPOCH_MS) << 22) | (next(_increments) & 0x3FFFFF))


def now() -> str:
    """The present moment, as the API writes it."""
    return datetime.datetime.now(datetime.UTC).isoformat()


@dataclass
class User:
    """Somebody, with what the server lets them do in its guild."""

    name: str
    bot: bool = False
    permissions: int = MEMBER
    roles: list[str] = field(default_factory=list)  # ids, of whichever guild they belong to
    id: str = field(default_factory=snowflake)

    def object(self) -> Json:
        """The user object."""
        return {
            "id": self.id, "username": self.name, "avatar": None, "discriminator": "0", "public_flags": 0, "flags": 0, "bot": self.bot,
            "banner": None, "accent_color": None, "global_name": self.name.title(), "avatar_decoration_data": None,
            "collectibles": None, "clan": None, "primary_guild": None, "display_name_styles": None,
        }  # fmt: skip

    def member(self, guild: Guild | None = None) -> Json:
        """The member object without its user, as in a message."""
        return {
            "roles": [role for role in self.roles if guild is not None and role in guild.roles],
            "joined_at": "2026-01-01T00:00:00+00:00", "premium_since": None, "deaf": False, "mute": False,
            "flags": 0, "nick": None, "avatar": None, "banner": None, "pending": False, "communication_disabled_until": None,
        }  # fmt: skip


@dataclass
class Channel:
    """A text channel, a forum, a thread or a direct message."""

    name: str
    type: int = TEXT
    guild: Guild | None = None
    parent: Channel | None = None
    owner: User | None = None
    recipient: User | None = None
    denied: int = 0  # permissions that the bot lacks here
    id: str = field(default_factory=snowflake)
    messages: dict[str, Json] = field(default_factory=dict)

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread or a forum's post."""
        return self.type == PUBLIC_THREAD

    def object(self, bot_id: str) -> Json:
        """The channel object."""
        last = next(reversed(self.messages), None)
        if self.recipient is not None:
            return {"id": self.id, "type": self.type, "flags": 0, "last_message_id": last, "recipients": [self.recipient.object()]}
        assert self.guild is not None
        common: Json = {"id": self.id, "type": self.type, "flags": 0, "last_message_id": last, "guild_id": self.guild.id, "name": self.name}
        if self.is_thread:
            assert self.parent is not None
            assert self.owner is not None
            stamps = {"archived": False, "archive_timestamp": now(), "auto_archive_duration": 1440, "locked": False}
            return {
                **common, "parent_id": self.parent.id, "owner_id": self.owner.id, "thread_metadata": stamps, "message_count": 0,
                "member_count": 1, "total_message_sent": 0, "rate_limit_per_user": 0, "bitrate": 64000, "user_limit": 0,
                "permissions": str(MEMBER), "applied_tags": [],
            }  # fmt: skip
        overwrites = [{"id": bot_id, "type": 1, "allow": "0", "deny": str(self.denied)}] if self.denied else []
        voice = {"bitrate": 64000, "user_limit": 0} if self.type == VOICE else {}
        return {**common, **voice, "position": 0, "permission_overwrites": overwrites, "nsfw": False, "parent_id": None, "topic": None}


@dataclass
class Guild:
    """A server of Discord's."""

    name: str
    channels: list[Channel] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)  # names by id
    id: str = field(default_factory=snowflake)

    def add(self, name: str, **more: Any) -> Channel:
        """A new channel."""
        channel = Channel(name, guild=self, **more)
        self.channels.append(channel)
        return channel

    def role(self, name: str) -> str:
        """The id of a new role, which gives no permission of its own."""
        made = snowflake()
        self.roles[made] = name
        return made

    def role_object(self, role_id: str, name: str) -> Json:
        """The role object."""
        return {
            "id": role_id, "name": name, "color": 0, "hoist": False, "position": 0, "permissions": str(MEMBER), "managed": False,
            "mentionable": False, "flags": 0, "icon": None, "unicode_emoji": None,
        }  # fmt: skip

    def object(self, me: User) -> Json:
        """The guild object of GUILD_CREATE."""
        every = {self.id: "@everyone", **self.roles}
        return {
            "id": self.id, "name": self.name, "icon": None, "splash": None, "discovery_splash": None, "owner_id": "1", "afk_timeout": 300,
            "afk_channel_id": None, "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0,
            "roles": [self.role_object(*role) for role in every.items()],
            "emojis": [], "features": [], "mfa_level": 0, "application_id": None, "system_channel_id": None,
            "system_channel_flags": 0, "rules_channel_id": None, "vanity_url_code": None, "description": None, "banner": None,
            "premium_tier": 0, "preferred_locale": "en-US", "public_updates_channel_id": None, "nsfw_level": 0, "stickers": [],
            "premium_progress_bar_enabled": False, "joined_at": "2026-01-01T00:00:00+00:00", "large": False, "unavailable": False,
            "member_count": 2, "voice_states": [], "members": [{**me.member(), "user": me.object()}], "presences": [],
            "channels": [c.object(me.id) for c in self.channels if not c.is_thread],
            "threads": [c.object(me.id) for c in self.channels if c.is_thread],
            "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        }  # fmt: skip


def message(channel: Channel, author: User, given: Json, **more: Any) -> Json:
    """A message object of what was `given` to the endpoint that makes one."""
    flags = given.get("flags") or 0
    reference = given.get("message_reference")
    made: Json = {
        "id": snowflake(), "type": 19 if reference else 0, "channel_id": channel.id, "author": author.object(),
        "content": given.get("content") or "", "mentions": [], "mention_roles": [], "mention_everyone": False, "pinned": False,
        "tts": False,
        "attachments": given.get("attachments") or [], "embeds": [], "timestamp": now(), "edited_timestamp": None,
        "flags": flags, "components": numbered(given.get("components") or []), **more,
    }  # fmt: skip
    if reference:
        made["message_reference"] = {"type": 0, "channel_id": channel.id, **reference}
        made["referenced_message"] = channel.messages.get(str(reference.get("message_id")))
    return made


def numbered(components: list[Json]) -> list[Json]:
    """Components as they come back: each with an id, each medium with where it lies."""
    counter = itertools.count(1)

    def one(component: Json) -> Json:
        made = dict(component)
        made["id"] = component.get("id") or next(counter)
        if "components" in made:
            made["components"] = [one(child) for child in made["components"]]
        if "accessory" in made:
            made["accessory"] = one(made["accessory"])
        if made["type"] == 17:
            made.setdefault("spoiler", False)
            made.setdefault("accent_color", None)
        if made["type"] == 14:
            made = {"divider": True, "spacing": 1, **made}
        if made["type"] == 12:
            made["items"] = [
                {"spoiler": False, "description": None, **item, "media": {**_media(item["media"]["url"])}} for item in made["items"]
            ]
        if made["type"] == 2:
            made = {key: value for key, value in made.items() if value is not None}
            made.setdefault("disabled", False)
            if "emoji" in made:
                made["emoji"] = {key: value for key, value in made["emoji"].items() if value is not None}
        return made

    return [one(component) for component in components]


def _media(url: str) -> Json:
    """A medium that lies on the content network by now."""
    name = url.removeprefix("attachment://")
    at = f"https://cdn.discordapp.com/attachments/1/2/{name}"
    return {"id": snowflake(), "url": at, "proxy_url": at, "width": 800, "height": 400, "content_type": "image/png", "attachment_id": "1"}


def walk(components: list[Json]) -> list[Json]:
    """All components, nested ones and accessories included."""
    found = []
    for component in components:
        children = [*component.get("components", []), *([component["accessory"]] if "accessory" in component else [])]
        if "component" in component:
            children.append(component["component"])
        found += [component, *walk(children)]
    return found


def text_of(sent: Json) -> str:
    """All that a person can read in a message."""
    parts = [sent.get("content") or ""]
    parts += [c["content"] for c in walk(sent.get("components", [])) if c["type"] == 10]
    return "\n".join(part for part in parts if part)
