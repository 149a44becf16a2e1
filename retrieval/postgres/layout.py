"""The tables of one generation. They are filled once, indexed after that, and then only read."""

from __future__ import annotations

from psycopg import sql

from retrieval.postgres.connections import Connection

FORMAT = 1
ENCODED = ("passages", "words", "headings", "questions")  # what has vectors, in tables of their own, such as passages_vectors
_TABLES = """
create table {schema}.parts (name text not null, content bytea not null);
create table {schema}.guides (place integer not null, id text not null, first integer not null, body bytea not null);
create table {schema}.passages (
    id integer not null, guide integer not null, heading integer not null, held bytea not null, body bytea not null);
create table {schema}.words (id integer not null, stem text not null);
create table {schema}.written (word text not null);
create table {schema}.questions (id integer not null, text text not null);
create table {schema}.stems (id integer not null, field text not null, stem text not null, documents integer not null);
create table {schema}.postings (stem integer not null, block integer not null, content bytea not null);
alter table {schema}.postings alter content set storage external
"""
_VECTORS = "create table {table} (id integer not null, hash bytea not null, v vector({dimension}) not null)"
_INLINE = 1_900  # dimensions of a vector that fits into a page beside its id
_KEYS = """
alter table {schema}.parts add primary key (name);
alter table {schema}.guides add primary key (place), add unique (id);
alter table {schema}.passages add primary key (id);
create index on {schema}.passages (guide);
alter table {schema}.words add primary key (id), add unique (stem);
create index on {schema}.written (substr(word, 1, 1), length(word));
create index on {schema}.written (word);
create index on {schema}.written (substr(word, 2));
alter table {schema}.questions add primary key (id);
alter table {schema}.stems add primary key (field, stem);
alter table {schema}.postings add primary key (stem, block)
"""
_VECTOR_KEYS = "alter table {table} add primary key (id); create index on {table} (hash)"


def create(connection: Connection, schema: str, dimension: int) -> None:
    """The empty tables of a generation whose vectors have this length."""
    connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
    connection.execute(sql.SQL(_TABLES).format(schema=sql.Identifier(schema)))
    for name in ENCODED:
        table = vectors(schema, name)
        connection.execute(sql.SQL(_VECTORS).format(table=table, dimension=sql.Literal(dimension)))
        if dimension <= _INLINE:
            connection.execute(sql.SQL("alter table {} alter v set storage plain").format(table))


def index(connection: Connection, schema: str) -> None:
    """The keys of the tables, once they are filled."""
    connection.execute(sql.SQL(_KEYS).format(schema=sql.Identifier(schema)))
    for name in ENCODED:
        connection.execute(sql.SQL(_VECTOR_KEYS).format(table=vectors(schema, name)))
        connection.execute(sql.SQL("analyze {}").format(vectors(schema, name)))
    for name in ("guides", "passages", "words", "written", "questions", "stems", "postings"):
        connection.execute(sql.SQL("analyze {}.{}").format(sql.Identifier(schema), sql.Identifier(name)))


def vectors(schema: str, name: str) -> sql.Composed:
    """The table of one part's vectors."""
    return sql.SQL("{}.{}").format(sql.Identifier(schema), sql.Identifier(f"{name}_vectors"))
