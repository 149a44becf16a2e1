"""A new index: built beside the one that serves, asked the check questions, and published if it passes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from bot import checks
from bot.checks import Failure
from bot.engine import Engine
from bot.settings import Settings
from retrieval import indexing
from retrieval.encoder import Model
from retrieval.errors import IndexUnusable
from retrieval.generations import Generation, GenerationStore
from retrieval.indexing import Change, Progress


@dataclass(frozen=True)
class Report:
    """What a reindex did. `name` is the generation that was built, `seconds` wall time."""

    name: str
    change: Change
    asked: int
    failures: tuple[Failure, ...]
    published: bool
    seconds: float

    @property
    def refused(self) -> bool:
        """Whether a check question kept the new index from serving."""
        return bool(self.failures) and not self.published


def run(
    settings: Settings, model: Model, engine: Callable[[Generation], Engine], progress: Progress, *,
    dry_run: bool = False, publish_anyway: bool = False,
) -> Report:  # fmt: skip
    """Build a generation and publish it, unless a check question fails or `dry_run` is set.

    Raises GuideError, CollectionError or IndexBusy; the index that serves stays as it is then.
    """
    started = time.monotonic()
    store = GenerationStore(settings.index)
    questions = checks.load(settings.corpus)
    with store.building() as folder:
        manifest, change = indexing.build(settings.corpus, folder, model, indexing.open_previous(store), progress)
        store.seal(folder, manifest)
        progress("checking", 0, len(questions))
        failures = tuple(checks.run(questions, engine(store.open_folder(folder, manifest.name))))
        progress("checking", len(questions), len(questions))
        passed = msgspec.structs.replace(
            manifest, checks_passed=len(questions) - len(failures), checks_failed=tuple(f.ask for f in failures)
        )
        publish = not dry_run and (publish_anyway or not failures)
        if publish:
            store.seal(folder, passed)
            store.adopt(folder, manifest.name)
            store.publish(manifest.name)
            store.prune()
    return Report(manifest.name, change, len(questions), failures, publish, time.monotonic() - started)


def rollback(settings: Settings, name: str | None = None) -> tuple[str, str]:
    """Let the generation before the current one serve again, or the one called `name`. Returns (from, to).

    Raises IndexUnusable where there is none, or it does not verify.
    """
    store = GenerationStore(settings.index)
    current = store.current()
    names = store.names()
    older = [n for n in names if current is not None and n < current]
    target = name or (older[-1] if older else None)
    if current is None or target is None or target not in names:
        kept = ", ".join(names) or "none"
        raise IndexUnusable(f"there is no index to go back to; kept are: {kept}")
    store.open(target)
    store.publish(target)
    return current, target
