"""The platforms as a user meets them: one way to ask, whatever lies behind. Each says by name what it cannot do."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bot.adapters import terminal
from bot.adapters.terminal_office import Console
from bot.office import Office
from bot.store import open_store
from bot.wiring import Bot
from tests.servers import offices

ANN, BEN, ADMIN = "ann", "ben", "admin"


@dataclass(frozen=True)
class Shown:
    """What somebody is shown: all words on one line, the questions that can be pressed, and whether others see it."""

    words: str
    questions: tuple[str, ...] = ()
    private: bool = False
    handle: Any = None


class Platform(Protocol):
    """A platform with people on it. `cannot` names what it cannot do, and why."""

    cannot: dict[str, str]

    def ask(self, person: str, text: str) -> Shown:
        """Ask in a conversation of its own."""

    def follow_up(self, person: str, text: str) -> Shown:
        """Go on in the conversation of the last answer."""

    def path(self, person: str, rows: str, columns: str) -> Shown:
        """Ask for a recommendation by the table's own places."""

    def ask_privately(self, person: str, text: str) -> Shown:
        """Ask so that nobody else sees it."""

    def share(self, person: str, shown: Shown) -> Shown:
        """Show a private answer to all."""

    def press(self, person: str, shown: Shown, question: str) -> Shown:
        """Press the button of a question."""

    def good(self, person: str, shown: Shown) -> None:
        """Say that an answer was good."""

    def verdicts(self) -> list[str]:
        """All that was said of answers."""

    def quiet(self, person: str) -> Shown:
        """Ask the bot to be quiet in the channel."""

    def admin(self, person: str, text: str) -> Shown:
        """Use an administrative command."""

    def push(self, person: str, shown: Shown, label: str) -> Shown:
        """Press a button of the administration by its label."""

    def upload(self, person: str, filename: str, content: bytes) -> Shown:
        """Offer a file as a guide."""

    def watch(self, shown: Shown) -> Shown:
        """Follow the message of a run to its end."""


class Terminal:
    """The chat in a terminal: each question is typed into a chat with all that was typed before in the conversation."""

    cannot = {  # noqa: RUF012  # never changed
        "another person": "one person sits at a terminal",
        "private": "a terminal is private; there is nobody to share with",
        "buttons": "a terminal has no buttons; it prints the questions, to be typed",
        "feedback": "a terminal has no buttons",
        "permissions": "whoever has the machine is its admin",
    }

    def __init__(self, bot: Bot, office: Office, home: Path) -> None:
        self._bot = bot
        self._office = office
        self._home = home
        self._typed: list[str] = []
        self._printed: list[str] = []
        self._console = Console(office, self._printed.append, sleep=lambda seconds: time.sleep(seconds / 40))

    def ask(self, person: str, text: str) -> Shown:
        """Type a question into a new chat."""
        self._typed = []
        return self.follow_up(person, text)

    def follow_up(self, person: str, text: str) -> Shown:
        """Type a question into the same chat."""
        assert person == ANN, self.cannot["another person"]
        before = self._chat(self._typed)
        self._typed.append(text)
        shown = self._chat(self._typed).removeprefix(before)
        asked = tuple(line.removeprefix("- ") for line in shown.splitlines() if line.startswith("- "))
        return Shown(one_line(shown), asked, private=True)

    def path(self, person: str, rows: str, columns: str) -> Shown:
        """Type /path with both axes."""
        first, second = self._bot.axes(None)
        return self.ask(person, f"/path {first}={rows} {second}={columns}")

    def press(self, person: str, shown: Shown, question: str) -> Shown:
        """Type the question that was printed."""
        assert question in shown.questions
        return self.ask(person, question)

    def admin(self, person: str, text: str) -> Shown:
        """Type /fingerpost with the words."""
        assert person == ADMIN, self.cannot["permissions"]
        return self._administered(lambda: self._console.command(text))

    def push(self, person: str, shown: Shown, label: str) -> Shown:
        """Type the number of a button."""
        assert person == ADMIN, self.cannot["permissions"]
        number = next(line for line in shown.handle if line.endswith(f"] {label}")).partition("]")[0].removeprefix("[")
        return self._administered(lambda: self._console.press(number))

    def upload(self, person: str, filename: str, content: bytes) -> Shown:
        """Name a file of the machine."""
        (self._home / filename).write_bytes(content)
        return self.admin(person, f"guides add {self._home / filename}")

    def watch(self, shown: Shown) -> Shown:
        """Read what was printed last: the terminal has waited for the end."""
        return shown

    def _administered(self, act: Callable[[], object]) -> Shown:
        self._printed.clear()
        act()
        return Shown(one_line(self._printed[-1]), private=True, handle=self._printed[-1].splitlines())

    def _chat(self, typed: list[str]) -> str:
        out, keyboard = io.StringIO(), sys.stdin
        sys.stdin = io.StringIO("".join(f"{line}\n" for line in typed))
        try:
            with redirect_stdout(out):
                terminal.run(self._bot, self._office)
        finally:
            sys.stdin = keyboard
        return out.getvalue()


@contextmanager
def at_the_terminal(bot: Bot, home: Path) -> Iterator[Platform]:
    """Somebody at a terminal."""
    store = open_store(bot.settings)
    yield Terminal(bot, offices.office(bot, store), home)  # type: ignore[misc]  # what it cannot do it does not have
    store.close()


def one_line(text: str) -> str:
    """The text with all white space as single spaces."""
    return " ".join(text.split())
