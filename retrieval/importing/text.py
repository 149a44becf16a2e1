"""Text as copied from a page, or as a converter gives it, to Markdown: headings, lists, notes and tables; no furniture."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Sequence

from retrieval.importing import draft, flattened, furniture, wrapped
from retrieval.importing.draft import Draft

_BULLET = re.compile(r"^\s*[•·▪◦‣●○*-]\s+(?=\S)")
_BOLD_LINE = re.compile(r"^\*\*([^*]+)\*\*:?$")
_SOURCE = re.compile(r"^\[(\d+)\]\s+(?=\S)")
_RULE = re.compile(r"^\s*(?:-{3,}|\*{3,}|_{3,}|={3,})\s*$")
_DATED = re.compile(r"(?i)\b(?:last )?(?:updated|published|modified|reviewed|date)\b\W{0,4}(?:on\W{0,3})?([\w ,.-]{6,24}\d)")
_DATES = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d", "%d.%m.%Y", "%B %d %Y")
_BY = re.compile(r"(?i)^(?:(?:authored|written|published|posted|reviewed|&|and|\s)+by|by|author:?)\s*(.*)$")
_NAME = re.compile(r"^(?:[A-Z][\w.'’-]+ ){1,3}[A-Z][\w.'’-]+$")
_RUN_IN = re.compile(r"\*\*\s*\d{1,2}[.)]\s+(?P<name>[^*]{2,80}?)\s*\*\*")
LEAST_RUN_IN = 2  # numbered names in one line, for them to be items
LONGEST_HEADING = 12  # words
LEAST_ROWS = 3  # lines that look like the rows of a table


def read(raw: str, *, copied: bool = True) -> Draft:
    """The text of a page. `raw` may hold Markdown in part, as copied pages often do.

    Where it is not `copied` from a page, nothing is furniture.
    """
    unflattened, guesses = _with_tables(_lines(raw))
    unflattened = wrapped.joined(_with_items(unflattened))
    lines = [" ".join(line.split()) if not line.lstrip().startswith("|") else line.strip() for line in unflattened]
    dropped = furniture.left_out(lines) if copied else set()
    title = _title(lines)
    kept = ["" if i in dropped else line for i, line in enumerate(lines)]
    kept = _without_lead_ins(kept, dropped)
    left = [line for line, rest in zip(lines, kept, strict=True) if line and not rest]
    rows, doubts = _lost_tables(kept)
    doubts += guesses
    doubts += [f"“{line[:80]}” announces what does not follow; mark it with [!GAP], or take it out" for line in _promises(kept)]
    return Draft(
        _markdown(kept, title, rows), title=title, author=_author(lines), updated=_updated(lines),
        left_out=tuple(left), doubts=tuple(doubts),
    )  # fmt: skip


def _lines(raw: str) -> list[str]:
    text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").replace("\u00a0", " ").replace("\u200b", "")
    return text.split("\n")


def _with_tables(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """With Markdown's marks on tables that were flattened, for else they would look like menus and counters; and doubts."""
    found: list[str] = []
    doubts: list[str] = []
    at = 0
    while at < len(lines):
        filled = lines[at].strip() and not lines[at].lstrip().startswith("|")
        if filled and (flat := flattened.find(lines[at : at + flattened.FARTHEST])) is not None:
            found += ["", *draft.table(flat.rows).split("\n"), ""]
            at += flat.lines
            if flat.guessed:
                names = " | ".join(flat.rows[0])
                doubts.append(f"the columns “{names}” were told apart by guess; look whether each has its right name")
        else:
            found.append(lines[at])
            at += 1
    return found, doubts


def _with_items(lines: Sequence[str]) -> list[str]:
    """With a heading for each of several named and numbered items that one line holds: "**1. Fern** Needs shade. **2. Ivy** ..."."""
    found: list[str] = []
    for line in lines:
        names = list(_RUN_IN.finditer(line))
        if len(names) < LEAST_RUN_IN:
            found.append(line)
            continue
        found += [line[: names[0].start()], ""]
        for match, end in zip(names, [*(m.start() for m in names[1:]), len(line)], strict=True):
            found += [f"### {match['name']}", "", line[match.end() : end].strip(" —–-:"), ""]
    return found


def _title(lines: Sequence[str]) -> str:
    """The heading of the first rank, else the first line if it reads as one."""
    marked = next((line.lstrip("# ").strip() for line in lines if re.match(r"#\s+\S", line)), "")
    first = next((line for line in lines if line), "")
    return marked or (first.strip("*# ") if _reads_as_heading(first) and not _BY.match(first) else "")


def _reads_as_heading(line: str) -> bool:
    """Short, with no end of a sentence, and its words mostly capital; or a question."""
    words = re.findall(r"[^\W\d_][\w'’-]*", line)
    if not words or len(line.split()) > LONGEST_HEADING or line[-1] in ".:;,!)" or line.startswith(("|", ">", "[")) or _BULLET.match(line):
        return False
    long = [word for word in words if len(word) > 3]
    return line.endswith("?") or sum(word[0].isupper() for word in long) >= 0.6 * len(long)


def _without_lead_ins(kept: list[str], dropped: set[int]) -> list[str]:
    """Lines such as "Why it fits you:" go with the furniture that they lead to, if they stand between furniture."""
    found = list(kept)
    for i, line in enumerate(kept):
        if line.endswith(":") and line and len(line.split()) < 8:
            before = next((j for j in range(i - 1, -1, -1) if kept[j] or j in dropped), None)
            after = next((j for j in range(i + 1, len(kept)) if kept[j] or j in dropped), None)
            if before in dropped and after in dropped:
                found[i] = ""
    return found


def _lost_tables(kept: Sequence[str]) -> tuple[set[int], list[str]]:
    """Lines that look like rows whose columns were lost as the page was copied: several in a row, none of them a sentence."""
    rows: set[int] = set()
    doubts: list[str] = []
    run: list[int] = []
    for i, line in enumerate([*kept, ""]):
        if line and not re.match(r"[#|>*•\[-]|\d+[.)]", line) and not re.search(r"[.!?:]$", line) and 4 <= len(line.split()) <= 20:
            run.append(i)
            continue
        if len(run) > LEAST_ROWS:
            rows |= set(run)
            doubts.append(f"{len(run)} lines from “{kept[run[0]][:60]}” on look like a table whose columns are lost; make a table of them")
        run = []
    return rows, doubts


def _promises(kept: Sequence[str]) -> list[str]:
    """Lines that end with a colon and have neither a list, a table nor a note after them."""
    filled = [line for line in kept if line]
    pairs = itertools.pairwise([*filled, ""])
    return [line for line, after in pairs if line.endswith(":") and not re.match(r"[#|>*•\[-]|\d+[.)]", after) and not _BULLET.match(after)]


def _markdown(kept: Sequence[str], title: str, rows: set[int]) -> str:
    sources = {match[1] for line in kept if (match := _SOURCE.match(line))}
    out: list[str] = []
    previous = ""
    for i, line in enumerate(kept):
        made = _line(line, i in rows, kept, i, title)
        if sources and not _SOURCE.match(line):
            made = re.sub(r"\[(\d+)\](?![(:])", lambda m: f"[^{m[1]}]" if m[1] in sources else m[0], made)
        if made and (not out or _kind(made) != _kind(previous) or _kind(made) == "text"):
            out.append("")
        if made:
            out.append(made)
            previous = made
    return "\n".join(out).strip() + "\n"


def _line(line: str, is_row: bool, kept: Sequence[str], at: int, title: str) -> str:
    """One line as Markdown; "" for one that says nothing."""
    bare = line.strip("*# ")
    if not line or _RULE.match(line) or (bare == title and line.startswith(("# ", "**"))) or (bare == title and at < 5):
        return ""
    if match := _SOURCE.match(line):
        return f"[^{match[1]}]: {line[match.end() :]}"
    if heading := re.match(r"(#{1,6})\s+(.*)", line):
        return f"{'#' * max(2, len(heading[1]))} {heading[2].strip('# ')}"
    if bold := _BOLD_LINE.match(line):
        return f"### {bold[1]}" if not bold[1].endswith(":") else f"{bold[1]}"
    if is_row:
        return f"- {line}"
    if _BULLET.match(line):
        return f"- {_BULLET.sub('', line)}"
    follows = next((other for other in kept[at + 1 :] if other), "")
    alone = (at == 0 or not kept[at - 1]) and at + 1 < len(kept)
    if follows and _reads_as_heading(line) and (alone or line.endswith("?")):
        return f"## {bare}"
    return re.sub(r"^([|>#])", r"\\\1", line) if not line.startswith("|") or line.count("|") < 2 else line


def _kind(line: str) -> str:
    """Lines of one kind stand together, with no empty line between them."""
    return "table" if line.startswith("|") else "list" if line.startswith("- ") else "note" if line.startswith("[^") else "text"


def _updated(lines: Sequence[str]) -> datetime.date | None:
    for line in lines:
        for match in _DATED.finditer(line) if len(line) < 200 else ():
            for form in _DATES:
                try:
                    return datetime.datetime.strptime(" ".join(match[1].split()), form).date()
                except ValueError:
                    continue
    return None


def _author(lines: Sequence[str]) -> str | None:
    """The name after "by", on its line or the next."""
    filled = [line for line in lines if line]
    for line, following in itertools.pairwise([*filled, ""]):
        if match := _BY.match(line):
            name = re.split(r"[,|–—(]", match[1] or following)[0].strip()
            if _NAME.match(name):
                return name
    return None
