"""The bot that a command is given: made once the command's own words have been read, so that --help needs no settings."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import click

from bot import settings
from bot.wiring import Bot

P = ParamSpec("P")
R = TypeVar("R")


def bot_of(context: click.Context) -> Bot:
    """The bot of this command line, closed when it ends. Raises SettingsError."""
    root = context.find_root()
    if root.obj is None:
        root.obj = Bot(settings.load(os.environ, Path.cwd()))
        root.call_on_close(root.obj.close)
    made: Bot = root.obj
    return made


def pass_bot(command: Callable[Concatenate[Bot, P], R]) -> Callable[P, R]:
    """Let a command have the bot as its first argument."""

    @functools.wraps(command)
    def given(*args: P.args, **kwargs: P.kwargs) -> R:
        return command(bot_of(click.get_current_context()), *args, **kwargs)

    return given
