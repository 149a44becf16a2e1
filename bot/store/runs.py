"""Long work that one process does at a time and that others watch, and the list of administrative acts."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.settings import Secret
from bot.store.database import Database
from bot.store.errors import StoreError
from bot.store.schema import audit, followed, runs


@dataclass(frozen=True)
class Run:
    """Long work. `kind` says what is done, `person` and `name` who wants it; `request` and `report` are its caller's own.

    `state`: "running", "waiting" (for somebody's word), "done", "cancelled", "failed", or "interrupted" with its process.
    """

    id: str
    kind: str
    person: str
    name: str
    request: str
    state: str
    stage: str
    done: int
    total: int
    began: float
    touched: float
    report: str
    cancelled_by: str


@dataclass(frozen=True)
class Act:
    """An administrative act: who did what, and from which generation to which."""

    at: float
    person: str
    name: str
    act: str
    detail: str
    before: str
    after: str


_RUN = [runs.c[field] for field in Run.__dataclass_fields__]
_ACT = [audit.c[field] for field in Act.__dataclass_fields__]


class Runs(Database):
    """Runs and acts."""

    def __init__(self, place: Path | Secret, now: Callable[[], float] = time.time) -> None:
        super().__init__(place, now)
        self._unheard: set[str] = set()  # runs that failed to start, though the database may have them

    def start_run(self, kind: str, person: str, name: str, request: str = "") -> Run | None:
        """A new run, owned by this process; None while another one goes on, in whatever process."""
        self.running()  # which finds out that the last one is dead
        now = self._now()
        run = Run(uuid.uuid4().hex, kind, person, name, request, "running", "", 0, 0, now, now, "", "")
        fresh = self._insert(runs).values(**run.__dict__, owner=self._owner)
        try:
            return run if self._write(fresh.on_conflict_do_nothing()) == 1 else None
        except StoreError:
            self._unheard.add(run.id)
            raise

    def running(self) -> Run | None:
        """The run that goes on. One whose process is gone is marked as interrupted, and is none."""
        row = self._one(sa.select(*_RUN, runs.c.owner).where(runs.c.state == "running"))
        if row is None:
            return None
        if row.id in self._unheard or not self._lives(row.owner):
            dead = sa.update(runs).where(runs.c.id == row.id, runs.c.owner == row.owner, runs.c.state == "running")
            self._write(dead.values(state="interrupted", touched=self._now()))
            return None
        return _run(row)

    def own_run(self, run: str) -> bool:
        """Do it in this process from now on; False where it is over."""
        return self._write(self._going_on(run).values(owner=self._owner)) == 1

    def progress_run(self, run: str, stage: str, done: int, total: int) -> bool:
        """Say how far it is; False where it should stop: somebody has cancelled it, or it is another process's, or over."""
        mine = self._going_on(run).where(runs.c.owner == self._owner, runs.c.cancelled_by == "")
        return self._write(mine.values(stage=stage, done=done, total=total, touched=self._now())) == 1

    def cancel_run(self, run: str, name: str) -> bool:
        """Ask for its end; False where it is over, or somebody has asked already."""
        return self._write(self._going_on(run).where(runs.c.cancelled_by == "").values(cancelled_by=name)) == 1

    def end_run(self, run: str, state: str, report: str) -> bool:
        """It is over, by the word of its own process; one that waits, by anybody's. False where it was over already."""
        mine = ((runs.c.state == "running") & (runs.c.owner == self._owner)) | (runs.c.state == "waiting")
        over = sa.update(runs).where(runs.c.id == run, mine)
        return self._write_surely(over.values(state=state, report=report, touched=self._now())) == 1

    def run(self, run: str) -> Run | None:
        """One run, as it is now."""
        self.running()
        row = self._one(sa.select(*_RUN).where(runs.c.id == run))
        return None if row is None else _run(row)

    def runs(self, limit: int = 20) -> list[Run]:
        """The last runs, newest first."""
        self.running()
        return [_run(row) for row in self._all(sa.select(*_RUN).order_by(runs.c.began.desc()).limit(limit))]

    def follow(self, run: str, platform: str, place: str) -> None:
        """A run is shown at a place of a platform."""
        self._write(self._insert(followed).values(run=run, platform=platform, place=place).on_conflict_do_nothing())

    def followed(self, platform: str) -> list[tuple[str, str]]:
        """The runs with the places of this platform at which their end has not been shown."""
        rows = self._all(sa.select(followed.c.run, followed.c.place).where(followed.c.platform == platform))
        return [(row.run, row.place) for row in rows]

    def shown(self, run: str, platform: str, place: str) -> None:
        """The end of a run has been shown at this place."""
        there = (followed.c.run == run) & (followed.c.platform == platform) & (followed.c.place == place)
        self._write(sa.delete(followed).where(there))

    def note(self, person: str, name: str, act: str, detail: str = "", before: str = "", after: str = "") -> None:
        """Add an act to the list, for good."""
        row = Act(self._now(), person, name, act, detail, before, after)
        self._write(self._insert(audit).values(**row.__dict__))

    def audit(self, limit: int = 50, acts: Sequence[str] = ()) -> list[Act]:
        """The last acts, newest first: all, or those of some names."""
        asked = sa.select(*_ACT).order_by(audit.c.id.desc()).limit(limit)
        return [Act(**row._mapping) for row in self._all(asked.where(audit.c.act.in_(acts)) if acts else asked)]

    def _going_on(self, run: str) -> sa.Update:
        return sa.update(runs).where(runs.c.id == run, runs.c.state == "running")


def _run(row: sa.Row[Any]) -> Run:
    return Run(**{name: value for name, value in row._mapping.items() if name != "owner"})
