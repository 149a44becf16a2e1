"""The platforms as a user meets them: one way to ask, whatever lies behind. Each says by name what it cannot do."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bot.adapters import terminal
from bot.wiring import Bot

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


class Terminal:
    """The chat in a terminal: each question is typed into a chat with all that was typed before in the conversation."""

    cannot = {  # noqa: RUF012  # never changed
        "another person": "one person sits at a terminal",
        "private": "a terminal is private; there is nobody to share with",
        "buttons": "a terminal has no buttons; it prints the questions, to be typed",
        "feedback": "a terminal has no buttons",
        "permissions": "whoever has the machine is its admin",
    }

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._typed: list[str] = []

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

    def _chat(self, typed: list[str]) -> str:
        out, keyboard = io.StringIO(), sys.stdin
        sys.stdin = io.StringIO("".join(f"{line}\n" for line in typed))
        try:
            with redirect_stdout(out):
                terminal.run(self._bot)
        finally:
            sys.stdin = keyboard
        return out.getvalue()


@contextmanager
def at_the_terminal(bot: Bot, home: Path) -> Iterator[Platform]:
    """Somebody at a terminal."""
    yield Terminal(bot)  # type: ignore[misc]  # what it cannot do it does not have


def one_line(text: str) -> str:
    """The text with all white space as single spaces."""
    return " ".join(text.split())
