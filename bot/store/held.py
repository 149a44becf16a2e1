"""Things held for a button: an answer to share, an action to confirm."""

from __future__ import annotations

import sqlalchemy as sa

from bot.settings import KEPT_DAYS
from bot.store.database import DAY, Database
from bot.store.schema import held


class Held(Database):
    """What is kept for a while, and never for longer than anything that people said."""

    kept_days: float = KEPT_DAYS

    def hold(self, key: str, payload: str, seconds: float = 30 * DAY, person: str = "") -> None:
        """Keep `payload`, which answers `person`, under `key` for so long, and for `kept_days` at most."""
        seconds = min(seconds, self.kept_days * DAY)
        given = self._insert(held).values(key=key, payload=payload, until=self._now() + seconds, person=person)
        changed = {name: given.excluded[name] for name in ("payload", "until", "person")}
        self._write(given.on_conflict_do_update(index_elements=["key"], set_=changed))

    def held(self, key: str) -> str | None:
        """What is kept under `key`, None where its time is over."""
        row = self._one(sa.select(held.c.payload).where(held.c.key == key, held.c.until > self._now()))
        return None if row is None else str(row.payload)

    def take(self, key: str) -> str | None:
        """What is kept under `key`, for exactly one caller; None for all others."""
        payload = self.held(key)
        gone = self._write(sa.delete(held).where(held.c.key == key))
        return payload if gone == 1 else None
