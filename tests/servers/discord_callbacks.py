"""Interactions: what people begin, and the callbacks and webhooks that answer them, with their deadlines."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers import discord_limits, discord_rest, discord_schema
from tests.servers.discord_world import EPHEMERAL, LOADING, Json, message, now, numbered

if TYPE_CHECKING:
    from tests.servers.discord_server import DiscordServer, Interaction

DEFERRED_UPDATE = 6  # a callback's type
PING, COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 1, 2, 3, 4, 5
_CALLBACKS = (
    "CreateMessageInteractionCallbackRequest", "UpdateMessageInteractionCallbackRequest",
    "ApplicationCommandAutocompleteCallbackRequest", "ModalInteractionCallbackRequest",
)  # fmt: skip
MOST_FOLLOWUPS = 5  # of an app that is installed for the user only


async def _callback(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    interaction = server.interactions.get(request.match_info["interaction"])
    now = asyncio.get_running_loop().time()
    if interaction is None or interaction.token != request.match_info["token"] or (
        interaction.response is None and now - interaction.began > server.answer_within
    ):  # fmt: skip
        return discord_rest.error(404, 10062, "Unknown interaction")
    if interaction.response is not None:
        return discord_rest.error(400, 40060, "Interaction has already been acknowledged.")
    if wrong := discord_schema.problems(given, *_CALLBACKS):
        server.wrong += wrong
        return discord_rest.refusal(discord_limits.problem("data", "BASE_TYPE_BAD", wrong[0]))
    kind, data = given["type"], given.get("data") or {}
    allowed = {COMMAND: (4, 5, 9), COMPONENT: (4, 5, 6, 7, 9), AUTOCOMPLETE: (8,), MODAL: (4, 5, 6, 7)}[interaction.kind]
    if kind not in allowed:
        return discord_rest.refusal(discord_limits.problem("type", "BASE_TYPE_CHOICES", f"Value must be one of {allowed}."))
    if kind in (4, 7) and (refused := discord_limits.refused(data, files)) is not None:
        return discord_rest.refusal(refused)
    interaction.response = kind
    _respond(server, interaction, kind, data)
    if "with_response" not in request.query:
        return web.Response(status=204)
    body: Json = {"interaction": {"id": interaction.id, "type": interaction.kind, "response_message_loading": kind == 5}}
    if interaction.original is not None:
        body["interaction"]["response_message_id"] = interaction.original["id"]
        body["interaction"]["response_message_ephemeral"] = interaction.ephemeral
        body["resource"] = {"type": kind, "message": interaction.original}
    if kind not in (4, 7):
        body.pop("resource", None)
    return discord_rest.answer(server, body, "InteractionCallbackResponse")


def _respond(server: DiscordServer, interaction: Interaction, kind: int, data: Json) -> None:
    flags = data.get("flags") or 0
    interaction.ephemeral = bool(flags & EPHEMERAL)
    if kind == 4:
        interaction.original = _made(server, interaction, data, flags)
    elif kind == 5:
        interaction.original = _made(server, interaction, {"flags": (flags & EPHEMERAL) | LOADING}, 0)
    elif kind in (6, 7):
        interaction.original = interaction.source
        interaction.ephemeral = bool(interaction.source and interaction.source["flags"] & EPHEMERAL)
        if kind == 7 and interaction.source is not None:
            _change(interaction.source, data)
    elif kind == 8:
        interaction.choices = data["choices"]
    elif kind == 9:
        interaction.modal = data


def _made(server: DiscordServer, interaction: Interaction, data: Json, flags: int) -> Json:
    given = {**data, "flags": (data.get("flags") or 0) | flags, "attachments": discord_rest.stored(data)}
    made = message(interaction.channel, server.me, given, webhook_id=server.application_id, application_id=server.application_id)
    interaction.messages.append(made)
    if not made["flags"] & EPHEMERAL:
        server.publish(interaction.channel, made)
    return made


def _change(made: Json, given: Json) -> None:
    made["flags"] = (made["flags"] & ~LOADING) | ((given.get("flags") or 0) & ~EPHEMERAL)
    made["content"] = given.get("content") or ("" if "content" in given else made["content"])
    if "components" in given:
        made["components"] = numbered(given["components"] or [])
    if "attachments" in given:
        made["attachments"] = discord_rest.stored(given)
    made["edited_timestamp"] = now()


def _owner(server: DiscordServer, request: web.Request) -> Interaction | web.Response:
    found = next((i for i in server.interactions.values() if i.token == request.match_info["token"]), None)
    if found is None or found.response is None:
        return discord_rest.error(404, 10015, "Unknown Webhook")
    if asyncio.get_running_loop().time() - found.began > server.token_life:
        return discord_rest.error(401, 50027, "Invalid Webhook Token")
    return found


async def _followup(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    interaction = _owner(server, request)
    if isinstance(interaction, web.Response):
        return interaction
    if (wrong := discord_limits.refused(given, files)) is not None:
        return discord_rest.refusal(wrong)
    loading = interaction.original is not None and interaction.original["flags"] & LOADING
    if loading:
        assert interaction.original is not None
        _change(interaction.original, given)
        return discord_rest.answer(server, interaction.original, "MessageResponse")
    interaction.followups += 1
    if interaction.user_install and interaction.followups > MOST_FOLLOWUPS:
        return discord_rest.error(400, 40094, "The maximum number of follow-up messages has been reached.")
    return discord_rest.answer(server, _made(server, interaction, given, 0), "MessageResponse")


async def _original(server: DiscordServer, request: web.Request, given: Any, files: int) -> web.Response:
    interaction = _owner(server, request)
    if isinstance(interaction, web.Response):
        return interaction
    if interaction.original is None:
        return discord_rest.error(404, 10008, "Unknown Message")
    if request.method == "GET":
        return discord_rest.answer(server, interaction.original, "MessageResponse")
    if request.method == "DELETE":
        interaction.channel.messages.pop(interaction.original["id"], None)
        interaction.messages.remove(interaction.original)
        return web.Response(status=204)
    if (wrong := discord_limits.refused(given, files, interaction.original["flags"] & ~(EPHEMERAL | LOADING))) is not None:
        return discord_rest.refusal(wrong)
    if wrongs := discord_schema.problems(given, "IncomingWebhookUpdateRequestPartial"):
        server.wrong += wrongs
        return discord_rest.refusal(discord_limits.problem("components", "BASE_TYPE_BAD", wrongs[0]))
    _change(interaction.original, given)
    interaction.changes += 1
    return discord_rest.answer(server, interaction.original, "MessageResponse")


ROUTES = [
    ("POST", "/interactions/{interaction}/{token}/callback", _callback), ("POST", "/webhooks/{app}/{token}", _followup),
    ("GET", "/webhooks/{app}/{token}/messages/@original", _original), ("PATCH", "/webhooks/{app}/{token}/messages/@original", _original),
    ("DELETE", "/webhooks/{app}/{token}/messages/@original", _original),
]  # fmt: skip
