"""The administration in the terminal chat, where it needs no guides."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.terminal_office import Console
from tests.servers.cheap_office import CheapOffice


def test_a_file_that_is_too_large_is_refused_with_the_limit_as_it_is_set(tmp_path: Path) -> None:
    """The limit is told in the megabytes of the setting, and nothing is offered."""
    large = tmp_path / "large.md"
    large.write_bytes(b"x" * 1_001)
    office, shown = CheapOffice(set()), list[str]()
    Console(office, shown.append).command(f"guides add {large}")
    assert shown == ["large.md is larger than 0.001 MB; give a smaller file."]
    assert office.offered == []
