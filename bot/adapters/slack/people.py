"""Who may ask, and who may administrate. Slack is asked, and its answer kept for a few minutes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

log = logging.getLogger(__name__)

GUEST = "Guests of this workspace cannot ask me. Somebody of the team can ask for you, or an admin can allow it in my settings."
FOREIGN = "You belong to another workspace, so I cannot answer you here. Somebody of this workspace can ask for you."
GONE = "I cannot answer this account."
_KEPT = 300.0  # seconds


class People:
    """The people of one workspace. Safe to use from several threads."""

    def __init__(
        self, client: WebClient, team: str, admins: frozenset[str], *, guests: bool, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._team = team
        self._admins = admins
        self._guests = guests
        self._now = now
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Mapping[str, Any]]] = {}

    def refusal(self, user: str, team: str) -> str | None:
        """Why this person of this workspace may not ask, in words for them; None where they may."""
        if team and team != self._team:
            return FOREIGN
        found = self._user(user)
        if found is None:
            return None  # Slack has delivered it as a message of this workspace
        if found.get("is_stranger") or (found.get("team_id") or self._team) != self._team:
            return FOREIGN
        if found.get("deleted") or found.get("is_bot"):
            return GONE
        guest = found.get("is_restricted") or found.get("is_ultra_restricted")
        return GUEST if guest and not self._guests else None

    def is_admin(self, user: str, team: str) -> bool:
        """Whether this person may set up the bot: named in the settings, else an admin of the workspace. In doubt not."""
        if team and team != self._team:
            return False
        found = self._user(user)
        if found is None or self.refusal(user, team) or found.get("is_restricted") or found.get("is_ultra_restricted"):
            return False
        if self._admins:
            return user in self._admins
        return any(found.get(flag) for flag in ("is_admin", "is_owner", "is_primary_owner"))

    def _user(self, user: str) -> Mapping[str, Any] | None:
        """What Slack knows of a user; None where it cannot be asked."""
        with self._lock:
            at, found = self._known.get(user, (0.0, {}))
        if found and self._now() - at < _KEPT:
            return found
        try:
            fresh: Mapping[str, Any] = self._client.users_info(user=user)["user"]
        except (SlackClientError, OSError, KeyError) as error:
            log.warning("users.info failed: %s; is the scope users:read granted?", type(error).__name__)
            return None
        with self._lock:
            self._known[user] = (self._now(), fresh)
        return fresh
