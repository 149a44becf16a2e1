"""Discord's content network: files that people gave with a command, under addresses that are signed and expire."""

from __future__ import annotations

import mimetypes
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tests.servers.discord_world import Json, snowflake

if TYPE_CHECKING:
    from tests.servers.discord_server import DiscordServer

HOST = "cdn.discordapp.com"
GONE = "This content is no longer available."


@dataclass(frozen=True)
class Upload:
    """A file that somebody chooses for an option. `claimed` is its size as Discord states it, where that is another."""

    filename: str
    content: bytes
    claimed: int | None = None


def keep(server: DiscordServer, upload: Upload) -> Json:
    """Put a file on the content network; its attachment object, as an interaction brings it."""
    attachment_id, signature = snowflake(), secrets.token_hex(32)
    server.uploads[attachment_id] = (signature, upload.content)
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", upload.filename)  # as Discord does with what a person's file is called
    at = f"ephemeral-attachments/{server.application_id}/{attachment_id}/{name}?ex=6fffffff&is=6ffffff0&hm={signature}&"
    return {
        "id": attachment_id, "filename": name, "size": len(upload.content) if upload.claimed is None else upload.claimed,
        "url": f"https://{HOST}/{at}", "proxy_url": f"https://media.discordapp.net/{at}", "ephemeral": True,
        **({"content_type": kind} if (kind := mimetypes.guess_type(name)[0]) else {}),
    }  # fmt: skip


def handler(server: DiscordServer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Gives a file to whoever has its whole address."""

    async def fetch(request: web.Request) -> web.StreamResponse:
        server.note("GET", request.path, None)
        if (fault := server.faulty(request)) is not None:
            return fault
        signature, content = server.uploads.get(request.match_info["attachment"], ("", b""))
        if not signature or request.query.get("hm") != signature:
            return web.Response(text=GONE, status=404)
        return web.Response(body=content, content_type="application/octet-stream")

    return fetch
