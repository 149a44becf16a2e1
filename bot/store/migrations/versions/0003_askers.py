"""What counting people needs: with each question a hash of who asked, and the salt that goes into it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add them. Of the questions that are there already nobody knows who asked."""
    op.create_table("salts", _text("name", key=True), _text("salt"))
    op.add_column("questions", sa.Column("asker", sa.Text, nullable=False, server_default=""))


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False)
