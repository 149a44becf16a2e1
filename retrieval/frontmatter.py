"""A guide's front matter: what it must say, and where it is wrong. The only file that imports yaml."""

from __future__ import annotations

import datetime
from typing import Literal

import msgspec
import yaml

from retrieval.errors import GuideError

FENCE = "---"


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a guide's content comes from."""

    publisher: str | None = None
    author: str | None = None
    url: str | None = None


class Axis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One side of a decision table.

    With `unit: years` the headings of that side are read as ranges of years ("0-2 years", "3+ years"); otherwise
    `values` names each heading by a word that stands in it, with the words that people use for it. `ask` is the
    question put to an asker who has not said; a default is made from the axis' name.
    """

    axis: str
    unit: Literal["years"] | None = None
    values: dict[str, list[str]] = {}
    ask: str | None = None


class TableSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"audience": "for"}):
    """A table that the author declares: `kind: decision` recommends the cell where two axes meet."""

    id: str
    section: str
    kind: Literal["decision"]
    rows: Axis
    columns: Axis
    audience: list[str] = []
    line: int = 1


class FrontMatter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The head of a guide, between two lines of three dashes."""

    title: str
    source: Source = Source()
    updated: datetime.date | None = None
    tags: list[str] = []
    terms: dict[str, list[str]] = {}
    tables: list[TableSpec] = []


def split(path: str, text: str) -> tuple[FrontMatter, str, int]:
    """The front matter, the text below it, and the number of that text's first line. Raises GuideError."""
    lines = text.split("\n")
    if lines[0].strip() != FENCE:
        raise GuideError(path, 1, "a guide starts with front matter: a line '---', 'title: ...', a line '---'")
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == FENCE), None)
    if end is None:
        raise GuideError(path, 1, "the front matter that starts here has no closing line '---'")
    return _read(path, "\n".join(lines[1:end])), "\n".join(lines[end + 1 :]), end + 2


def _read(path: str, head: str) -> FrontMatter:
    try:
        data = yaml.safe_load(head)
        node = yaml.compose(head, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise GuideError(path, line, f"the front matter is not valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise GuideError(path, 1, "the front matter is not valid YAML: it has a character that YAML forbids") from error
    if not isinstance(data, dict):
        raise GuideError(path, 1, "the front matter has to be 'key: value' lines, with 'title' at least")
    for spec, line in zip(data.get("tables") or [], _table_lines(node), strict=False):
        if isinstance(spec, dict):
            spec["line"] = line
    try:
        return msgspec.convert(data, FrontMatter)
    except msgspec.ValidationError as error:
        raise GuideError(path, _line_of(str(error), head), f"the front matter is wrong: {error}") from error


def _table_lines(node: yaml.Node | None) -> list[int]:
    """The line in the file of each entry under `tables`."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "tables" and isinstance(value, yaml.SequenceNode):
                return [entry.start_mark.line + 2 for entry in value.value]
    return []


def _line_of(message: str, head: str) -> int:
    """The line of the key that a message of msgspec names, such as "... - at `$.source.publisher`"."""
    keys = message.replace("`", " ").replace(".", " ").replace("[", " ").split()
    for key in reversed(keys):
        for number, line in enumerate(head.split("\n"), 2):
            if line.strip().lstrip("- ").startswith(f"{key}:"):
                return number
    return 1
