"""What a reindex did: kept in the store as JSON, told to people by `bot.reindexing.telling`."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from bot.reindexing.differences import Difference, Shown
from retrieval.indexing import Change

NO_CHANGE = Change((), (), (), 0, 0)


@dataclass(frozen=True)
class Failure:
    """A check question that the new index fails.

    `where` is the question's place in its file, such as "corpus/questions.toml:12"; `guide` is that of the passage that was
    cited before or has to be, as the guide stands now, "" where there is none. `already`: the index that serves fails as well.
    `shown` is what the new index answers.
    """

    ask: str
    reason: str
    where: str
    guide: str
    already: bool
    shown: Shown


@dataclass(frozen=True)
class Report:
    """What a reindex or a rollback did.

    `name` is the generation that was built or gone back to, `before` the one that served when it began ("" for none),
    `seconds` wall time. `asked` counts the check questions, `compared` all questions that both generations answered.
    `problem` says why it ended early, in words for people, "" where it did not.
    """

    name: str = ""
    before: str = ""
    change: Change = NO_CHANGE
    asked: int = 0
    failures: tuple[Failure, ...] = ()
    compared: int = 0
    differences: tuple[Difference, ...] = ()
    published: bool = False
    seconds: float = 0.0
    problem: str = ""

    @property
    def refused(self) -> bool:
        """Whether a check question kept the new index from serving."""
        return bool(self.failures) and not self.published


def encode(report: Report) -> str:
    """The report as one line of JSON."""
    return msgspec.json.encode(report).decode()


def decode(text: str) -> Report:
    """The report that `encode` wrote; an empty one where there is none or it cannot be read."""
    try:
        return msgspec.json.decode(text, type=Report)
    except msgspec.MsgspecError:
        return Report()
