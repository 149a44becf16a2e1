"""More questions at once than can be answered in good time: each gets a polite answer, and none waits without an end."""

from __future__ import annotations

import dataclasses
import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

from bot.messages import Ask
from bot.wiring import Bot
from retrieval.encoder import Model
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
