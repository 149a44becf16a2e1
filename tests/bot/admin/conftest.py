"""A bot over one small guide with its administration, an admin and somebody who is none."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.admin import rights
from bot.admin.bot_office import BotOffice
from bot.office import Actor, Reply
from bot.store import Store, open_store
from bot.wiring import Bot
from tests.conftest import GUIDE, quiet
from tests.servers import offices

ANN = Actor("slack", "T1", "U1", "slack:T1:U1", "Ann")  # an admin
CID = Actor("discord", "11", "99", "discord:user:99", "Cid", groups=lambda: frozenset({"31"}))  # an admin by role
BEN = Actor("slack", "T1", "U2", "slack:T1:U2", "Ben")  # none
CHECKS = """[[question]]
ask = "What does a fern cost?"
outcome = "answered"
cites = "plants > What it costs"
says = ["$12"]
"""


def planted(make_bot: Callable[[Path, Path], Bot], folder: Path) -> Path:
    """`folder` with the small corpus, its check question, and a home whose index serves."""
    (folder / "corpus" / "guides").mkdir(parents=True)
    (folder / "corpus" / "guides" / "plants.md").write_text(GUIDE, "utf-8")
    (folder / "corpus" / "questions.toml").write_text(CHECKS, "utf-8")
    make_bot(folder / "corpus", folder / "home").reindex(quiet)
    return folder


@dataclass
class World:
    """The office with what lies behind it."""

    bot: Bot
    store: Store
    office: BotOffice

    def push(self, actor: Actor, reply: Reply, label: str) -> Reply:
        """Press a button by its label."""
        return self.office.press(actor, next(b.act for b in reply.buttons if b.label == label))

    def watch(self, reply: Reply) -> Reply:
        """Follow a run to its end."""
        while reply.run:
            time.sleep(0.05)
            reply = self.office.progress(reply.run)
        return reply

    def reindex(self, actor: Actor = ANN) -> Reply:
        """Reindex, to the end."""
        return self.watch(self.push(actor, self.office.command(actor, "reindex"), "Reindex"))

    def write(self, before: str, after: str) -> None:
        """Change the guide."""
        path = self.bot.settings.corpus / "guides" / "plants.md"
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after), "utf-8")


@pytest.fixture(scope="module")
def indexed(make_bot: Callable[[Path, Path], Bot], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus and a home whose index serves."""
    return planted(make_bot, tmp_path_factory.mktemp("indexed"))


@pytest.fixture
def world(indexed: Path, tmp_path: Path, make_bot: Callable[[Path, Path], Bot]) -> Iterator[World]:
    """A fresh copy of it, with its office."""
    made = make_bot(shutil.copytree(indexed / "corpus", tmp_path / "corpus"), shutil.copytree(indexed / "home", tmp_path / "home"))
    made.settings = replace(made.settings, admins=rights.parse("slack:T1:U1 discord:11:31"))
    store = open_store(made.settings)
    yield World(made, store, offices.office(made, store))
    store.close()
