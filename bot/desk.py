"""What a chat platform asks of the bot, as a port, and the bot behind it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Protocol

from bot import matrix
from bot.matrix import Matrix
from bot.messages import Answer, Ask
from bot.wiring import Bot
from retrieval.ports import Generation

MOST_TITLES = 20  # guides that are named one by one


class Desk(Protocol):
    """Questions in, answers out, and what a platform shows beside them. Safe to use from several threads."""

    def handle(self, ask: Ask) -> Answer:
        """Answer a question, by quotes. Raises FingerpostError where no index serves."""

    def rephrase(self, answer: Answer) -> Answer:
        """What `handle` gave, in the words of a language model where one is set. It waits for seconds, and computes next to nothing."""

    def recommend(self, table: str | None, values: Mapping[str, str]) -> Answer:
        """Recommend from a decision table, by values for its axes. Raises FingerpostError."""

    def matrix(self, answer: Answer) -> Matrix | None:
        """The table that a recommendation was read from, with the asker's cells marked."""

    def tables(self) -> list[Matrix]:
        """The decision tables of the guides."""

    def examples(self) -> tuple[str, ...]:
        """Questions that the guides answer."""

    def status(self) -> tuple[str, ...]:
        """The state of the index, in short lines."""


class BotDesk:
    """The desk of a whole bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    def handle(self, ask: Ask) -> Answer:
        """Answer a question, by quotes."""
        return self._bot.answer(ask)

    def rephrase(self, answer: Answer) -> Answer:
        """In the words of a language model, where one is set."""
        return self._bot.rephrase(answer)

    def recommend(self, table: str | None, values: Mapping[str, str]) -> Answer:
        """Recommend from a decision table."""
        return self._bot.recommend(table, values)

    def matrix(self, answer: Answer) -> Matrix | None:
        """The table that a recommendation was read from."""
        return matrix.of(answer, self._bot.engine().searcher.generation) if answer.recommendation else None

    def tables(self) -> list[Matrix]:
        """The decision tables of the guides."""
        return matrix.every(self._bot.engine().searcher.generation)

    def examples(self) -> tuple[str, ...]:
        """Questions that the guides answer."""
        return self._bot.engine().examples()

    def status(self) -> tuple[str, ...]:
        """The state of the index, in short lines."""
        generation = self._bot.engine().searcher.generation
        manifest = generation.manifest
        return (f"{manifest.guides} guides: {titles(generation)}", f"{manifest.quotable} passages, index built {manifest.created}")


def titles(generation: Generation) -> str:
    """The titles of the guides; of many the first ones."""
    some = [guide.title for guide in itertools.islice(generation.guides.values(), MOST_TITLES)]
    more = [f"{len(generation.guides) - len(some)} others"] if len(generation.guides) > len(some) else []
    return "; ".join([*some, *more])
