"""Reindexing as a run that one process does at a time, on whatever platform it was asked for: start, watch, cancel, publish, go back."""

from __future__ import annotations

import contextlib
import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.indexes import open_indexes
from bot.reindexing import build, telling, work
from bot.reindexing.report import Report, decode, encode
from bot.reindexing.work import KIND
from bot.store import DAY, Run, Store, StoreError
from bot.wiring import Bot
from retrieval.errors import IndexBusy, IndexUnusable, RequestError
from retrieval.reading import Progress

Launch = Callable[[Run, Callable[[], None]], None]
"""Gets a run going elsewhere and returns at once; calls back when that is over. `bot.reindexing.process.launcher` makes one."""
_PUBLICATIONS = ("publish", "publish anyway", "rollback")
_INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Started:
    """The run that goes on now: `mine` if it is the one that was asked for, else somebody started another one before."""

    run: Run
    mine: bool


class Reindexing:
    """The one way to a new index. Every act is recorded in the store's audit list; rights are the caller's business."""

    def __init__(self, bot: Bot, store: Store, launch: Launch, now: Callable[[], float] = time.time) -> None:
        self._bot = bot
        self._store = store
        self._launch = launch
        self._now = now

    def start(self, name: str, person: str, request: str = "") -> Started:
        """Let another process reindex, for somebody called `name`, `person` to the store; or say which run goes on already.

        `request` is "", work.DRY_RUN or work.PUBLISH_ANYWAY. Raises StoreError.
        """
        started = self._begin(name, person, request)
        if started.mine:
            try:
                self._launch(started.run, lambda: self._gone(started.run))
            except OSError as error:
                problem = f"The process that reindexes cannot be started: {error.strerror or error}."
                self._store.end_run(started.run.id, "failed", encode(Report(problem=problem)))
        return started

    def here(self, name: str, person: str, watch: Progress, request: str = "") -> Report:
        """Reindex in this process, as the terminal does. Raises IndexBusy where somebody else does, and what a reindex raises."""
        started = self._begin(name, person, request)
        if not started.mine:
            raise IndexBusy(f"{self.who(started.run)}; wait until it is done, or cancel it in chat")
        return work.do(started.run, self._store, self._bot.reindex, watch)

    def running(self) -> Run | None:
        """The run that goes on."""
        return self._store.running()

    def who(self, run: Run) -> str:
        """Who runs it and since when, such as "Ann is reindexing since 14:03 UTC (2 minutes)"."""
        began = datetime.datetime.fromtimestamp(run.began, datetime.UTC)
        return f"{run.name} is reindexing since {began:%H:%M} UTC ({telling.span(self._now() - run.began)})"

    def status(self, run_id: str) -> tuple[str, ...]:
        """How far a run is, or what it did, in lines for people. Raises RequestError where there is no such run."""
        run = self._run(run_id)
        if run.state == "running":
            stopping = (f"{run.cancelled_by} has cancelled it; it stops at its next step",) if run.cancelled_by else ()
            return (self.who(run), telling.stage(run.stage, run.done, run.total), *stopping)
        if run.state == "interrupted":
            serving = self._bot.store.current() or "none"
            return (f"the reindex of {run.name} was interrupted: its process ended. The index that serves is whole: {serving}",)
        return telling.describe(decode(run.report))

    def report(self, run_id: str) -> Report:
        """What a run did; an empty report while it goes on. Raises RequestError where there is no such run."""
        return decode(self._run(run_id).report)

    def cancel(self, run_id: str, name: str, person: str) -> bool:
        """Ask a run to stop at its next step; False where it is over or somebody has asked already."""
        run = self._run(run_id)
        asked = self._store.cancel_run(run_id, name)
        if asked:
            self._store.note(person, name, "cancel reindex", f"of {run.name}; {_named(run)}")
        return asked

    def can_publish(self, run_id: str) -> bool:
        """Whether "publish anyway" can still be done for this run."""
        run = self._store.run(run_id)
        report = decode(run.report) if run is not None and run.state == "waiting" else Report()
        return bool(report.name) and self._bot.store.aside() == report.name and self._serving() == report.before

    def publish_anyway(self, run_id: str, name: str, person: str) -> Report:
        """Publish exactly what a run has built and refused. The caller has asked twice.

        Raises RequestError where the run does not wait or another index serves now, IndexUnusable where it is gone, IndexBusy.
        """
        run = self._run(run_id)
        if run.state != "waiting":
            raise RequestError("this reindex does not wait for anybody's word")
        report = build.publish_aside(
            self._bot.settings,
            decode(run.report),
            lambda done: work.note_publication(self._store, run, done, "publish anyway", person, name),
        )
        self._store.end_run(run_id, "done", encode(report))
        return report

    def kept(self) -> list[str]:
        """The generations that can be gone back to, newest first."""
        current = self._bot.store.current()
        return [name for name in reversed(self._bot.store.names()) if name != current]

    def rollback(self, name: str, person: str, generation: str | None = None, watch: Progress = lambda *_: None) -> Report:
        """Let the generation that served before the current one serve at once, or any that is kept; then say what that changes.

        Raises IndexUnusable where there is none or it does not verify, IndexBusy while somebody reindexes.
        """
        if (run := self._store.running()) is not None:
            raise IndexBusy(f"{self.who(run)}; cancel it first")
        before, after = build.rollback(
            self._bot.settings, self._bot.engine_for, generation or self._served_before(),
            lambda *both: self._store.note(person, name, "rollback", "", *both),
        )  # fmt: skip
        return self.compared(before, after, watch)

    def compared(self, before: str, after: str, watch: Progress = lambda *_: None) -> Report:
        """What it changes for those who ask that one kept generation serves in place of another. Raises IndexUnusable."""
        asked = self._store.most_asked(work.MOST_ASKED, self._now() - work.ASKED_DAYS * DAY)
        return build.changes(self._bot.settings, self._bot.engine_for, before, after, asked, watch)

    def settle(self, own: Run | None = None) -> tuple[str, ...]:
        """Record what interrupted runs have left: to be called at start. What is new about them, in lines for people.

        `own` is the run of this process that goes on.
        """
        noted = {act.detail for act in self._store.audit(200, [_INTERRUPTED])}
        runs = [run for run in self._store.runs() if run.kind == KIND and run.state == "interrupted" and _named(run) not in noted]
        going_on = self._store.running()
        if going_on is None or (own is not None and going_on.id == own.id):  # else it records itself what it publishes
            self._record_publication(runs[0] if runs else None)
        for run in reversed(runs):
            self._store.note(run.person, run.name, _INTERRUPTED, _named(run))
        return tuple(line for run in reversed(runs) for line in self.status(run.id))

    def _record_publication(self, run: Run | None) -> None:
        """An index serves that nobody has recorded, where a process died just after it had published.

        Whoever publishes just now, and has not recorded it yet, holds the indexes' lock: then it is looked at another time.
        """
        current, last = self._published()
        if current != last:
            with contextlib.suppress(IndexBusy), contextlib.closing(open_indexes(self._bot.settings)) as indexes, indexes.alone():
                current, last = self._published()
                person, name = (run.person, run.name) if run is not None else ("", "")
                detail = "found afterwards; " + (_named(run) if run is not None else "nobody has recorded it")
                if current != last:
                    self._store.note(person, name, "publish", detail, last, current)
        waiting = (r for r in self._store.runs() if r.state == "waiting" and decode(r.report).name == current)
        for published in waiting:
            self._store.end_run(published.id, "done", encode(replace(decode(published.report), published=True)))

    def _published(self) -> tuple[str, str]:
        """The generation that serves, and the one that was last recorded to; "" where there is none."""
        last = self._store.audit(1, _PUBLICATIONS)
        return self._bot.store.current() or "", last[0].after if last else ""

    def _gone(self, run: Run) -> None:
        """The process of a run has ended; where it never took the run over, that is a failure."""
        with contextlib.suppress(StoreError):  # nobody is there to be told
            now = self._store.run(run.id)
            if now is not None and now.state == "running":
                self._store.end_run(run.id, "failed", encode(Report(problem=work.UNFORESEEN)))

    def _serving(self) -> str:
        """The generation that serves, "" where there is none that this program can read."""
        try:
            return self._bot.store.manifest(self._bot.store.current() or "").name
        except IndexUnusable:
            return ""

    def _served_before(self) -> str | None:
        """What served when the current generation was published, if it is kept: a newer one may be there that never served."""
        current, kept = self._bot.store.current(), self.kept()
        acts = (act for act in self._store.audit(200, _PUBLICATIONS[:2]) if act.after == current)
        return next((act.before for act in acts if act.before in kept), None)

    def _begin(self, name: str, person: str, request: str) -> Started:
        while True:  # the one that goes on may end between the two questions
            if (run := self._store.start_run(KIND, person, name, request)) is not None:
                self.settle(own=run)
                self._store.note(person, name, "reindex", f"{request}; {_named(run)}".removeprefix("; "))
                return Started(run, mine=True)
            if (other := self._store.running()) is not None:
                return Started(other, mine=False)

    def _run(self, run_id: str) -> Run:
        run = self._store.run(run_id)
        if run is None:
            raise RequestError("there is no such reindex")
        return run


def _named(run: Run) -> str:
    return f"run {run.id}"
