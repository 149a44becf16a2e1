"""What the documents say is true: commands, settings and transcripts."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from bot.cli import COMMANDS
from bot.messages import Ask
from bot.settings import PREFIX, Settings
from bot.wiring import Bot

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "corpus" / "README.md"])
_TRANSCRIPT = re.compile(
    r'^\$ (?:make chat q=|fingerpost ask )"(?P<question>[^"]+)"\n(?P<answer>.*?)(?=^\$ |^```)', re.MULTILINE | re.DOTALL
)


def test_every_command_stands_in_the_readme() -> None:
    """The README's table has exactly the commands that there are."""
    described = {line.split("`")[1].split()[1] for line in README.splitlines() if line.startswith("| `fingerpost ")}
    assert set(COMMANDS) == described


def test_every_setting_stands_in_the_readme() -> None:
    """The README's table has exactly the settings that there are."""
    described = {
        name for line in README.splitlines() if line.startswith(f"| `{PREFIX}") for name in re.findall(rf"`({PREFIX}[A-Z_]+)`", line)
    }
    assert {PREFIX + field.name.upper() for field in dataclasses.fields(Settings)} == described


def test_the_transcripts_of_the_readme_are_real(bot: Bot) -> None:
    """Each answer that the README shows is what the bot says."""
    shown = [(m["question"], m["answer"].strip()) for m in _TRANSCRIPT.finditer(README)]
    assert len(shown) == 4
    for question, answer in shown:
        assert answer == bot.handle(Ask(question)).plain


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    """Paths in each document, from the project's folder, and its links, from its own, lead somewhere."""
    text = document.read_text("utf-8")
    named = {ROOT / path for path in re.findall(r"`((?:bot|retrieval|corpus|tests|docs|benchmarks)/[\w./-]+)", text)}
    linked = {document.parent / path for path in re.findall(r"\]\(([\w./-]+)(?:#[\w-]*)?\)", text)}
    assert [path for path in sorted(named | linked) if not path.exists()] == []


def test_every_module_that_a_document_runs_is_there() -> None:
    """Such as `python -m benchmarks.postgres`."""
    run = {name for document in DOCUMENTS for name in re.findall(r"python -m ([\w.]+)", document.read_text("utf-8"))}
    ours = {name.replace(".", "/") for name in run if name.split(".")[0] in ("bot", "retrieval", "benchmarks", "tests")}
    assert ours
    assert [name for name in sorted(ours) if not ((ROOT / f"{name}.py").is_file() or (ROOT / name / "__main__.py").is_file())] == []


def test_every_dependency_has_its_reason() -> None:
    """Each pinned dependency says in a few words what it is for."""
    lines = [
        line.strip() for line in (ROOT / "pyproject.toml").read_text("utf-8").splitlines() if re.match(r'\s+"[\w.-]+(?:\[\w+\])?==', line)
    ]
    assert len(lines) > 15
    assert [line for line in lines if not re.search(r'",\s+# \w+', line)] == []
