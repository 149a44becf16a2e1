"""What answering needs: events, conversations, feedback, channels' modes, things held. Made only where it is not there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _make("events", _text("key", key=True), *map(_text, ("state", "owner", "payload")), _whole("tries"), _time("at"))
    _make(
        "turns", sa.Column("id", sa.Integer, primary_key=True), *map(_text, ("thread", "person", "key", "text")), _time("at"),
        _time("said"), sa.UniqueConstraint("thread", "person", "key"),
    )  # fmt: skip
    _make("threads", _text("thread", key=True), _time("at"))
    _make("feedback", _text("answer", key=True), _text("person", key=True), _text("verdict"), _text("comment"), _time("at"))
    _make("modes", _text("channel", key=True), _text("mode"), _text("person"), _time("at"))
    _make("held", _text("key", key=True), _text("payload"), _time("until"))
    for table, column in (("events", "at"), ("turns", "at"), ("held", "until")):
        op.create_index(f"ix_{table}_{column}", table, [column], if_not_exists=True)


def _make(name: str, *columns: sa.Column[str] | sa.Column[int] | sa.Column[float] | sa.UniqueConstraint) -> None:
    op.create_table(name, *columns, if_not_exists=True)


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False)


def _time(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)
