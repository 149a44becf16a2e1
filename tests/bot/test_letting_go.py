"""What an index that serves no more leaves behind."""

from __future__ import annotations

import gc
import weakref

import pytest

from bot.messages import Ask
from bot.wiring import Bot
from retrieval.stores import open_current


@pytest.mark.parametrize("question", ["How long does an internal pivot take?", "bootcmap or self study, whats cheaper", "do i need a visa"])
def test_an_index_that_serves_no_more_is_let_go(bot: Bot, question: str) -> None:
    """After its last answer nothing holds an engine, its index and their open files: admins may reindex as often as they like."""
    engine = bot.engine_for(open_current(bot.store)[0])
    assert engine.handle(Ask(question)).outcome
    there = [weakref.ref(engine), weakref.ref(engine.searcher), weakref.ref(engine.searcher.terms)]
    del engine
    gc.collect()
    assert [ref() for ref in there] == [None, None, None]
