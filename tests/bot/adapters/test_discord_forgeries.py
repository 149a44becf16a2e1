"""Nobody but an admin reaches an act of the office from Discord, whatever they send."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.render.discord_office import PREFIX
from tests.servers import discord_people as people
from tests.servers.cheap_office import CheapOffice
from tests.servers.discord_callbacks import COMPONENT
from tests.servers.discord_files import Upload
from tests.servers.discord_server import DiscordServer, Interaction
from tests.servers.discord_stage import CheapLibrary, Stage, connected
from tests.servers.discord_world import EVERYTHING, Channel, Guild, Json, User, walk

COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("status", {}), ("reindex", {}), ("watch", {}), ("cancel", {}), ("audit", {}), ("help", {}), ("rollback", {"generation": "x"}),
    ("insights", {"days": 7}), ("guides list", {}), ("guides remove", {"name": "degrees"}),
    ("guides remove", {"name": "../../etc\nreindex"}),
    ("forget", {}), ("guides add", {"file": Upload("a.md", b"# A")}), ("rollback", {"generation": "x; reindex"}),
]  # fmt: skip
IDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80).map(lambda act: PREFIX + act),
    st.sampled_from(["start", "cancel", "add", "leave"]).flatmap(lambda verb: st.integers(0, 30).map(lambda n: f"{PREFIX}{verb}.{n}")),
    st.sampled_from(["fp:paste:guide", "fp:reindex:all", "fp:up:1", "fp:share:1", "fp:ask:1:99999999999999999999", PREFIX, "fpa", "\n"]),
)


class _Strangers:
    """Somebody without rights; a server's owner elsewhere who is no admin here, there; the admin elsewhere and directly."""

    def __init__(self, server: DiscordServer) -> None:
        elsewhere = Guild("Elsewhere")
        server.guilds.append(elsewhere)
        there = elsewhere.add("general")
        server.ann.roles = [server.guild.role("everything but that")]
        server.ann.permissions = server.bob.permissions = EVERYTHING
        self.all: list[tuple[User, Channel]] = [
            (server.ann, server.general), (server.bob, there), (server.admin, there), (server.admin, server.dm(server.admin)),
        ]  # fmt: skip


def _forged(made: Json, custom_id: str, place: Channel) -> Json:
    """A message of the bot's as if it had a button of this custom_id."""
    button = {"type": 2, "id": 9, "style": 2, "label": "forged", "custom_id": custom_id, "disabled": False}
    return {**made, "channel_id": place.id, "components": [*made["components"], {"type": 1, "id": 8, "components": [button]}]}


async def _heard(on: Stage, interactions: list[Interaction]) -> None:
    """Until everything was responded to that the bot responds to: each of the office's buttons, and all commands."""
    s = on.server
    ours = [i for i in interactions if i.kind != COMPONENT or re.match(f"{PREFIX}.", i.event["data"]["custom_id"], re.DOTALL)]
    await s.until(lambda: all(i.response is not None for i in ours))
    await s.until(lambda: all(i.changes for i in ours if i.response in (5, 6)))


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(custom_ids=st.lists(IDS, min_size=15, max_size=15, unique=True))
def test_no_forgery_reaches_an_act(tmp_path: Path, custom_ids: list[str]) -> None:
    """Over 50 presses each time: random and guessed custom_ids, the admin's own buttons, by everybody who is no admin here."""

    async def story() -> None:
        async with DiscordServer() as s:
            strangers = _Strangers(s)
            office = CheapOffice({s.admin.id}, s.guild.id)
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                shown = await on.answered(people.slash(s, s.admin, s.general, "fingerpost reindex"))
                stolen = [c["custom_id"] for c in walk(shown["components"]) if c["type"] == 2]
                assert len(stolen) == 2
                pressed = [
                    people.click(s, user, place, _forged(shown, custom_id, place), "forged")
                    for custom_id in [*stolen, *(c for c in custom_ids if c not in stolen)]
                    for user, place in strangers.all
                ]
                await _heard(on, pressed)
                assert office.done == []
                genuine = await on.answered(people.slash(s, s.admin, s.general, "fingerpost reindex"))
                await on.answered(people.click(s, s.admin, s.general, genuine, "Leave it"))
                assert office.done == [(s.admin.id, "leave")]

    asyncio.run(story())


def test_no_command_and_no_form_of_a_stranger_does_anything(tmp_path: Path) -> None:
    """Every command, an upload and a pasted text, by everybody who is no admin here: all are refused, nothing is offered."""

    async def story() -> None:
        async with DiscordServer() as s:
            strangers = _Strangers(s)
            office = CheapOffice({s.admin.id}, s.guild.id)
            async with connected(s, CheapLibrary(), tmp_path, office=office) as on:
                guild_places = [(user, place) for user, place in strangers.all if place.guild is not None]
                said = [people.slash(s, u, p, f"fingerpost {name}", **options) for u, p in guild_places for name, options in COMMANDS]
                forms = [people.slash(s, user, place, "fingerpost guides add") for user, place in guild_places]
                await s.until(lambda: all(form.modal for form in forms))
                await _heard(on, [*said, *(people.submit(s, form, text="# Mine") for form in forms)])
            assert office.offered == []
            assert office.done == []
            assert len(office.asked) == len(said) + len(forms)

    asyncio.run(story())
