"""Slack's Web API as the test server speaks it: what the app may do, what is refused, and with which error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers import slack_files
from tests.servers.slack_limits import message_problems, view_problems
from tests.servers.slack_world import APP, APP_TOKEN, BOT, BOT_TOKEN, BOT_USER, TEAM, Json, Message, user_json

if TYPE_CHECKING:
    from tests.servers.slack_server import SlackServer

NEEDS = {
    "chat.postMessage": "chat:write", "chat.postEphemeral": "chat:write", "assistant.threads.setStatus": "chat:write",
    "assistant.threads.setSuggestedPrompts": "assistant:write", "users.info": "users:read", "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write", "files.info": "files:read", "chat.update": "chat:write",
    "usergroups.list": "usergroups:read",
}  # fmt: skip
_PARSED = ("blocks", "view", "prompts", "files", "users")


class Refused(Exception):
    """An `ok: false` with this error."""


async def call(server: SlackServer, request: web.Request) -> web.Response:
    """Answer one call of a method."""
    method = request.match_info["method"]
    body = await _body(request)
    token = request.headers.get("Authorization", "").removeprefix("Bearer ") or body.pop("token", "")
    server.calls.append((method, body))
    server.times.append((method, server.clock()))
    if (limited := server.limits.get(method)) and limited[1] > 0:
        server.limits[method] = (limited[0], limited[1] - 1)
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(limited[0])})
    headers = {"x-oauth-scopes": ",".join(sorted(server.scopes))}
    try:
        _admit(server, method, token)
        found = METHODS[method](server, body)
        return web.json_response({"ok": "error" not in found, **found}, headers=headers)
    except Refused as refused:
        said: Json = {"ok": False, "error": str(refused.args[0])}
        if said["error"] == "missing_scope":
            said |= {"needed": NEEDS[method], "provided": headers["x-oauth-scopes"]}
        return web.json_response(said, headers=headers)


async def respond(server: SlackServer, request: web.Request) -> web.Response:
    """Take a message for a response_url: five times in half an hour."""
    place = server.response_urls.get(request.match_info["id"])
    if place is None or place.uses >= 5 or server.now() - place.at > 1_800:
        return web.Response(text="used_url" if place else "no_such_url", status=404)
    body = json.loads(await request.text())
    server.responses.append(body)
    if body.get("delete_original"):
        server.world.messages = [m for m in server.world.messages if m.ts != place.message_ts]
        place.uses += 1
        return web.Response(text="ok")
    if message_problems(body):
        return web.Response(text="invalid_blocks", status=400)
    place.uses += 1
    if body.get("replace_original"):
        replaced = next((m for m in server.world.messages if m.ts == place.message_ts), None)
        if replaced is None:
            return web.Response(text="message_not_found", status=404)
        _change(server, replaced, body)
        return web.Response(text="ok")
    public = body.get("response_type") == "in_channel"
    if public and place.uses and BOT_USER not in server.world.members.get(place.channel, set()) and place.strict:
        return web.Response(text="not_in_channel", status=404)
    post(server, place.channel, body, body.get("thread_ts", ""), only_for="" if public else place.user)
    return web.Response(text="ok")


def post(server: SlackServer, channel: str, body: Json, thread: str = "", only_for: str = "") -> Message:
    """Put a message of the app into a channel."""
    message = Message(channel, server.world.ts(), BOT_USER, body.get("text", "")[:40_000], body.get("blocks") or [], thread, only_for, body)
    server.world.messages.append(message)
    server.changed()
    return message


def _admit(server: SlackServer, method: str, token: str) -> None:
    if method not in METHODS:
        raise Refused("unknown_method")
    if (failing := server.failures.get(method)) and failing[1] > 0:
        server.failures[method] = (failing[0], failing[1] - 1)
        raise Refused(failing[0])
    if not token:
        raise Refused("not_authed")
    if token not in (BOT_TOKEN, APP_TOKEN):
        raise Refused("invalid_auth")
    if (method == "apps.connections.open") != (token == APP_TOKEN):
        raise Refused("not_allowed_token_type")
    if (needed := NEEDS.get(method)) and needed not in server.scopes:
        raise Refused("missing_scope")


async def _body(request: web.Request) -> Json:
    if request.content_type == "application/json":
        return dict(json.loads(await request.text() or "{}"))
    form: Json = dict(await request.post())
    return {
        name: json.loads(value) if name in _PARSED and isinstance(value, str) and value[:1] in "[{" else value
        for name, value in form.items()
    }


def _auth_test(_server: SlackServer, _body: Json) -> Json:
    return {
        "url": "https://test.slack.example/", "team": "Test", "user": "fingerpost", "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT,
        "is_enterprise_install": False,
    }  # fmt: skip


def _connections_open(server: SlackServer, _body: Json) -> Json:
    return {"url": server.socket_url()}


def _channel(server: SlackServer, body: Json) -> str:
    channel = str(body["channel"])
    if channel in server.world.users:
        channel = server.world.direct(channel)
    if channel not in server.world.members:
        raise Refused("channel_not_found")
    if BOT_USER not in server.world.members[channel]:
        raise Refused("not_in_channel")
    return channel


def _post_message(server: SlackServer, body: Json) -> Json:
    channel = _channel(server, body)
    problems = message_problems(body)
    if any(problem.startswith("msg_blocks_too_long") for problem in problems):
        raise Refused("msg_blocks_too_long")
    if problems:
        raise Refused("no_text" if problems == ["no text"] else "invalid_blocks")
    message = post(server, channel, body, str(body.get("thread_ts") or ""))
    server.statuses.pop((channel, message.thread_ts), None)
    shown = {
        "type": "message",
        "user": BOT_USER,
        "bot_id": BOT,
        "ts": message.ts,
        "text": message.text,
        "blocks": message.blocks,
        "team": TEAM,
    }
    server.echo(message)
    return {"channel": channel, "ts": message.ts, "message": shown}


def _change(server: SlackServer, message: Message, body: Json) -> None:
    message.text, message.blocks, message.payload = body.get("text", ""), body.get("blocks") or [], body
    server.changed()


def _edit(server: SlackServer, body: Json) -> Json:
    channel = str(body["channel"])
    if channel not in server.world.members:  # a user's id is none here, unlike when posting
        raise Refused("channel_not_found")
    message = next((m for m in server.world.messages if (m.channel, m.ts) == (channel, body["ts"]) and not m.only_for), None)
    if message is None:
        raise Refused("message_not_found")
    if not message.by_bot:
        raise Refused("cant_update_message")
    if message_problems(body):
        raise Refused("invalid_blocks")
    _change(server, message, body)
    return {"channel": channel, "ts": message.ts, "text": message.text, "message": {"text": message.text, "user": BOT_USER}}


def _permalink(server: SlackServer, body: Json) -> Json:
    there = next((m for m in server.world.messages if (m.channel, m.ts) == (body["channel"], body["message_ts"]) and not m.only_for), None)
    if there is None:
        raise Refused("message_not_found")
    return {"channel": there.channel, "permalink": f"https://test.slack.example/archives/{there.channel}/p{there.ts.replace('.', '')}"}


def _post_ephemeral(server: SlackServer, body: Json) -> Json:
    channel = _channel(server, body)
    if body["user"] not in server.world.members[channel]:
        raise Refused("user_not_in_channel")
    if message_problems(body):
        raise Refused("invalid_blocks")
    return {"message_ts": post(server, channel, body, str(body.get("thread_ts") or ""), only_for=str(body["user"])).ts}


def _users_info(server: SlackServer, body: Json) -> Json:
    if body["user"] not in server.world.users:
        raise Refused("user_not_found")
    return {"user": user_json(server.world.users[str(body["user"])])}


def _open(server: SlackServer, body: Json) -> Json:
    server.spend(str(body["trigger_id"]))
    if "files:read" not in server.scopes and '"file_input"' in json.dumps(body["view"]):
        raise Refused("invalid_arguments")
    return _view(server, body["view"], f"V{server.world.number():04d}")


def _update(server: SlackServer, body: Json) -> Json:
    before = server.world.views.get(str(body["view_id"]))
    if before is None:
        raise Refused("not_found")
    if body.get("hash") not in (None, before["hash"]):
        raise Refused("hash_conflict")
    return _view(server, body["view"], str(body["view_id"]))


def _publish(server: SlackServer, body: Json) -> Json:
    if view_problems(body["view"]):
        raise Refused("invalid_arguments")
    server.world.homes[str(body["user_id"])] = body["view"]
    server.changed()
    return {"view": body["view"]}


def _view(server: SlackServer, view: Json, view_id: str) -> Json:
    if view_problems(view):
        raise Refused("invalid_arguments")
    shown = {
        **view,
        "id": view_id,
        "team_id": TEAM,
        "hash": f"h{server.world.number()}",
        "app_id": APP,
        "bot_id": BOT,
        "root_view_id": view_id,
    }
    server.world.views[view_id] = shown
    server.changed()
    return {"view": shown}


def _status(server: SlackServer, body: Json) -> Json:
    server.statuses[(str(body["channel_id"]), str(body["thread_ts"]))] = str(body["status"])
    server.world.statuses.append(body)
    return {}


def _prompts(server: SlackServer, body: Json) -> Json:
    if "thread_ts" not in body:  # with one, an agent app is answered "ok" and shows nothing
        server.world.prompts[str(body["channel_id"])] = body["prompts"]
    server.changed()
    return {}


def _upload_url(server: SlackServer, body: Json) -> Json:
    file_id = f"F{server.world.number():04d}"
    server.world.files.append({"id": file_id, "name": body["filename"], "alt_txt": body.get("alt_txt", ""), "length": body["length"]})
    return {"upload_url": f"{server.url}/upload/{file_id}", "file_id": file_id}


def _complete(server: SlackServer, body: Json) -> Json:
    if body.get("channel_id") and body["channel_id"] not in server.world.members:
        raise Refused("channel_not_found")
    done = []
    for asked in body["files"]:
        file = next(f for f in server.world.files if f["id"] == asked["id"])
        if file["id"] not in server.world.uploads:
            raise Refused("file_not_found")
        file |= {"title": asked.get("title", ""), "channel": body.get("channel_id", ""), "thread_ts": body.get("thread_ts", "")}
        done.append({"id": file["id"], "title": file["title"]})
    server.changed()
    return {"files": done}


METHODS: dict[str, Callable[[Any, Json], Json]] = {
    "auth.test": _auth_test, "apps.connections.open": _connections_open, "chat.postMessage": _post_message,
    "chat.postEphemeral": _post_ephemeral, "users.info": _users_info, "views.open": _open, "views.update": _update,
    "views.publish": _publish, "assistant.threads.setStatus": _status, "assistant.threads.setSuggestedPrompts": _prompts,
    "files.getUploadURLExternal": _upload_url, "files.completeUploadExternal": _complete, "chat.update": _edit,
    "chat.getPermalink": _permalink, "files.info": slack_files.info, "usergroups.list": slack_files.groups,
}  # fmt: skip
