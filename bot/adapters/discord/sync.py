"""Registers the commands with Discord, only when they differ from what was registered last."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

from discord import app_commands

FILE = "discord-commands"  # in the bot's data folder: the application and a hash of what was registered


async def commands(tree: app_commands.CommandTree[Any], home: Path, *, always: bool = False) -> bool:
    """Register all commands where they changed. Whether that was needed."""
    state = f"{tree.client.application_id} {digest(tree)}"
    known = home / FILE
    if not always and await asyncio.to_thread(_read, known) == state:
        return False
    await tree.sync()
    await asyncio.to_thread(_write, known, state)
    return True


def digest(tree: app_commands.CommandTree[Any]) -> str:
    """A hash of everything that Discord would be told about the commands."""
    payload = [command.to_dict(tree) for command in tree.get_commands()]
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> str:
    return path.read_text("utf-8").strip() if path.is_file() else ""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(text, "utf-8")
    beside.replace(path)
