"""Answers with their conversations, kept for their buttons. Synchronous; knows no discord.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from bot.adapters.discord import keys
from bot.library import Library
from bot.matrix import Matrix
from bot.messages import Answer, Ask
from bot.render.discord_parts import key as fit
from bot.store import Store


class Kept(msgspec.Struct, frozen=True):
    """An answer with the conversation that it belongs to."""

    answer: Answer
    thread: str
    asked: str = ""


@dataclass(frozen=True)
class Reply:
    """An answer with the table that it rests on, its conversation, and what was asked, as it was typed."""

    answer: Answer
    matrix: Matrix | None
    thread: str
    asked: str = ""


class Answering:
    """Safe to use from several threads."""

    def __init__(self, library: Library, store: Store) -> None:
        self.library = library
        self._store = store

    def answer(self, question: str, thread: str, person: str, key: str) -> Reply:
        """The answer to what a person says in a conversation; `key` is unique to the message and names the answer."""
        self._store.say(thread, person, key, question)
        history = self._store.history(thread, person, key)
        answer = self.library.rephrase(self.library.handle(Ask(question, history)))
        return self._logged(self._kept(answer, thread, key, question, person), person)

    def recommend(self, table: str | None, values: Mapping[str, str], thread: str, person: str, key: str) -> Reply:
        """The recommendation of a table. Raises RequestError where a value cannot be placed in it."""
        return self._logged(self._kept(self.library.recommend(table, values), thread, key, person=person), person)

    def show(self, place: str, thread: str, key: str) -> Reply | None:
        """What stands in a guide; None where there is no such place."""
        answer = self.library.show(place)
        return None if answer is None else self._kept(answer, thread, key)

    def recall(self, answer_id: str) -> Reply | None:
        """An answer by its id, None where its time is over."""
        payload = self._store.held(keys.answer(answer_id))
        if payload is None:
            return None
        kept = msgspec.json.decode(payload, type=Kept)
        return Reply(kept.answer, self.library.matrix(kept.answer), kept.thread, kept.asked)

    def tables(self) -> dict[str, Matrix]:
        """The decision tables, by the key that a button carries."""
        return {fit(table.table): table for table in self.library.tables()}

    def _logged(self, reply: Reply, person: str) -> Reply:
        self._store.ask(keys.answer(reply.answer.id), reply.answer, person)
        return reply

    def _kept(self, answer: Answer, thread: str, key: str, asked: str = "", person: str = "") -> Reply:
        named = msgspec.structs.replace(answer, id=key.rpartition(":")[2])
        self._store.hold(keys.answer(named.id), msgspec.json.encode(Kept(named, thread, asked)).decode(), person=person)
        return Reply(named, self.library.matrix(named), thread, asked)
