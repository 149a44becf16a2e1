"""Questions that the guides do answer, for an asker whose own they do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot import wording
from bot.speech import Speech
from retrieval.encoder import Vectors
from retrieval.generations import Generation
from retrieval.searcher import Searcher

SHOWN = 3


class Suggestions:
    """The questions of the guides' headings and of their check questions, nearest first."""

    def __init__(self, generation: Generation, asked: Iterable[str]) -> None:
        headings = [p.section[-1] for p in generation.passages if p.kind == "faq"]
        self._questions = list(dict.fromkeys([*asked, *headings]))
        tags = Counter(tag for guide in generation.guides.values() for tag in guide.tags)
        self._tags = [tag for tag, _ in tags.most_common(6)]
        self._vectors: Vectors | None = None

    def topics(self, speech: Speech) -> str:
        """What the guides are about, by their own tags."""
        return speech.listed(self._tags) or speech.say(wording.THEIR_SUBJECTS)

    def nearest(self, text: str, searcher: Searcher) -> tuple[str, ...]:
        """The questions nearest in meaning to `text`; the first ones where it is empty."""
        if not self._questions:
            return ()
        if not text.strip():
            return tuple(self._questions[:SHOWN])
        if self._vectors is None:
            self._vectors = searcher.encode(self._questions)
        cosines = self._vectors @ searcher.encode([text])[0]
        order = sorted(range(len(self._questions)), key=lambda i: -float(cosines[i]))
        return tuple(self._questions[i] for i in order[:SHOWN])
