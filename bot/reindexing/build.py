"""A new index: built beside the one that serves, judged by the gate, published if it passes, set aside if it does not."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace

import msgspec

from bot import checks
from bot.engine import Engine
from bot.indexes import open_indexes
from bot.reindexing import gate
from bot.reindexing.report import Report
from bot.settings import Settings
from retrieval import indexing
from retrieval.encoder import Model
from retrieval.errors import IndexUnusable, RequestError
from retrieval.ports import Generation
from retrieval.reading import Progress
from retrieval.stores import IndexStore, prune

EngineFor = Callable[[Generation], Engine]
"""Makes an engine for any generation. Raises IndexUnusable where it was made by another model."""


def run(
    settings: Settings, model: Model, engine_for: EngineFor, progress: Progress, asked: Sequence[str] = (), *,
    dry_run: bool = False, publish_anyway: bool = False,
) -> Report:  # fmt: skip
    """Build a generation and publish it, unless a check question fails or `dry_run` is set.

    `asked` are questions of people that both generations answer, for comparison. Whatever `progress` raises ends it all.
    Raises GuideError, CollectionError, IndexBusy or IndexNotWritten; the index that serves stays as it is then.
    """
    started = time.monotonic()
    questions = checks.load(settings.corpus)
    with closing(open_indexes(settings, progress)) as store, store.building() as folder:
        previous = indexing.open_previous(store)
        suggested = [check.ask for check in questions if check.suggest and not check.history]
        near = store.nearby(previous) if previous is not None else None
        manifest, change = indexing.build(settings.corpus, folder, model, near, progress, store.journal, suggested, store.repeat)
        progress("verifying", 0, 1)
        manifest = store.seal(folder, manifest, sync=False, known=manifest.files)
        after = engine_for(store.open_folder(folder, manifest.name))
        progress("verifying", 1, 1)
        verdict = gate.judge(questions, asked, _engine(previous, engine_for), after, settings.corpus, progress)
        failed = tuple(f.ask for f in verdict.failures)
        publish = not dry_run and (publish_anyway or not failed)
        if not dry_run:
            judged = msgspec.structs.replace(manifest, checks_passed=len(questions) - len(failed), checks_failed=failed)
            store.seal(folder, judged, known=manifest.files)
            if publish:
                store.adopt(folder, manifest.name)
                store.publish(manifest.name)
                prune(store)
            else:
                store.set_aside(folder, manifest.name)
    return Report(
        manifest.name, previous.manifest.name if previous else "", change, verdict.asked, verdict.failures, verdict.compared,
        verdict.differences, publish, time.monotonic() - started,
    )  # fmt: skip


def publish_aside(settings: Settings, report: Report, noted: Callable[[Report], None] = lambda _: None) -> Report:
    """Let the generation that a run has set aside serve, exactly as its report has it; `noted` is called while nobody else can publish.

    Raises RequestError where another index serves than the one it was compared with, IndexUnusable where it is gone.
    """
    with closing(open_indexes(settings)) as store, store.alone():
        serving = indexing.open_previous(store)
        if (serving.manifest.name if serving else "") != report.before:
            raise RequestError("another index serves than the one that this was compared with; reindex again to see what would change")
        store.adopt_aside(report.name)
        store.publish(report.name)
        published = replace(report, published=True)
        noted(published)
        prune(store)
    return published


def rollback(
    settings: Settings, engine_for: EngineFor, name: str | None = None, noted: Callable[[str, str], None] = lambda *_: None
) -> tuple[str, str]:
    """Let the generation before the current one serve again, or the one called `name`. Returns (from, to), as `noted` is called with
    while nobody else can publish.

    Raises IndexUnusable where there is none, it does not verify, or another model made it; IndexBusy.
    """
    with closing(open_indexes(settings)) as store:
        if store.current() is None:
            raise IndexUnusable("there is no index to go back to; kept are: none")
        with store.alone():
            before, after = _target(store, name)
            engine_for(store.open(after))
            store.publish(after)
            noted(before, after)
    return before, after


def changes(settings: Settings, engine_for: EngineFor, before: str, after: str, asked: Sequence[str], progress: Progress) -> Report:
    """What it changes for those who ask that `after` serves in place of `before`. Raises IndexUnusable, CollectionError."""
    started = time.monotonic()
    questions = checks.load(settings.corpus)
    with closing(open_indexes(settings)) as store:
        now = store.open(after)
        try:
            then: Generation | None = store.open(before)
        except IndexUnusable:  # a damaged index is one of the reasons to go back
            then = None
        verdict = gate.judge(questions, asked, _engine(then, engine_for), engine_for(now), settings.corpus, progress)
        change = indexing.change((then or now).sources.all(), now.sources.all())
        return Report(
            after, before, change, verdict.asked, verdict.failures, verdict.compared, verdict.differences,
            store.current() == after, time.monotonic() - started,
        )  # fmt: skip


def _target(store: IndexStore, name: str | None) -> tuple[str, str]:
    current, names = store.current(), store.names()
    older = [n for n in names if current is not None and n < current]
    target = name or (older[-1] if older else None)
    if current is None or target is None or target not in names:
        raise IndexUnusable(f"there is no index to go back to; kept are: {', '.join(names) or 'none'}")
    return current, target


def _engine(generation: Generation | None, engine_for: EngineFor) -> Engine | None:
    """The engine of the generation that serves; None where there is none, or its model is no more."""
    try:
        return engine_for(generation) if generation is not None else None
    except IndexUnusable:
        return None
