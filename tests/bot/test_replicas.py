"""Three replicas on one PostgreSQL: each event is answered once, whoever dies and whatever restarts, from one generation."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from bot.settings import Settings
from bot.wiring import Bot
from tests.bot.reindexing.cheap import cheap_model
from tests.conftest import GUIDE, quiet
from tests.servers.fleet import Fleet, fleet, mixed, wait_for
from tests.servers.postgres import PostgresServer, running

FERN, CACTUS = "What does a fern cost?", "What does a cactus cost?"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of this file's own, to stop and to start."""
    with running() as made:
        yield made


@pytest.fixture(scope="module")
def builder(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """The machine that reindexes; its first index serves."""
    folder = tmp_path_factory.mktemp("builder")
    (folder / "corpus" / "guides").mkdir(parents=True)
    settings = Settings(folder / "corpus", folder / "home", "cheap", store=server.address(server.database()))
    with closing(Bot(settings, load_model=lambda _: cheap_model())) as bot:
        publish(bot, 1)
        yield bot


@pytest.fixture(scope="module")
def replicas(builder: Bot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Three replicas beside it, with guides of their own that nobody reads."""
    folder = tmp_path_factory.mktemp("replicas")
    corpus = shutil.copytree(builder.settings.corpus, folder / "elsewhere")
    with fleet(corpus, folder, builder.settings.store) as made:
        yield made


def publish(bot: Bot, price: int) -> str:
    """Let both prices be this one; the generation that says so."""
    changed = GUIDE.replace("$12", f"${price}").replace("$7-$9", f"${price}")
    (bot.settings.corpus / "guides" / "plants.md").write_text(changed, "utf-8")
    return bot.reindex(quiet).name


def test_each_event_is_answered_once(replicas: Fleet) -> None:
    """Though each is delivered to all three."""
    answers = replicas.answers(replicas.ask([FERN, CACTUS] * 50))
    assert {len(of_one) for of_one in answers.values()} == {1}
    assert {answer["outcome"] for (answer,) in answers.values()} == {"answered"}
    assert len([process for process in replicas.processes if any("outcome" in said for said in process.said)]) > 1


def test_what_is_published_is_seen_by_all_and_mixed_by_none(replicas: Fleet, builder: Bot) -> None:
    """While questions go on: each answer shows the price of the generation that it names, soon of the new one alone."""
    prices = {builder.store.current() or "": 1}
    for price in range(2, 5):
        with ThreadPoolExecutor(1) as pool:
            publishing = pool.submit(publish, builder, price)
            keys = replicas.ask([FERN, CACTUS])
            while not publishing.done():
                replicas.answers(keys[-2:])
                keys += replicas.ask([FERN, CACTUS])
        newest = publishing.result()
        prices[newest] = price
        wait_for(lambda keys=keys, newest=newest: _next(replicas, keys) == {newest}, "the new index")  # type: ignore[misc]
        answers = [answer for of_one in replicas.answers(keys).values() for answer in of_one]
        assert mixed(answers, prices) == []
        assert len(answers) == len(keys)


def _next(replicas: Fleet, keys: list[str]) -> set[str]:
    """The generations of which the next answers are; their keys are added."""
    asked = replicas.ask([FERN, CACTUS] * 6)
    keys += asked
    return {answer["generation"] for (answer,) in replicas.answers(asked).values()}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "crashed"])
def test_a_restart_of_the_server_loses_and_doubles_nothing(replicas: Fleet, server: PostgresServer, how: signal.Signals) -> None:
    """Under load: every question is answered, or told to ask again."""
    keys = replicas.ask([FERN, CACTUS] * 30)
    wait_for(lambda: len(replicas.said()) >= 10, "the first answers")
    server.stop(how)
    keys += replicas.ask([FERN] * 10)
    server.start()
    answers = replicas.answers(keys)
    assert {len(of_one) for of_one in answers.values()} == {1}
    assert {answer["outcome"] for (answer,) in answers.values()} <= {"answered", "again"}
    assert replicas.said("failed") == []


def test_a_replica_that_is_killed_in_mid_answer_loses_no_question(replicas: Fleet) -> None:
    """What it had claimed is answered by another one, once; what it had answered is not answered again."""
    done = replicas.ask([FERN] * 10)
    replicas.answers(done)
    held = replicas.ask([CACTUS] * 4, hold=0)
    wait_for(lambda: len(replicas.said("held")) == 4, "answers that stop in the middle")
    victim = max(replicas.processes, key=lambda process: sum("held" in said for said in process.said))
    lost = [said["key"] for said in victim.said if "held" in said]
    assert set(lost) <= set(held)
    victim.kill()
    answers = replicas.answers([*lost, *replicas.ask([FERN] * 20)])
    assert {len(of_one) for of_one in (*answers.values(), *replicas.answers(done).values())} == {1}
    for other in replicas.processes:
        other.kill()
