"""What people do with commands, buttons and modals, as Discord's own client lets them: only what was registered and sent."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.servers import discord_files
from tests.servers.discord_callbacks import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL
from tests.servers.discord_server import DiscordServer, Interaction
from tests.servers.discord_world import DM, MEMBER, Channel, Json, User, walk

GUILD_CONTEXT, BOT_DM, PRIVATE_CHANNEL = 0, 1, 2


class NotOffered(AssertionError):
    """Discord's client would not offer this."""


def slash(server: DiscordServer, user: User, channel: Channel, name: str, /, by_user: bool = False, **options: Any) -> Interaction:
    """`/name`, `/name subcommand` or `/name group subcommand`, with options; a file is an Upload, a person a User."""
    command, data = _command(server, user, channel, name, by_user)
    innermost = data
    while innermost["options"]:
        innermost = innermost["options"][0]
    innermost["options"] = _options(server, command, options, data.setdefault("resolved", {}))
    return _begin(server, COMMAND, user, channel, data, installed_by_user=by_user)


def complete(server: DiscordServer, user: User, channel: Channel, name: str, focused: str, typed: str, /, **others: Any) -> Interaction:
    """Type into an option that completes itself."""
    command, data = _command(server, user, channel, name, False)
    if not next(o for o in command["options"] if o["name"] == focused).get("autocomplete"):
        raise NotOffered(f"{focused} does not complete itself")
    options = [{"name": k, "type": 3, "value": v} for k, v in others.items()] + [
        {"name": focused, "type": 3, "value": typed, "focused": True}
    ]
    return _begin(server, AUTOCOMPLETE, user, channel, {**data, "options": options})


def menu(server: DiscordServer, user: User, channel: Channel, name: str, target: Json, installed_by_user: bool = False) -> Interaction:
    """Choose a command from a message's menu. Its content is delivered without any intent."""
    command = _registered(server, name, 3, user, channel, installed_by_user)
    resolved = {"messages": {target["id"]: target}}
    data = {"id": command["id"], "name": name, "type": 3, "target_id": target["id"], "resolved": resolved}
    return _begin(server, COMMAND, user, channel, data, installed_by_user=installed_by_user)


def click(server: DiscordServer, user: User, channel: Channel, made: Json, label: str) -> Interaction:
    """Press the button with this label."""
    buttons = [c for c in walk(made["components"]) if c["type"] == 2 and c.get("custom_id")]
    found = next((b for b in buttons if label in (b.get("label"), (b.get("emoji") or {}).get("name"))), None)
    if found is None or found.get("disabled"):
        raise NotOffered(f"no button '{label}'; there are {[b.get('label') or b['emoji']['name'] for b in buttons]}")
    return _begin(server, COMPONENT, user, channel, {"custom_id": found["custom_id"], "component_type": 2}, source=made)


def submit(server: DiscordServer, before: Interaction, **values: str) -> Interaction:
    """Fill in the modal that an interaction opened, by the labels' words, and send it."""
    assert before.modal is not None, f"no modal was opened: {before}"
    filled = []
    for label in before.modal["components"]:
        if label["type"] != 18:
            continue
        inner = label["component"]
        given = next((v for k, v in values.items() if k.casefold() in label["label"].casefold()), None)
        if len(given or "") > inner.get("max_length", 4000):
            raise NotOffered(f"'{label['label']}' takes no more than {inner['max_length']} characters")
        if given is None and inner.get("required", True):
            raise NotOffered(f"'{label['label']}' must be filled in")
        made = {"type": inner["type"], "id": 1, "custom_id": inner["custom_id"]}
        chosen = [o["value"] for o in inner.get("options", []) if given in (o["value"], o["label"])]
        if inner["type"] == 3:
            made["values"] = chosen
        elif inner["type"] == 21:
            made["value"] = chosen[0] if chosen else None
        else:
            made["value"] = given or ""
        filled.append({"type": 18, "id": 2, "component": made})
    data = {"custom_id": before.modal["custom_id"], "components": filled, "resolved": {}}
    return _begin(server, MODAL, before.user, before.channel, data, source=before.source)


def _command(server: DiscordServer, user: User, channel: Channel, name: str, by_user: bool) -> tuple[Json, Json]:
    first, *subs = name.split()
    command = _registered(server, first, 1, user, channel, by_user)
    innermost: Json = {"id": command["id"], "name": first, "type": 1, "options": []}
    data = innermost
    for depth, sub in enumerate(subs, 1):
        found = next((o for o in command["options"] if o["name"] == sub and o["type"] == (1 if depth == len(subs) else 2)), None)
        if found is None:
            raise NotOffered(f"/{name}")
        innermost["options"] = [{"name": sub, "type": found["type"], "options": []}]
        command, innermost = found, innermost["options"][0]
    if any(o["type"] in (1, 2) for o in command.get("options", [])):
        raise NotOffered(f"/{name} alone; it has subcommands")
    return command, data


def _registered(server: DiscordServer, name: str, kind: int, user: User, channel: Channel, by_user: bool) -> Json:
    found = next((c for c in server.commands if c["name"] == name and c["type"] == kind), None)
    if found is None:
        raise NotOffered(f"{name} is not registered")
    context = BOT_DM if channel.type == DM else GUILD_CONTEXT
    if found["contexts"] is not None and context not in found["contexts"]:
        raise NotOffered(f"{name} is not for context {context}")
    if int(by_user) not in found["integration_types"]:
        raise NotOffered(f"{name} is not for integration type {int(by_user)}")
    needed = int(found["default_member_permissions"] or 0)
    if channel.guild is not None and needed & ~user.permissions:
        raise NotOffered(f"{name} is hidden from {user.name}")
    return found


def _options(server: DiscordServer, command: Json, given: dict[str, Any], resolved: Json) -> list[Json]:
    taken = []
    for option in command.get("options", []):
        name = option["name"]
        if name not in given:
            if option.get("required"):
                raise NotOffered(f"'{name}' is required")
            continue
        value = given[name]
        if option["type"] == 3 and len(value) > option.get("max_length", 6000):
            raise NotOffered(f"'{name}' is too long")
        if option.get("choices") and value not in [c["value"] for c in option["choices"]]:
            raise NotOffered(f"'{name}' is none of the choices")
        if option["type"] == 4 and not option.get("min_value", value) <= value <= option.get("max_value", value):
            raise NotOffered(f"'{name}' is out of range")
        if option["type"] == 6:
            resolved["users"], value = {value.id: value.object()}, value.id
        if option["type"] == 11:
            kept = discord_files.keep(server, value)
            resolved["attachments"], value = {kept["id"]: kept}, kept["id"]
        taken.append({"name": name, "type": option["type"], "value": value})
    if unknown := given.keys() - {o["name"] for o in taken}:
        raise NotOffered(f"no option {unknown}")
    return taken


def _begin(
    server: DiscordServer, kind: int, user: User, channel: Channel, data: Json, source: Json | None = None, installed_by_user: bool = False
) -> Interaction:
    made = Interaction(kind, user, channel, asyncio.get_running_loop().time(), source, user_install=installed_by_user)
    server.interactions[made.id] = made
    owners = {"1": user.id} if installed_by_user else {"0": channel.guild.id if channel.guild else "0"}
    event: Json = {
        "id": made.id, "application_id": server.application_id, "type": kind, "token": made.token, "version": 1, "data": data,
        "channel_id": channel.id, "channel": channel.object(server.me.id), "app_permissions": str(MEMBER & ~channel.denied),
        "locale": "en-US",
        "entitlements": [], "authorizing_integration_owners": owners, "context": BOT_DM if channel.type == DM else GUILD_CONTEXT,
        "attachment_size_limit": 10485760,
    }  # fmt: skip
    if source is not None:
        event["message"] = source
    if channel.guild is not None:
        event["guild_id"] = channel.guild.id
        event["guild_locale"] = "en-US"
        event["guild"] = {"id": channel.guild.id, "locale": "en-US", "features": []}
        event["member"] = {**user.member(channel.guild), "user": user.object(), "permissions": str(user.permissions)}
    else:
        event["user"] = user.object()
    made.event = event
    server.gateway.dispatch("INTERACTION_CREATE", event, channel.guild.id if channel.guild else None)
    return made
