"""A process that serves takes up a new index beside the one that answers; one that is damaged, rolled back or followed never answers."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.messages import Ask
from bot.settings import Settings
from bot.wiring import Bot
from retrieval.encoder import Model
from retrieval.errors import IndexUnusable
from retrieval.stores import KEPT
from tests.bot.reindexing.cheap import CheapEncoder, cheap_model
from tests.conftest import GUIDE, quiet
from tests.servers.places import eventually

FERN, CACTUS = "What does a fern cost?", "What does a cactus cost?"


class Gate:
    """A calendar at which whoever prepares an engine stops, where it is shut; a question in the test's own thread goes through."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()
        self.open.set()

    def today(self) -> datetime.date:
        """Some day."""
        if threading.current_thread() is not threading.main_thread():
            self.reached.set()
            assert self.open.wait(60)
        return datetime.date(2026, 11, 25)


@pytest.fixture
def gate() -> Gate:
    """An open gate."""
    return Gate()


@pytest.fixture
def publish(plants: Path, tmp_path: Path) -> Callable[[int], str]:
    """What another process does: publish an index with a price; its name."""
    bot = Bot(Settings(plants, tmp_path / "home", "cheap"), lambda _: cheap_model())

    def one(price: int) -> str:
        (plants / "guides" / "plants.md").write_text(GUIDE.replace("$12", f"${price}").replace("$7-$9", f"${price}"), "utf-8")
        return bot.reindex(quiet).name

    return one


@pytest.fixture
def serving(plants: Path, tmp_path: Path, gate: Gate, publish: Callable[[int], str]) -> Iterator[Bot]:
    """A process that serves, with a first index in which everything costs $1."""
    publish(1)
    bot = Bot(Settings(plants, tmp_path / "home", "cheap"), lambda _: cheap_model(), gate.today)
    bot.keep_warm()
    yield bot
    gate.open.set()
    bot.close()


def test_nobody_waits_for_a_new_index(serving: Bot, gate: Gate, publish: Callable[[int], str]) -> None:
    """It is prepared with nobody asking; meanwhile the one before answers, though its files are pruned; then the new one does, warm."""
    first = serving.engine()
    gate.reached.clear()
    gate.open.clear()
    names = [publish(price) for price in range(2, 3 + KEPT)]
    assert gate.reached.wait(60)
    assert first.searcher.generation.manifest.name not in serving.store.names()
    assert "| Fern | $1 |" in serving.handle(Ask(FERN)).citations[0].quote
    assert serving.handle(Ask(CACTUS)).generation == first.searcher.generation.manifest.name
    gate.open.set()
    assert eventually(lambda: serving.handle(Ask(FERN)).generation == names[-1])
    assert f"${2 + KEPT}" in serving.handle(Ask(FERN)).plain


@pytest.mark.parametrize("rolled_back", [True, False])
def test_what_serves_no_more_once_it_is_prepared_never_answers(
    serving: Bot, gate: Gate, publish: Callable[[int], str], *, rolled_back: bool
) -> None:
    """Neither one that was rolled back meanwhile nor one that another has followed."""
    first = serving.store.current()
    assert first is not None
    gate.reached.clear()
    gate.open.clear()
    passed_over = publish(2)
    assert gate.reached.wait(60)
    if rolled_back:
        serving.store.publish(first)
    else:
        publish(3)
    gate.open.set()
    seen = [serving.handle(Ask(FERN)).generation for _ in range(50)]
    newest = publish(4)
    while newest not in seen[-1:]:
        seen.append(serving.handle(Ask(CACTUS)).generation)
    assert passed_over not in seen


def test_where_the_newest_is_of_another_model_the_one_before_it_goes_on(
    serving: Bot, publish: Callable[[int], str], caplog: pytest.LogCaptureFixture
) -> None:
    """As where replicas of a new version start beside old ones; the log says so, once, and what is published next is taken up."""
    first = serving.store.current()
    assert first is not None
    other = Bot(serving.settings, lambda _: Model(CheapEncoder(), "other"))
    other.reindex(quiet)
    assert eventually(lambda: [record for record in caplog.records if "made with the model other" in record.message])
    assert {serving.handle(Ask(FERN)).generation for _ in range(3)} == {first}
    assert len(caplog.records) == 1
    with pytest.raises(IndexUnusable, match="made with the model other"):
        Bot(serving.settings, lambda _: cheap_model()).handle(Ask(FERN))
    newest = publish(4)
    assert eventually(lambda: serving.handle(Ask(FERN)).generation == newest)


def test_where_the_newest_is_damaged_the_one_before_it_goes_on(serving: Bot, caplog: pytest.LogCaptureFixture) -> None:
    """And the log says what is wrong, once."""
    first = serving.store.current()
    serving.store.publish("99990101-000000")
    assert eventually(lambda: [record for record in caplog.records if "an older index serves" in record.message])
    assert {serving.handle(Ask(FERN)).generation for _ in range(3)} == {first}
    assert len(caplog.records) == 1


def test_a_process_that_ends_prepares_nothing(serving: Bot) -> None:
    """No thread stays."""
    before = _preparing()
    serving.close()
    assert _preparing() == before - 1


def _preparing() -> int:
    """How many threads prepare indexes, those of other tests' bots included."""
    return [thread.name for thread in threading.enumerate()].count("fingerpost-engines")
