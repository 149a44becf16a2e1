"""Who may administrate: named in the settings by workspace and by id, looked up anew at every act."""

from __future__ import annotations

from typing import NamedTuple

from bot.office import Actor
from retrieval.errors import RequestError, SettingsError

TERMINAL = "terminal"  # whoever has the machine is its admin
_PLACES = {"slack": "workspace", "discord": "server"}
_WHO = {"slack": "user or user group", "discord": "user or role"}


class Admin(NamedTuple):
    """One entry of FINGERPOST_ADMINS: a person, or a user group or role, of one workspace or server, by their ids."""

    platform: str
    workspace: str
    id: str


def parse(value: str) -> frozenset[Admin]:
    """The entries of a list such as "slack:T0123:S0456, discord:111:222". Raises SettingsError, naming the entry."""
    return frozenset(_entry(entry) for entry in value.replace(",", " ").split())


def named(admins: frozenset[Admin], platform: str, workspace: str) -> frozenset[str]:
    """The ids that are named for one workspace."""
    return frozenset(admin.id for admin in admins if (admin.platform, admin.workspace) == (platform, workspace))


def refusal(actor: Actor, admins: frozenset[Admin]) -> str | None:
    """What this actor lacks for an administrative act, in words for them; None where they may.

    A right belongs to the workspace that it is given in: the same person elsewhere, or the owner of another server, has none.
    """
    if actor.platform == TERMINAL:
        return None
    place, who = _PLACES[actor.platform], _WHO[actor.platform]
    here = named(admins, actor.platform, actor.workspace)
    if not admins:
        return f"Nobody is set up as an admin. Whoever runs me must set FINGERPOST_ADMINS, such as {_entry_for(actor)}."
    if not actor.workspace:
        return f"Admin rights belong to a {place}, so use the command there and not in a direct message."
    if not here:
        return f"No admin is set up for this {place}. Whoever runs me must add one to FINGERPOST_ADMINS, such as {_entry_for(actor)}."
    if actor.guest:
        return "Guests cannot administrate me, whatever groups they are in."
    try:
        if actor.id in here or not here.isdisjoint(actor.groups()):
            return None
    except RequestError as error:
        return str(error)
    return f"You are none of my admins here: that takes a {who} that FINGERPOST_ADMINS names for this {place}. Ask whoever runs me."


def _entry_for(actor: Actor) -> str:
    return f"{actor.platform}:{actor.workspace or '<server>'}:{actor.id}"


def _entry(entry: str) -> Admin:
    platform, _, rest = entry.partition(":")
    workspace, _, who = rest.partition(":")
    if platform not in _PLACES or not workspace or not who or ":" in who:
        raise SettingsError(
            f"FINGERPOST_ADMINS has '{entry}'; give entries such as slack:TEAM:USER_OR_GROUP or discord:SERVER:USER_OR_ROLE, by id"
        )
    if platform == "discord" and not (workspace.isdecimal() and who.isdecimal()):
        raise SettingsError(f"FINGERPOST_ADMINS has '{entry}'; the ids of Discord are numbers")
    if platform == "discord" and workspace == who:
        raise SettingsError(f"FINGERPOST_ADMINS has '{entry}'; that role is @everyone, so the whole server would be admin")
    return Admin(platform, workspace, who)
