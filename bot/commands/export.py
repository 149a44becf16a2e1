"""The command that exports the embedding model, for a machine or an image that has no PyTorch."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.given import pass_bot
from bot.wiring import Bot
from retrieval import encoder


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@pass_bot
def export(bot: Bot, folder: Path) -> None:
    """Export the embedding model to FOLDER, which FINGERPOST_MODEL may then name where PyTorch is not installed."""
    encoder.export(bot.settings.model, folder.resolve())
    click.echo(f"Exported to {folder}. Set FINGERPOST_MODEL to it.")
