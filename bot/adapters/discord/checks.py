"""What `fingerpost doctor` checks of Discord: token, gateway, the link with which a server gets the bot, and who may administrate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiohttp
import discord

from bot import doctor
from bot.adapters.discord.keys import PLATFORM
from bot.adapters.discord.permissions import INTENTS, invite
from bot.admin.rights import Admin
from bot.doctor import Result
from bot.wiring import Bot

_TOKEN, _NET, _INVITE, _ADMINS = "discord token", "discord connection", "discord invitation", "discord admins"  # names of checks
_COPY = "copy the token under discord.com/developers/applications, Bot, Reset Token, into FINGERPOST_DISCORD_TOKEN"
_SECONDS = 20.0

Connector = Callable[[], aiohttp.BaseConnector | None]


def check(bot: Bot, connector: Connector = lambda: None) -> list[Result]:
    """All checks of Discord; one result that says so where Discord is not set up."""
    if not bot.settings.discord_token:
        return [doctor.skipped("discord", "not set up: FINGERPOST_DISCORD_TOKEN is empty")]
    token = bot.settings.discord_token.reveal()
    if token.count(".") != 2:
        return [doctor.failed(_TOKEN, "this is no bot token: one has three parts with dots between them", _COPY)]
    return asyncio.run(_asked(token, connector, [admin for admin in sorted(bot.settings.admins) if admin.platform == PLATFORM]))


async def _asked(token: str, connector: Connector, admins: list[Admin]) -> list[Result]:
    """What Discord itself says."""
    client = discord.Client(intents=INTENTS, connector=connector())
    async with client:
        try:
            await asyncio.wait_for(client.login(token), _SECONDS)
            gateway = await asyncio.wait_for(client.http.get_bot_gateway(), _SECONDS)
            unknown = [admin for admin in admins if not await asyncio.wait_for(_there(client, admin), _SECONDS)]
        except discord.LoginFailure:
            return [doctor.failed(_TOKEN, "Discord does not accept it", _COPY)]
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            found = f"Discord cannot be reached ({type(error).__name__})"
            return [doctor.failed(_NET, found, "let this machine reach discord.com and gateway.discord.gg on port 443")]
        name = client.user.name if client.user else "?"
        shards = gateway[0] if isinstance(gateway[0], int) else 1
        return [
            doctor.ok(_TOKEN, f"accepted, as {name}; no privileged intent is needed"),
            doctor.ok(_NET, f"the gateway asks for {shards} shard{'s' if shards != 1 else ''}"),
            doctor.ok(_INVITE, invite(client.application_id or 0)),
            _admins(admins, unknown),
        ]


async def _there(client: discord.Client, admin: Admin) -> bool:
    """Whether a server that has the bot has such a role or member."""
    try:
        roles = await client.http.get_roles(int(admin.workspace))
        if admin.id not in [role["id"] for role in roles]:
            await client.http.get_member(int(admin.workspace), int(admin.id))
    except (discord.NotFound, discord.Forbidden):
        return False
    return True


def _admins(admins: list[Admin], unknown: list[Admin]) -> Result:
    if not admins:
        return doctor.skipped(_ADMINS, "FINGERPOST_ADMINS names nobody there, so nobody can administrate the bot from Discord")
    if unknown:
        found = f"FINGERPOST_ADMINS has {':'.join(unknown[0])}, who is neither a role nor a member of a server that has the bot"
        return doctor.failed(_ADMINS, found, "invite the bot to that server, or copy both ids anew: Developer Mode, then Copy ID")
    return doctor.ok(_ADMINS, f"{len(admins)} in FINGERPOST_ADMINS, all found")
