"""A reindex as a run: who does it, how far it is, how it ends, what is recorded; and publishing what was refused."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from bot.messages import Ask
from bot.reindexing import process, work
from bot.reindexing.report import Report, decode
from bot.reindexing.runs import Reindexing
from bot.reindexing.work import ReindexCancelled
from bot.settings import Secret
from bot.store import Run, Store, open_store
from bot.wiring import Bot
from retrieval.errors import FingerpostError, GuideError, IndexBusy, IndexUnusable, RequestError
from retrieval.reading import Progress
from tests.bot.reindexing.garden import PATH, question, rewrite, snapshot
from tests.conftest import quiet
from tests.servers.places import Place

ANN, BEN = ("Ann", "slack:T:U1"), ("Ben", "discord:7:9")


@pytest.fixture
def store(served: Bot) -> Iterator[Store]:
    """The state of the bot's process."""
    opened = Store(served.settings.home)
    yield opened
    opened.close()


@pytest.fixture
def reindexing(served: Bot, store: Store) -> Reindexing:
    """What reindexes, where nothing may be started elsewhere."""
    return Reindexing(served, store, lambda *_: pytest.fail("no other process is wanted"))


def test_a_run_is_recorded_with_its_report(served: Bot, store: Store, reindexing: Reindexing) -> None:
    """A reindex leaves its report in the store, and in the list of acts who published what, from which generation to which."""
    before = served.store.current()
    reindexing.settle()
    rewrite(served, "$12", "$13")
    report = reindexing.here(*ANN, quiet)
    (run,) = store.runs()
    assert (run.state, run.name, run.person, decode(run.report)) == ("done", *ANN, report)
    assert reindexing.report(run.id) == report
    acts = [(act.act, act.name, act.person, act.before, act.after) for act in store.audit(2)]
    assert acts == [("publish", *ANN, before, report.name), ("reindex", *ANN, "", "")]
    assert f"guides changed: {PATH}" in reindexing.status(run.id)


def test_what_people_ask_most_is_compared(served: Bot, store: Store, reindexing: Reindexing) -> None:
    """The questions that people asked of late, and more than one of them, are asked of both generations."""
    earlier = Store(served.settings.home, now=lambda: time.time() - 40 * 86_400)
    for asked, at in (("What does a fern cost?", store), ("What does a cactus cost?", earlier)):
        for key in ("first", "second"):
            at.ask(asked + key, served.handle(Ask(asked)), key)
    store.ask("once", served.handle(Ask("What does ivy cost?")))
    earlier.close()
    rewrite(served, "$12", "$13")
    report = reindexing.here(*ANN, quiet)
    assert (report.compared, [d.question for d in report.differences]) == (1, ["What does a fern cost?"])


def test_a_second_asker_is_told_who_runs_it_and_since_when(served: Bot, store: Store) -> None:
    """While one reindexes, another process is told who does and since when, and nothing of theirs is begun."""
    other = Store(served.settings.home)
    clock = [0.0]
    theirs = Reindexing(served, other, lambda *_: pytest.fail("it must not start"), now=lambda: clock[0])
    run = store.start_run(work.KIND, ANN[1], ANN[0])
    assert run is not None
    clock[0] = run.began + 180
    started = theirs.start(*BEN)
    since = time.strftime("%H:%M", time.gmtime(run.began))
    assert (started.mine, started.run.id) == (False, run.id)
    assert theirs.who(started.run) == f"Ann is reindexing since {since} UTC (3 minutes)"
    with pytest.raises(IndexBusy, match=rf"Ann is reindexing since {since} UTC \(3 minutes\); wait"):
        theirs.here(*BEN, quiet)
    with pytest.raises(IndexBusy, match="cancel it first"):
        theirs.rollback(*BEN)
    store.progress_run(run.id, "embedding", 64, 300)
    assert theirs.status(run.id) == (theirs.who(run), "embedding 64 of 300")
    assert len(other.runs()) == 1
    other.close()


@pytest.mark.parametrize("stage", ["reading", "embedding", "verifying", "checking"])
def test_a_run_can_be_cancelled_at_any_stage(served: Bot, store: Store, reindexing: Reindexing, stage: str) -> None:
    """A cancelled reindex stops at its next step, says who cancelled it, and leaves the index as it was."""
    question(served, ask="What does a fern cost?", outcome="answered")
    rewrite(served, "every 3 days", "every 5 days")
    before = snapshot(served.settings.index)
    run = store.start_run(work.KIND, ANN[1], ANN[0])
    assert run is not None

    def cancel(doing: str, _done: int, _of: int) -> None:
        if doing == stage:
            reindexing.cancel(run.id, *BEN)

    clock = itertools.count().__next__
    with pytest.raises(ReindexCancelled, match="Ben cancelled it"):
        work.do(run, store, served.reindex, cancel, clock)
    assert (store.run(run.id) or run).state == "cancelled"
    assert reindexing.status(run.id) == ("Ben cancelled it. The index that serves is as it was.",)
    assert [(act.act, act.name) for act in store.audit(1)] == [("cancel reindex", "Ben")]
    assert reindexing.cancel(run.id, *BEN) is False
    assert before == snapshot(served.settings.index)


def test_progress_is_noted_at_most_twice_a_second(served: Bot, store: Store) -> None:
    """However fast a run goes on, its progress is written no more often than every half second."""
    run = store.start_run(work.KIND, ANN[1], ANN[0])
    assert run is not None
    times, noted = iter([0.0, 0.0, 0.0, 0.2, 0.49, 0.5, 0.5, 0.9, 1.0, 1.0, 1.0]), []

    def reindex(progress: Progress, _asked: Sequence[str], *, dry_run: bool, publish_anyway: bool) -> Report:
        for done in range(7):
            progress("embedding", done, 7)
            noted.append((store.run(run.id) or run).done)
        return Report()

    work.do(run, store, reindex, clock=lambda: next(times, 1.0))
    assert noted == [0, 0, 0, 3, 3, 5, 5]


def test_a_failed_run_says_why(served: Bot, store: Store, reindexing: Reindexing) -> None:
    """A guide that cannot be read ends the run with file and line; the index serves on."""
    rewrite(served, "| 2+ years | Orchid (6 months) | Bonsai |", "| 2+ years | Orchid |")
    with pytest.raises(GuideError) as refused:
        reindexing.here(*ANN, quiet)
    (run,) = store.runs()
    assert (run.state, reindexing.status(run.id)) == ("failed", (str(refused.value),))
    assert "$12" in served.handle(Ask("What does a fern cost?")).plain


def test_an_unforeseen_error_is_not_shown_to_people(store: Store, reindexing: Reindexing, caplog: pytest.LogCaptureFixture) -> None:
    """An error of the program itself is in the log, and not in what people read."""
    run = store.start_run(work.KIND, ANN[1], ANN[0])
    assert run is not None

    def broken(_progress: Progress, _asked: Sequence[str], *, dry_run: bool, publish_anyway: bool) -> Report:
        raise ZeroDivisionError("/home/somebody/secret")

    with pytest.raises(ZeroDivisionError):
        work.do(run, store, broken)
    assert ((store.run(run.id) or run).state, reindexing.status(run.id)) == ("failed", (work.UNFORESEEN,))
    assert "secret" in caplog.text


def test_what_was_refused_can_be_published_as_it_was_shown(served: Bot, store: Store, reindexing: Reindexing) -> None:
    """A refused index waits; published anyway it is exactly the one that was shown, whatever was edited since, and it is recorded."""
    before = served.store.current()
    question(served, ask="What does a fern cost?", outcome="answered", says=["$12"])
    rewrite(served, "$12", "$13")
    report = reindexing.here(*ANN, quiet)
    (run,) = store.runs()
    assert (run.state, report.refused, served.store.current(), reindexing.can_publish(run.id)) == ("waiting", True, before, True)
    rewrite(served, "$13", "$14")
    published = reindexing.publish_anyway(run.id, *BEN)
    assert (published.published, served.store.current()) == (True, report.name)
    assert "$13" in served.handle(Ask("What does a fern cost?")).plain
    assert served.store.manifest(report.name).checks_failed == ("What does a fern cost?",)
    (act,) = store.audit(1)
    assert (act.act, act.name, act.before, act.after) == ("publish anyway", "Ben", before, report.name)
    assert "“What does a fern cost?”" in act.detail
    assert ((store.run(run.id) or run).state, reindexing.can_publish(run.id)) == ("done", False)
    with pytest.raises(RequestError, match="does not wait"):
        reindexing.publish_anyway(run.id, *BEN)


def test_what_was_refused_cannot_be_published_over_another_index(served: Bot, store: Store, reindexing: Reindexing) -> None:
    """Once another index serves than the one that was compared with, a refused one is not published any more."""
    question(served, ask="What does a fern cost?", outcome="answered", says=["$12"])
    rewrite(served, "$12", "$13")
    reindexing.here(*ANN, quiet)
    (run,) = store.runs()
    rewrite(served, "$13", "$12")
    newer = reindexing.here(*ANN, quiet).name
    assert not reindexing.can_publish(run.id)
    with pytest.raises(RequestError, match="another index serves"):
        reindexing.publish_anyway(run.id, *BEN)
    assert (served.store.current(), served.store.aside()) == (newer, None)


def test_a_newer_refusal_takes_the_place_of_an_older_one(served: Bot, store: Store, reindexing: Reindexing) -> None:
    """Of two refused indexes only the newer one is kept, and an older one is said to be gone."""
    question(served, ask="What does a fern cost?", outcome="answered", says=["$12"])
    for price in ("$13", "$14"):
        rewrite(served, "$12" if price == "$13" else "$13", price)
        reindexing.here(*ANN, quiet)
    newer, older = store.runs()
    assert (reindexing.can_publish(older.id), reindexing.can_publish(newer.id)) == (False, True)
    with pytest.raises(IndexUnusable):
        reindexing.publish_anyway(older.id, *BEN)
    assert reindexing.publish_anyway(newer.id, *BEN).published
    assert "$14" in served.handle(Ask("What does a fern cost?")).plain


def test_a_refused_index_is_no_target_of_a_rollback(served: Bot, reindexing: Reindexing) -> None:
    """What never served can neither be gone back to nor serve in place of a damaged index."""
    question(served, ask="What does a fern cost?", outcome="answered", says=["$12"])
    rewrite(served, "$12", "$13")
    name = reindexing.here(*ANN, quiet).name
    assert (reindexing.kept(), name in served.store.names()) == ([], False)
    with pytest.raises(IndexUnusable, match="kept are"):
        reindexing.rollback(*ANN, name)


def test_a_rollback_says_what_it_changes(served: Bot, store: Store, reindexing: Reindexing) -> None:
    """A rollback serves at once, shows the answers that change, and is recorded."""
    older = served.store.current() or ""
    rewrite(served, "$12", "$13")
    newer = reindexing.here(*ANN, quiet).name
    question(served, ask="What does a fern cost?", outcome="answered", says=["$13"])
    assert reindexing.kept() == [older]
    shown = reindexing.compared(newer, older)
    report = reindexing.rollback(*BEN, older)
    assert (served.store.current(), report.before, report.name, report.published) == (older, newer, older, True)
    assert (report.change.changed, shown.differences, shown.published) == ((PATH,), report.differences, False)
    (difference,) = report.differences
    assert ("$13" in difference.before.citations[0].quote, "$12" in difference.after.citations[0].quote) == (True, True)
    assert [f.ask for f in report.failures] == ["What does a fern cost?"]
    (act,) = store.audit(1)
    assert (act.act, act.name, act.before, act.after) == ("rollback", "Ben", newer, older)


class Hurried(Store):
    """A state that another process looks through for what is unrecorded, just before each act is written down."""

    def note(self, person: str, name: str, act: str, detail: str = "", before: str = "", after: str = "") -> None:
        """Look, then write."""
        if act in ("rollback", "publish anyway"):
            self.other.settle()
        super().note(person, name, act, detail, before, after)

    other: Reindexing


@pytest.mark.parametrize("refused", [False, True])
def test_an_act_is_recorded_once_though_another_process_looks_meanwhile(served: Bot, store: Store, *, refused: bool) -> None:
    """Whoever publishes records it; nobody else takes it for something that was left unrecorded."""
    hurried = Hurried(served.settings.home)
    hurried.other = Reindexing(served, store, lambda *_: None)
    reindexing = Reindexing(served, hurried, lambda *_: None)
    reindexing.settle()
    if refused:
        question(served, ask="What does a fern cost?", outcome="answered", says=["$12"])
    rewrite(served, "$12", "$13")
    reindexing.here(*ANN, quiet)
    if refused:
        reindexing.publish_anyway(store.runs()[0].id, *BEN)
    else:
        reindexing.rollback(*BEN)
    reindexing.settle()
    acts = [(act.act, act.name) for act in store.audit()]
    assert acts[:2] == [("publish anyway" if refused else "rollback", "Ben"), ("reindex" if refused else "publish", "Ann")]
    hurried.close()


def test_a_publication_is_found_recorded_behind_any_number_of_acts(reindexing: Reindexing, store: Store) -> None:
    """However much else is done, it is not taken for one that nobody has recorded."""
    reindexing.settle()
    for _ in range(201):
        store.note("slack:T:U1", "Ann", "add guide")
    reindexing.settle()
    assert {act.act for act in store.audit(201)} == {"add guide"}


def wait_for(found: Callable[[], bool], seconds: float = 120) -> None:
    """Until something is so that another process brings about."""
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def test_a_run_goes_on_without_the_process_that_started_it(served: Bot, place: Place, export: str) -> None:
    """The run is done in a process of its own at low priority: it ends though the bot that started it has gone meanwhile.

    Wherever the state and the index are: that process is given the same place.
    """
    rewrite(served, "$12", "$13")
    settings = replace(served.settings, model=export, store=place if isinstance(place, Secret) else served.settings.store)
    store, starter = open_store(settings), open_store(settings)
    run = Reindexing(served, starter, process.launcher(settings)).start(*ANN).run
    wait_for(lambda: (store.run(run.id) or run).stage != "")
    starter.close()
    wait_for(lambda: (store.run(run.id) or run).state != "running")
    found = store.run(run.id) or run
    assert (found.state, decode(found.report).published) == ("done", True), (served.settings.home / process.LOG).read_text("utf-8")
    asked = Bot(settings, lambda _: served.model)
    assert "$13" in asked.handle(Ask("What does a fern cost?")).plain
    asked.close()
    assert [(act.act, act.name) for act in store.audit(1)] == [("publish", "Ann")]
    store.close()


def test_a_process_that_cannot_start_is_a_failed_run(served: Bot, store: Store) -> None:
    """Where the process cannot be started, or ends before it has begun, the run has failed and the next one may begin."""

    def refuse(_run: Run, _over: Callable[[], None]) -> None:
        raise PermissionError(13, "Permission denied")

    def die(_run: Run, over: Callable[[], None]) -> None:
        over()

    for launch, words in ((refuse, "cannot be started: Permission denied"), (die, "Something went wrong")):
        reindexing = Reindexing(served, store, launch)
        run = reindexing.start(*ANN).run
        assert (store.run(run.id) or run).state == "failed"
        assert words in reindexing.status(run.id)[0]
    assert store.running() is None


def test_a_run_that_nobody_knows_is_refused(reindexing: Reindexing) -> None:
    """A run that there is not gives a clear error, whatever is asked of it."""
    for act in (
        reindexing.status,
        reindexing.report,
        lambda run: reindexing.cancel(run, *ANN),
        lambda r: reindexing.publish_anyway(r, *ANN),
    ):
        with pytest.raises(FingerpostError, match="no such reindex"):
            act("../../etc")
