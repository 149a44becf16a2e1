"""The work of one run: in this process, with its progress in the store, until it is done, refused, cancelled or fails."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.reindexing.report import Report, encode
from bot.store import DAY, Run, Store, StoreError
from retrieval.errors import FingerpostError
from retrieval.reading import Progress

KIND = "reindex"
DRY_RUN, PUBLISH_ANYWAY = "dry-run", "publish-anyway"  # what a run may be asked beside
SECONDS_BETWEEN_NOTES = 0.5  # the least time between two notes of the progress
MOST_ASKED = 50  # questions of people that are compared
ASKED_DAYS = 28.0
UNFORESEEN = "Something went wrong that I had not foreseen; whoever runs me finds it in the log. The index that serves is as it was."

log = logging.getLogger(__name__)


class ReindexCancelled(FingerpostError):
    """Somebody has cancelled the reindex."""


class Reindex(Protocol):
    """What builds and publishes; `bot.wiring.Bot.reindex` fits."""

    def __call__(self, progress: Progress, asked: Sequence[str], *, dry_run: bool, publish_anyway: bool) -> Report:
        """What was done."""
        ...


def do(run: Run, store: Store, reindex: Reindex, watch: Progress | None = None, clock: Callable[[], float] = time.monotonic) -> Report:
    """Do a run that this process owns, and record how it ends. Raises what `reindex` raises, and ReindexCancelled."""
    started = clock()
    try:
        report = reindex(
            _Steps(run, store, watch, clock), store.most_asked(MOST_ASKED, time.time() - ASKED_DAYS * DAY),
            dry_run=run.request == DRY_RUN, publish_anyway=run.request == PUBLISH_ANYWAY,
        )  # fmt: skip
    except BaseException as error:
        state, problem = _end(error)
        with contextlib.suppress(StoreError):  # then the run counts as interrupted, and what went wrong first is raised
            store.end_run(run.id, state, encode(Report(problem=problem, seconds=clock() - started)))
        raise
    if report.published:
        note_publication(store, run, report, "publish anyway" if report.failures else "publish")
    store.end_run(run.id, "waiting" if report.refused and run.request != DRY_RUN else "done", encode(report))
    return report


def note_publication(store: Store, run: Run, report: Report, act: str, person: str = "", name: str = "") -> None:
    """Record that an index was published: by whom (by the one who started the run, where nothing else is said), from and to which."""
    failed = f"; failing: {', '.join(f'“{f.ask}”' for f in report.failures)}" if report.failures else ""
    change = report.change
    detail = f"{len(change.added)} guides added, {len(change.changed)} changed, {len(change.removed)} removed{failed}; run {run.id}"
    store.note(person or run.person, name or run.name, act, detail, report.before, report.name)


def _end(error: BaseException) -> tuple[str, str]:
    """The state in which an error leaves a run, and the words for people."""
    match error:
        case ReindexCancelled():
            return "cancelled", str(error)
        case FingerpostError():
            return "failed", str(error)
        case KeyboardInterrupt() | SystemExit():
            return "cancelled", "It was stopped where it ran. The index that serves is as it was."
        case _:
            log.exception("a reindex failed")
            return "failed", UNFORESEEN


class _Steps:
    """Notes the progress in the store, not too often, and stops the run once somebody has cancelled it."""

    def __init__(self, run: Run, store: Store, watch: Progress | None, clock: Callable[[], float]) -> None:
        self._run = run
        self._store = store
        self._watch = watch
        self._clock = clock
        self._noted = float("-inf")

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` are done. Raises ReindexCancelled."""
        if self._watch is not None:
            self._watch(stage, done, total)
        if self._clock() - self._noted < SECONDS_BETWEEN_NOTES:
            return
        self._noted = self._clock()
        if not self._store.progress_run(self._run.id, stage, done, total):
            found = self._store.run(self._run.id)
            by = f"{found.cancelled_by} cancelled it." if found is not None and found.cancelled_by else "It was taken from this process."
            raise ReindexCancelled(f"{by} The index that serves is as it was.")
