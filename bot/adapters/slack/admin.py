"""The command /fingerpost: the state of the index for everybody, channel modes for admins."""

from __future__ import annotations

from typing import Any

from bot.adapters.slack.answering import PREFIX
from bot.adapters.slack.events import MODES, SURE, Workspace
from retrieval.errors import FingerpostError

HELP = (
    "/fingerpost status: the state of the index\n"
    "/fingerpost channel: how I behave in this channel\n"
    f"/fingerpost channel {' | '.join(MODES)}: change it (admins)\n"
    "/fingerpost forget: delete what I remember of you"
)
NOT_ADMIN = "Only an admin can change how I behave in a channel. Ask one of them, or see /fingerpost help."
FORGOTTEN = "I have deleted your earlier questions and your feedback."
NEEDS_MESSAGES = " Slack delivers messages without a mention only where the app has the event message.channels; docs/slack.md says how."


def command(workspace: Workspace, body: dict[str, Any]) -> str:
    """What /fingerpost does and says."""
    name, _, rest = str(body.get("text") or "").strip().partition(" ")
    match name.casefold():
        case "status":
            return _status(workspace)
        case "forget":
            workspace.store.forget_person(f"{PREFIX}{workspace.team}:{body['user_id']}")
            return FORGOTTEN
        case "channel":
            return _channel(workspace, body, rest.strip().casefold())
    return HELP


def _status(workspace: Workspace) -> str:
    try:
        return "\n".join(workspace.desk.status())
    except FingerpostError:
        return "My index of the guides is not ready. An admin must run `fingerpost reindex` where I run."


def _channel(workspace: Workspace, body: dict[str, Any], mode: str) -> str:
    channel, user = str(body["channel_id"]), str(body["user_id"])
    if not mode:
        return f"Here: {MODES[workspace.mode(channel)]}"
    if mode not in MODES:
        return f"There is no mode “{mode}”.\n{HELP}"
    if not workspace.people.is_admin(user, str(body.get("user_team") or body.get("team_id") or "")):
        return NOT_ADMIN
    workspace.store.set_mode(f"{PREFIX}{workspace.team}:{channel}", mode, f"{PREFIX}{workspace.team}:{user}")
    return f"From now on: {MODES[mode]}" + (NEEDS_MESSAGES if mode == SURE else "")
