"""What a command does before it answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import click
import msgspec
import pytest

from bot import doctor
from bot.adapters import terminal
from bot.commands.ready import ensure_current_index, ensure_index
from bot.indexes import open_indexes
from bot.messages import Ask
from bot.settings import NOT_SET, Secret, Settings
from bot.wiring import Bot
from retrieval.encoder import Model
from retrieval.errors import IndexUnusable
from retrieval.generations import GenerationStore
from retrieval.sealing import FORMAT
from tests.bot.reindexing.cheap import CheapEncoder, cheap_model
from tests.conftest import quiet
from tests.servers.places import Place, eventually
from tests.servers.postgres import PostgresServer


def test_who_starts_while_another_builds_the_first_index_waits(plants: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As replicas do that start at once; it says so once, and has an index in the end."""
    bot = Bot(Settings(plants, tmp_path / "home", "cheap"), load_model=lambda _: cheap_model())
    said = ""

    def told() -> bool:
        nonlocal said
        said += capsys.readouterr().err
        return "waiting for the index" in said

    with ThreadPoolExecutor(1) as pool:
        with GenerationStore(bot.settings.index).alone():
            started = pool.submit(ensure_index, bot)
            assert eventually(told)
            assert not bot.has_index
        started.result()
    said += capsys.readouterr().err
    assert (bot.has_index, said.count("waiting for the index")) == (True, 1)


@pytest.fixture
def home(plants: Path, tmp_path: Path, place: Place) -> Settings:
    """Settings of a bot whose index, in a folder and in PostgreSQL, serves; of another model than "new"."""
    settings = Settings(plants, tmp_path / "home", "cheap", store=place if isinstance(place, Secret) else NOT_SET)
    with closing(Bot(settings, load_model=lambda _: cheap_model())) as bot:
        bot.reindex(quiet)
    return settings


def _other_format(settings: Settings, postgres: PostgresServer, number: int) -> None:
    """Let the index that serves be one that a version with another format wrote."""
    with closing(open_indexes(settings)) as store:
        name = store.current() or ""
        changed = msgspec.structs.replace(store.manifest(name), format=number)
    if isinstance(store, GenerationStore):
        store.seal(store.folder / name, changed)
        return
    with closing(postgres.connect(settings.store.reveal().rpartition("/")[2])) as connection:
        connection.execute("update fingerpost.generations set manifest = %s where name = %s", [msgspec.json.encode(changed), name])


@pytest.mark.parametrize("number", [FORMAT - 1, FORMAT + 1])
def test_an_index_of_another_format_is_built_anew(
    home: Settings, postgres: PostgresServer, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    """After an upgrade, or on the way back from one, the bot says so and answers; who only looks is told, and nothing is built."""
    _other_format(home, postgres, number)
    with closing(Bot(home, load_model=lambda _: cheap_model())) as bot:
        before = bot.store.current()
        with pytest.raises(IndexUnusable, match=f"has format {number}.*fingerpost reindex"):
            terminal.status(bot)
        assert [result.status for result in doctor.index(bot)] == ["failed"]
        assert (bot.store.current(), bot.store.names()) == (before, [before])
        ensure_index(bot)
        assert bot.handle(Ask("What does a fern cost?")).outcome == "answered"
        assert bot.handle(Ask("What does a fern cost?")).generation != before
    assert f"has format {number}" in capsys.readouterr().err


def test_an_index_of_another_model_is_built_anew(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Beside the one that another process serves on with; a second start builds nothing."""
    with closing(Bot(home, load_model=lambda _: cheap_model())) as old, closing(Bot(home, load_model=_new)) as new:
        old.keep_warm()
        before = old.store.current()
        for _ in range(2):
            ensure_index(new)
        assert "made with the model cheap" in capsys.readouterr().err
        assert new.handle(Ask("What does a fern cost?")).generation == new.store.names()[-1] != before
        assert (old.handle(Ask("What does a fern cost?")).generation, len(new.store.names())) == (before, 2)


def test_who_would_build_an_index_anew_waits_for_who_is_at_it(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Across replicas: nothing is published without the lock."""
    said = ""

    def told() -> bool:
        nonlocal said
        said += capsys.readouterr().err
        return "waiting for the index" in said

    with closing(Bot(home, load_model=_new)) as new, closing(open_indexes(home)) as other, ThreadPoolExecutor(1) as pool:
        with other.alone():
            started = pool.submit(ensure_index, new)
            assert eventually(told)
            assert len(other.names()) == 1
        started.result()
        assert len(other.names()) == 2


def _new(_: str) -> Model:
    return Model(CheapEncoder(), "new")


def test_what_has_changed_since_is_not_measured(plants: Path, tmp_path: Path) -> None:
    """A measurement after a change of the guides asks for a reindex, since its figures would be those of the guides before."""
    bot = Bot(Settings(plants, tmp_path / "home", "cheap"), load_model=lambda _: cheap_model())
    ensure_current_index(bot)
    guide = next(plants.rglob("*.md"))
    guide.write_text(guide.read_text("utf-8") + "\nOne more sentence.\n", "utf-8")
    with pytest.raises(click.ClickException, match=f"{guide.name}.*fingerpost reindex"):
        ensure_current_index(bot)
    bot.reindex(lambda *_: None, publish_anyway=True)
    ensure_current_index(bot)
