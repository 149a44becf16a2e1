"""The office behind the port: which command is whose, and what it says. Each group of commands has a file of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.admin import rights
from bot.admin.buttons import Buttons, Refused
from bot.admin.rights import Admin
from bot.office import Actor, Reply
from bot.store import Store
from retrieval.errors import FingerpostError

log = logging.getLogger(__name__)

Handler = Callable[[Actor, str], Reply]
"""Does something for an actor who may, with the words after the command's name, or a button's argument. May raise FingerpostError."""

NOT_YOURS = "Only my admins can do that."
FAILED = "That did not work."
BROKEN = "Something went wrong on my side, and nothing was changed. It stands in my log; please tell whoever runs me."


@dataclass(frozen=True)
class Command:
    """A command: what is typed after /fingerpost, what it does in a few words, and whether only admins may."""

    name: str
    does: str
    run: Handler
    admins_only: bool = True


class Administration:
    """Finds the command or the button, checks the right, and turns every failure into words. See `bot.office.Office`."""

    def __init__(self, admins: frozenset[Admin], store: Store, commands: Sequence[Command], presses: dict[str, Handler]) -> None:
        self._admins = admins
        self._buttons = Buttons(store)
        self._commands = [*commands, Command("help", "this list", self._help, admins_only=False)]
        self._presses = presses

    def command(self, actor: Actor, text: str) -> Reply:
        """What `/fingerpost TEXT` does and says."""
        words = " ".join(text.split())
        known = sorted(self._commands, key=lambda command: -len(command.name))
        folded = f"{words.casefold()} "
        command = next((c for c in known if folded.startswith(f"{c.name} ")), None)
        if command is None:
            return self._help(actor, words)
        if command.admins_only and (refusal := self.may(actor)):
            return refusal
        return _tried(actor, command.run, words[len(command.name) :].strip())

    def press(self, actor: Actor, act: str) -> Reply:
        """What a button does and says. All buttons are for admins, whoever they were shown to."""
        if refusal := self.may(actor):
            return refusal
        pressed = self._buttons.take(actor, act)
        if isinstance(pressed, Refused):
            return Reply(pressed.reason)
        return _tried(actor, self._presses[pressed.verb], pressed.argument)

    def may(self, actor: Actor) -> Reply | None:
        """The refusal of an actor who is no admin."""
        refusal = rights.refusal(actor, self._admins)
        return Reply(NOT_YOURS, (refusal,)) if refusal else None

    def _help(self, actor: Actor, unknown: str) -> Reply:
        admin = self.may(actor) is None
        mine = [c for c in self._commands if admin or not c.admins_only]
        title = f"There is no command “{unknown[:80]}”. There are:" if unknown else "What you can do here:"
        return Reply(title, tuple(f"- /fingerpost {c.name}: {c.does}" for c in mine))


def _tried(actor: Actor, run: Handler, argument: str) -> Reply:
    """What a handler says, in its place what went wrong."""
    try:
        return run(actor, argument)
    except FingerpostError as error:
        return Reply(FAILED, (f"{error}.",))
    except Exception:
        log.exception("an administrative act failed")
        return Reply(BROKEN)
