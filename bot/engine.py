"""A question in, an answer out: the one core behind every platform. Synchronous, and pure towards the outside."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping

import msgspec

from bot import cues as cue
from bot import gloss, wording
from bot import question as message
from bot.advice import Advice, Adviser
from bot.composer import Citations
from bot.conversation import Resolved, resolve, subject_words
from bot.decision import named
from bot.facts import Facts, Reply
from bot.messages import Answer, Ask, Outcome
from bot.render import plain
from bot.suggestions import Suggestions
from retrieval.quantities import figures
from retrieval.searcher import Searcher

LONGEST_HISTORY = 12


class Engine:
    """Answers from one index generation."""

    def __init__(self, searcher: Searcher, suggestions: Suggestions, today: Callable[[], datetime.date] = datetime.date.today) -> None:
        self.searcher = searcher
        self._suggestions = suggestions
        self._facts = Facts(searcher)
        self._today = today

    @property
    def topics(self) -> str:
        """What the guides are about, in a few words."""
        return self._suggestions.topics

    def examples(self) -> tuple[str, ...]:
        """Some questions that the guides answer."""
        return self._suggestions.nearest("", self.searcher)

    def handle(self, ask: Ask) -> Answer:
        """The answer to a question. Never raises for anything that a person can type."""
        started = time.perf_counter()
        answer = self._answer(ask)
        finished = msgspec.structs.replace(
            answer, id=ask.id, generation=self.searcher.generation.manifest.name,
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )  # fmt: skip
        return msgspec.structs.replace(finished, plain=plain.render(finished))

    def recommend(self, table_name: str | None, values: Mapping[str, str]) -> Answer:
        """The answer of a decision table for values given by axis. Raises RequestError for what is not there."""
        citations = Citations(self.searcher.generation.guides)
        table = named(self.searcher.generation.guides, table_name)
        asked = ", ".join(f"{axis}: {value}" for axis, value in values.items()) or table.spec.id
        advice = Adviser(self.searcher, self._today()).from_values(table, values, citations)
        answer = self._advised(asked, advice, citations) if advice else self._plain_reply(asked, "not_covered", wording.FAILED_QUOTE)
        finished = msgspec.structs.replace(answer, generation=self.searcher.generation.manifest.name)
        return msgspec.structs.replace(finished, plain=plain.render(finished))

    def _answer(self, ask: Ask) -> Answer:
        if len(ask.question) > message.LONGEST:
            return self._plain_reply(ask.question[:200], "rejected", wording.TOO_LONG)
        text = message.focus(message.clean(ask.question))
        if message.asks_to_read_a_link(ask.question):
            return self._plain_reply(text, "not_covered", wording.NOT_COVERED_LINK, suggest=True)
        if (reply := wording.small_talk(text)) is not None:
            return self._plain_reply(text, "small_talk", self._filled(reply))
        if not any(c.isalnum() for c in text):
            outcome: Outcome = "rejected" if message.links(ask.question) or text else "clarify"
            return self._plain_reply(text, outcome, self._filled(wording.EMPTY), suggest=True)
        resolved = resolve(self._read(text), self._history(ask), self.searcher)
        whole = self._read(message.clean(ask.question)[: message.KEPT])
        citations = Citations(self.searcher.generation.guides)
        if (advice := self._advice(whole, resolved, citations)) is not None:
            return self._advised(text, advice, citations)
        if not subject_words(resolved.text, self.searcher) and cue.kind(resolved.text) is None and not figures(text):
            return self._plain_reply(text, "clarify", wording.UNCLEAR, suggest=True)
        return self._from_facts(text, resolved, citations)

    def _read(self, text: str) -> str:
        """A message in English, with its abbreviations written out and its typos corrected."""
        return self.searcher.corrected(gloss.to_english(message.expand(text)))

    def _history(self, ask: Ask) -> list[str]:
        """The earlier messages that say something, read in the same way."""
        cleaned = [message.focus(message.clean(h)) for h in ask.history[-LONGEST_HISTORY:]]
        return [self._read(text) for text in cleaned if text and wording.small_talk(text) is None]

    def _advice(self, text: str, resolved: Resolved, citations: Citations) -> Advice | None:
        adviser = Adviser(self.searcher, self._today())
        said = (*resolved.said[:-1], text)
        table = None if resolved.explains else adviser.asked(text, said, resolved.follows) or adviser.answered(text, said)
        if table is None:
            return None
        rows, columns = adviser.places(table, said)
        return adviser.from_places(table, rows, columns, citations)

    def _advised(self, text: str, advice: Advice, citations: Citations) -> Answer:
        return Answer("", text, advice.outcome, advice.text, citations.all(), advice.recommendation)

    def _from_facts(self, text: str, resolved: Resolved, citations: Citations) -> Answer:
        parts = [resolved.text] if resolved.follows else message.split(resolved.text)
        replies = [(part, self._reply(part, resolved, citations)) for part in parts]
        answered = [reply for _, reply in replies if reply.text]
        if not answered:
            return self._plain_reply(text, "not_covered", replies[0][1].uncovered, suggest=True)
        said = [reply.text for reply in answered]
        said += [wording.NOT_TOLD.format(question=part) for part, reply in replies if not reply.text]
        differing = tuple(d for reply in answered for d in reply.disagreements)
        return Answer("", text, "answered", "\n".join(said), citations.all(), disagreements=differing)

    def _reply(self, part: str, resolved: Resolved, citations: Citations) -> Reply:
        return self._facts.reply(part, cue.read(resolved.asks if resolved.follows else part), citations)

    def _plain_reply(self, text: str, outcome: Outcome, said: str, suggest: bool = False) -> Answer:
        nearest = self._suggestions.nearest(text, self.searcher) if suggest else ()
        return Answer("", text, outcome, said, suggestions=nearest)

    def _filled(self, reply: str) -> str:
        guides = self.searcher.generation.guides.values()
        titles = wording.listed([f"“{g.title}”" for g in guides][:5])
        return reply.format(about=self._suggestions.topics, guides=f"{len(guides)} guides ({titles})")
