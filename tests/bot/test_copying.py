"""An installation moves to PostgreSQL and back: the same state, the same indexes, the same answers."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import copying
from bot.commands.store import copy_command
from bot.copying import Place
from bot.indexes import index_store
from bot.messages import Ask
from bot.settings import NOT_SET, Secret, Settings
from bot.store import Store, StoreError
from bot.wiring import Bot
from retrieval.errors import IndexUnusable, RequestError, SettingsError
from retrieval.generations import GenerationStore
from tests.bot.reindexing.cheap import cheap_model
from tests.conftest import GUIDE, quiet
from tests.servers.postgres import PASSWORD, PostgresServer

FERN = "What does a fern cost?"


@pytest.fixture
def installed(plants: Path, tmp_path: Path) -> Settings:
    """A data folder with two indexes, the older of which serves, and some of everything in its state."""
    settings = Settings(plants, tmp_path / "home", "cheap")
    bot = Bot(settings, load_model=lambda _: cheap_model())
    first = bot.reindex(quiet).name
    (plants / "guides" / "plants.md").write_text(GUIDE.replace("$12", "$13"), "utf-8")
    bot.reindex(quiet)
    with bot.store.alone():
        bot.store.publish(first)
    with closing(Store(settings.home)) as store:
        assert store.claim("slack:1", "päyload")
        store.finish("slack:1")
        assert store.claim("slack:2", "unfinished")
        store.say("t", "ann", "k1", "hello", 1.5)
        store.say("t", "ann", "k2", "again", 2.5)
        store.set_mode("c", "mention", "ann")
        store.hold("h", "held")
        store.note("ann", "Ann", "publish", after=first)
        assert store.start_run("reindex", "ann", "Ann") is not None
    return settings


@pytest.fixture
def server(postgres: PostgresServer) -> Secret:
    """A new, empty database."""
    return postgres.address(postgres.database())


def snapshot(folder: Path) -> dict[str, str]:
    """Every file of the indexes and of the state with its checksum, but for locks, and what the state's engine keeps beside."""
    there = (p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "verified.json")
    files = (p for p in there if not p.name.endswith((".lock", ".alive", "-wal", "-shm")))
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def answers(place: Place, settings: Settings) -> tuple[str, str]:
    """What a bot says whose installation lies there, and from which index."""
    home = place if isinstance(place, Path) else settings.home
    own = Settings(settings.corpus, home, "cheap", store=place if isinstance(place, Secret) else NOT_SET)
    with closing(Bot(own, load_model=lambda _: cheap_model())) as bot:
        answer = bot.handle(Ask(FERN))
        return answer.plain, answer.generation


def test_there_and_back_again_is_the_same(installed: Settings, server: Secret, tmp_path: Path) -> None:
    """Rows, files and answers; the source is left as it was; a second copy finds that nothing is to be done."""
    before, back = snapshot(installed.home), tmp_path / "back"
    expected = answers(installed.home, installed)
    there = copying.copy(installed.home, server, installed, quiet)
    assert snapshot(installed.home) == before
    assert (len(there.indexes), there.serving, there.rows["turns"], there.rows["events"]) == (2, expected[1], 2, 2)
    assert answers(server, installed) == expected
    assert copying.copy(installed.home, server, installed, quiet) == there
    assert copying.copy(server, back, installed, quiet) == there
    assert answers(back, installed) == expected
    one, other = (GenerationStore(home / "index") for home in (installed.home, back))
    assert [one.contents(name) for name in one.names()] == [other.contents(name) for name in other.names()]
    with closing(Store(installed.home)) as mine, closing(Store(back)) as copied, closing(Store(server)) as stored:
        assert mine.digests() == copied.digests() == stored.digests()
        assert [event.key for event in copied.unfinished("slack:")] == ["slack:2"]
        assert copied.history("t", "ann") == ("hello", "again")


def test_rows_that_are_added_after_a_copy_have_numbers_of_their_own(installed: Settings, server: Secret) -> None:
    """The database counts on from what was copied."""
    copying.copy(installed.home, server, installed, quiet)
    with closing(Store(server)) as store:
        store.say("t", "ann", "k3", "more", 3.5)
        store.note("ann", "Ann", "rollback")
        assert store.history("t", "ann") == ("hello", "again", "more")
        assert [act.act for act in store.audit()] == ["rollback", "publish"]


def test_a_copy_that_was_interrupted_is_taken_up_again(installed: Settings, server: Secret) -> None:
    """After the state and the first index, which stay as they are."""
    steps: list[int] = []

    def interrupt(_doing: str, done: int, _of: int) -> None:
        steps.append(done)
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copying.copy(installed.home, server, installed, interrupt)
    with closing(index_store(server, installed.home)) as store:
        assert (len(store.names()), store.current()) == (1, None)
    copied = copying.copy(installed.home, server, installed, quiet)
    assert (len(copied.indexes), steps) == (2, [0, 1])


def test_a_place_that_is_not_empty_is_refused(installed: Settings, server: Secret) -> None:
    """Whatever is there stays."""
    with closing(Store(server)) as store:
        store.say("t", "bob", "k", "mine")
    with pytest.raises(StoreError, match="not empty"):
        copying.copy(installed.home, server, installed, quiet)
    with closing(Store(server)) as store:
        assert {name: count for name, (count, _) in store.digests().items() if count} == {"turns": 1}
    with closing(index_store(server, installed.home)) as store_there:
        assert store_there.names() == []


def test_an_index_that_is_damaged_is_not_copied(installed: Settings, server: Secret, tmp_path: Path, postgres: PostgresServer) -> None:
    """Neither one in a folder, nor one in the database whose rows were changed."""
    copied = copying.copy(installed.home, server, installed, quiet)
    with closing(postgres.connect(server.reveal().rpartition("/")[2])) as connection:
        (row,) = connection.execute("select min(number) from fingerpost.generations").fetchall()
        connection.execute(f"update fingerpost_{row[0]}.words_vectors set v = v + v where id = 3")  # noqa: S608
    with pytest.raises(IndexUnusable, match=r"words\.f32 has a wrong checksum"):
        copying.copy(server, tmp_path / "back", installed, quiet)
    other = shutil.copytree(installed.home, tmp_path / "other")
    path = other / "index" / copied.indexes[0] / "guides.records"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(IndexUnusable, match=r"guides\.records"):
        copying.copy(other, postgres.address(postgres.database()), installed, quiet)


def test_places_are_named_in_words(installed: Settings, server: Secret, tmp_path: Path) -> None:
    """The settings' own, a folder, and an address that nobody sees in the list of processes."""
    with_store = Settings(installed.corpus, installed.home, "cheap", store=server)
    assert copying.place("home", with_store, {}) == installed.home
    assert copying.place("store", with_store, {}) is server
    assert copying.place(str(tmp_path), with_store, {}) == tmp_path
    named = copying.place("env:THERE", installed, {"THERE": server.reveal()})
    assert isinstance(named, Secret)
    assert named.reveal() == server.reveal()
    assert isinstance(copying.place("postgresql://ann@host/db", installed, {}), Secret)
    with pytest.raises(RequestError, match="seen by everybody") as caught:
        copying.place(server.reveal(), installed, {})
    assert PASSWORD not in str(caught.value)
    with pytest.raises(RequestError, match="FINGERPOST_STORE is not set"):
        copying.place("store", installed, {})
    with pytest.raises(SettingsError, match="THERE is not an address"):
        copying.place("env:THERE", installed, {"THERE": "mysql://x"})
    for source, target in ((installed.home, installed.home), (tmp_path / "nothing", server), (server, Secret(server.reveal()))):
        with pytest.raises(RequestError):
            copying.copy(source, target, installed, quiet)


@pytest.fixture
def run(installed: Settings) -> Iterator[Callable[..., str]]:
    """The command over the installation."""
    bot = Bot(installed, load_model=lambda _: cheap_model())

    def command(*words: str, **environment: str) -> str:
        done = CliRunner().invoke(copy_command, list(words), obj=bot, env=environment, catch_exceptions=False)
        return done.stdout

    yield command
    bot.close()


def test_the_command_says_what_it_copied(run: Callable[..., str], server: Secret) -> None:
    """State by its tables, indexes by their names, and which serves."""
    said = run("home", "env:THERE", THERE=server.reveal())
    assert "2 turns" in said
    assert "read back, and the same at both places" in said
    assert said.strip().endswith("serves there")
