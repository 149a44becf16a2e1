"""How the bot behaves in a channel, and the command that changes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.adapters.slack.people import PREFIX, People
from bot.store import Store

MENTION, SURE, QUIET = "mention", "sure", "quiet"
MODES = {
    MENTION: "I answer when I am mentioned, and go on in threads where I have answered.",
    SURE: "I answer when I am mentioned, and every question that I am sure of.",
    QUIET: "I do not answer here. Ask me in a direct message, or with /ask.",
}
HELP = ("/fingerpost channel: how I behave in this channel", f"/fingerpost channel {' | '.join(MODES)}: change it (admins)")
NOT_ADMIN = "Only an admin can change how I behave in a channel. Ask one of them, or see /fingerpost help."
NEEDS_MESSAGES = " Slack delivers messages without a mention only where the app has the event message.channels; docs/slack.md says how."


class Channels:
    """The modes of the channels of one workspace."""

    def __init__(self, store: Store, team: str, people: People) -> None:
        self._store = store
        self._team = team
        self._people = people

    def mode(self, channel: str) -> str:
        """How the bot behaves in a channel."""
        return self._store.mode(self._key(channel)) or MENTION

    def command(self, body: Mapping[str, Any], wanted: str) -> str:
        """What `/fingerpost channel WANTED` does and says."""
        channel, user, mode = str(body["channel_id"]), str(body["user_id"]), wanted.strip().casefold()
        if not mode:
            return f"Here: {MODES[self.mode(channel)]}"
        if mode not in MODES:
            return "\n".join((f"There is no mode “{mode}”.", *HELP))
        if not self._people.is_admin(user, str(body.get("user_team") or body.get("team_id") or "")):
            return NOT_ADMIN
        person = f"{PREFIX}{self._team}:{user}"
        self._store.set_mode(self._key(channel), mode, person)
        self._store.note(person, str(body.get("user_name") or user), "channel mode", f"{body.get('channel_name') or channel}: {mode}")
        return f"From now on: {MODES[mode]}" + (NEEDS_MESSAGES if mode == SURE else "")

    def _key(self, channel: str) -> str:
        return f"{PREFIX}{self._team}:{channel}"
