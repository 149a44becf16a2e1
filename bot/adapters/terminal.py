"""The terminal as a platform: a chat with line editing, and the reports that commands print.

The only file that imports prompt_toolkit.
"""

from __future__ import annotations

import sys

import msgspec
from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory, InMemoryHistory

from bot import wording
from bot.adapters.terminal_office import Console
from bot.messages import Answer, Ask
from bot.office import Office
from bot.wiring import Bot
from retrieval.errors import FingerpostError, RequestError
from retrieval.ports import Recall
from retrieval.stores import open_current

HELP = """Type a question, or:
  /path [axis=value ...]   recommend from a decision table; asks for what is missing
  /status                  which index serves
  /fingerpost [COMMAND]    administrate, as in Slack and Discord; alone it lists the commands
  /new                     forget this conversation and start another
  /help                    this list
  /quit                    leave (or Ctrl-D)"""
KEPT = 12  # messages of the conversation that a follow-up may refer to


class Status(msgspec.Struct, frozen=True):
    """Which index serves. `checks_failed` holds the check questions that it was published without.

    `search` says how vectors are found, and what share of the true ten nearest that finds.
    """

    generation: str
    created: str
    model: str
    guides: int
    passages: int
    checks_passed: int
    checks_failed: tuple[str, ...]
    kept: tuple[str, ...]
    stale: tuple[str, ...]
    search: Recall = Recall()


class GuideEntry(msgspec.Struct, frozen=True):
    """A guide as `fingerpost guides` lists it."""

    id: str
    path: str
    title: str
    publisher: str | None
    updated: str | None
    sections: tuple[str, ...]
    decision_tables: tuple[str, ...]


def run(bot: Bot, office: Office) -> None:
    """The chat, until the end of the input."""
    bot.engine()
    print(f"Fingerpost. {wording.EMPTY.format(about=bot.engine().topics)}")
    for suggestion in bot.engine().examples():
        print(f"- {suggestion}")
    print("/help lists the commands.\n")
    history: list[str] = []
    session = _session(bot)
    console = Console(office, lambda text: print(f"\n{text}\n"))
    while (line := _read(session)) is not None:
        if line.split()[:1] == ["/fingerpost"]:
            console.command(line.strip().removeprefix("/fingerpost"))
        elif line.strip() and not console.press(line.strip()):
            print(f"\n{_reply(bot, session, line.strip(), history)}\n")


def _session(bot: Bot) -> PromptSession[str] | None:
    """Line editing with a history, or None where the input is no terminal."""
    if not sys.stdin.isatty():
        return None
    try:
        bot.settings.home.mkdir(parents=True, exist_ok=True)
        return PromptSession(history=FileHistory(str(bot.settings.home / "chat-history")))
    except OSError:
        return PromptSession(history=InMemoryHistory())


def _read(session: PromptSession[str] | None, prompt: str = "> ") -> str | None:
    try:
        if session is not None:
            return session.prompt(prompt)
        line = sys.stdin.readline()
        return line.rstrip("\n") if line else None
    except (EOFError, KeyboardInterrupt):
        return None


def _reply(bot: Bot, session: PromptSession[str] | None, line: str, history: list[str]) -> str:
    command, _, rest = line.partition(" ")
    try:
        match command:
            case "/path":
                return _path(bot, session, rest)
            case "/status":
                return describe(status(bot))
            case "/new":
                history.clear()
                return "A new conversation."
            case "/help":
                return HELP
            case "/quit" | "/exit":
                raise SystemExit(0)
            case _ if line.startswith("/"):
                return f"There is no command {command}.\n{HELP}"
        answer = bot.handle(Ask(line, tuple(history[-KEPT:])))
    except FingerpostError as error:
        return str(error)
    history.append(line)
    return answer.plain


def _path(bot: Bot, session: PromptSession[str] | None, rest: str) -> str:
    """Recommend from `axis=value` pairs, asking for each axis that is missing."""
    values: dict[str, str] = {}
    for pair in _pairs(rest):
        name, _, value = pair.partition("=")
        values[name.strip()] = value.strip()
    for axis in bot.axes(None):
        if axis not in values:
            answer: Answer = bot.recommend(None, values)
            question = answer.text.split("?")[0] + "?" if answer.recommendation else axis
            given = _read(session, f"{question} ")
            if not given or not given.strip():
                return answer.plain
            values[axis] = given.strip()
    return bot.recommend(None, values).plain


def _pairs(rest: str) -> list[str]:
    pairs: list[str] = []
    for word in rest.split():
        if "=" in word or not pairs:
            pairs.append(word)
        else:
            pairs[-1] += f" {word}"
    if any("=" not in pair for pair in pairs):
        raise RequestError("/path takes axis=value pairs, such as experience=4 years goal=product, or nothing")
    return pairs


def status(bot: Bot) -> Status:
    """Which index serves at this moment. Raises IndexUnusable where there is none."""
    generation, _ = open_current(bot.store)
    manifest = generation.manifest
    return Status(
        manifest.name, manifest.created, manifest.model, manifest.guides, manifest.quotable, manifest.checks_passed,
        manifest.checks_failed, tuple(bot.store.names()), bot.stale_guides(), manifest.search,
    )  # fmt: skip


def describe(found: Status) -> str:
    """A status for a person."""
    lines = [
        f"index {found.generation}, built {found.created}",
        f"{found.guides} guides, {found.passages} passages, model {found.model}",
        f"vectors are found by: {_search(found.search)}",
        f"check questions: {found.checks_passed} passed, {len(found.checks_failed)} failed",
        f"kept for a rollback: {len(found.kept) - 1}",
    ]
    if found.stale:
        lines.append(f"changed since: {', '.join(found.stale)}; run `fingerpost reindex`")
    return "\n".join(lines)


def _search(found: Recall) -> str:
    if found.kind == "exact":
        return "comparing with each of them"
    looked_at = f"{found.setting} {'candidates' if found.kind.startswith('hnsw') else 'lists'}" if found.setting else "all"
    return f"{found.kind}, {looked_at}; recall@10 against comparing with each of them {found.recall:.3f}"


def guides(bot: Bot) -> list[GuideEntry]:
    """The guides of the index that serves, by id."""
    generation = bot.engine().searcher.generation
    entries = []
    for guide in sorted(generation.guides.values(), key=lambda g: g.id):
        sections = dict.fromkeys(" > ".join(p.section) for p in generation.passages.of_guide(guide.id))
        tables = tuple(table.spec.id for table in guide.tables if table.spec)
        entries.append(GuideEntry(
            guide.id, guide.path, guide.title, guide.source.publisher, guide.updated, tuple(s for s in sections if s), tables,
        ))  # fmt: skip
    return entries


def describe_guides(entries: list[GuideEntry]) -> str:
    """A list of guides for a person."""
    blocks = []
    for entry in entries:
        updated = f", updated {entry.updated}" if entry.updated else ""
        lines = [f"{entry.title} ({entry.path}{updated})", *(f"  - {section}" for section in entry.sections)]
        if entry.decision_tables:
            lines.append(f"  decision tables: {', '.join(entry.decision_tables)}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
