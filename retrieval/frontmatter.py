"""A guide's front matter: what it must say, and where it is wrong. The only file that imports yaml."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
import yaml

from retrieval.errors import GuideError

FENCE = "---"


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a guide's content comes from."""

    publisher: str | None = None
    author: str | None = None
    url: str | None = None


Unit = Literal["hours", "days", "weeks", "months", "years", "dollars", "percent"]


class Axis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One side of a decision table.

    With a `unit` the headings of that side are read as ranges ("0-2 years", "3+ weeks", "$50-$100"); otherwise
    `values` names each heading by a word that stands in it, with the words that people use for it. `ask` is the
    question put to an asker who has not said; a default is made from the axis' name.
    """

    axis: str
    unit: Unit | None = None
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

    title: Annotated[str, msgspec.Meta(min_length=1)]
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


def head(data: Mapping[str, object]) -> str:
    """Front matter with this data, between its two lines of dashes."""
    return f"{FENCE}\n{yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True, width=120)}{FENCE}\n"


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML's safe loader, which also knows the line of a value that cannot be what it seems, such as 2026-13-45."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """The value of a node."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise yaml.constructor.ConstructorError(None, None, f"a value cannot be read ({error})", node.start_mark) from error


def _read(path: str, head: str) -> FrontMatter:
    try:
        data = yaml.load(head, Loader=_Loader)  # noqa: S506  it is a SafeLoader
        node = yaml.compose(head, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise GuideError(path, line, f"the front matter is not valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise GuideError(path, 1, "the front matter is not valid YAML: it has a character that YAML forbids") from error
    except RecursionError as error:
        raise GuideError(path, 1, "the front matter is nested too deeply") from error
    if not isinstance(data, dict):
        raise GuideError(path, 1, "the front matter has to be 'key: value' lines, with 'title' at least")
    specs, (_, place) = data.get("tables"), _entries(node).get("tables", (0, None))
    for spec, (line, _) in zip(specs if isinstance(specs, list) else [], _entries(place).values(), strict=False):
        if isinstance(spec, dict):
            spec["line"] = line
    try:
        return msgspec.convert(data, FrontMatter)
    except msgspec.ValidationError as error:
        raise GuideError(path, _line_of(str(error), node), f"the front matter is wrong: {error}") from error


def _entries(node: yaml.Node | None) -> dict[str, tuple[int, yaml.Node]]:
    """What a mapping or a sequence holds, by key or position, each with its line in the file."""
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): (key.start_mark.line + 2, value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return {str(number): (entry.start_mark.line + 2, entry) for number, entry in enumerate(node.value)}
    return {}


def _line_of(message: str, node: yaml.Node | None) -> int:
    """The line in the file of what a message of msgspec names, such as "... - at `$.tables[0].rows`"."""
    line = 1
    for step in re.findall(r"\w+", message.partition("`$")[2]) + re.findall(r"unknown field `([^`]+)`", message):
        line, node = _entries(node).get(step, (line, None))
    return line
