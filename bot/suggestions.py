"""Questions that the guides do answer, for an asker whose own they do not."""

from __future__ import annotations

from bot import wording
from bot.speech import Speech
from retrieval.ports import Generation
from retrieval.searcher import Searcher

SHOWN = 3
MOST_TAGS = 6  # by which the guides' subjects are named


class Suggestions:
    """The questions of the guides' headings and of their check questions, nearest first."""

    def __init__(self, generation: Generation) -> None:
        self._questions = generation.questions
        self._tags = list(generation.overview.tags[:MOST_TAGS])

    def topics(self, speech: Speech) -> str:
        """What the guides are about, by their own tags."""
        return speech.listed(self._tags) or speech.say(wording.THEIR_SUBJECTS)

    def nearest(self, text: str, searcher: Searcher) -> tuple[str, ...]:
        """The questions nearest in meaning to `text`; the first ones where it is empty."""
        if not text.strip() or not len(self._questions):
            return tuple(self._questions.first(SHOWN))
        return tuple(self._questions.nearest(searcher.vector(text), SHOWN))
