"""The tables of the bot's state, alike in SQLite and PostgreSQL. Times are seconds since 1970.

A change here needs a revision in migrations/versions; a test holds both together.
"""

from __future__ import annotations

import re

import sqlalchemy as sa

meta = sa.MetaData()
_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # NUL, which PostgreSQL refuses, and halves of signs, which UTF-8 cannot hold


class Words(sa.types.TypeDecorator[str]):
    """Text from anywhere; what no database takes becomes the replacement character."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy gives it by name
        """The text as it is kept."""
        return None if value is None else kept(value)


def kept(text: str) -> str:
    """A text as it comes back from the database."""
    return _NO_TEXT.sub("\ufffd", text)


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, Words, primary_key=key, nullable=False)


def _later(name: str) -> sa.Column[str]:
    """A text that an earlier version, which may serve beside this one, does not write."""
    return sa.Column(name, Words, nullable=False, server_default="")


def _time(name: str, *, index: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=False, index=index)


events = sa.Table(
    "events", meta,
    _text("key", key=True), _text("state"), _text("owner"), _text("payload"), sa.Column("tries", sa.Integer, nullable=False),
    _time("at", index=True), _later("person"),
)  # fmt: skip
turns = sa.Table(
    "turns", meta,
    sa.Column("id", sa.Integer, primary_key=True), _text("thread"), _text("person"), _text("key"), _text("text"),
    _time("at", index=True), _time("said"), sa.UniqueConstraint("thread", "person", "key"),
)  # fmt: skip
threads = sa.Table("threads", meta, _text("thread", key=True), _time("at"))
feedback = sa.Table(
    "feedback", meta, _text("answer", key=True), _text("person", key=True), _text("verdict"), _text("comment"), _time("at")
)  # fmt: skip
modes = sa.Table("modes", meta, _text("channel", key=True), _text("mode"), _text("person"), _time("at"))
held = sa.Table("held", meta, _text("key", key=True), _text("payload"), _time("until", index=True), _later("person"))
runs = sa.Table(
    "runs", meta,
    _text("id", key=True), _text("kind"), _text("person"), _text("name"), _text("request"), _text("state"), _text("owner"),
    _text("stage"), sa.Column("done", sa.Integer, nullable=False), sa.Column("total", sa.Integer, nullable=False),
    _time("began"), _time("touched"), _text("report"), _text("cancelled_by"),
)  # fmt: skip
_going_on = runs.c.state == "running"
sa.Index("one_run_at_a_time", runs.c.state, unique=True, sqlite_where=_going_on, postgresql_where=_going_on)
followed = sa.Table("followed", meta, _text("run", key=True), _text("platform", key=True), _text("place", key=True))
audit = sa.Table(
    "audit", meta,
    sa.Column("id", sa.Integer, primary_key=True), _time("at"), _text("person"), _text("name"), _text("act"), _text("detail"),
    _text("before"), _text("after"),
)  # fmt: skip
questions = sa.Table(
    "questions", meta,
    _text("answer", key=True), _text("text"), _text("outcome"), _text("guides"), _text("generation"), _text("person"),
    _time("at", index=True), _later("asker"),
)  # fmt: skip
salts = sa.Table("salts", meta, _text("name", key=True), _text("salt"))
