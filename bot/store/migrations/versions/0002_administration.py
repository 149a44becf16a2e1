"""What administration needs: runs, where they are shown, acts, questions. Made only where it is not there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    _make(
        "runs", _text("id", key=True), *map(_text, ("kind", "person", "name", "request", "state", "owner", "stage")),
        _whole("done"), _whole("total"), _time("began"), _time("touched"), _text("report"), _text("cancelled_by"),
    )  # fmt: skip
    _make("followed", *(_text(name, key=True) for name in ("run", "platform", "place")))
    _make(
        "audit", sa.Column("id", sa.Integer, primary_key=True), _time("at"),
        *map(_text, ("person", "name", "act", "detail", "before", "after")),
    )  # fmt: skip
    _make("questions", _text("answer", key=True), *map(_text, ("text", "outcome", "guides", "generation", "person")), _time("at"))
    op.create_index("ix_questions_at", "questions", ["at"], if_not_exists=True)
    going_on = sa.text("state = 'running'")
    op.create_index(
        "one_run_at_a_time", "runs", ["state"], unique=True, sqlite_where=going_on, postgresql_where=going_on, if_not_exists=True
    )


def _make(name: str, *columns: sa.Column[str] | sa.Column[int] | sa.Column[float]) -> None:
    op.create_table(name, *columns, if_not_exists=True)


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False)


def _time(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)
