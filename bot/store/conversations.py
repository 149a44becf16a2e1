"""Conversations: what one person has said in one thread, where the bot has answered, and how it behaves in a channel."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.database import Database
from bot.store.schema import modes, threads, turns

KEPT_TURNS = 12  # messages of a conversation


class Conversations(Database):
    """Threads, the messages in them, and channels. A channel's mode is a word that a platform defines, such as "mention"."""

    def say(self, thread: str, person: str, key: str, text: str, said: float | None = None) -> None:
        """Remember a message of a person in a thread; the same `key` is remembered once.

        `said` is when it was written, by the platform's clock; messages may arrive in another order.
        """
        now = self._now()
        turn = self._insert(turns).values(thread=thread, person=person, key=key, text=text, at=now, said=now if said is None else said)
        self._write(turn.on_conflict_do_nothing())

    def history(self, thread: str, person: str, before: str = "") -> tuple[str, ...]:
        """The last KEPT_TURNS messages of this person in this thread, oldest first; only those said before key `before`."""
        mine = (turns.c.thread == thread) & (turns.c.person == person)
        rows = self._all(sa.select(turns.c.key, turns.c.text).where(mine).order_by(turns.c.said, turns.c.id))
        keys = [row.key for row in rows]
        end = keys.index(before) if before in keys else len(keys)
        return tuple(row.text for row in rows[max(0, end - KEPT_TURNS) : end])

    def join(self, thread: str) -> None:
        """The bot has answered in this thread."""
        self._write(self._insert(threads).values(thread=thread, at=self._now()).on_conflict_do_nothing())

    def joined(self, thread: str) -> bool:
        """Whether the bot has answered in this thread."""
        return self._one(sa.select(threads.c.at).where(threads.c.thread == thread)) is not None

    def set_mode(self, channel: str, mode: str, person: str) -> None:
        """Set how the bot behaves in a channel, and who wanted it so."""
        given = self._insert(modes).values(channel=channel, mode=mode, person=person, at=self._now())
        changed = {"mode": mode, "person": person, "at": self._now()}
        self._write(given.on_conflict_do_update(index_elements=["channel"], set_=changed))

    def mode(self, channel: str) -> str | None:
        """How the bot behaves in a channel, None where nobody has set it."""
        row = self._one(sa.select(modes.c.mode).where(modes.c.channel == channel))
        return None if row is None else str(row.mode)
