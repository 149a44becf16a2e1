"""The tables of the index: a catalogue of generations in the schema `fingerpost`, and a schema of its own for each generation.

What a generation has is written once and never changed, so its schema is dropped whole. A change of the catalogue is one more
of STEPS; a change of a generation's tables is another FORMAT.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from retrieval.errors import IndexNotWritten, IndexUnusable
from retrieval.postgres.connections import Connection

CATALOGUE = "fingerpost"
_MAKING = 0x66_69_6E_67_65_78  # an advisory lock's number
STEPS = (
    """create table fingerpost.generations (
        number integer generated always as identity primary key, name text not null unique,
        state text not null check (state in ('building', 'aside', 'kept')), manifest bytea not null, facts bytea not null);
    create table fingerpost.serving (
        one boolean primary key default true check (one), name text not null, since timestamptz not null default now())""",
    # Generations of the same guides share their tables.
    """alter table fingerpost.generations add column tables integer;
    update fingerpost.generations set tables = number;
    alter table fingerpost.generations alter column tables set not null""",
)
_NO_VECTOR = (
    "its extension `vector` (pgvector) is missing, or this user may not create it; have it installed on the server (Debian: "
    "postgresql-18-pgvector; image: pgvector/pgvector; managed services list it) and run `create extension vector` in the database "
    "as its administrator"
)


def make(connection: Connection, place: str) -> None:
    """Make the catalogue, or bring it up to date. Raises IndexNotWritten without pgvector, IndexUnusable where it is newer."""
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", [_MAKING])
        _extension(connection, place)
        connection.execute("create schema if not exists fingerpost")
        connection.execute("create table if not exists fingerpost.version (number integer not null)")
        row = connection.execute("select number from fingerpost.version").fetchone()
        done = int(row[0]) if row else 0
        if done > len(STEPS):
            raise IndexUnusable(
                f"the index in {place} was written by a newer Fingerpost (its tables are of version {done}); install that one"
            )
        for step in STEPS[done:]:
            connection.execute(step)
        connection.execute("delete from fingerpost.version")
        connection.execute("insert into fingerpost.version values (%s)", [len(STEPS)])


def _extension(connection: Connection, place: str) -> None:
    try:
        with connection.transaction():
            connection.execute("create extension if not exists vector")
    except (psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedFile, psycopg.errors.InsufficientPrivilege) as error:
        raise IndexNotWritten(place, _NO_VECTOR) from error


def of_generation(tables: int) -> str:
    """The name of the schema that has a generation's tables."""
    return f"{CATALOGUE}_{tables}"


def table(schema: str, name: str) -> sql.Composed:
    """A table of a generation, to be put into a statement."""
    return sql.SQL("{}.{}").format(sql.Identifier(schema), sql.Identifier(name))
