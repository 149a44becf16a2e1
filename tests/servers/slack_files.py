"""Files that people upload, as the test server keeps them and hands them out; user groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers.slack_world import BOT_TOKEN, TEAM, Json

if TYPE_CHECKING:
    from tests.servers.slack_server import SlackServer

LOGIN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to test</body></html>"
REDIRECT, PAGE, BROKEN = "redirect", "page", "broken"


@dataclass
class Shared:
    """A file that somebody has uploaded.

    `url` forges where it lies, `announced` its size; `instead` is what comes in its place: REDIRECT or PAGE for logging in,
    BROKEN for one that ends early. `connect` is one of another workspace, of which events tell only the id.
    """

    id: str
    name: str
    content: bytes
    user: str
    url: str = ""
    announced: int | None = None
    instead: str = ""
    connect: bool = False
    mode: str = "hosted"


def file_json(server: SlackServer, file: Shared, *, whole: bool = False) -> Json:
    """A file as events tell of it, or as `files.info` does."""
    if file.connect and not whole:
        return {"id": file.id, "created": 0, "timestamp": 0, "user": "", "file_access": "check_file_info"}
    address = file.url or f"{server.url}/files-pri/{TEAM}-{file.id}/download/{file.name}"
    return {
        "id": file.id, "name": file.name, "title": file.name, "mimetype": "text/plain", "filetype": "text", "user": file.user,
        "size": len(file.content) if file.announced is None else file.announced, "mode": file.mode, "is_external": False,
        "file_access": "visible", "url_private": address.replace("/download/", "/"), "url_private_download": address,
    }  # fmt: skip


async def download(server: SlackServer, request: web.Request) -> web.StreamResponse:
    """Hand out a file to whoever may read it; to others, and without the scope, the way to the page for logging in."""
    asked = request.headers.get("Authorization", "")
    server.downloads.append((request.path, asked))
    file = server.world.shared.get(request.match_info["id"].partition("-")[2])
    if file is None:
        return web.Response(status=404)
    allowed = asked == f"Bearer {BOT_TOKEN}" and "files:read" in server.scopes
    if file.instead == REDIRECT or not allowed:
        raise web.HTTPFound(f"{server.url}/login?redir={request.path}")
    if file.instead == PAGE:
        return web.Response(text=LOGIN, content_type="text/html")
    if file.instead == BROKEN:
        return web.Response(body=file.content[:-1], content_type="application/octet-stream")
    return web.Response(body=file.content, content_type="application/octet-stream")


async def login(server: SlackServer, request: web.Request) -> web.Response:
    """The page for logging in, and every other place where the token has no business."""
    server.downloads.append((request.path, request.headers.get("Authorization", "")))
    return web.Response(text=LOGIN, content_type="text/html")


def info(server: SlackServer, body: Json) -> Json:
    """`files.info`."""
    file = server.world.shared.get(str(body["file"]))
    return {"file": file_json(server, file, whole=True)} if file else {"error": "file_not_found"}


def groups(server: SlackServer, body: Json) -> Json:
    """`usergroups.list`."""
    with_users = str(body.get("include_users", "")).casefold() in ("1", "true")
    return {"usergroups": [_group(name, users, with_users=with_users) for name, users in server.world.groups.items()]}


def _group(name: str, users: set[str], *, with_users: bool) -> Json:
    group: dict[str, Any] = {
        "id": name, "team_id": TEAM, "is_usergroup": True, "is_subteam": True, "name": name, "handle": name.casefold(),
        "is_external": False, "date_create": 1_700_000_000, "date_delete": 0,
    }  # fmt: skip
    return {**group, "users": sorted(users)} if with_users else group
