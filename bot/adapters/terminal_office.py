"""The bot's administration in the terminal chat: replies as lines, buttons as numbers to type, a run until its end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from bot.office import SECONDS_BETWEEN_EDITS, Actor, Office, Reply
from bot.settings import megabytes

YOU = Actor("terminal", "", "", "terminal", "the terminal")
NO_BUTTON = "There is no such button now."
LEFT = "The run goes on without you; /fingerpost watch shows it."


class Console:
    """One person's sitting at the office. What was shown last decides what a number means."""

    def __init__(self, office: Office, show: Callable[[str], None], sleep: Callable[[float], None] = time.sleep) -> None:
        self._office = office
        self._show = show
        self._sleep = sleep
        self._last = Reply("")

    def command(self, text: str) -> None:
        """What follows /fingerpost. "guides add FILE" reads a file of this machine."""
        file = text.strip().removeprefix("guides add ").strip().strip("'\"") if text.strip().startswith("guides add ") else ""
        if file:
            self._follow(self._file(file))
        else:
            self._follow(self._office.command(YOU, text))

    def press(self, number: str) -> bool:
        """Press a button by its number; False where the line is no number."""
        if not re.fullmatch(r"\d{1,3}", number) or not self._last.buttons:
            return False
        chosen = int(number) - 1
        if 0 <= chosen < len(self._last.buttons):
            self._follow(self._office.press(YOU, self._last.buttons[chosen].act))
        else:
            self._show(NO_BUTTON)
        return True

    def _file(self, name: str) -> Reply:
        try:
            path = Path(name).expanduser()
            if path.stat().st_size > self._office.largest_file():
                return Reply(f"{path.name} is larger than {megabytes(self._office.largest_file())}; give a smaller file.")
            if not path.is_file():  # such as a device, which never ends
                return Reply(f"{path} is no file; name one.")
            content = path.read_bytes()
        except (OSError, RuntimeError, ValueError) as error:  # nobody's home, or a name that can be none
            return Reply(f"{name} cannot be read: {(error.strerror if isinstance(error, OSError) else '') or 'it is no file'}.")
        return self._office.offer(YOU, path.name, content)

    def _follow(self, reply: Reply) -> None:
        """Show a reply, and where it is about a run, what the run says until it is over."""
        shown = ""
        try:
            while True:
                self._last = reply
                if (text := as_text(reply)) != shown:
                    self._show(text)
                    shown = text
                if not reply.run:
                    return
                self._sleep(SECONDS_BETWEEN_EDITS)
                reply = self._office.progress(reply.run)
        except KeyboardInterrupt:
            self._show(LEFT)


def as_text(reply: Reply) -> str:
    """A reply as lines."""
    lines = [reply.title, *reply.lines]
    if reply.picture:
        lines.append(f"(picture: {reply.picture.description})")
    lines += [f"[{number}] {button.label}" for number, button in enumerate(reply.buttons, 1)]
    return "\n".join(line for line in lines if line)
