"""Builds the program from its parts; a test replaces any of them here."""

from __future__ import annotations

import datetime
import functools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

from bot import cues, decision
from bot.engine import Engine
from bot.engines import Engines
from bot.indexes import open_indexes
from bot.messages import Answer, Ask
from bot.rephrasing.endpoint import Endpoint
from bot.rephrasing.rephraser import Rephraser
from bot.settings import Settings
from bot.suggestions import Suggestions
from retrieval import encoder, guides, reading
from retrieval.cores import Crowd
from retrieval.encoder import Model
from retrieval.errors import REINDEX, IndexUnusable
from retrieval.ports import Generation
from retrieval.reading import Progress
from retrieval.searcher import Searcher
from retrieval.stores import open_current

if TYPE_CHECKING:
    from bot.reindexing.report import Report

MOST_AT_ONCE = 128  # questions in work; who came later would wait for seconds


@functools.lru_cache(maxsize=1)
def _day_of(minute: int) -> datetime.date:  # noqa: ARG001 - what it is kept by: the calendar takes 15 µs
    """The day that it is, in the `minute` that it is: a day begins with one, in any zone."""
    return datetime.date.today()


def rephraser(settings: Settings) -> Rephraser | None:
    """What puts answers into words by a language model; None where none is set."""
    if not settings.llm_url:
        return None
    return Rephraser(Endpoint(settings.llm_url, settings.llm_model, settings.llm_key, settings.llm_seconds))


class Bot:
    """The whole bot without a platform: answers from the generation that serves, takes up a new one by itself.

    Safe to use from several threads; each answer comes from one generation from start to end.
    """

    def __init__(
        self,
        settings: Settings,
        load_model: Callable[[str], Model] | None = None,
        today: Callable[[], datetime.date] = lambda: _day_of(int(time.time()) // 60),
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        self.settings = settings
        self.store = open_indexes(settings)
        self._load_model = load_model or (lambda name: encoder.serve(name, settings.models))
        self._today = today
        self._rephraser = rephraser(settings)
        self._room = threading.Semaphore(most_at_once)
        self._crowd = Crowd()
        self._engines = Engines(self.store, self.engine_for)

    @functools.cached_property
    def model(self) -> Model:
        """The embedding model, loaded when it is first needed. Raises ModelError."""
        return self._load_model(self.settings.model)

    def close(self) -> None:
        """Let go of the index."""
        self._engines.close()
        self.store.close()

    @property
    def has_index(self) -> bool:
        """Whether any index serves."""
        return self.store.current() is not None

    def handle(self, ask: Ask) -> Answer:
        """Answer a question: `answer`, then `rephrase`. Raises IndexUnusable where no index serves."""
        return self.rephrase(self.answer(ask))

    def answer(self, ask: Ask) -> Answer:
        """Answer a question by quotes; who comes when too many are in work is told to come again. Raises IndexUnusable."""
        if not self._room.acquire(blocking=False):
            return self.engine().busy(ask)
        try:
            engine = self.engine()
            with self._crowd.joined() if self.model.encodes_aside else nullcontext():
                return engine.handle(ask)
        finally:
            self._room.release()

    def rephrase(self, answer: Answer) -> Answer:
        """The answer in the words of a language model, where one is set and its words hold. This may wait, and computes next to nothing."""
        return self._rephraser.rephrase(answer) if self._rephraser else answer

    def recommend(self, table: str | None, values: Mapping[str, str]) -> Answer:
        """Recommend from a decision table, by values for its axes. Raises RequestError, IndexUnusable."""
        return self.engine().recommend(table, values)

    def axes(self, table: str | None) -> list[str]:
        """The names of a decision table's axes. Raises RequestError, IndexUnusable."""
        spec = decision.named(self.engine().searcher.generation, table).spec
        return [spec.rows.axis, spec.columns.axis]

    def stale_guides(self) -> tuple[str, ...]:
        """The guides whose files are not as the index that serves has them, by path."""
        now = {p.relative_to(self.settings.corpus.parent).as_posix(): p for p in guides.paths(self.settings.corpus)}
        before = open_current(self.store)[0].sources.all()
        changed = {path for path, file in now.items() if path not in before or not reading.is_same(file, before[path], reading.seen(file))}
        return tuple(sorted(changed | (before.keys() - now.keys())))

    def warm(self) -> None:
        """Prepare a process that serves, so that no asker waits for what is read but once. Raises ModelError, IndexUnusable."""
        self.model.warm()
        self.engine().warm()

    def keep_warm(self) -> None:
        """`warm`, and the same for each index that is published later: the one before it answers until that is done."""
        self.warm()
        self._engines.keep_warm()

    def engine(self) -> Engine:
        """The engine of the generation that serves at this moment. Raises IndexUnusable, ModelError."""
        return self._engines.serving()

    def engine_for(self, generation: Generation) -> Engine:
        """An engine for any generation. Raises IndexUnusable where it was made by another model."""
        if generation.manifest.model != self.model.identity:
            raise IndexUnusable(
                f"the index was made with the model {generation.manifest.model}, the setting asks for "
                f"{self.model.identity}", REINDEX,
            )  # fmt: skip
        return Engine(Searcher(generation, self.model, cues.VOCABULARY), Suggestions(generation), self._today)

    def reindex(
        self, progress: Progress, asked: Sequence[str] = (), *, dry_run: bool = False, publish_anyway: bool = False
    ) -> Report:  # fmt: skip
        """Build a new index and publish it if its check questions pass; `asked` are questions to compare by.

        Raises GuideError, CollectionError, IndexBusy, IndexNotWritten.
        """
        from bot.reindexing import build  # an answer needs none of it

        return build.run(
            self.settings, self.model, self.engine_for, progress, asked, dry_run=dry_run, publish_anyway=publish_anyway
        )  # fmt: skip
