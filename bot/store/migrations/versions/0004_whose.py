"""Whose an event is, and what is held: to be forgotten with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns. What is there already, and what an earlier version writes beside this one, is nobody's."""
    for table in ("events", "held"):
        op.add_column(table, sa.Column("person", sa.Text, nullable=False, server_default=""))
