"""A file to a guide that somebody may look over before it is one; then its way into the corpus, and out of it."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

import msgspec

from retrieval import frontmatter, guides, passages
from retrieval.errors import GuideError, ImportRefused, RequestError
from retrieval.frontmatter import TableSpec
from retrieval.guides import MAX_GUIDE_BYTES, Parsed, Table
from retrieval.importing import deciding, files, sandbox
from retrieval.importing.draft import Draft
from retrieval.terms import Terms

MOST_BYTES = 20_000_000  # of a file that is offered
LONGEST_ID = 60
_SHOWN = 6  # of each kind in a preview
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d")  # names that no file may have on Windows


class Proposal(msgspec.Struct, frozen=True):
    """A guide that a file would give. `text` is the whole guide; `tables` and `sections` name what it has.

    `deciding` are the declarations proposed for tables that decide, `left_out` lines that are no part of the text.
    """

    id: str
    title: str
    text: str
    sections: tuple[str, ...]
    passages: dict[str, int]
    tables: tuple[str, ...]
    deciding: tuple[str, ...]
    left_out: tuple[str, ...]
    doubts: tuple[str, ...]


class Given(msgspec.Struct, frozen=True):
    """What the process that reads a file is given."""

    filename: str
    content: bytes
    title: str = ""
    identity: str = ""


class Built(msgspec.Struct, frozen=True):
    """What that process gives back: a proposal, or why there is none."""

    proposal: Proposal | None = None
    refusal: str = ""


def propose(filename: str, content: bytes, *, title: str = "", identity: str = "", most_bytes: int = MOST_BYTES) -> Proposal:
    """What a file would give as a guide. Raises ImportRefused, with words for the one who gave it; nothing is written."""
    if len(content) > most_bytes:
        raise ImportRefused(f"the file has {len(content) / 1e6:.1f} MB, and at most {most_bytes / 1e6:g} MB are read; split it")
    given = Given(_sendable(filename), content, _sendable(title), _sendable(identity))
    built = msgspec.msgpack.decode(sandbox.run(msgspec.msgpack.encode(given)), type=Built)
    if built.proposal is None:
        raise ImportRefused(built.refusal)
    return built.proposal


def build(given: Given) -> Proposal:
    """The proposal, made in this process, whatever the file does to it. Raises ImportRefused."""
    title, identity = " ".join(given.title.split()), given.identity
    draft = files.convert(given.filename, given.content)
    if len(draft.text.encode()) > MAX_GUIDE_BYTES:
        raise ImportRefused(f"the text is larger than {MAX_GUIDE_BYTES // 1_000_000} MB, which is no guide any more; split it")
    name = _safe(identity or PurePath(given.filename.replace("\\", "/")).stem)
    if draft.text.lstrip("\ufeff \n\r").startswith(f"{frontmatter.FENCE}\n") and given.filename.lower().endswith((".md", ".markdown")):
        return _described(name, draft.text.lstrip("\ufeff \n\r"), draft, ())
    head = title or draft.title or name.replace("-", " ").capitalize()
    body = _apart(name, draft.text)
    specs = _deciding(name, head, body)
    return _described(name, _whole(head, draft, specs, body), draft, specs)


def preview(proposal: Proposal, replaces: str | None = None) -> tuple[str, ...]:
    """The proposal for people: plain lines, those of a list with "- "; at most 3,000 characters. `replaces` is as `existing` gives it."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in proposal.passages.items())
    lines = [f"“{proposal.title}” " + (f"in place of the guide {replaces}" if replaces else f"as {proposal.id}.md")]
    lines.append(f"{sum(proposal.passages.values())} passages ({kinds})")
    lines += _some("Sections", proposal.sections)
    lines += _some("Tables", proposal.tables)
    lines += _some("Tables that would recommend (look them over in the guide's head)", proposal.deciding)
    lines += _some("Left out as page furniture", proposal.left_out)
    lines += _some("To be looked at", proposal.doubts)
    shown: list[str] = []
    for line in lines:
        if sum(map(len, shown)) + len(line) > 2_900:
            return (*shown, "- and more")
        shown.append(line)
    return tuple(shown)


def accept(proposal: Proposal, corpus: Path, aside: Path, *, replace: bool = False) -> Path:
    """Write the guide into the corpus by one move, in place of the one that `existing` finds, which is kept in `aside`.

    Raises RequestError where there is one and `replace` is not set, or there are several; ImportRefused where it cannot be written.
    """
    with _writable(corpus):
        there = existing(proposal.id, corpus)
        path = corpus / "guides" / (there or f"{proposal.id}.md")
        if there is not None:
            if not replace:
                raise RequestError(f"there is a guide {there} already; replace it, or give this one another name")
            _keep(path, aside)
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, made = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(proposal.text)
            Path(made).chmod(0o644)
            Path(made).replace(path)
        finally:
            Path(made).unlink(missing_ok=True)
    return path


def remove(identity: str, corpus: Path, aside: Path) -> Path:
    """Take a guide out of the corpus; it is kept in `aside`. Returns where. Raises RequestError where there is none."""
    found = {p.relative_to(corpus / "guides").with_suffix("").as_posix(): p for p in guides.paths(corpus)}
    path = found.get(identity.removesuffix(".md"))
    if path is None:
        raise RequestError(f"there is no guide '{identity[:60]}'; there are {', '.join(sorted(found)) or 'none'}")
    with _writable(corpus):
        kept = _keep(path, aside)
        path.unlink()
    return kept


def existing(identity: str, corpus: Path) -> str | None:
    """The file, within the folder of guides, that a proposal of this name replaces: "faq.md", and else "FAQ_.markdown", "team/faq.md".

    Raises RequestError where there are several of the kind.
    """
    if not (folder := corpus / "guides").is_dir():
        return None
    there = [path.relative_to(folder) for path in guides.paths(corpus)]
    named = ([path for path in there if name(path) == identity] for name in _NAMES)
    found = next(filter(None, named), [])
    if len(found) > 1:
        several, whole = ", ".join(path.as_posix() for path in found), dict.fromkeys(map(_NAMES[1], found))
        called = f"call this one {' or '.join(whole)}, or " if len(whole) > 1 else ""
        raise RequestError(f"'{identity}' may mean any of {several}; {called}rename one of them")
    return found[0].as_posix() if found else None


# What a guide may be called, the nearest first: its id, that as a proposal has it, and this without the folders that it lies in.
_NAMES: tuple[Callable[[PurePath], str], ...] = (
    lambda path: path.with_suffix("").as_posix(),
    lambda path: _safe(path.with_suffix("").as_posix()),
    lambda path: _safe(path.stem),
)


def _keep(path: Path, aside: Path) -> Path:
    aside.mkdir(parents=True, exist_ok=True)
    kept = aside / f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S%f}-{path.name}"
    kept.write_bytes(path.read_bytes())
    return kept


@contextlib.contextmanager
def _writable(corpus: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ImportRefused(
            f"the guides in {corpus} cannot be changed ({error.strerror}); let the bot write there, or add it by hand"
        ) from error


def _safe(name: str) -> str:
    """A file's name of letters, digits and dashes. Names of which no letter is left, as of Chinese ones, differ by a checksum."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_ID].strip("-") or "guide"
    if any(map(str.isalpha, name)) and not any(map(str.isalpha, plain)):
        composed = unicodedata.normalize("NFC", name).encode("utf-8", "replace")
        return f"{found}-{hashlib.sha256(composed).hexdigest()[:6]}"
    return f"{found}-guide" if _RESERVED.fullmatch(found) else found


def _apart(name: str, body: str) -> str:
    """Give a table that shares its section with another, or has none, a heading of its own, made of its header."""
    parsed = _parsed(name, frontmatter.head({"title": name}) + body)
    sections = Counter(table.section for table in parsed.guide.tables)
    lines = (frontmatter.head({"title": name}) + body).split("\n")
    for table in sorted(parsed.guide.tables, key=lambda t: -t.header_line):
        if sections[table.section] > 1 or not table.section:
            heading = f"{table.header[0]}: {', '.join(cell for cell in table.header[1:] if cell)}"
            lines[table.header_line - 1 : table.header_line - 1] = [f"{'#' * min(6, len(table.section) + 2)} {heading}", ""]
    return "\n".join(lines[lines.index(frontmatter.FENCE, 1) + 1 :])


def _deciding(name: str, title: str, body: str) -> list[TableSpec]:
    taken: set[str] = set()
    specs = []
    for table in _parsed(name, frontmatter.head({"title": title}) + body).guide.tables:
        if (spec := deciding.guess(table, taken)) is not None:
            taken.add(spec.id)
            specs.append(spec)
    return specs


def _whole(title: str, draft: Draft, specs: list[TableSpec], body: str) -> str:
    source = {"publisher": draft.publisher, "author": draft.author, "url": draft.url}
    tables = [
        {
            "id": s.id, "section": s.section, "kind": s.kind, "rows": {"axis": s.rows.axis, "unit": s.rows.unit},
            "columns": {"axis": s.columns.axis, "values": s.columns.values},
        }
        for s in specs
    ]  # fmt: skip
    head = {"title": title, "source": source, "updated": draft.updated, **({"tables": tables} if tables else {})}
    return f"{frontmatter.head(head)}\n# {title}\n\n{body.strip()}\n"


def _parsed(name: str, text: str) -> Parsed:
    """The guide as the index would read it. Raises ImportRefused where it would not."""
    try:
        return guides.parse(text.encode("utf-8", "replace"), f"{name}.md", name)
    except GuideError as error:
        raise ImportRefused(f"line {error.line} of the guide: {error.problem}") from error


def _sendable(text: str) -> str:
    """Without halves of characters, which file systems give and no message can carry."""
    return text.encode("utf-8", "replace").decode()


def _described(name: str, text: str, draft: Draft, specs: list[TableSpec] | tuple[()]) -> Proposal:
    parsed = _parsed(name, text)
    declared = specs or [table.spec for table in parsed.guide.tables if table.spec]
    made = passages.of_guide(parsed, Terms([parsed.guide.terms]))
    if not made:
        raise ImportRefused("nothing is left of the file that could be quoted")
    return Proposal(
        name, parsed.guide.title, text, tuple(dict.fromkeys(" > ".join(p.section) for p in made if p.section)),
        dict(Counter(p.kind for p in made)),
        tuple(_named(table) for table in parsed.guide.tables),
        tuple(f"“{s.section}” by {s.rows.axis} and {s.columns.axis} ({', '.join(s.columns.values)})" for s in declared),
        draft.left_out, draft.doubts,
    )  # fmt: skip


def _named(table: Table) -> str:
    return f"{' > '.join(table.section) or table.caption or 'a table'}: {len(table.rows)} rows ({', '.join(table.header)})"


def _some(what: str, things: tuple[str, ...]) -> list[str]:
    """A heading and a few of a list."""
    if not things:
        return []
    more = [f"- and {len(things) - _SHOWN} more"] if len(things) > _SHOWN else []
    return [f"{what}:", *(f"- {thing[:110]}" for thing in things[:_SHOWN]), *more]
