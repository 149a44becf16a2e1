"""REST v10: the routes that a bot uses, with Discord's refusals. What is sent and taken is held against its schema."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers import discord_callbacks, discord_guilds, discord_limits, discord_schema
from tests.servers.discord_gateway import GUILD_MESSAGES
from tests.servers.discord_world import (
    EPHEMERAL,
    HISTORY,
    PUBLIC_THREAD,
    SEND,
    SEND_IN_THREADS,
    VIEW,
    Channel,
    Json,
    message,
    now,
    numbered,
    snowflake,
)

if TYPE_CHECKING:
    from tests.servers.discord_server import DiscordServer

Handler = Callable[["DiscordServer", web.Request, Any, int], Awaitable[web.Response]]


def answer(server: DiscordServer, body: Any, *schemas: str, status: int = 200) -> web.Response:
    """A response whose body is one of these schemas."""
    server.wrong += discord_schema.problems(body, *schemas)
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json", headers={"Via": "1.1 google"})


def error(status: int, code: int, words: str) -> web.Response:
    """One of Discord's errors."""
    return refusal({"message": words, "code": code}, status)


def refusal(body: Json, status: int = 400) -> web.Response:
    """A refusal with its body."""
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json", headers={"Via": "1.1 google"})


def too_many(retry_after: float, buckets: bool = True, everywhere: bool = False) -> Callable[[], web.Response]:
    """A 429, with or without the headers that name its bucket."""

    def made() -> web.Response:
        body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": everywhere}
        headers = {"Via": "1.1 google", "Retry-After": str(int(retry_after) + 1), "X-RateLimit-Scope": "user"}
        if buckets:
            headers |= {
                "X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": str(retry_after),
                "X-RateLimit-Bucket": "abcd",
            }  # fmt: skip
        if everywhere:
            headers["X-RateLimit-Global"] = "true"
        return web.Response(body=json.dumps(body).encode(), status=429, content_type="application/json", headers=headers)

    return made


def add_routes(app: web.Application, server: DiscordServer) -> None:
    """All routes under /api/v10."""
    routes: list[tuple[str, str, Handler]] = [
        ("GET", "/users/@me", _me), ("GET", "/oauth2/applications/@me", _application), ("GET", "/gateway/bot", _gateway),
        ("GET", "/applications/{app}/commands", _commands), ("PUT", "/applications/{app}/commands", _sync),
        ("POST", "/users/@me/channels", _open_dm), ("GET", "/channels/{channel}", _channel),
        ("POST", "/channels/{channel}/messages", _send), ("GET", "/channels/{channel}/messages", _messages),
        ("GET", "/channels/{channel}/messages/{message}", _message), ("PATCH", "/channels/{channel}/messages/{message}", _edit),
        ("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me", _react), ("POST", "/channels/{channel}/typing", _typing),
        ("POST", "/channels/{channel}/messages/{message}/threads", _thread), *discord_callbacks.ROUTES, *discord_guilds.ROUTES,
    ]  # fmt: skip
    for method, path, handler in routes:
        app.router.add_route(method, f"/api/v10{path}", _wrapped(server, handler))


def _wrapped(server: DiscordServer, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        given, files = await _body(request)
        given = normal(given)
        server.note(request.method, request.path.removeprefix("/api/v10"), given)
        if (fault := server.faulty(request)) is not None:
            return fault
        open_to_all = request.path.startswith(("/api/v10/interactions/", "/api/v10/webhooks/"))
        if not open_to_all and request.headers.get("Authorization") != f"Bot {server.gateway.token}":
            return error(401, 0, "401: Unauthorized")
        return await handler(server, request, given, files)

    return handle


def normal(given: Any) -> Any:
    """What was given with ids as text: Discord takes numbers as well, its schema names text only."""
    if isinstance(given, list):
        return [normal(one) for one in given]
    if not isinstance(given, dict):
        return given
    ids = ("id", "channel_id", "message_id", "guild_id")
    return {k: str(v) if k in ids and isinstance(v, int) and (k != "id" or "type" not in given) else normal(v) for k, v in given.items()}


async def _body(request: web.Request) -> tuple[Any, int]:
    """What was given, and how many files came with it."""
    if not request.can_read_body:
        return None, 0
    if request.content_type != "multipart/form-data":
        return await request.json(), 0
    form = await request.post()
    payload = form["payload_json"]
    text = payload if isinstance(payload, str) else payload.file.read().decode()  # type: ignore[union-attr]
    return json.loads(text), sum(1 for name in form if name.startswith("files["))


async def _me(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    return answer(
        server, {**server.me.object(), "mfa_enabled": False, "locale": "en-US", "email": None, "verified": True}, "UserPIIResponse"
    )


async def _application(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    body = {
        "id": server.application_id, "name": "fingerpost", "icon": None, "description": "", "type": None, "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0", "redirect_uris": [], "interactions_endpoint_url": None, "role_connections_verification_url": None,
        "owner": server.admin.object(), "approximate_guild_count": 1, "approximate_user_install_count": 0, "bot_public": True,
        "approximate_user_authorization_count": 0, "explicit_content_filter": 0, "team": None, "eligible_oauth2_scopes": [],
        "bot_require_code_grant": False,
    }  # fmt: skip
    return answer(server, body, "PrivateApplicationResponse")


async def _gateway(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    limits = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": max(1, server.shards)}
    return answer(server, {"url": "wss://gateway.discord.gg", "shards": server.shards, "session_start_limit": limits}, "GatewayBotResponse")


async def _commands(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    return answer(server, server.commands, "ApplicationCommandResponse[]")


async def _sync(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    if wrong := discord_schema.problems(given, "ApplicationCommandUpdateRequest[]"):
        server.wrong += wrong
        return refusal(discord_limits.problem("0", "BASE_TYPE_BAD", wrong[0]))
    server.syncs.append(given)
    server.commands = [_registered(server, command) for command in given]
    return answer(server, server.commands, "ApplicationCommandResponse[]")


def _registered(server: DiscordServer, command: Json) -> Json:
    made = {"type": 1, "description": "", "contexts": None, "integration_types": [0], "default_member_permissions": None, **command}
    needed = made["default_member_permissions"]
    made["integration_types"] = made["integration_types"] or [0]
    made = {
        "nsfw": False,
        "dm_permission": True,
        **made,
        "default_member_permissions": None if needed is None else str(needed),
        "id": snowflake(),
        "application_id": server.application_id,
        "version": snowflake(),
    }
    for option in made.get("options", []):
        option.setdefault("required", False)
    return made


async def _open_dm(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    person = next((u for u in (server.ann, server.bob, server.admin) if u.id == str(given["recipient_id"])), None)
    if person is None:
        return error(400, 50033, "Invalid Recipient(s)")
    return answer(server, server.dm(person).object(server.me.id), "PrivateChannelResponse")


def _found(server: DiscordServer, request: web.Request) -> Channel | web.Response:
    channel = server.channel(request.match_info["channel"])
    if channel is None:
        return error(404, 10003, "Unknown Channel")
    rules = channel.parent if channel.is_thread and channel.parent else channel
    return error(403, 50001, "Missing Access") if rules.denied & VIEW else channel


async def _channel(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    channel = _found(server, request)
    return (
        channel
        if isinstance(channel, web.Response)
        else answer(server, channel.object(server.me.id), "PrivateChannelResponse", "ThreadResponse", "GuildChannelResponse")
    )


async def _send(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    channel = _found(server, request)
    if isinstance(channel, web.Response):
        return channel
    if channel.recipient is not None and channel.denied & SEND:
        return error(403, 50007, "Cannot send messages to this user")
    rules, needed = (channel.parent or channel, SEND_IN_THREADS) if channel.is_thread else (channel, SEND)
    if rules.denied & needed:
        return error(403, 50013, "Missing Permissions")
    if given.get("message_reference") and rules.denied & HISTORY:
        return error(400, 160002, "Cannot reply without permission to read message history")
    if (wrong := discord_limits.refused(given, files)) is not None:
        return refusal(wrong)
    if wrongs := discord_schema.problems(given, "MessageCreateRequest"):
        server.wrong += wrongs
        return refusal(discord_limits.problem("components", "BASE_TYPE_BAD", wrongs[0]))
    nonce = given.get("nonce") if given.get("enforce_nonce") else None
    if nonce is not None and (channel.id, str(nonce)) in server.nonces:
        return answer(server, server.nonces[channel.id, str(nonce)], "MessageResponse")
    made = message(channel, server.me, {**given, "attachments": stored(given)})
    if nonce is not None:
        server.nonces[channel.id, str(nonce)] = made
    server.publish(channel, made)
    return answer(server, made, "MessageResponse")


def stored(given: Json) -> list[Json]:
    """Uploaded files, as they lie on the content network."""
    return [
        {
            "id": snowflake(), "filename": file["filename"], "size": 1000, "url": f"https://cdn.discordapp.com/attachments/1/2/{file['filename']}",
            "proxy_url": f"https://cdn.discordapp.com/attachments/1/2/{file['filename']}", "description": file.get("description"),
        }
        for file in given.get("attachments") or []
    ]  # fmt: skip


async def _messages(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    channel = _found(server, request)
    if isinstance(channel, web.Response):
        return channel
    after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 50))
    found = [server.as_seen(channel, m) for m in channel.messages.values() if int(m["id"]) > after][:limit]
    return answer(server, list(reversed(found)), "MessageResponse[]")


async def _message(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    channel = _found(server, request)
    if isinstance(channel, web.Response):
        return channel
    found = channel.messages.get(request.match_info["message"])
    return error(404, 10008, "Unknown Message") if found is None else answer(server, server.as_seen(channel, found), "MessageResponse")


async def _edit(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    channel = _found(server, request)
    if isinstance(channel, web.Response):
        return channel
    found = channel.messages.get(request.match_info["message"])
    if found is None or found["flags"] & EPHEMERAL:
        return error(404, 10008, "Unknown Message")
    if (wrong := discord_limits.refused(given, files, found["flags"] & ~EPHEMERAL)) is not None:
        return refusal(wrong)
    found.update({key: value for key, value in given.items() if key in ("content", "flags")})
    found["components"] = numbered(given["components"]) if "components" in given else found["components"]
    found["attachments"] = stored(given) if "attachments" in given else found["attachments"]
    found["edited_timestamp"] = now()
    server.gateway.dispatch("MESSAGE_UPDATE", found, channel.guild.id if channel.guild else None, GUILD_MESSAGES)
    return answer(server, found, "MessageResponse")


async def _react(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    server.reactions.append((request.match_info["message"], request.match_info["emoji"]))
    return web.Response(status=204)


async def _typing(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    channel = _found(server, request)
    return channel if isinstance(channel, web.Response) else web.Response(status=204)


async def _thread(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    channel = _found(server, request)
    if isinstance(channel, web.Response):
        return channel
    if channel.type == PUBLIC_THREAD:
        return error(400, 50024, "Cannot execute action on this channel type")
    made = server.thread(server.me, channel, given["name"], channel.messages[request.match_info["message"]])
    return answer(server, made.object(server.me.id), "ThreadResponse", status=201)
