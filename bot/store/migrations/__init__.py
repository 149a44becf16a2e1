"""Every change of the state's tables, in order, as Alembic runs it."""
