"""What `fingerpost guides check` finds, each at its file and line, and what it leaves alone."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import inspection
from bot.cli import main
from bot.inspection import Finding

TODAY = datetime.date(2026, 11, 22)
GUIDE = """---
title: Tea
updated: 2026-05-01
tables:
  - id: brew
    section: Which tea
    kind: decision
    rows: {axis: time, unit: hours}
    columns: {axis: taste, values: {mild: [soft], strong: [bold]}}
---

# Tea

## Water

Use soft water, see [the filters](filters.md#care) and [the shop](https://example.org/tea).

## Which tea

| Time | Mild | Strong |
|---|---|---|
| 0-1 hours | Green | Black |
| 2+ hours | White | Oolong |
"""


def _findings(folder: Path, **files: str) -> list[Finding]:
    """The findings over guides with this text each."""
    (folder / "corpus" / "guides").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / "corpus" / "guides" / f"{name}.md").write_text(text, "utf-8")
    return inspection.inspect(folder / "corpus", TODAY, 12)


FILTERS = "---\ntitle: Filters\nupdated: 2026-06-01\n---\n\n## Care\n\nRinse the filter.\n"


def test_guides_with_nothing_wrong_have_no_findings(tmp_path: Path) -> None:
    """A link to a section that is there, a fresh date and a table that can be read are no findings."""
    assert [] == _findings(tmp_path, tea=GUIDE, filters=FILTERS)


@pytest.mark.parametrize(
    ("old", "new", "kind", "line", "says"),
    [
        ("filters.md#care", "filters.md#cleaning", "reference", 16, "no such section"),
        ("filters.md#care", "filtres.md", "reference", 16, "no such file"),
        ("Use soft water", "Use soft water[^9]", "reference", 16, "[^9] is not defined"),
        ("## Water\n", "## Water\n\n### Temperature\n\n## More\n", "empty section", 16, "“Temperature”"),
        ("0-1 hours", "A moment", "table", 22, "cannot be read on the axis 'time'"),
        ("| White |", "| |", "table", 23, "no option"),
        ("| Green | Black |", "| Green |", "table", 22, "2 cells"),
        ("|---|---|---|\n", "", "table", 20, "no table"),
        ("updated: 2026-05-01", "updated: 2025-11-21", "out of date", 3, "2025-11-21"),
        ("title: Tea", "titel: Tea", "unreadable", 2, "titel"),
    ],
)
def test_what_is_wrong_is_found_at_its_line(tmp_path: Path, old: str, new: str, kind: str, line: int, says: str) -> None:
    """Each fault is one finding, with the line to open and what is wrong there."""
    found = [f for f in _findings(tmp_path, tea=GUIDE.replace(old, new, 1), filters=FILTERS) if f.path.endswith("tea.md")]
    assert [(kind, line, True)] == [(f.kind, f.line, f.wrong) for f in found]
    assert says in found[0].message


def test_a_section_that_a_check_question_names_has_to_be_there(tmp_path: Path) -> None:
    """A check question that cites a heading which was renamed is found at its line."""
    (tmp_path / "corpus").mkdir()
    question = '[[question]]\nask = "How?"\noutcome = "answered"\ncites = "tea > Watre"\n'
    (tmp_path / "corpus" / "questions.toml").write_text(question, "utf-8")
    assert [("reference", 4)] == [(f.kind, f.line) for f in _findings(tmp_path, tea=GUIDE, filters=FILTERS)]


def test_the_command_tells_disagreements_and_fails_only_when_asked_to(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guides that come with it have nothing to mend; --strict counts their disagreements."""
    monkeypatch.setenv("FINGERPOST_CORPUS", str(corpus))
    monkeypatch.setenv("FINGERPOST_GUIDE_MONTHS", "1200")
    plain, strict = (CliRunner().invoke(main, ["guides", "check", "--json", *flags]) for flags in ([], ["--strict"]))
    assert (0, 1) == (plain.exit_code, strict.exit_code)
    found = json.loads(plain.stdout)
    assert {"disagreement", "no date"} == {f["kind"] for f in found}
    pivot = next(f for f in found if f["message"].startswith("Internal pivot"))
    lines = (corpus / "guides" / "degrees.md").read_text("utf-8").split("\n")
    assert all("pivot" in lines[place["line"] - 1] for place in pivot["others"])
