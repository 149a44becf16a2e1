"""Only those whom the settings name, in the workspace for which they are named, may administrate."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.admin import rights
from bot.office import Actor
from retrieval.errors import RequestError, SettingsError

ADMINS = rights.parse("slack:T1:U1, slack:T1:S1\n discord:11:21 discord:11:31")
ON_SLACK = Actor("slack", "T1", "U9", "slack:T1:U9", "Ann")
ON_DISCORD = Actor("discord", "11", "99", "discord:user:99", "Ben")


@pytest.mark.parametrize(
    "actor",
    [
        replace(ON_SLACK, id="U1"),
        replace(ON_SLACK, groups=lambda: frozenset({"S0", "S1"})),
        replace(ON_DISCORD, id="21"),
        replace(ON_DISCORD, groups=lambda: frozenset({"31"})),
        Actor("terminal", "", "", "terminal", "you"),
    ],
)
def test_those_who_are_named_may(actor: Actor) -> None:
    assert rights.refusal(actor, ADMINS) is None


@pytest.mark.parametrize(
    ("actor", "lacks"),
    [
        (ON_SLACK, "user or user group"),
        (ON_DISCORD, "user or role"),
        (replace(ON_SLACK, workspace="T2", id="U1"), "No admin is set up for this workspace"),
        (replace(ON_DISCORD, workspace="12", id="21", groups=lambda: frozenset({"31"})), "No admin is set up for this server"),
        (replace(ON_DISCORD, workspace="", id="21"), "not in a direct message"),
        (replace(ON_SLACK, id="U1", guest=True), "Guests"),
        (replace(ON_DISCORD, id="U1"), "user or role"),  # an id of the other platform
        (replace(ON_SLACK, platform="discord", workspace="T1", id="U1"), "No admin is set up for this server"),
    ],
)
def test_a_refusal_names_what_is_missing(actor: Actor, lacks: str) -> None:
    refusal = rights.refusal(actor, ADMINS)
    assert refusal is not None
    assert lacks in refusal


def test_who_cannot_be_looked_up_is_told_so() -> None:
    """It is no refusal for good: the platform's words say what to do."""

    def busy() -> frozenset[str]:
        raise RequestError("Try again in a minute.")

    assert rights.refusal(replace(ON_SLACK, groups=busy), ADMINS) == "Try again in a minute."
    assert rights.refusal(replace(ON_SLACK, id="U1", groups=busy), ADMINS) is None


def test_where_nobody_is_named_the_refusal_says_how_to_name_somebody() -> None:
    assert "FINGERPOST_ADMINS, such as slack:T1:U9" in str(rights.refusal(ON_SLACK, frozenset()))


ids = st.text(st.characters(codec="ascii", exclude_characters=" ,:\n"), max_size=6)


@given(st.sampled_from(["slack", "discord"]), ids, ids, st.frozensets(ids), st.booleans())
def test_nobody_else_gets_past(platform: str, workspace: str, person: str, groups: frozenset[str], guest: bool) -> None:
    """Whatever ids are claimed, a right needs the very workspace and the very id."""
    actor = Actor(platform, workspace, person, "k", "n", guest, lambda: groups)
    theirs = {("slack", "T1"): {"U1", "S1"}, ("discord", "11"): {"21", "31"}}.get((platform, workspace), set())
    assert (rights.refusal(actor, ADMINS) is None) == (not guest and bool(theirs & {person, *groups}))


@pytest.mark.parametrize(
    "wrong", ["U1", "slack:U1", "slack:T1:", "irc:a:b", "slack:T1:U1:x", "discord:T1:U1", "discord:11:11", "discord:11", ":::"]
)
def test_an_entry_that_would_not_do_what_was_meant_is_refused(wrong: str) -> None:
    with pytest.raises(SettingsError, match="FINGERPOST_ADMINS"):
        rights.parse(wrong)
