"""An office without guides or indexes: quick, predictable administration for tests whose subject is a platform.

Its run goes one step on each time that somebody asks how far it is. It lives as long as the test holds it, so a platform
that is begun anew meets it as it left it.
"""

from __future__ import annotations

import threading

from bot.office import Actor, Button, Picture, Reply
from bot.render.picture import picture

REFUSED = "You are none of my admins here."
TOO_OLD = "That button has been used already, or is too old."
STEPS = ("Reading the guides.", "Embedding 1 of 2.", "Embedding 2 of 2.", "Checking answers.")
PUBLISHED, CANCELLED = "A new index serves.", "The run was cancelled."


class CheapOffice:
    """Lets those act whose id, or one of whose groups, is among `admins`; where a `workspace` is given, in that one only.

    `asked` has everybody who wanted something and what, `done` only what was done. Each button works once.
    """

    def __init__(self, admins: set[str], workspace: str | None = None, *, public: bool = True) -> None:
        self.admins, self.workspace, self.public = admins, workspace, public
        self.asked: list[tuple[Actor, str]] = []
        self.done: list[tuple[str, str]] = []
        self.offered: list[tuple[str, bytes]] = []
        self.places: list[tuple[str, str, str]] = []
        self.most = 1_000
        self.steps = list(STEPS)
        self.stands = threading.Event()  # while set, no run goes on
        self.gate: threading.Event | None = None  # commands wait until it opens
        self.notes: threading.Event | None = None  # that a run is shown is kept when it opens
        self.error: Exception | None = None
        self.says: Reply | None = None  # what commands reply, in place of their own words
        self._runs: dict[str, int] = {}
        self._acts: set[str] = set()
        self._cancelled: set[str] = set()
        self._lock = threading.Lock()

    def command(self, actor: Actor, text: str) -> Reply:
        """Does what the words say, in a line."""
        if self.gate is not None:
            self.gate.wait(20)
        if self.error is not None:
            raise self.error
        if not self._may(actor, text):
            return Reply(REFUSED)
        if text == "reindex":
            return Reply("Read the guides anew?", ("- 1 guide changed",), self._buttons("start", "leave"))
        if text == "insights" or text.startswith("insights "):
            return Reply(
                "What people ask",
                (text,),
                picture=Picture(picture(("Answered", "Not covered"), (("3", "1"),)), "Answered 3, not covered 1"),
            )
        if text == "watch":
            return self._at(next(reversed(self._runs))) if self._runs else Reply("Nothing runs.")
        if self.says is not None:
            return self.says
        return Reply(f"Done: {text}.", (f"- by {actor.name}",))

    def press(self, actor: Actor, act: str) -> Reply:
        """Does what a button of its own says, once."""
        if not self._may(actor, f"press {act}"):
            return Reply(REFUSED)
        with self._lock:
            if act not in self._acts:
                return Reply(TOO_OLD)
            self._acts.discard(act)
        verb, _, rest = act.partition(".")
        self.done.append((actor.id, verb))
        if verb == "start":
            run = f"run{len(self._runs) + 1}"
            self._runs[run] = 0
            return self._at(run)
        if verb == "cancel":
            self._cancelled.add(rest)
            return Reply("It will be cancelled.")
        return Reply("Added." if verb == "add" else "Left as it is.")

    def offer(self, actor: Actor, filename: str, content: bytes) -> Reply:
        """Keeps the file, and asks."""
        if not self._may(actor, f"offer {filename}"):
            return Reply(REFUSED)
        self.offered.append((filename, content))
        return Reply(f"{filename} would give 3 passages.", (), self._buttons("add", "leave"))

    def refusal(self, actor: Actor) -> Reply | None:
        """In the same words as everywhere."""
        return None if self._may(actor, "refusal") else Reply(REFUSED)

    def largest_file(self) -> int:
        """As it is set."""
        return self.most

    def progress(self, run: str) -> Reply:
        """One step on."""
        with self._lock:
            if not self.stands.is_set():
                self._runs[run] += 1
        return self._at(run)

    def follow(self, run: str, platform: str, place: str) -> None:
        """Kept."""
        if self.notes is not None:
            self.notes.wait(20)
        if (run, platform, place) not in self.places:
            self.places.append((run, platform, place))

    def followed(self, platform: str) -> list[tuple[str, str]]:
        """What is kept."""
        return [(run, place) for run, on, place in self.places if on == platform]

    def shown(self, run: str, platform: str, place: str) -> None:
        """Not kept any longer."""
        if (run, platform, place) in self.places:
            self.places.remove((run, platform, place))

    def _may(self, actor: Actor, what: str) -> bool:
        self.asked.append((actor, what))
        here = self.workspace is None or actor.workspace == self.workspace
        return here and not actor.guest and (actor.id in self.admins or not self.admins.isdisjoint(actor.groups()))

    def _at(self, run: str) -> Reply:
        if run in self._cancelled:
            return Reply(CANCELLED, public=self.public)
        if self._runs[run] >= len(self.steps):
            return Reply(PUBLISHED, ("- 1 guide changed", "- 3 passages embedded anew"), public=self.public)
        act = f"cancel.{run}"
        self._acts.add(act)
        return Reply(
            "The guides are read anew.", (self.steps[self._runs[run]],), (Button("Cancel", act, True),), run=run, public=self.public
        )

    def _buttons(self, *verbs: str) -> tuple[Button, ...]:
        labels = {"start": "Read them", "leave": "Leave it", "add": "Add it"}
        acts = {verb: f"{verb}.{len(self.asked)}" for verb in verbs}
        self._acts.update(acts.values())
        return tuple(Button(labels[verb], act) for verb, act in acts.items())
