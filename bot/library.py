"""The guides to be read: their names and sections, and what stands in one, word for word."""

from __future__ import annotations

from typing import Protocol

import msgspec

from bot.composer import Citations
from bot.desk import BotDesk, Desk
from bot.messages import Answer
from bot.render import plain
from bot.wiring import Bot
from retrieval.ports import Generation

MOST_PASSAGES = 12  # of a guide that is shown


class Library(Desk, Protocol):
    """A desk that also lets people read. Safe to use from several threads."""

    def places(self) -> tuple[str, ...]:
        """All guides by title, then their sections as "guide > section"."""

    def show(self, place: str) -> Answer | None:
        """What stands at one of these places; None where there is none of that name."""


class BotLibrary(BotDesk):
    """The library of a whole bot."""

    def __init__(self, bot: Bot) -> None:
        super().__init__(bot)
        self._engine = bot.engine

    def places(self) -> tuple[str, ...]:
        """All guides by title, then their sections."""
        return places(self._engine().searcher.generation)

    def show(self, place: str) -> Answer | None:
        """What stands at a place."""
        return show(self._engine().searcher.generation, place)


def places(generation: Generation) -> tuple[str, ...]:
    """All guides by title, then their sections as "guide > section"."""
    titles = {g.id: g.title for g in generation.guides.values()}
    sections = dict.fromkeys(_named(titles[p.guide], p.section) for p in generation.passages if p.section)
    return (*titles.values(), *sections)


def show(generation: Generation, place: str) -> Answer | None:
    """The passages of a guide or of one of its sections, as citations; None where there is none of that name."""
    wanted = place.casefold().strip()
    for guide in sorted(generation.guides.values(), key=lambda g: g.title):
        whole = [p for p in generation.passages.of_guide(guide.id) if p.row is None and p.kind != "asked"]
        entire = wanted in (guide.id.casefold(), guide.title.casefold())
        chosen = whole if entire else [p for p in whole if wanted == _named(guide.title, p.section).casefold()]
        if chosen:
            citations = Citations(generation.guides)
            for passage in chosen[:MOST_PASSAGES]:
                citations.add(passage, [])
            title = _named(guide.title, () if entire else chosen[0].section)
            more = (
                "" if len(chosen) <= MOST_PASSAGES else f" These are its first {MOST_PASSAGES} passages; choose a section for the others."
            )
            answer = Answer("", title, "answered", f"From the guide “{title}”.{more}", citations.all(), generation=generation.manifest.name)
            return msgspec.structs.replace(answer, plain=plain.render(answer))
    return None


def _named(title: str, section: tuple[str, ...]) -> str:
    return " > ".join([title, *section])
