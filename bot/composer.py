"""Gathers the citations of one answer: numbers them, checks each quote against its guide, drops what fails."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from bot import quotes
from bot.messages import Citation
from retrieval.guides import Guide
from retrieval.passages import Passage

log = logging.getLogger(__name__)


class Citations:
    """The citations of one answer, numbered from 1 in the order in which they are first used."""

    def __init__(self, guides: Mapping[str, Guide]) -> None:
        self._guides = guides
        self._cited: list[Citation] = []
        self.dropped = 0

    def add(self, passage: Passage, wanted: list[str]) -> int | None:
        """Cite a passage and return its number, or None where its quote does not stand in the guide."""
        guide = self._guides[passage.guide]
        quote, lines = quotes.of_passage(guide, passage, wanted)
        return self._keep(guide, passage, quote, lines)

    def add_rows(self, passage: Passage, rows: list[int]) -> int | None:
        """Cite some rows of the table that `passage` belongs to, under the table's heading."""
        guide = self._guides[passage.guide]
        if passage.table is None:
            return self.add(passage, [])
        quote, lines = quotes.of_rows(guide, passage.table, sorted(rows))
        return self._keep(guide, passage, quote, lines)

    def all(self) -> tuple[Citation, ...]:
        """The citations so far."""
        return tuple(self._cited)

    def length(self) -> int:
        """Characters quoted so far."""
        return sum(len(c.quote) for c in self._cited)

    def _keep(self, guide: Guide, passage: Passage, quote: str, lines: tuple[int, int]) -> int | None:
        for cited in self._cited:
            if cited.path == guide.path and cited.quote == quote:
                return cited.n
        citation = quotes.cite(len(self._cited) + 1, guide, passage, quote, lines)
        if not quotes.stands(citation, guide):
            self.dropped += 1
            log.error("a quote of %s at lines %s does not stand there and was dropped", guide.path, lines)
            return None
        self._cited.append(citation)
        return citation.n
