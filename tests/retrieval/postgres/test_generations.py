"""Generations in PostgreSQL: one builds at a time, one transaction publishes, what is damaged or half-written never serves."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.messages import Ask
from bot.settings import Secret, Settings
from bot.wiring import Bot
from retrieval.errors import IndexBusy, IndexNotWritten, IndexUnreachable, IndexUnusable
from retrieval.postgres.connections import Connections
from retrieval.stores import KEPT, open_current
from tests.bot.reindexing.cheap import cheap_model
from tests.conftest import GUIDE, quiet
from tests.servers.places import eventually
from tests.servers.postgres import PASSWORD, PostgresServer, running

FERN = "What does a fern cost?"
Make = Callable[[str], Bot]
SCHEMAS = "select count(*) from pg_namespace where nspname like 'fingerpost\\_%'"


@pytest.fixture
def address(postgres: PostgresServer) -> Secret:
    """A new, empty database."""
    return postgres.address(postgres.database())


@pytest.fixture
def make(plants: Path, tmp_path: Path, address: Secret) -> Iterator[Make]:
    """Bots of machines that share the database, each with a corpus folder and a home of its own."""
    made: list[Bot] = []

    def one(machine: str) -> Bot:
        corpus = shutil.copytree(plants, tmp_path / machine / "corpus")
        settings = Settings(corpus, tmp_path / machine / "home", "cheap", store=address)
        made.append(Bot(settings, load_model=lambda _: cheap_model()))
        return made[-1]

    yield one
    for bot in made:
        bot.close()


def price(bot: Bot, price: int) -> None:
    """Let the guide on a machine have another price."""
    (bot.settings.corpus / "guides" / "plants.md").write_text(GUIDE.replace("$12", f"${price}"), "utf-8")


def schemas(postgres: PostgresServer, address: Secret) -> int:
    """How many generations have tables."""
    with closing(postgres.connect(address.reveal().rpartition("/")[2])) as connection:
        return int(connection.execute(SCHEMAS).fetchall()[0][0])


def lockers(postgres: PostgresServer, address: Secret) -> list[tuple[int]]:
    """The connections that are alone."""
    here = "(select oid from pg_database where datname = current_database())"
    held = f"select pid from pg_locks where locktype = 'advisory' and database = {here}"  # noqa: S608
    with closing(postgres.connect(address.reveal().rpartition("/")[2])) as connection:
        return connection.execute(held).fetchall()


def test_what_one_machine_publishes_all_serve_at_their_next_question(make: Make) -> None:
    """The other machine's folders hold none of it; the answer names the generation, and its quote is that generation's."""
    one, other = make("one"), make("other")
    assert not other.has_index
    first = one.reindex(quiet)
    assert other.handle(Ask(FERN)).generation == first.name == other.store.current()
    price(one, 13)
    second = one.reindex(quiet)
    answer = other.handle(Ask(FERN))
    assert (answer.generation, "$13" in answer.plain) == (second.name, True)
    assert other.store.names() == [first.name, second.name]
    assert not (other.settings.home / "index").exists()


def test_an_answer_that_is_being_made_goes_on_with_its_own_generation(make: Make) -> None:
    """Whatever is published meanwhile, as long as it is kept."""
    one = make("one")
    one.reindex(quiet)
    engine = one.engine()
    price(one, 13)
    for _ in range(KEPT - 1):
        one.reindex(quiet)
    answer = engine.handle(Ask(FERN))
    assert ("$12" in answer.plain, answer.generation) == (True, one.store.names()[0])
    assert "$13" in one.handle(Ask(FERN)).plain


def test_another_machine_takes_over_the_vectors(make: Make) -> None:
    """Nothing is embedded again that has not changed, where it was built and elsewhere."""
    one, other = make("one"), make("other")
    embedded = one.reindex(quiet).change.embedded
    price(other, 13)
    change = other.reindex(quiet).change
    assert (embedded, change.embedded, change.reused, change.changed) == (7, 1, 6, ("corpus/guides/plants.md",))
    price(one, 13)
    sent: dict[str, int] = {}

    def watch(doing: str, _done: int, of: int) -> None:
        sent[doing] = of

    assert one.reindex(watch).change.embedded == 0
    assert [doing for doing in sent if doing.startswith("copying vectors")] == []
    price(one, 14)
    assert one.reindex(watch).change.embedded == sent["copying vectors of passages"] == 1


def test_the_newest_are_kept_and_the_rest_leaves_nothing(make: Make, postgres: PostgresServer, address: Secret) -> None:
    """Of what was pruned, set aside and dropped, or only looked at, no table stays."""
    bot = make("one")
    names = []
    for number in range(KEPT + 1):
        price(bot, number)
        names.append(bot.reindex(quiet).name)
    price(bot, 99)
    bot.reindex(quiet, dry_run=True)
    assert (bot.store.names(), bot.store.current()) == (names[1:], names[-1])
    assert schemas(postgres, address) == KEPT


def test_where_nothing_has_changed_nothing_is_copied(make: Make, postgres: PostgresServer, address: Secret) -> None:
    """The new generation shares the tables of the one before, which stay for as long as either is kept."""
    bot = make("one")
    stages: list[str] = []
    first = bot.reindex(quiet).name
    names = [bot.reindex(lambda doing, *_: stages.append(doing)).name for _ in range(KEPT)]
    assert [stage for stage in stages if stage.startswith("copying")] == []
    assert (bot.store.names(), schemas(postgres, address)) == (names, 1)
    assert first not in names
    answer = bot.handle(Ask(FERN))
    assert (answer.generation, "$12" in answer.plain) == (names[-1], True)
    price(bot, 13)
    assert bot.reindex(quiet).published
    assert schemas(postgres, address) == 2
    assert "$12" in bot.engine_for(bot.store.open(names[-1])).handle(Ask(FERN)).plain


def test_a_catalogue_of_an_earlier_version_is_brought_up_to_date(make: Make, postgres: PostgresServer, address: Secret) -> None:
    """Before generations could share tables."""
    bot = make("one")
    first = bot.reindex(quiet).name
    with closing(postgres.connect(address.reveal().rpartition("/")[2])) as connection:
        connection.execute("alter table fingerpost.generations drop column tables")
        connection.execute("update fingerpost.version set number = 1")
    price(bot, 13)
    second = bot.reindex(quiet).name
    assert (bot.store.names(), bot.store.current()) == ([first, second], second)
    assert "$12" in bot.engine_for(bot.store.open(first)).handle(Ask(FERN)).plain


def test_one_builds_at_a_time_across_machines(make: Make) -> None:
    """Others are told; whoever has not asked to be alone cannot publish."""
    one, other = make("one"), make("other")
    name = one.reindex(quiet).name
    with one.store.building(), pytest.raises(IndexBusy):
        other.reindex(quiet)
    with pytest.raises(IndexNotWritten, match="alone"):
        other.store.publish(name)
    assert other.reindex(quiet).published


KILLED = """
import os, signal, sys
from pathlib import Path
from bot.settings import Secret, Settings
from bot.wiring import Bot
from tests.bot.reindexing.cheap import cheap_model

def watch(doing, done, of):
    if doing == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

settings = Settings(Path(sys.argv[1]), Path(sys.argv[2]), "cheap", store=Secret(os.environ["FINGERPOST_STORE"]))
Bot(settings, load_model=lambda _: cheap_model()).reindex(watch)
"""


@pytest.mark.parametrize("stage", ["copying passages", "copying vectors of words", "copying postings", "checking"])
def test_a_build_that_is_killed_frees_the_lock_and_is_cleaned_up(make: Make, postgres: PostgresServer, address: Secret, stage: str) -> None:
    """Killed with its rows half-written: the old index serves, and the next build sweeps."""
    bot = make("one")
    before = bot.reindex(quiet).name
    price(bot, 13)
    command = [sys.executable, "-c", KILLED, str(bot.settings.corpus), str(bot.settings.home), stage]
    killed = subprocess.run(command, env={**os.environ, "FINGERPOST_STORE": address.reveal()}, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (bot.store.current(), bot.store.names(), schemas(postgres, address)) == (before, [before], 2)
    assert "$12" in bot.handle(Ask(FERN)).plain
    eventually(lambda: not lockers(postgres, address))
    assert bot.reindex(quiet).published
    assert ("$13" in bot.handle(Ask(FERN)).plain, schemas(postgres, address)) == (True, 2)


def test_a_damaged_manifest_is_refused_and_the_generation_before_serves(make: Make, postgres: PostgresServer, address: Secret) -> None:
    """As it is with a folder."""
    bot = make("one")
    first = bot.reindex(quiet).name
    second = bot.reindex(quiet).name
    with closing(postgres.connect(address.reveal().rpartition("/")[2])) as connection:
        connection.execute("update fingerpost.generations set manifest = '{' where name = %s", [second])
    generation, problems = open_current(bot.store)
    assert (generation.manifest.name, problems) == (first, [f"the index {second} has no readable manifest"])
    with pytest.raises(IndexUnusable, match="not there"):
        bot.store.open("20200101")


def test_rollback_and_what_was_set_aside_work_as_in_a_folder(make: Make) -> None:
    """An index whose check question fails is set aside, can be published anyway once, and one can go back."""
    from bot.reindexing import build

    bot = make("one")
    first = bot.reindex(quiet)
    (bot.settings.corpus / "questions.toml").write_text(f'[[question]]\nask = "{FERN}"\noutcome = "answered"\nsays = ["$99"]\n', "utf-8")
    refused = bot.reindex(quiet)
    assert (refused.published, bot.store.current(), bot.store.aside()) == (False, first.name, refused.name)
    published = build.publish_aside(bot.settings, refused)
    assert (published.published, bot.store.current(), bot.store.aside()) == (True, refused.name, None)
    assert bot.store.manifest(refused.name).checks_failed == (FERN,)
    assert build.rollback(bot.settings, bot.engine_for) == (refused.name, first.name)
    assert bot.handle(Ask(FERN)).generation == first.name
    again = build.changes(bot.settings, bot.engine_for, first.name, refused.name, [FERN], quiet)
    assert (again.name, again.before) == (refused.name, first.name)


def test_whoever_may_not_make_the_extension_is_told_what_to_do(postgres: PostgresServer, plants: Path, tmp_path: Path) -> None:
    """A plain user of a database without pgvector."""
    database = postgres.database()
    with closing(postgres.connect()) as connection:
        connection.execute(f"create role plain_{database} login password 'plain'")
        connection.execute(f'grant all on database "{database}" to plain_{database}')
    bot = Bot(
        Settings(
            plants, tmp_path / "home", "cheap", store=Secret(f"postgresql://plain_{database}:plain@127.0.0.1:{postgres.port}/{database}")
        ),
        load_model=lambda _: cheap_model(),
    )
    with pytest.raises(IndexNotWritten, match="create extension vector"):
        bot.reindex(quiet)
    bot.close()


def test_tables_of_a_newer_program_are_left_alone(make: Make, postgres: PostgresServer, address: Secret) -> None:
    """Nothing is built over them."""
    bot = make("one")
    name = bot.reindex(quiet).name
    with closing(postgres.connect(address.reveal().rpartition("/")[2])) as connection:
        connection.execute("update fingerpost.version set number = 999")
    with pytest.raises(IndexUnusable, match="newer Fingerpost"):
        bot.reindex(quiet)
    assert bot.store.names() == [name]


def test_a_question_waits_for_a_server_that_restarts(plants: Path, tmp_path: Path) -> None:
    """It is answered when the server is back, though every connection was lost; where it stays away, the error says so."""
    with running() as server:
        bot = Bot(Settings(plants, tmp_path / "home", "cheap", store=server.address(server.database())), load_model=lambda _: cheap_model())
        bot.reindex(quiet)
        expected = bot.handle(Ask(FERN)).plain
        for how in (signal.SIGINT, signal.SIGQUIT):
            server.stop(how)
            starting = threading.Timer(0.5, server.start)
            starting.start()
            assert bot.handle(Ask(FERN)).plain == expected
            starting.join()
        server.stop()
        began = time.monotonic()
        impatient = Connections(server.address("postgres").reveal(), patience=0.3)
        with pytest.raises(IndexUnreachable, match="check that the server runs"):
            impatient.read(lambda connection: connection.execute("select 1").fetchall())
        assert time.monotonic() - began >= 0.3
        bot.close()


@pytest.mark.parametrize("wrong", ["password", "database"])
def test_what_will_not_come_back_is_not_waited_for_and_no_password_is_shown(postgres: PostgresServer, wrong: str) -> None:
    """A wrong password, or a database that is not there."""
    address = postgres.address("postgres", "wrong-s3cret") if wrong == "password" else postgres.address("nowhere")
    with pytest.raises(IndexUnreachable) as caught:
        Connections(address.reveal(), patience=60).read(lambda connection: connection.execute("select 1").fetchall())
    shown = f"{caught.value} {caught.value.__cause__}"
    assert not [word for word in (PASSWORD, "wrong-s3cret") if word in shown]
