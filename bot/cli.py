"""The command line. A command's file is imported when the command runs, so that an answer waits for nothing else."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module
from typing import Any

import click

from retrieval.errors import FingerpostError, RequestError

# Where each command stands: the file below bot/commands/, and the name in it.
COMMANDS = {
    "chat": "chat.chat",
    "ask": "ask.ask",
    "path": "ask.path",
    "reindex": "index.reindex",
    "rollback": "index.rollback",
    "status": "status.status",
    "guides": "guides.guides",
    "insights": "people.insights_command",
    "audit": "people.audit",
    "forget": "people.forget",
    "slack": "platforms.slack",
    "discord": "platforms.discord",
    "run": "platforms.run_command",
    "doctor": "doctor.doctor_command",
    "render": "render.render",
    "export": "export.export",
    "store": "store.store",
    "eval": "measure.eval_command",
    "bench": "measure.bench_command",
}


class _Group(click.Group):
    """Imports a command when it is wanted.

    Prints a refusal of the program as one line and leaves with status 1; any other error is a bug and shown.
    """

    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        file, _, function = COMMANDS[name].partition(".")
        command: click.Command = getattr(import_module(f"bot.commands.{file}"), function)
        return command

    def invoke(self, context: click.Context) -> Any:
        # Our products of vectors are small: a second thread of numpy's mostly waits, and takes a core from another question meanwhile.
        # Numpy asks when it is imported, which a command may do.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        try:
            return super().invoke(context)
        except RequestError as error:
            click.echo(f"fingerpost: {error}", err=True)
            sys.exit(2)
        except FingerpostError as error:
            click.echo(f"fingerpost: {error}", err=True)
            sys.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fingerpost")
def main() -> None:
    """Answers questions from a team's own guides and points at the passage that says so."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
