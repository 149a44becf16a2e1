"""Run by Alembic: carries out the revisions in the transaction that the store has opened."""

from __future__ import annotations

from alembic import context

from bot.store.schema import meta

context.configure(connection=context.config.attributes["connection"], target_metadata=meta)
with context.begin_transaction():
    context.run_migrations()
