"""A question in, an answer out: the one core behind every platform. Synchronous, and pure towards the outside."""

from __future__ import annotations

import datetime
import functools
import itertools
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import msgspec

from bot import cues as cue
from bot import gloss, naming, provenance, wording
from bot import question as message
from bot.advice import Advice, Adviser, Row
from bot.composer import Citations
from bot.conversation import Resolved, resolve, subject_words
from bot.decision import named
from bot.disagreement import Disagreements
from bot.facts import Facts
from bot.messages import Answer, Ask, Outcome
from bot.render import plain
from bot.speech import ENGLISH, Speech
from bot.suggestions import Suggestions
from retrieval import ability, words
from retrieval.quantities import figures
from retrieval.searcher import Searcher

LONGEST_HISTORY = 12
MOST_TITLES = 5  # guides that a reply names


class Engine:
    """Answers from one index generation."""

    def __init__(self, searcher: Searcher, suggestions: Suggestions, today: Callable[[], datetime.date] = datetime.date.today) -> None:
        self.searcher = searcher
        self._suggestions = suggestions
        own = searcher.generation
        self._disagreements = Disagreements(own.guides, own.passages, searcher.terms, searcher.stem_rarity, own.manifest.noted)
        self._today = today
        self._advisers = functools.lru_cache(maxsize=32)(functools.partial(Adviser, searcher))
        self._reads = functools.cache(lambda language: ability.reads(searcher.encode, gloss.EXAMPLES, gloss.examples(language)))

    @property
    def topics(self) -> str:
        """What the guides are about, in a few words."""
        return self._suggestions.topics(Speech.of(ENGLISH))

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

    def warm(self) -> None:
        """Read and compute now what the first questions, in whatever language, would wait for."""
        for language in (known.code for known in gloss.languages()):
            gloss.dictionary(language)
            self._reads(language)
            speech = Speech.of(language)
            speech.number(0.5)
            self._adviser(speech)
        self.searcher.corrected("teh")
        naming.warm(self.searcher)
        self._disagreements.among((), lambda _: False)
        for question in self.examples():
            self.handle(Ask(question))

    def busy(self, ask: Ask) -> Answer:
        """The answer to a question for which there is no room at this moment."""
        speech = Speech.of(gloss.language(message.clean(ask.question[: message.KEPT])))
        answer = self._plain_reply(ask.question[:200], _Said("rejected", speech.say(wording.BUSY)), speech)
        named = msgspec.structs.replace(answer, id=ask.id, generation=self.searcher.generation.manifest.name)
        return msgspec.structs.replace(named, plain=plain.render(named))

    def recommend(self, table_name: str | None, values: Mapping[str, str]) -> Answer:
        """The answer of a decision table for values given by axis. Raises RequestError for what is not there."""
        english = Speech.of(ENGLISH)
        citations = Citations(self.searcher.generation.guides)
        table = named(self.searcher.generation, table_name)
        asked = ", ".join(f"{axis}: {value}" for axis, value in values.items()) or table.spec.id
        advice = self._adviser(english).from_values(table, values, citations)
        failed = _Said("not_covered", english.say(wording.FAILED_QUOTE))
        answer = self._advised(asked, advice, citations, english) if advice else self._plain_reply(asked, failed, english)
        finished = msgspec.structs.replace(answer, generation=self.searcher.generation.manifest.name)
        return msgspec.structs.replace(finished, plain=plain.render(finished))

    def _answer(self, ask: Ask) -> Answer:
        if len(ask.question) > message.LONGEST:
            speech = Speech.of(gloss.language(message.clean(ask.question[: message.KEPT])))
            return self._plain_reply(ask.question[:200], _Said("rejected", speech.say(wording.TOO_LONG)), speech)
        whole = message.clean(ask.question)
        history = [message.clean(earlier) for earlier in ask.history[-LONGEST_HISTORY:]]
        speech = Speech.of(gloss.language(whole, history))
        text = message.focus(whole)
        short = self._without_search(ask.question, text, speech)
        return self._plain_reply(text, short, speech) if short else self._searched(text, whole, history, speech)

    def _without_search(self, raw: str, text: str, speech: Speech) -> _Said | None:
        """The reply to a message that asks nothing of the guides; None for one that does."""
        if message.asks_to_read_a_link(raw):
            return _Said("not_covered", speech.say(wording.NOT_COVERED_LINK), suggests=True)
        if (reply := _small_talk(text)) is not None:
            return _Said("small_talk", self._filled(reply, speech))
        if not any(c.isalnum() for c in text):
            outcome: Outcome = "rejected" if message.links(raw) or text else "clarify"
            return _Said(outcome, self._filled(wording.EMPTY, speech), suggests=True)
        return None

    def _searched(self, text: str, whole: str, history: list[str], speech: Speech) -> Answer:
        said, guides = provenance.credited(text, self.searcher)
        resolved = replace(resolve(self._read(said), self._history(history), self.searcher), guides=guides)
        citations, adviser = Citations(self.searcher.generation.guides), self._adviser(speech)
        entire = self._read(whole[: message.KEPT])
        if (advice := self._advice(adviser, entire, resolved, citations)) is not None:
            return self._advised(text, advice, citations, speech)
        role = None if resolved.explains else adviser.role_row(entire, (*resolved.said[:-1], entire))
        if not subject_words(resolved.text, self.searcher) and cue.kind(resolved.text) is None and not figures(text):
            return self._plain_reply(text, _Said("clarify", speech.say(wording.UNCLEAR), suggests=True), speech)
        following = f"{history[-1]} {said}" if resolved.follows and history else said
        return self._from_facts(text, resolved, citations, speech, following if self._reads(speech.language) else "", role)

    def _adviser(self, speech: Speech) -> Adviser:
        """What reads the decision tables, with what it has read of them today."""
        return self._advisers(self._today(), speech)

    def _read(self, text: str) -> str:
        """A message in English, with its abbreviations written out and its typos corrected."""
        return self.searcher.corrected(gloss.to_english(message.expand(text)))

    def _history(self, history: list[str]) -> list[str]:
        """The earlier messages that say something, read in the same way."""
        cleaned = [provenance.credited(message.focus(earlier), self.searcher)[0] for earlier in history]
        return [self._read(text) for text in cleaned if text and _small_talk(text) is None]

    def _advice(self, adviser: Adviser, text: str, resolved: Resolved, citations: Citations) -> Advice | None:
        said = (*resolved.said[:-1], text)
        table = None if resolved.explains else adviser.asked(text, said, resolved.follows) or adviser.answered(text, said)
        if table is None:
            return None
        rows, columns = adviser.places(table, said)
        return adviser.from_places(table, rows, columns, citations)

    def _advised(self, text: str, advice: Advice, citations: Citations, speech: Speech) -> Answer:
        return Answer("", text, advice.outcome, advice.text, citations.all(), advice.recommendation, language=speech.language)

    def _from_facts(
        self, text: str, resolved: Resolved, citations: Citations, speech: Speech, read: str, row: Row | None
    ) -> Answer:  # fmt: skip
        """An answer from what the guides say; `row` is a table's own word for who is asking."""
        parts = [resolved.text] if resolved.follows else self._standing(resolved.text)
        facts = Facts(self.searcher, self._disagreements, speech, text, read if len(parts) == 1 else "", resolved.guides)
        replies = [(part, facts.reply(part, cue.read(resolved.asks if resolved.follows else part), citations, row)) for part in parts]
        if len(parts) == 1 and not replies[0][1].text and not replies[0][1].noted and (alone := self._alone(parts[0])):
            tried = facts.reply(alone, cue.read(alone), citations, row)
            replies = [(alone, tried)] if tried.text else replies
        answered = [reply for _, reply in replies if reply.text]
        if not answered:
            return self._plain_reply(text, _Said("not_covered", replies[0][1].uncovered, suggests=True), speech, parts[0])
        said = [reply.text for reply in answered]
        said += [speech.say(wording.NOT_TOLD, question=gloss.as_written(part, text)) for part, reply in replies if not reply.text]
        differing = tuple(d for reply in answered for d in reply.disagreements)
        return Answer("", text, "answered", "\n".join(said), citations.all(), disagreements=differing, language=speech.language)

    def _standing(self, text: str) -> list[str]:
        """The questions of one message, one that only points back with the subject of what stands before it."""
        parts = message.split(text, self._tells)
        if len(parts) == 1 and (asked := message.asked(text)) and self._tells(asked) and not self._tells(text.replace(asked, "")):
            return [asked] if not self._limits(text) else parts
        if len(parts) > 1 and message.refers(parts[0]) and not words.content(parts[0]):
            parts = parts[1:]  # "is that so?", of what stands in no message
        for i, part in enumerate(parts[1:], 1):
            if message.refers(part) and not subject_words(part, self.searcher):
                before = subject_words(text[: text.find(part)], self.searcher)
                parts[i] = f"{part} {' '.join(before)}".strip()
        return parts

    def _alone(self, text: str) -> str:
        """What asks, of several sentences and clauses, where the others tell something that the guides need not speak of; else ""."""
        asked, rest = message.apart(text)
        return asked if asked and subject_words(asked, self.searcher) and not self._named(rest) else ""

    def _tells(self, text: str) -> bool:
        """Whether a text names a thing that the guides have a name for."""
        unified = self.searcher.terms.unify(text)
        there = (name for name in self.searcher.terms.names() if name in unified)  # which most are not, and costs no expression
        return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", unified) for name in there)

    def _limits(self, text: str) -> bool:
        """Whether what `_named` finds in a text weighs enough there to limit an answer."""
        named = self._named(text)
        return bool(named) and any(word.text in named and naming.limits(word, self.searcher) for word in self.searcher.read(text).words)

    def _named(self, text: str) -> set[str]:
        """The places, companies and occupations in a text that the guides do not have."""
        said = [word for word in words.content(self.searcher.terms.unify(text)) if not any(letter.isdigit() for letter in word)]
        self.searcher.meet(said)
        return {word for word in said if naming.of_a_kind(word, self.searcher)}

    def _plain_reply(self, text: str, said: _Said, speech: Speech, read: str = "") -> Answer:
        """A reply without citations; `read` is the question as it was searched for, which is what suggestions are near to."""
        nearest = self._suggestions.nearest(read or text, self.searcher) if said.suggests else ()
        return Answer("", text, said.outcome, said.text, suggestions=nearest, language=speech.language)

    def _filled(self, reply: str, speech: Speech) -> str:
        there = self.searcher.generation.guides
        titles = [speech.say(wording.QUOTED, text=guide.title) for guide in itertools.islice(there.values(), MOST_TITLES)]
        guides = speech.count(wording.GUIDES, len(there), titles=speech.listed(titles))
        return speech.say(reply, about=self._suggestions.topics(speech), guides=guides)


@dataclass(frozen=True)
class _Said:
    """A reply that quotes nothing; some suggest what to ask instead."""

    outcome: Outcome
    text: str
    suggests: bool = False


def _small_talk(text: str) -> str | None:
    """The reply to small talk in any language."""
    english = gloss.to_english(text)
    return wording.small_talk(text) or (wording.small_talk(english) if english != text else None)
