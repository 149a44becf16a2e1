"""The one tree of errors that the program raises on purpose.

FingerpostError
├── GuideError        a guide that cannot be read: names the file and the line
├── IndexUnusable     no index, or one that fails its checks
├── IndexBusy         another process is building an index
├── IndexUnreachable  the database that the index lies in does not answer
├── IndexNotWritten   the disk is full, or the data folder cannot be written
├── ModelError        the embedding model cannot be loaded
├── CollectionError   an evaluation folder or question file that cannot be read
├── SettingsError     a setting that is missing or wrong: names the key
├── ImportRefused     a file that cannot become a guide
├── RequestError      a command that asks for what is not there
├── ReindexCancelled  somebody has cancelled the reindex (stands in bot/reindexing/work.py)
├── StoreError        the bot's state cannot be read or written (stands in bot/store/errors.py)
├── DiscordError      Discord refuses the bot (stands in bot/adapters/discord/__init__.py)
└── Undeliverable     Slack takes no message here (stands in bot/adapters/slack/post.py)

What a user may expect to happen, such as "the guides do not cover this", is a value and not an error.
Each message says what to do. Errors of libraries are translated where they arise.
"""

from __future__ import annotations

REINDEX = "run `fingerpost reindex`"


class FingerpostError(Exception):
    """Anything that the program refuses; the message is written for the person who reads it."""


class GuideError(FingerpostError):
    """A guide that cannot be read.

    `path` is the file as the author knows it, `line` is counted from 1.
    """

    def __init__(self, path: str, line: int, problem: str) -> None:
        super().__init__(f"{path}, line {line}: {problem}")
        self.path = path
        self.line = line
        self.problem = problem


class IndexUnusable(FingerpostError):
    """There is no index, or it does not verify. `problem` is the message without its advice."""

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(f"{problem}; {advice}" if advice else problem)
        self.problem = problem


class IndexBusy(FingerpostError):
    """Another process builds an index at this moment."""


class IndexUnreachable(FingerpostError):
    """The database that the index lies in does not answer, or not in time. `reason` is its driver's own word, without a password."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"the index in {place} cannot be reached: {reason}; check that the server runs, then ask again")


class IndexNotWritten(FingerpostError):
    """An index cannot be written; the one that serves is as it was. `reason` is the system's or the library's own."""

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(
            f"the index in {folder} cannot be written: {reason}; check the space on the disk and who may write there. "
            "The index that serves is as it was"
        )


class ModelError(FingerpostError):
    """The embedding model cannot be loaded."""


class CollectionError(FingerpostError):
    """A test collection or a question file that cannot be read."""


class SettingsError(FingerpostError):
    """A setting that is missing or has a value that cannot be used."""


class ImportRefused(FingerpostError):
    """A file that cannot become a guide: too large, of another type than its name says, damaged, hostile, or empty."""


class RequestError(FingerpostError):
    """A command names something that does not exist, such as a table."""
