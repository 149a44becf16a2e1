"""`fingerpost doctor`: checks of a set-up bot, each with what was found and how to mend it.

A check is a function from a bot to results. Those of a platform stand in its adapter; the command line lists all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Literal

import msgspec

from bot.store import open_store
from bot.wiring import Bot
from retrieval import exported
from retrieval import guides as library
from retrieval.errors import FingerpostError

log = logging.getLogger(__name__)


class Result(msgspec.Struct, frozen=True):
    """What one check found; `fix` says what to do where it failed."""

    name: str
    status: Literal["ok", "failed", "skipped"]
    found: str
    fix: str = ""


Check = Callable[[Bot], list[Result]]


def run(bot: Bot, checks: Iterable[Check]) -> list[Result]:
    """The results of all checks, in order. A check that breaks is a failed one."""
    results: list[Result] = []
    for check in checks:
        try:
            results += check(bot)
        except Exception as error:
            log.error("the check %s broke", check.__name__, exc_info=error)
            results.append(failed(check.__name__, f"the check broke ({type(error).__name__})", "see the log; this is a bug of Fingerpost"))
    return results


def describe(results: list[Result]) -> str:
    """The results for a person, each with its fix."""
    lines = []
    for result in results:
        lines.append(f"{result.status:8} {result.name}: {result.found}")
        lines += [f"         fix: {result.fix}"] if result.fix else []
    bad = sum(result.status == "failed" for result in results)
    return "\n".join([*lines, f"{bad} of {len(results)} checks failed" if bad else "all is well"])


def ok(name: str, found: str) -> Result:
    """A check that passed."""
    return Result(name, "ok", found)


def failed(name: str, found: str, fix: str) -> Result:
    """A check that did not."""
    return Result(name, "failed", found, fix)


def skipped(name: str, found: str) -> Result:
    """A check of something that is not used."""
    return Result(name, "skipped", found)


def home(bot: Bot) -> list[Result]:
    """Whether the data folder can be written to."""
    folder = bot.settings.home
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.write_text("", "utf-8")
        probe.unlink()
    except OSError as error:
        return [
            failed(
                "home", f"{folder} cannot be written to: {error.strerror}", "set FINGERPOST_HOME to a folder that this user may write to"
            )
        ]
    return [ok("home", str(folder))]


def store(bot: Bot) -> list[Result]:
    """Whether what the bot remembers can be read and written."""
    try:
        with closing(open_store(bot.settings)) as opened:
            return [ok("store", opened.place)]
    except FingerpostError as error:
        return [failed("store", str(error), "set FINGERPOST_STORE to a database that is there, or leave it out")]


def guides(bot: Bot) -> list[Result]:
    """Whether there are guides."""
    paths = list(library.paths(bot.settings.corpus))
    if not paths:
        return [failed("guides", f"none in {bot.settings.corpus / 'guides'}", "put a guide there, or set FINGERPOST_CORPUS")]
    return [ok("guides", f"{len(paths)} in {bot.settings.corpus / 'guides'}")]


def model(bot: Bot) -> list[Result]:
    """Whether the embedding model loads, what serves it, and whether its export is as it was written."""
    try:
        served = f"{bot.model.identity}, served by {bot.model.served_by}"
        folder = exported.folder_for(bot.model.identity, bot.settings.models)
        if wrong := exported.damaged(folder) if exported.manifest(folder) else []:
            return [failed("model", f"{served}; changed on disk: {', '.join(wrong)}", f"delete {folder}; the next start makes it anew")]
        return [ok("model", served)]
    except FingerpostError as error:
        return [failed("model", str(error), "leave FINGERPOST_MODEL out to use the model that the package carries")]


def index(bot: Bot) -> list[Result]:
    """Whether an index serves that fits the model and is as it was built, to the byte, and whether the guides have changed since."""
    try:
        if not bot.has_index:
            return [failed("index", "there is none", "run `fingerpost reindex`")]
        name = bot.engine().searcher.generation.manifest.name
        bot.store.verify(name)
        stale = bot.stale_guides()
    except FingerpostError as error:
        return [failed("index", str(error), "run `fingerpost reindex`, or `fingerpost rollback`")]
    if stale:
        return [failed("index", f"{name}; changed since it was built: {', '.join(stale)}", "run `fingerpost reindex`")]
    return [ok("index", f"{name} serves and is up to date")]


CORE: tuple[Check, ...] = (home, store, guides, model, index)
