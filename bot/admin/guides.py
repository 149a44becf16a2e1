"""Guides from chat: what there is, what a file would give, adding, replacing and removing."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable

import msgspec

from bot import inspection
from bot.admin.administration import Command, Handler
from bot.admin.buttons import SECONDS, TOO_OLD, Buttons
from bot.office import Actor, Button, Reply
from bot.store import Store
from bot.wiring import Bot
from retrieval import guides
from retrieval.errors import RequestError
from retrieval.importing import proposal
from retrieval.importing.proposal import Proposal

_HELD = "admin:offered:"
HOW = (
    "Give me a file here: Markdown, HTML, PDF, DOCX or plain text. I show what it would give before anything is added.",
    "Text can be pasted as well. What a guide may say of itself and of its tables stands in corpus/README.md.",
)
NOT_SERVED_YET = "It is answered from after the next reindex."
MOST_LISTED = 25


class Guides:
    """The commands about guides, and their buttons."""

    def __init__(self, bot: Bot, store: Store, reindex: Callable[[Actor], Button]) -> None:
        self._bot = bot
        self._store = store
        self._buttons = Buttons(store)
        self._reindex = reindex

    def commands(self) -> list[Command]:
        """What can be typed."""
        return [
            Command("guides", "the guides that I answer from", self._list, admins_only=False),
            Command("guides add", "add or replace a guide from a file, or from text", lambda _actor, _words: Reply("Add a guide", HOW)),
            Command("guides remove", "take a guide out, by its name", self._remove),
            Command("guides check", "what is wrong in the guides, and where they disagree", self._check),
        ]

    def presses(self) -> dict[str, Handler]:
        """What can be pressed."""
        return {"add": self._add, "remove": self._really_remove}

    def offer(self, actor: Actor, filename: str, content: bytes) -> Reply:
        """What a file would give, with the button that adds it. Raises ImportRefused, RequestError."""
        found = proposal.propose(filename, content, most_bytes=self._bot.settings.largest_file)
        there = proposal.existing(found.id, self._bot.settings.corpus)
        key = secrets.token_urlsafe(16)
        self._store.hold(_HELD + key, msgspec.json.encode(found).decode(), SECONDS)
        add = self._buttons.make(
            "Replace the guide" if there else "Add the guide", "add", f"{int(there is not None)}:{key}", by=actor, danger=bool(there)
        )
        return Reply("This is what the file would give", proposal.preview(found, replaces=there), (add, self._not_now(actor)))

    def _list(self, _actor: Actor, _words: str) -> Reply:
        generation = self._bot.engine().searcher.generation
        stale = set(self._bot.stale_guides())
        lines = []
        for guide in sorted(generation.guides.values(), key=lambda g: g.id)[:MOST_LISTED]:
            updated = f", updated {guide.updated}" if guide.updated else ""
            changed = ", changed since it was indexed" if guide.path in stale else ""
            lines.append(f"- {guide.id}: {guide.title}{updated}{changed}")
        indexed = generation.sources.all().keys()
        lines += [f"- {path}: not indexed yet" for path in sorted(stale - indexed)]
        return Reply(f"{len(generation.guides)} guides", tuple(lines))

    def _check(self, _actor: Actor, _words: str) -> Reply:
        settings = self._bot.settings
        found = inspection.inspect(settings.corpus, datetime.date.today(), settings.guide_months)
        return Reply("What a check of the guides finds", tuple(inspection.describe(found).split("\n")))

    def _add(self, actor: Actor, argument: str) -> Reply:
        replace, _, key = argument.partition(":")
        held = self._store.take(_HELD + key)
        if held is None:
            return Reply(TOO_OLD)
        found = msgspec.json.decode(held, type=Proposal)
        settings = self._bot.settings
        path = proposal.accept(found, settings.corpus, settings.aside, replace=replace == "1")
        guide = path.relative_to(settings.corpus / "guides").with_suffix("").as_posix()
        act = "replace guide" if replace == "1" else "add guide"
        self._store.note(actor.key, actor.name, act, guide, before=self._bot.store.current() or "")
        return Reply(f"{guide} is there", (NOT_SERVED_YET,), (self._reindex(actor),))

    def _remove(self, actor: Actor, name: str) -> Reply:
        there = sorted(
            p.relative_to(self._bot.settings.corpus / "guides").with_suffix("").as_posix() for p in guides.paths(self._bot.settings.corpus)
        )
        if name.removesuffix(".md") not in there:
            raise RequestError(f"there is no guide '{name[:60]}'; there are {', '.join(there) or 'none'}")
        remove = self._buttons.make("Remove it", "remove", name, by=actor, danger=True)
        return Reply(
            f"Take {name} out of the guides?", ("Its file is kept aside, so that it can be added again.",), (remove, self._not_now(actor))
        )

    def _really_remove(self, actor: Actor, name: str) -> Reply:
        proposal.remove(name, self._bot.settings.corpus, self._bot.settings.aside)
        self._store.note(actor.key, actor.name, "remove guide", name, before=self._bot.store.current() or "")
        return Reply(f"{name} is out of the guides", ("It is answered from until the next reindex.",), (self._reindex(actor),))

    def _not_now(self, actor: Actor) -> Button:
        return self._buttons.make("Not now", "nothing", by=actor)
