"""The command that exports the embedding model, for a machine or an image that has no PyTorch."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands import written
from bot.commands.given import pass_bot
from bot.wiring import Bot
from retrieval import encoder
from retrieval.errors import RequestError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@pass_bot
def export(bot: Bot, folder: Path) -> None:
    """Export the embedding model to FOLDER, which FINGERPOST_MODEL may then name where PyTorch is not installed."""
    if folder.exists() and not folder.is_dir():
        raise RequestError(f"{folder} is no folder; name one, which is made where there is none")
    written.check(next(parent for parent in folder.resolve().parents if parent.exists()))
    encoder.export(bot.settings.model, folder.resolve())
    click.echo(f"Exported to {folder}. Set FINGERPOST_MODEL to it.")
