"""What the API says of guilds: their roles and members, to an app that is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers import discord_rest

if TYPE_CHECKING:
    from tests.servers.discord_server import DiscordServer


async def _roles(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    guild = next((g for g in server.guilds if g.id == request.match_info["guild"]), None)
    if guild is None:
        return discord_rest.error(404, 10004, "Unknown Guild")
    colours = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    roles = [guild.role_object(*role) | {"colors": colours} for role in {guild.id: "@everyone", **guild.roles}.items()]
    return discord_rest.answer(server, roles, "GuildRoleResponse[]")


async def _member(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    """Everybody is a member of the first guild, and of no other."""
    if request.match_info["guild"] != server.guild.id:
        return discord_rest.error(404, 10004, "Unknown Guild")
    found = next((u for u in (server.ann, server.bob, server.admin) if u.id == request.match_info["member"]), None)
    if found is None:
        return discord_rest.error(404, 10007, "Unknown Member")
    return discord_rest.answer(server, {**found.member(server.guild), "user": found.object()}, "GuildMemberResponse")


ROUTES = [("GET", "/guilds/{guild}/roles", _roles), ("GET", "/guilds/{guild}/members/{member}", _member)]
