"""What an author should look at in the guides: what is wrong in them, and where they disagree. Reads the files, no index."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from bot import checks, decision, grading
from bot.disagreement import Disagreements
from bot.speech import ENGLISH, Speech
from retrieval import guides, markdown, passages
from retrieval.errors import CollectionError, GuideError
from retrieval.frontmatter import Axis
from retrieval.guides import Guide, Parsed, Table
from retrieval.terms import Terms

Kind = Literal["unreadable", "reference", "empty section", "table", "out of date", "no date", "disagreement"]
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<to>[^)\s]+)(?:\s+\"[^\"]*\")?\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


class Place(msgspec.Struct, frozen=True):
    """A line of a file, and what stands there."""

    path: str
    line: int
    says: str = ""


class Finding(msgspec.Struct, frozen=True):
    """Something that an author should look at; `wrong` where it has to be mended. `others` are places that belong to it."""

    kind: Kind
    path: str
    line: int
    message: str
    wrong: bool = True
    others: tuple[Place, ...] = ()


def inspect(corpus: Path, today: datetime.date, months: int) -> list[Finding]:
    """All findings of a corpus folder, by file and line; guides older than `months` are out of date.

    Raises GuideError where there is no folder of guides.
    """
    parsed, found = _read(corpus)
    for guide in parsed:
        found += [*_links(guide, parsed, corpus), *_empty(guide), *_tables(guide.guide), *_age(guide.guide, today, months)]
    found += [*_cited(corpus, parsed), *_disagreements(parsed)]
    return sorted(found, key=lambda f: (f.path, f.line, f.kind))


def describe(found: Sequence[Finding]) -> str:
    """The findings for a person: file and line first, as an editor opens them."""
    lines = []
    for finding in found:
        lines.append(f"{finding.path}:{finding.line}: {finding.kind}: {finding.message}")
        lines += [f"    {place.path}:{place.line}: {place.says}" for place in finding.others]
    wrong = sum(finding.wrong for finding in found)
    told = len(found) - wrong
    return "\n".join([*lines, f"{wrong} to mend, {told} to know of."])


def _read(corpus: Path) -> tuple[list[Parsed], list[Finding]]:
    """The guides that can be read, and why the others cannot."""
    parsed, found = [], []
    for path in guides.paths(corpus):
        try:
            parsed.append(guides.read(path, corpus))
        except GuideError as error:
            kind: Kind = "table" if "table" in error.problem else "reference" if "reference" in error.problem else "unreadable"
            found.append(Finding(kind, error.path, error.line, error.problem))
    return parsed, found


def _links(parsed: Parsed, others: Sequence[Parsed], corpus: Path) -> Iterator[Finding]:
    """Links to files and sections that are not there, and footnotes that nothing refers to."""
    guide = parsed.guide
    anchors = {other.guide.path: _anchors(other) for other in others}
    used = {mark for _, block in parsed.blocks for mark in markdown.footnote_marks(block.text)}
    for _, block in parsed.blocks:
        if block.kind == "footnote" and block.label not in used:
            yield Finding("reference", guide.path, block.lines[0], f"nothing refers to the footnote [^{block.label}]")
        for offset, line in enumerate(block.text.split("\n") if block.kind != "code" else ()):
            for match in _LINK.finditer(line):
                if problem := _broken(match["to"], guide, anchors, corpus):
                    yield Finding("reference", guide.path, block.lines[0] + offset, f"the link to '{match['to']}' leads nowhere: {problem}")


def _broken(to: str, guide: Guide, anchors: dict[str, set[str]], corpus: Path) -> str:
    """Why a link within the guides leads nowhere; "" where it leads somewhere or out of them."""
    if _ELSEWHERE.match(to):
        return ""
    name, _, anchor = to.partition("#")
    here = corpus.parent / guide.path
    file = (here.parent / name).resolve() if name else here.resolve()
    if not file.is_file():
        return "there is no such file"
    root = corpus.parent.resolve()
    path = file.relative_to(root).as_posix() if file.is_relative_to(root) else ""
    if anchor and path in anchors and anchor.casefold() not in anchors[path]:
        return "there is no such section"
    return ""


def _anchors(parsed: Parsed) -> set[str]:
    """The names by which links reach the sections of a guide, as most Markdown viewers make them."""
    headings = [markdown.plain(block.text) for _, block in parsed.blocks if block.kind == "heading"]
    return {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading).strip().casefold()) for heading in headings}


def _empty(parsed: Parsed) -> Iterator[Finding]:
    """Headings with nothing below them."""
    blocks = [block for _, block in parsed.blocks]
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if block.kind != "heading" or (following is not None and (following.kind != "heading" or following.level > block.level)):
            continue
        yield Finding("empty section", parsed.guide.path, block.lines[0], f"nothing stands under “{markdown.plain(block.text)}”")


def _tables(guide: Guide) -> Iterator[Finding]:
    """Tables that neither a look-up nor a decision can read."""
    for table in guide.tables:
        problems = [*_unnamed(table), *(_undecided(table) if table.spec else ())]
        yield from (Finding("table", guide.path, line, problem) for line, problem in problems)


def _unnamed(table: Table) -> Iterator[tuple[int, str]]:
    if len(table.header) < 2:
        yield table.header_line, "this table has one column only; a list says the same"
    for number, name in enumerate(table.header[1:], 2):
        if not markdown.plain(name):
            yield table.header_line, f"column {number} of this table has no name, so nobody can ask for it"
    labels = [markdown.plain(row[0]).casefold() for row in table.rows]
    for line, label in zip(table.row_lines, labels, strict=True):
        if not label:
            yield line, "this row has no name in its first cell, so nobody can ask for it"
        elif labels.count(label) > 1 and len({row for row in table.rows if markdown.plain(row[0]).casefold() == label}) > 1:
            yield line, f"several rows of this table are called “{label}”"


def _undecided(table: Table) -> Iterator[tuple[int, str]]:
    assert table.spec is not None
    rows = [(line, markdown.plain(row[0])) for line, row in zip(table.row_lines, table.rows, strict=True)]
    columns = [(table.header_line, markdown.plain(name)) for name in table.header[1:]]
    for axis, labels in ((table.spec.rows, rows), (table.spec.columns, columns)):
        for line, label in labels:
            if not _placed(axis, label):
                wanted = f"an amount in {axis.unit}" if axis.unit else "one of the axis' values"
                yield line, f"“{label}” cannot be read on the axis '{axis.axis}' of the table '{table.spec.id}': it has to hold {wanted}"
    for line, row in zip(table.row_lines, table.rows, strict=True):
        for name, cell in zip(table.header[1:], row[1:], strict=True):
            if not markdown.plain(cell):
                yield line, f"the table '{table.spec.id}' has no option for “{markdown.plain(row[0])}” and “{markdown.plain(name)}”"


def _placed(axis: Axis, label: str) -> bool:
    if axis.unit:
        low, high = decision.reach(label, decision.measures(axis))
        return low <= high
    return not axis.values or any(value.casefold() in label.casefold() for value in axis.values)


def _age(guide: Guide, today: datetime.date, months: int) -> Iterator[Finding]:
    if guide.updated is None:
        yield Finding("no date", guide.path, 1, "says no date; 'updated: 2026-01-31' tells readers how fresh it is", wrong=False)
        return
    updated = datetime.date.fromisoformat(guide.updated)
    if (today.year - updated.year) * 12 + today.month - updated.month - (today.day < updated.day) >= months:
        line = next((n for n, text in enumerate(guide.text.split("\n"), 1) if text.startswith("updated:")), 1)
        yield Finding("out of date", guide.path, line, f"was last updated on {guide.updated}, {months} months ago or more")


def _cited(corpus: Path, parsed: Sequence[Parsed]) -> Iterator[Finding]:
    """Sections that the check questions or the evaluation questions name, and that are not there."""
    there = {p.guide.id: {heading for section, _ in p.blocks for heading in section} for p in parsed}
    for file, load in ((checks.FILE, lambda: [(c.cites,) for c in checks.load(corpus)]),
                       (grading.FILE, lambda: [q.sections for q in grading.load(corpus)])):  # fmt: skip
        path = corpus / file
        if not path.is_file():
            continue
        name = path.relative_to(corpus.parent).as_posix()
        try:
            named = dict.fromkeys(place for places in load() for place in places if place)
        except CollectionError as error:
            yield Finding("unreadable", name, 1, str(error))
            continue
        lines = path.read_text("utf-8").split("\n")
        for place in named:
            guide, _, section = place.partition(" > ")
            if guide not in there or (section and section not in there[guide]):
                line = next((n for n, text in enumerate(lines, 1) if place in text), 1)
                yield Finding("reference", name, line, f"there is no section '{place}' in the guides")


def _disagreements(parsed: Sequence[Parsed]) -> Iterator[Finding]:
    terms = Terms(p.guide.terms for p in parsed)
    found = [passage for p in parsed for passage in passages.of_guide(p, terms)]
    by_id = {p.guide.id: p.guide for p in parsed}
    for conflict in Disagreements(by_id, found, terms).conflicts:
        places = tuple(
            Place(by_id[s.passage.guide].path, s.passage.lines[0], f"{s.figure.text}: {s.text[:120]}") for s in conflict.statements
        )
        figures = Speech.of(ENGLISH).listed(list(dict.fromkeys(s.figure.text for s in conflict.statements)))
        yield Finding("disagreement", places[0].path, places[0].line, f"{conflict.about}: {figures}", wrong=False, others=places)
