"""Which engine answers: that of the generation that serves, opened when it is asked for or prepared beside the one before it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from bot.engine import Engine
from retrieval.errors import IndexUnreachable, IndexUnusable
from retrieval.ports import Generation
from retrieval.stores import IndexStore, open_current

log = logging.getLogger(__name__)

LOOKS_EVERY = 0.25  # seconds between looks at what serves
_ENDS_WITHIN = 10.0  # seconds that closing waits for an engine that is being prepared
_NONE = ""  # no generation's name


class Engines:
    """The engine of the generation that serves at the moment. Safe to use from several threads."""

    def __init__(self, store: IndexStore, engine_for: Callable[[Generation], Engine]) -> None:
        """`engine_for` makes one for a generation, or raises IndexUnusable."""
        self._store = store
        self._engine_for = engine_for
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._name: str | None = None
        self._refused: str | None = _NONE  # a generation that could not be prepared
        self._thread: threading.Thread | None = None
        self._woken = threading.Event()
        self._follows = False  # whether what is published is prepared and taken up with nobody asking
        self._closing = False

    def serving(self) -> Engine:
        """The engine of the generation that serves; while that one is prepared, of the one before it. Raises IndexUnusable.

        Where nothing is prepared, or it cannot be, who asks opens the generation, and is told what is wrong with it.
        """
        if self._follows and self._engine is not None and self._refused == _NONE:
            return self._engine  # nearly always: to look for each question is a file opened, or a query
        current = self._store.current()  # whoever waits for a database holds up nobody else
        with self._lock:
            prepared = self._follows and current != self._refused
            if self._engine is None or (current != self._name and not prepared):
                self._engine, self._name = self._opened(), current
            elif current != self._name:
                self._woken.set()
            return self._engine

    def keep_warm(self) -> None:
        """Prepare each generation that is published from now on, by whatever process, before it answers; until `close`."""
        if self._follows:
            return
        self._follows = True
        self._thread = threading.Thread(target=self._follow, name="fingerpost-engines", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Prepare no more."""
        self._closing = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join(_ENDS_WITHIN)

    def _follow(self) -> None:
        try:
            while not self._closing:
                self._prepare()
                self._woken.wait(LOOKS_EVERY)
                self._woken.clear()
        finally:
            self._follows = False

    def _prepare(self) -> None:
        """Open and warm what is published, and let it answer if it still serves then."""
        try:
            current = self._store.current()
            if current in (self._name, self._refused):
                return
        except IndexUnreachable:  # who asks is told
            return
        try:
            engine = self._opened()
            engine.warm()
            if self._store.current() != current:  # rolled back, or followed by another
                return
        except IndexUnreachable:
            return
        except IndexUnusable as error:  # such as another model's: a process of a later version has published beside this one
            log.error("%s; the index before it goes on answering here", error.problem)
            with self._lock:
                self._name = current
            return
        except Exception:  # without this thread nothing new would ever answer: whoever asks is to meet the error
            log.exception("the index %s cannot be prepared", current)
            self._refused = current
            return
        with self._lock:
            self._engine, self._name, self._refused = engine, current, _NONE

    def _opened(self) -> Engine:
        generation, problems = open_current(self._store)
        for problem in problems:
            log.error("%s; an older index serves", problem)
        return self._engine_for(generation)
