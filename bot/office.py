"""What an admin asks of the bot, as a port: commands, buttons and files in, replies out, in the same words everywhere.

A platform passes on what was typed, pressed or uploaded, says who did it, and shows the reply. Where a reply has a `run`,
the platform asks for `progress` of it every few seconds and edits that one message, until the reply has no `run` any more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

SECONDS_BETWEEN_EDITS = 2.0  # the least time between two edits of one message
MOST_BUTTONS = 5  # of one reply


@dataclass(frozen=True)
class Actor:
    """Who does it, as the platform vouches for at this moment.

    `workspace` is the id of the team or server ("" in a direct message of Discord), `id` the person's id there, `key` the
    name under which the store knows them, `name` what people call them. `groups` looks up the ids of the user groups or
    roles that they have now; it may ask the platform, so it is called only where it matters, and raises RequestError, in
    words for the actor, where the platform cannot say at the moment.
    """

    platform: str
    workspace: str
    id: str
    key: str
    name: str
    guest: bool = False
    groups: Callable[[], frozenset[str]] = frozenset


@dataclass(frozen=True)
class Button:
    """A button. `act` comes back to `Office.press`; it is at most 80 characters. `danger` has it shown as such."""

    label: str
    act: str
    danger: bool = False


@dataclass(frozen=True)
class Picture:
    """A PNG, with the words for people who cannot see it."""

    png: bytes
    description: str


@dataclass(frozen=True)
class Reply:
    """What an admin is shown: plain words, without any markup, at most 3,500 characters in all.

    `lines` may begin with "- " for an item of a list. A reply with `public` may be seen by everybody in the channel, such
    as the progress of a reindex; all others are for the one who asked. `run` names work that goes on, see above.
    """

    title: str
    lines: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    picture: Picture | None = None
    run: str = ""
    public: bool = False


class Office(Protocol):
    """The bot's administration. Every call checks what the actor may do. Safe to use from several threads; calls may be slow."""

    def command(self, actor: Actor, text: str) -> Reply:
        """What `/fingerpost TEXT` does and says. Never raises FingerpostError: a failure is a reply."""

    def press(self, actor: Actor, act: str) -> Reply:
        """What a button does and says. A button that is too old, forged or another person's is refused in the reply."""

    def offer(self, actor: Actor, filename: str, content: bytes) -> Reply:
        """What a file would give as a guide, with buttons to add it. Text that was pasted comes as `pasted.md`."""

    def refusal(self, actor: Actor) -> Reply | None:
        """Why `offer` would refuse this actor, None where it would not: a platform fetches no file for anybody else."""

    def largest_file(self) -> int:
        """The most bytes that `offer` takes; a platform need not fetch a file that is larger."""

    def progress(self, run: str) -> Reply:
        """How far a run is; without `run` in it when it is over."""

    def follow(self, run: str, platform: str, place: str) -> None:
        """Remember where a run is shown, in words of the platform's own, so that the bot goes on there after a restart."""

    def followed(self, platform: str) -> list[tuple[str, str]]:
        """The runs, with their places, whose end has not been shown on this platform: to go on with at start."""

    def shown(self, run: str, platform: str, place: str) -> None:
        """The end of a run has been shown at this place."""
