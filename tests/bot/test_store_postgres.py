"""PostgreSQL as the place of the state: it may go and come back, and its password is seen nowhere."""

from __future__ import annotations

import contextlib
import logging
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from bot import settings
from bot.settings import Secret
from bot.store import Store, StoreError, open_store
from bot.store.events import Event
from bot.store.presence import GRACE
from retrieval.errors import SettingsError
from tests.servers.places import eventually
from tests.servers.postgres import PASSWORD, PostgresServer, running

AT_ONCE = 10  # seconds, of which a machine with much to do may take some; silence is noticed after three times as many
HOLDERS = """select pid from pg_locks where locktype = 'advisory' and granted and objsubid = 1
    and database = (select oid from pg_database where datname = current_database())"""


@pytest.fixture(scope="module")
def restarted() -> Iterator[PostgresServer]:
    """A server of this file's own, to stop and to start."""
    with running() as server:
        yield server


def _holders(server: PostgresServer, database: str) -> set[int]:
    """The connections that say that a process lives."""
    with closing(server.connect(database)) as connection:
        return {pid for (pid,) in connection.execute(HOLDERS)}


@contextmanager
def _no_word_arrives(server: PostgresServer) -> Iterator[None]:
    """The next change is committed, then waits for a standby that there is not, and its connection is ended meanwhile."""
    waiting = "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'"
    with closing(server.connect()) as connection, closing(server.connect()) as probe, ThreadPoolExecutor(1) as pool:

        def standby(name: str) -> None:
            connection.execute(f"alter system set synchronous_standby_names = '{name}'")
            connection.execute("select pg_reload_conf()")

        def write() -> None:
            with contextlib.suppress(psycopg.OperationalError):
                while True:
                    probe.execute("comment on database postgres is 'written'")

        def end() -> bool:
            return bool(eventually(lambda: connection.execute(waiting).fetchall()))

        standby("nowhere")
        written = pool.submit(write)  # until the first change waits, so that the next one does
        assert end()
        written.result()
        ended = pool.submit(end)
        yield
        assert ended.result()
        standby("")


def _again(store: Store, key: str, stop: float) -> bool:
    """Claim as a platform would that delivers again what was not acknowledged."""
    while time.monotonic() < stop:
        try:
            return store.claim(key, "p")
        except StoreError:
            time.sleep(0.05)
    raise AssertionError("the store does not come back")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "crashed"])
def test_each_event_has_one_owner_though_the_server_goes_in_the_middle(restarted: PostgresServer, how: signal.Signals) -> None:
    """Three replicas are delivered each event; nothing is taken twice, nothing is lost, and what is done is noted in the end."""
    address = restarted.address(restarted.database())
    keys = [f"slack:{number}" for number in range(120)]
    some = threading.Event()
    won: list[tuple[str, Store]] = []

    def work(store: Store, key: str) -> None:
        if _again(store, key, stop):
            won.append((key, store))
            if len(won) == len(keys) // 3:
                some.set()
            store.finish(key)

    stop = time.monotonic() + 60
    with closing(Store(address)) as a, closing(Store(address)) as b, closing(Store(address)) as c, ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(work, store, key) for key in keys for store in (a, b, c)]
        assert some.wait(60)
        restarted.stop(how)
        restarted.start()
        for job in jobs:
            job.result()
        assert sorted(key for key, _ in won) == sorted(keys)
        assert [store.unfinished("slack:") for store in (a, b, c)] == [[], [], []]
        assert [key for key in keys for store in (a, b, c) if store.claim(key)] == []


def test_what_a_process_works_on_stays_its_own_when_the_server_is_restarted(restarted: PostgresServer) -> None:
    """In between there are our errors only; afterwards nobody takes the other for dead, and both are there again."""
    database = restarted.database()
    with closing(Store(restarted.address(database))) as mine, closing(Store(restarted.address(database))) as other:
        assert mine.claim("slack:1", "p")
        run = mine.start_run("reindex", "p", "Ann")
        assert run is not None
        restarted.stop()
        for use in (lambda: mine.claim("slack:2"), lambda: other.unfinished(""), lambda: mine.history("t", "p"), other.running):
            with pytest.raises(StoreError, match="check that the server runs"):
                use()
        restarted.start()
        assert (other.claim("slack:1"), other.unfinished("slack:")) == (False, [])
        assert other.running() == run
        assert eventually(lambda: len(_holders(restarted, database)) == 2)
        assert mine.progress_run(run.id, "reading", 1, 2)
        mine.finish("slack:1")


def test_who_is_back_first_does_not_take_the_others_for_dead(restarted: PostgresServer) -> None:
    """A process that is slow to come back after a restart, here one that is halted, keeps what it works on."""
    database = restarted.database()
    address = restarted.address(database)
    code = f"import time; from bot.settings import Secret; from bot.store import Store; store = Store(Secret({address.reveal()!r}))"
    code += "; assert store.claim('slack:1', 'p'); print('mine', flush=True); input(); store.finish('slack:1')"
    with (
        closing(Store(address)) as other,
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as slow,
        contextlib.ExitStack() as ending,
    ):
        ending.callback(slow.kill)  # which one that is halted would not hear of otherwise
        assert slow.stdout is not None
        assert slow.stdout.readline() == "mine\n"
        slow.send_signal(signal.SIGSTOP)
        restarted.stop()
        restarted.start()
        assert eventually(lambda: len(_holders(restarted, database)) == 1)
        assert (other.claim("slack:1"), other.unfinished("slack:")) == (False, [])
        slow.send_signal(signal.SIGCONT)
        assert eventually(lambda: len(_holders(restarted, database)) == 2)
        assert not other.claim("slack:1")
        slow.communicate("\n")
        assert slow.returncode == 0
        assert (other.claim("slack:1"), other.unfinished("slack:")) == (False, [])


def test_what_was_written_though_the_connection_ended_is_not_lost(restarted: PostgresServer) -> None:
    """The server has committed, and its word does not arrive: the event can be claimed again, once, and no run goes on for ever."""
    with closing(Store(restarted.address(restarted.database()))) as store:
        with _no_word_arrives(restarted), pytest.raises(StoreError):
            store.claim("slack:1", "p")
        assert [event.key for event in store.unfinished("slack:")] == ["slack:1"]
        assert [store.claim("slack:1"), store.claim("slack:1")] == [True, False]
        assert store.unfinished("slack:") == []
        with _no_word_arrives(restarted), pytest.raises(StoreError):
            store.start_run("reindex", "p", "Ann")
        assert store.running() is None
        assert [run.state for run in store.runs()] == ["interrupted"]
        assert store.start_run("reindex", "p", "Ann") is not None


def test_the_sign_of_life_is_given_again_when_its_connection_is_cut(postgres: PostgresServer) -> None:
    """By whoever cuts it, such as a proxy; the process is seen as alive again at once, and says so in the log."""
    database = postgres.database()
    with closing(Store(postgres.address(database))) as mine, closing(Store(postgres.address(database))) as other:
        assert mine.claim("slack:1", "p")
        before = _holders(postgres, database)
        assert len(before) == 2
        with closing(postgres.connect()) as connection:
            for pid in before:
                connection.execute("select pg_terminate_backend(%s)", [pid])
        assert eventually(lambda: len(_holders(postgres, database) - before) == 2)
        assert (other.claim("slack:1"), other.unfinished("slack:")) == (False, [])
    assert eventually(lambda: _holders(postgres, database) == set())


def test_one_that_is_cut_alone_is_not_taken_for_dead(postgres: PostgresServer) -> None:
    """As by a proxy: while the other's connection stays, what the first one works on stays its own."""
    database = postgres.database()
    old = "select now() - pg_postmaster_start_time() > make_interval(secs => %s)"
    with closing(postgres.connect()) as connection:
        assert eventually(lambda: connection.execute(old, [GRACE]).fetchone() == (True,))  # after a start of it nobody is taken for dead
    with closing(Store(postgres.address(database))) as mine:
        assert mine.claim("slack:1", "p")
        own = _holders(postgres, database)
        with closing(Store(postgres.address(database))) as other, closing(postgres.connect()) as connection:
            stays = _holders(postgres, database) - own
            for _ in range(5):
                for pid in _holders(postgres, database) - stays:
                    connection.execute("select pg_terminate_backend(%s)", [pid])
                assert (other.unfinished("slack:"), other.claim("slack:1")) == ([], False)
                assert eventually(lambda: len(_holders(postgres, database)) == 2)
            assert stays <= _holders(postgres, database)


def test_a_cut_that_whoever_asks_for_others_meets_first_is_heard_of(postgres: PostgresServer) -> None:
    """A question for another process may be under way in the connection that is cut, and take the word of it from who waits there."""
    database = postgres.database()
    asking = threading.Event()
    asking.set()
    with (
        closing(Store(postgres.address(database))) as mine,
        closing(Store(postgres.address(database))) as other,
        ThreadPoolExecutor() as pool,
    ):
        assert other.claim("slack:1", "p")

        def ask() -> list[list[Event]]:
            return [found for found in iter(lambda: mine.unfinished("slack:") if asking.is_set() else None, None) if found]

        asked = [pool.submit(ask) for _ in range(2)]
        try:
            for _ in range(10):
                before, cut = _holders(postgres, database), time.monotonic()
                assert len(before) == 2
                with closing(postgres.connect()) as connection:
                    for pid in before:
                        connection.execute("select pg_terminate_backend(%s)", [pid])
                assert eventually(lambda before=before: len(_holders(postgres, database) - before) == 2)  # type: ignore[misc]
                assert time.monotonic() < cut + AT_ONCE
        finally:
            asking.clear()
        assert [each.result() for each in asked] == [[], []]


def test_the_password_is_seen_nowhere(postgres: PostgresServer, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in what is refused nor in the log, whatever is wrong with the address."""
    caplog.set_level(logging.DEBUG)
    right, database = postgres.address("postgres").reveal(), postgres.database()
    wrong = {
        "password authentication failed": postgres.address(database, "wrong-%s3cret").reveal(),
        'database "nowhere" does not exist': right.replace("/postgres", "/nowhere"),
        "refused": right.replace(f":{postgres.port}", ":1"),
        "resolve host": right.replace("127.0.0.1", "nowhere.invalid"),
    }
    for says, address in wrong.items():
        with pytest.raises(StoreError, match=says) as caught:
            Store(Secret(address))
        shown = "".join(traceback.format_exception(caught.value)) + caplog.text
        assert not [word for word in (PASSWORD, "s3cret", address) if word in shown]


@pytest.mark.parametrize(
    "address",
    ["mysql://u:s3cret@h/d", "postgresql://u:s3c@ret@h/d", "postgresql://u:s3/cret@h/d", "postgresql://u:s3cret@h:port/d", "s3cret"],
)
def test_an_address_that_cannot_be_used_is_refused_without_being_shown(plants: Path, address: str) -> None:
    """The setting is named, and what it should look like; not what it is, as a password may be in it."""
    with pytest.raises(SettingsError, match="FINGERPOST_STORE is not an address") as caught:
        settings.load({"FINGERPOST_STORE": address}, plants.parent)
    shown = "".join(traceback.format_exception(caught.value))
    assert not [word for word in ("s3c", "ret@", "cret") if word in shown.replace("not shown here", "")]


def test_one_setting_moves_the_state_to_the_server(plants: Path, postgres: PostgresServer) -> None:
    """From the environment or the file; then nothing of the state is written to the data folder."""
    address = postgres.address(postgres.database()).reveal()
    read = settings.load({"FINGERPOST_STORE": address.replace("postgresql:", "postgres:")}, plants.parent)
    with closing(open_store(read)) as store:
        store.say("t1", "ann", "k1", "hello")
        assert store.place.startswith("PostgreSQL at 127.0.0.1/test_")
    assert not read.home.exists()
    (plants.parent / "fingerpost.toml").write_text(f'store = "{address}"\n', "utf-8")
    read = settings.load({}, plants.parent)
    assert PASSWORD not in repr(read)
    with closing(open_store(replace(read, keep_days=1))) as store:
        assert store.history("t1", "ann") == ("hello",)
