"""The index from chat: what serves, a reindex with its progress and its verdict, publishing anyway, and the way back."""

from __future__ import annotations

from bot import desk
from bot.admin.administration import Command, Handler
from bot.admin.buttons import Buttons
from bot.office import MOST_BUTTONS, Actor, Button, Reply
from bot.reindexing import telling
from bot.reindexing.report import Report
from bot.reindexing.runs import Reindexing
from bot.store import Run, Store
from bot.wiring import Bot
from retrieval.errors import IndexUnusable

NOTHING_RUNS = "Nobody is reindexing."
NOTHING_DONE = "Nothing was done."
SERVES_ON = "The index that served before serves on."
WAITS = "Not published: a check question fails. Mend the guide or the question and reindex, or publish it as it is."
SURE = "Publish an index that fails a check question?"
_TITLES = {
    "running": "Reindexing", "waiting": "Reindexed, and refused", "done": "Reindexed", "cancelled": "Reindex cancelled",
    "failed": "Reindex failed", "interrupted": "Reindex interrupted",
}  # fmt: skip


class Index:
    """The commands about the index, and their buttons."""

    def __init__(self, bot: Bot, store: Store, reindexing: Reindexing) -> None:
        self._bot = bot
        self._store = store
        self._reindexing = reindexing
        self._buttons = Buttons(store)

    def commands(self) -> list[Command]:
        """What can be typed."""
        return [
            Command("status", "which index serves, of which guides", self._status, admins_only=False),
            Command("reindex", "build a new index from the guides, and publish it if its check questions pass", self._reindex),
            Command("watch", "show the reindex that goes on", self._watch),
            Command("cancel", "stop the reindex that goes on", self._cancel),
            Command("rollback", "let the index before this one serve again at once; with a name, that one", self._rollback),
            Command("generations", "the indexes that can be gone back to", self._generations),
        ]

    def presses(self) -> dict[str, Handler]:
        """What can be pressed."""
        return {
            "reindex": self._start, "watch": self._watch, "cancel": self._cancel, "nothing": lambda _actor, _of: Reply(NOTHING_DONE),
            "anyway": self._anyway, "really": self._really, "rollback": self._rollback,
        }  # fmt: skip

    def progress(self, run_id: str) -> Reply:
        """How far a run is, or how it ended."""
        run = self._store.run(run_id)
        if run is None:
            return Reply(NOTHING_RUNS)
        lines = self._reindexing.status(run_id)
        if run.state == "running":
            cancel = () if run.cancelled_by else (self._once(run, "Cancel", "cancel"),)
            return Reply(_TITLES["running"], lines, cancel, run=run_id, public=True)
        if run.state == "waiting" and self._reindexing.can_publish(run_id):
            return Reply(
                _TITLES["waiting"], (*lines, WAITS, SERVES_ON), (self._once(run, "Publish anyway", "anyway", danger=True),), public=True
            )
        report = self._reindexing.report(run_id)
        end = f"{report.name} serves now. It took {telling.span(report.seconds)}." if report.published else SERVES_ON
        return Reply(_TITLES[run.state], (*lines, end), public=True)

    def offer_reindex(self, actor: Actor) -> Button:
        """The button that starts one."""
        return self._buttons.make("Reindex", "reindex", by=actor)

    def _status(self, _actor: Actor, _words: str) -> Reply:
        generation = self._bot.engine().searcher.generation
        manifest = generation.manifest
        checks = f"check questions: {manifest.checks_passed} passed, {len(manifest.checks_failed)} failed"
        lines = [
            f"{manifest.guides} guides: {desk.titles(generation)}", f"{manifest.quotable} passages, {checks}",
            f"index {manifest.name}, built {manifest.created}; model {manifest.model}, served by {self._bot.model.served_by}",
        ]  # fmt: skip
        if stale := self._bot.stale_guides():
            lines.append(f"changed since: {', '.join(stale[:5])}{' and others' if len(stale) > 5 else ''}; an admin can reindex")
        if (run := self._store.running()) is not None:
            lines.append(self._reindexing.who(run))
        return Reply("The guides and their index", tuple(lines))

    def _reindex(self, actor: Actor, _words: str) -> Reply:
        if (run := self._store.running()) is not None:
            return self._somebody(run)
        stale = self._bot.stale_guides() if self._bot.has_index else ()
        what = f"Changed since the last one: {', '.join(stale)}." if stale else "No guide has changed since the last one."
        how = "The index that serves goes on serving until the new one has passed its check questions."
        return Reply("Reindex the guides?", (what, how), (self.offer_reindex(actor), self._buttons.make("Not now", "nothing", by=actor)))

    def _start(self, actor: Actor, _argument: str) -> Reply:
        started = self._reindexing.start(actor.name, actor.key)
        return self.progress(started.run.id) if started.mine else self._somebody(started.run)

    def _somebody(self, run: Run) -> Reply:
        watch, cancel = self._buttons.make("Watch", "watch"), self._buttons.make("Cancel it", "cancel", run.id, danger=True)
        return Reply("One reindex at a time", (f"{self._reindexing.who(run)}.",), (watch, cancel))

    def _watch(self, _actor: Actor, _argument: str) -> Reply:
        run = self._store.running()
        last = self._store.runs(1)
        if run is None and last:
            return self.progress(last[0].id)
        return self.progress(run.id) if run else Reply(NOTHING_RUNS)

    def _cancel(self, actor: Actor, argument: str) -> Reply:
        run = self._store.run(argument) if argument else self._store.running()
        if run is None or run.state != "running":
            return Reply(NOTHING_RUNS)
        if self._reindexing.cancel(run.id, actor.name, actor.key):
            return Reply("It stops at its next step", (SERVES_ON,))
        return Reply("Somebody has cancelled it already, or it is over")

    def _anyway(self, actor: Actor, run_id: str) -> Reply:
        """The second question, to the one who pressed only; both buttons are theirs."""
        failing = [f"- {failure.ask}: {failure.reason}" for failure in self._reindexing.report(run_id).failures[:10]]
        buttons = (
            self._buttons.make("Yes, publish it", "really", run_id, by=actor, danger=True),
            self._buttons.make("No", "nothing", by=actor),
        )  # fmt: skip
        return Reply(SURE, (*failing, "It is recorded with your name."), buttons)

    def _really(self, actor: Actor, run_id: str) -> Reply:
        report = self._reindexing.publish_anyway(run_id, actor.name, actor.key)
        return Reply("Published anyway", (f"{actor.name} published {report.name}, in place of {report.before or 'nothing'}.",), public=True)

    def _rollback(self, actor: Actor, generation: str) -> Reply:
        report = self._reindexing.rollback(actor.name, actor.key, generation or None)
        return self._gone_back(actor, report)

    def _gone_back(self, actor: Actor, report: Report) -> Reply:
        back = self._buttons.make("Undo", "rollback", report.before, by=actor)
        lines = (f"{report.name} serves now, in place of {report.before}.", *telling.describe(report))
        return Reply("Gone back", lines, (back,))

    def _generations(self, actor: Actor, _words: str) -> Reply:
        lines = []
        for name in self._reindexing.kept():
            try:
                manifest = self._bot.store.manifest(name)
                lines.append(f"- {name}: built {manifest.created}, {manifest.guides} guides, {manifest.quotable} passages")
            except IndexUnusable as error:
                lines.append(f"- {name}: {error}")
        buttons = [self._buttons.make(f"Go back to {name}", "rollback", name, by=actor) for name in self._reindexing.kept()]
        serves = self._bot.store.current() or "none"
        return Reply(
            f"{serves} serves. Kept for a rollback:" if lines else f"{serves} serves; no other is kept.",
            tuple(lines),
            tuple(buttons[:MOST_BUTTONS]),
        )

    def _once(self, run: Run, label: str, verb: str, *, danger: bool = False) -> Button:
        """A button of a message that is shown again and again: the same one each time, for every admin."""
        return self._buttons.make(label, verb, run.id, danger=danger, token=f"{verb}-{run.id}")
