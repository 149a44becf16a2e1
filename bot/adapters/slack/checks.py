"""What `fingerpost doctor` checks of Slack: tokens, scopes, the socket."""

from __future__ import annotations

import re
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode import SocketModeClient

from bot import doctor
from bot.adapters.slack.post import client
from bot.doctor import Result
from bot.settings import Secret, Settings
from bot.wiring import Bot

SCOPES = {
    "app_mentions:read": "hear mentions",
    "assistant:write": "suggest questions in direct messages",
    "chat:write": "answer",
    "commands": "/ask, /path, /fingerpost and the message shortcut",
    "files:read": "take guides as files",
    "files:write": "send a table as a picture",
    "im:history": "hear direct messages",
    "usergroups:read": "let a user group administrate",
    "users:read": "tell members from guests, and admins from members",
}
_KINDS = {
    "xoxb-": "a bot token",
    "xoxp-": "a user token",
    "xapp-": "an app-level token",
    "xoxe": "a token for rotation",
    "xoxa-": "an old token",
}
_BOT, _APP, _SIGNING = "slack bot token", "slack app token", "slack signing secret"


def check(bot: Bot) -> list[Result]:
    """All checks of Slack; one result that says so where Slack is not set up."""
    settings = bot.settings
    if not (settings.slack_bot_token or settings.slack_app_token or settings.slack_signing_secret):
        return [doctor.skipped("slack", "not set up; docs/slack.md says how")]
    web = client(settings.slack_bot_token.reveal(), settings.slack_api_base_url)
    return [*_bot_token(web, settings), *_app_token(web, settings), *_signing_secret(settings)]


def _bot_token(web: WebClient, settings: Settings) -> list[Result]:
    fix = "copy the Bot User OAuth Token from OAuth & Permissions into FINGERPOST_SLACK_BOT_TOKEN; it begins with xoxb-"
    if (kind := _kind(settings.slack_bot_token)) != "a bot token":
        return [doctor.failed(_BOT, kind, fix)]
    try:
        found = web.auth_test()
    except (SlackClientError, OSError) as error:
        return [doctor.failed(_BOT, _refused(error), fix)]
    return [doctor.ok(_BOT, f"works in the workspace {found.get('team')} as {found.get('user')}"), _scopes(found)]


def _scopes(found: Any) -> Result:
    headers = {name.lower(): value for name, value in found.headers.items()}
    if "x-oauth-scopes" not in headers:
        return doctor.skipped("slack scopes", "not named by this server, which Slack itself always does")
    granted = {scope.strip() for scope in str(headers["x-oauth-scopes"]).split(",")}
    missing = [f"{scope} ({reason})" for scope, reason in SCOPES.items() if scope not in granted]
    if missing:
        fix = "add them under OAuth & Permissions, Scopes, then reinstall the app; or paste slack-manifest.json under App Manifest"
        return doctor.failed("slack scopes", f"missing: {', '.join(missing)}", fix)
    return doctor.ok("slack scopes", "all granted")


def _app_token(web: WebClient, settings: Settings) -> list[Result]:
    if not settings.slack_app_token:
        return [doctor.skipped(_APP, "not set; it is needed for Socket Mode, not for --http")]
    fix = "make one under Basic Information, App-Level Tokens, with the scope connections:write, and put it into FINGERPOST_SLACK_APP_TOKEN"
    if (kind := _kind(settings.slack_app_token)) != "an app-level token":
        return [doctor.failed(_APP, kind, fix)]
    try:
        socket = SocketModeClient(settings.slack_app_token.reveal(), web_client=web, auto_reconnect_enabled=False)
        socket.connect()
        connected = socket.is_connected()
        socket.close()
    except SlackApiError as error:
        return [doctor.failed(_APP, _refused(error), f"{fix}; switch Socket Mode on")]
    except (SlackClientError, OSError) as error:
        return [
            doctor.failed("slack socket", f"no connection ({type(error).__name__})", "let this machine open wss:// connections to Slack")
        ]
    return [
        doctor.ok(_APP, "works"),
        doctor.ok("slack socket", "connected") if connected else doctor.failed("slack socket", "closed", "try again"),
    ]


def _signing_secret(settings: Settings) -> list[Result]:
    if not settings.slack_signing_secret:
        return [doctor.skipped(_SIGNING, "not set; it is needed for --http, not for Socket Mode")]
    if not re.fullmatch(r"[0-9a-f]{32}", settings.slack_signing_secret.reveal()):
        fix = "copy it from Basic Information, Signing Secret"
        return [doctor.failed(_SIGNING, "does not look like one (32 digits from 0 to f)", fix)]
    return [doctor.ok(_SIGNING, "looks right")]


def _kind(secret: Secret) -> str:
    """What kind of token this is, without showing it."""
    return next(
        (kind for prefix, kind in _KINDS.items() if secret.reveal().startswith(prefix)), "no token of Slack's" if secret else "not set"
    )


def _refused(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        return f"Slack says {error.response.get('error')}"
    return f"Slack cannot be reached ({type(error).__name__})"
