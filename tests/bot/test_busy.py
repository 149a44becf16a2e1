"""More questions at once than can be answered in good time: each gets a polite answer, and none waits without an end."""

from __future__ import annotations

import dataclasses
import datetime
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.messages import Ask
from bot.wiring import Bot
from retrieval import cores
from retrieval.encoder import Model, Vectors
from tests.servers import llm_server


def test_who_comes_when_too_many_are_in_work_is_told_to_come_again(bot: Bot, model: Model) -> None:
    """In their language, at once; the question that was in work is answered, and then there is room again."""
    working, go_on = threading.Event(), threading.Event()

    def today() -> datetime.date:
        working.set()
        assert go_on.wait(60)
        return datetime.date(2026, 11, 25)

    busy = Bot(bot.settings, lambda _: model, today, most_at_once=1)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(busy.handle, Ask("Do I need a PhD?"))
        assert working.wait(60)
        refused = busy.handle(Ask("Brauche ich einen Doktortitel?", id="two"))
        go_on.set()
        assert first.result(60).outcome == "answered"
    assert (refused.id, refused.outcome, refused.citations) == ("two", "rejected", ())
    assert refused.plain.startswith("Gerade fragen mich sehr viele.")
    assert busy.handle(Ask("Do I need a PhD?")).outcome == "answered"


def test_who_waits_for_a_language_model_takes_nobodys_room(bot: Bot, model: Model) -> None:
    """It may take seconds, in which others are answered."""
    asked, go_on = threading.Event(), threading.Event()

    def reply(request: llm_server.Handler) -> None:
        asked.set()
        assert go_on.wait(60)
        llm_server.says("")(request)

    with llm_server.running() as server, ThreadPoolExecutor(1) as pool:
        server.reply = reply
        settings = dataclasses.replace(bot.settings, llm_url=server.url, llm_model="tiny", llm_seconds=60.0)
        busy = Bot(settings, lambda _: model, most_at_once=1)
        first = pool.submit(busy.handle, Ask("Do I need a PhD?"))
        assert asked.wait(60)
        assert busy.answer(Ask("Do I need a PhD?")).outcome == "answered"
        go_on.set()
        assert first.result(60).outcome == "answered"


class Plain:
    """An encoder that computes in the thread that asks it, as sentence-transformers does."""

    def __init__(self, model: Model) -> None:
        self._encoder = model.encoder

    def encode(self, inputs: list[str], /, *, batch_size: int, normalize_embeddings: bool, show_progress_bar: bool) -> Vectors:
        """Unit vectors of texts."""
        return self._encoder.encode(
            inputs, batch_size=batch_size, normalize_embeddings=normalize_embeddings, show_progress_bar=show_progress_bar
        )


@pytest.mark.skipif(sys.platform != "linux" or cores.available() == 1, reason="threads are kept on a core, of several")
@pytest.mark.parametrize("aside", [True, False])
def test_a_crowd_is_answered_on_one_core_if_others_encode_for_it(bot: Bot, model: Model, aside: bool) -> None:
    """Who comes when many are in work is answered on one core, with all of them for the encoding; afterwards the thread runs anywhere."""
    everywhere, inside = os.sched_getaffinity(0), []
    all_there = threading.Barrier(cores.MANY)

    def today() -> datetime.date:
        all_there.wait(60)
        inside.append(os.sched_getaffinity(0))
        return datetime.date(2026, 11, 25)

    crowded = Bot(bot.settings, lambda _: model if aside else Model(Plain(model), model.identity), today)
    with ThreadPoolExecutor(cores.MANY) as pool:
        answers = list(pool.map(lambda n: crowded.handle(Ask("Do I need a PhD?", id=str(n))), range(cores.MANY)))
        assert [answer.id for answer in answers] == [str(n) for n in range(cores.MANY)]
        assert {answer.outcome for answer in answers} == {"answered"}
        together = threading.Barrier(cores.MANY)

        def free(_: int) -> bool:
            together.wait(60)  # so that each is another thread
            return os.sched_getaffinity(0) == everywhere

        assert all(pool.map(free, range(cores.MANY)))
    assert sorted(map(len, inside))[:1] == ([1] if aside else [len(everywhere)])
    assert sorted(map(len, inside))[1:] == [len(everywhere)] * (len(inside) - 1)
