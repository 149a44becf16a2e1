"""The tables change with the program: whatever a database was written by, it is taken up whole, and nothing in it is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.messages import Answer
from bot.store import FILE, Store, StoreError, migrating, schema
from tests.servers.places import Place

REVISIONS = [revision.revision for revision in ScriptDirectory(str(migrating.MIGRATIONS)).walk_revisions()][::-1]

# As the first version made them, before there were revisions.
FIRST = """
CREATE TABLE events ("key" TEXT NOT NULL, state TEXT NOT NULL, owner TEXT NOT NULL, payload TEXT NOT NULL, tries INTEGER NOT NULL,
    at FLOAT NOT NULL, PRIMARY KEY ("key"));
CREATE INDEX ix_events_at ON events (at);
CREATE TABLE turns (id INTEGER NOT NULL, thread TEXT NOT NULL, person TEXT NOT NULL, "key" TEXT NOT NULL, text TEXT NOT NULL,
    at FLOAT NOT NULL, said FLOAT NOT NULL, PRIMARY KEY (id), UNIQUE (thread, person, "key"));
CREATE INDEX ix_turns_at ON turns (at);
CREATE TABLE threads (thread TEXT NOT NULL, at FLOAT NOT NULL, PRIMARY KEY (thread));
CREATE TABLE feedback (answer TEXT NOT NULL, person TEXT NOT NULL, verdict TEXT NOT NULL, comment TEXT NOT NULL, at FLOAT NOT NULL,
    PRIMARY KEY (answer, person));
CREATE TABLE modes (channel TEXT NOT NULL, mode TEXT NOT NULL, person TEXT NOT NULL, at FLOAT NOT NULL, PRIMARY KEY (channel));
CREATE TABLE held ("key" TEXT NOT NULL, payload TEXT NOT NULL, until FLOAT NOT NULL, PRIMARY KEY ("key"));
CREATE INDEX ix_held_until ON held (until);
INSERT INTO events VALUES ('slack:1', 'claimed', '00000000000000000000000000000001', 'p', 1, 5.5), ('slack:2', 'done', '', '', 1, 5.5);
INSERT INTO turns VALUES (1, 't1', 'ann', 'k1', 'first', 5.5, 5.5), (2, 't1', 'ann', 'k2', 'second', 6.5, 6.5);
INSERT INTO threads VALUES ('t1', 5.5);
INSERT INTO feedback VALUES ('a1', 'ann', 'up', 'thanks', 5.5);
INSERT INTO modes VALUES ('C1', 'quiet', 'ann', 5.5);
INSERT INTO held VALUES ('share:1', 'answer', 9e9);
"""
# What the second version added to it, still without a revision.
SECOND = (FIRST.replace(" FLOAT ", " DOUBLE ") + """
CREATE TABLE runs (id TEXT NOT NULL, kind TEXT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, request TEXT NOT NULL,
    state TEXT NOT NULL, owner TEXT NOT NULL, stage TEXT NOT NULL, done INTEGER NOT NULL, total INTEGER NOT NULL,
    began DOUBLE NOT NULL, touched DOUBLE NOT NULL, report TEXT NOT NULL, cancelled_by TEXT NOT NULL, PRIMARY KEY (id));
CREATE UNIQUE INDEX one_run_at_a_time ON runs (state) WHERE state = 'running';
CREATE TABLE followed (run TEXT NOT NULL, platform TEXT NOT NULL, place TEXT NOT NULL, PRIMARY KEY (run, platform, place));
CREATE TABLE audit (id INTEGER NOT NULL, at DOUBLE NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, act TEXT NOT NULL,
    detail TEXT NOT NULL, "before" TEXT NOT NULL, "after" TEXT NOT NULL, PRIMARY KEY (id));
CREATE TABLE questions (answer TEXT NOT NULL, text TEXT NOT NULL, outcome TEXT NOT NULL, guides TEXT NOT NULL,
    generation TEXT NOT NULL, person TEXT NOT NULL, at DOUBLE NOT NULL, PRIMARY KEY (answer));
CREATE INDEX ix_questions_at ON questions (at);
INSERT INTO runs VALUES ('r1', 'reindex', 'ann', 'Ann', '{}', 'done', '', 'publishing', 2, 2, 5.5, 6.5, 'fine', '');
INSERT INTO followed VALUES ('r1', 'slack', 'C1:1.0');
INSERT INTO audit VALUES (1, 5.5, 'ann', 'Ann', 'published', '', 'g1', 'g2');
INSERT INTO questions VALUES ('a1', 'why?', 'answered', '["degrees"]', 'g2', '', 5.5);
""")  # fmt: skip


def _written(folder: Path, script: str) -> Path:
    """A folder with a database that a script has made."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / FILE)) as connection:
        connection.executescript(script)
    return folder


@contextmanager
def _connected(place: Place) -> Iterator[sa.Connection]:
    """A transaction in the database of a place."""
    if isinstance(place, Path):
        place.mkdir(exist_ok=True)
        engine = sa.create_engine(f"sqlite:///{place / FILE}")
    else:
        engine = sa.create_engine(place.reveal().replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def _differences(place: Place) -> list[object]:
    """In what a database differs from the tables that the program knows, as Alembic sees it."""
    with _connected(place) as connection:
        return list(compare_metadata(MigrationContext.configure(connection), schema.meta))


@pytest.mark.parametrize("script", [FIRST, SECOND], ids=["first", "second"])
def test_what_was_written_before_there_were_revisions_is_taken_up(tmp_path: Path, script: str) -> None:
    """Everything is there, and what has come since works."""
    place = _written(tmp_path / "state", script)
    for _ in range(2):
        with closing(Store(place)) as store:
            assert [(e.key, e.payload, e.tries) for e in store.unfinished("slack:")] == [("slack:1", "p", 1)]
            assert (store.claim("slack:2"), store.joined("t1"), store.mode("C1"), store.held("share:1")) == (False, True, "quiet", "answer")
            assert store.history("t1", "ann") == ("first", "second")
            assert [(f.answer, f.person, f.verdict, f.comment, f.at) for f in store.ratings()] == [("a1", "ann", "up", "thanks", 5.5)]
            old = script == SECOND
            assert [(r.id, r.state, r.report) for r in store.runs()] == [("r1", "done", "fine")] * old
            assert store.followed("slack") == [("r1", "C1:1.0")] * old
            assert [(a.name, a.act, a.after) for a in store.audit()] == [("Ann", "published", "g2")] * old
            assert [(q.text, q.guides) for q in store.questions()] == [("why?", ("degrees",))] * old
    with closing(Store(place)) as store:
        assert store.start_run("reindex", "ann", "Ann") is not None
        assert store.start_run("reindex", "ben", "Ben") is None
        store.note("ann", "Ann", "rolled back")
        store.ask("a9", Answer("x", "how?", "answered", ""))
        assert (store.audit()[0].act, store.questions()[-1].text) == ("rolled back", "how?")


@pytest.mark.parametrize("script", [FIRST, SECOND], ids=["first", "second"])
def test_what_was_taken_up_has_the_tables_of_a_new_database(tmp_path: Path, script: str) -> None:
    """Apart from the name FLOAT, which to SQLite is the same type as DOUBLE."""
    place = _written(tmp_path / "state", script)
    Store(place).close()
    assert [difference for difference in _differences(place) if "FLOAT(), Double()" not in str(difference)] == []


@pytest.mark.parametrize("revision", ["base", *REVISIONS])
def test_every_revision_leads_to_the_tables_that_the_program_knows(place: Place, revision: str) -> None:
    """From none on, and from each one that there has been."""
    if revision != "base":
        with _connected(place) as connection:
            migrating.to(connection, revision)
    Store(place).close()
    assert _differences(place) == []


def test_the_newest_revision_is_the_one_that_is_looked_for() -> None:
    """So that a database that has it is opened without Alembic."""
    assert [migrating.HEAD] == ScriptDirectory(str(migrating.MIGRATIONS)).get_heads()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(place: Place) -> None:
    """The error says what it is."""
    Store(place).close()
    with _connected(place) as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    for _ in range(2):
        with pytest.raises(StoreError, match="written by a newer Fingerpost"):
            Store(place)


def test_a_change_that_fails_halfway_leaves_nothing_behind(place: Place) -> None:
    """Something else stands where a table should be made: none of the change's tables is there afterwards."""
    with _connected(place) as connection:
        migrating.to(connection, "0001")
        connection.execute(sa.text("create table questions (mine integer)"))
    with pytest.raises(StoreError, match="cannot be used"):
        Store(place)
    with _connected(place) as connection:
        assert "runs" not in sa.inspect(connection).get_table_names()
        connection.execute(sa.text("drop table questions"))
    Store(place).close()
    assert _differences(place) == []
