"""More questions at once than can be answered in good time: each gets a polite answer, and none waits without an end."""

from __future__ import annotations

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

from bot.messages import Ask
from bot.wiring import Bot
from retrieval.encoder import Model


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
