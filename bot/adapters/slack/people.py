"""Who may ask, and who somebody is. Slack is asked; its answer is kept for a few minutes for questions, never for administration."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.adapters.slack.post import unreachable
from bot.office import Actor
from retrieval.errors import RequestError

log = logging.getLogger(__name__)

PREFIX = "slack:"
GUEST = "Guests of this workspace cannot ask me. Somebody of the team can ask for you, or an admin can allow it in my settings."
FOREIGN = "You belong to another workspace, so I cannot answer you here. Somebody of this workspace can ask for you."
GONE = "I cannot answer this account."
UNKNOWN = "Slack does not tell me who you are, so nothing was done. Try again in a minute; if it stays so, I may lack the scope users:read."
GROUPS_UNKNOWN = "Slack does not tell me at the moment which user groups you are in, so nothing was done. Try again in a minute."
_KEPT = 300.0  # seconds


class People:
    """The people of one workspace. Safe to use from several threads."""

    def __init__(
        self, client: WebClient, team: str, admins: frozenset[str], *, guests: bool, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._hasty = WebClient(token=client.token, base_url=client.base_url, retry_handlers=[], timeout=10)
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
        return None if found is None else self._refused(found)  # Slack has delivered it as a message of this workspace

    def is_admin(self, user: str, team: str) -> bool:
        """Whether this person may set up the bot at this moment: named in the settings, else an admin of the workspace.

        Raises RequestError, in words for them, where Slack does not say.
        """
        if team and team != self._team:
            return False
        found = self._user(user, fresh=True)
        if found is None:
            raise RequestError(UNKNOWN)
        if self._refused(found) or found.get("is_restricted") or found.get("is_ultra_restricted"):
            return False
        if self._admins:
            return user in self._admins or not self._admins.isdisjoint(self.groups(user))
        return any(found.get(flag) for flag in ("is_admin", "is_owner", "is_primary_owner"))

    def actor(self, user: str, team: str) -> Actor | str:
        """Who this is at this moment, for an act of administration; in words for them why that cannot be known.

        `team` is the workspace that the event gives for them, "" where it gives none. Somebody of another workspace who
        shares a channel with this one keeps their own.
        """
        found = self._user(user, fresh=True)
        if found is None:
            return UNKNOWN
        if found.get("deleted") or found.get("is_bot"):
            return GONE
        theirs = str(found.get("team_id") or "")
        home = next((other for other in (team, theirs) if other and other != self._team), self._team)
        if found.get("is_stranger") and home == self._team:
            return FOREIGN
        guest = bool(found.get("is_restricted") or found.get("is_ultra_restricted"))
        groups = partial(self.groups, user) if home == self._team else frozenset
        return Actor("slack", home, user, f"{PREFIX}{self._team}:{user}", _name(found), guest, groups)

    def groups(self, user: str) -> frozenset[str]:
        """The ids of this workspace's user groups that hold this person now; none where Slack refuses to say.

        Raises RequestError, in words for them, where Slack cannot say at the moment.
        """
        try:
            found = self._hasty.usergroups_list(include_users=True)["usergroups"]
        except (SlackClientError, OSError, KeyError) as error:
            why = error.response.get("error") if isinstance(error, SlackApiError) else type(error).__name__
            if unreachable(error):
                log.warning("usergroups.list failed for the moment (%s)", why)
                raise RequestError(GROUPS_UNKNOWN) from error
            log.warning("usergroups.list failed (%s), so nobody is an admin by a user group; is usergroups:read granted?", why)
            return frozenset()
        ours = (g for g in found if not g.get("date_delete") and not g.get("is_external") and g.get("team_id", self._team) == self._team)
        return frozenset(str(group["id"]) for group in ours if user in group.get("users", ()))

    def _refused(self, found: Mapping[str, Any]) -> str | None:
        if found.get("is_stranger") or (found.get("team_id") or self._team) != self._team:
            return FOREIGN
        if found.get("deleted") or found.get("is_bot"):
            return GONE
        guest = found.get("is_restricted") or found.get("is_ultra_restricted")
        return GUEST if guest and not self._guests else None

    def _user(self, user: str, *, fresh: bool = False) -> Mapping[str, Any] | None:
        """What Slack knows of a user, `fresh` if it must be asked now; None where it cannot be asked."""
        with self._lock:
            at, found = self._known.get(user, (0.0, {}))
        if found and not fresh and self._now() - at < _KEPT:
            return found
        try:
            told: Mapping[str, Any] = self._client.users_info(user=user)["user"]
        except (SlackClientError, OSError, KeyError) as error:
            log.warning("users.info failed: %s; is the scope users:read granted?", type(error).__name__)
            return None
        with self._lock:
            self._known[user] = (self._now(), told)
        return told


def _name(user: Mapping[str, Any]) -> str:
    """What people call somebody."""
    profile = user.get("profile") or {}
    return str(profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name") or "somebody")
