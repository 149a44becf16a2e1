"""What tests do to the small corpus and to its index."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bot.wiring import Bot

PATH = "corpus/guides/plants.md"


def rewrite(bot: Bot, before: str, after: str) -> None:
    """Change the guide of the small corpus."""
    path = bot.settings.corpus / "guides" / "plants.md"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def question(bot: Bot, **wanted: object) -> None:
    """Let the corpus have one check question."""
    lines = ["[[question]]", *(f"{key} = {value!r}" for key, value in wanted.items())]
    (bot.settings.corpus / "questions.toml").write_text("\n".join(lines), "utf-8")


def snapshot(folder: Path) -> dict[str, str]:
    """Every file under a folder with its checksum, but for the lock, the journal and stamps."""
    there = (p for p in sorted(folder.rglob("*")) if p.name not in (".lock", ".journal", "verified.json"))
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else "" for p in there}
