"""Every setting: read once from the environment and an optional fingerpost.toml, checked, named in errors.

A new setting is one field here with its reader; the README lists them all, and a test holds both together.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from retrieval.encoder import EMBEDDED_MODEL
from retrieval.errors import SettingsError

FILE = "fingerpost.toml"
PREFIX = "FINGERPOST_"


class Secret:
    """A value that must not be seen: its repr hides it, `reveal` gives it."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __bool__(self) -> bool:
        return bool(self._value)


@dataclass(frozen=True)
class Settings:
    """The settings of one process."""

    corpus: Path
    home: Path
    model: str

    @property
    def index(self) -> Path:
        """Where the index generations lie."""
        return self.home / "index"


def load(environment: Mapping[str, str], folder: Path) -> Settings:
    """The settings from `environment`, then from fingerpost.toml in `folder`, then the defaults.

    Raises SettingsError, naming the key and the value, for anything that cannot be used.
    """
    given = _file(folder / FILE)
    known = {field.name for field in fields(Settings)}
    if unknown := sorted(given.keys() - known):
        raise SettingsError(f"{FILE} has an unknown key '{unknown[0]}'; known are {', '.join(sorted(known))}")

    def value(key: str, default: str) -> str:
        found = environment.get(PREFIX + key.upper(), given.get(key, default))
        if not isinstance(found, str) or not found.strip():
            raise SettingsError(f"{PREFIX}{key.upper()} is {found!r}; give a text that is not empty, or leave it out")
        return found

    return Settings(
        corpus=_corpus(value("corpus", str(_default_corpus(folder))), folder),
        home=(folder / value("home", ".fingerpost")).expanduser().resolve(),
        model=value("model", EMBEDDED_MODEL),
    )


def _corpus(value: str, folder: Path) -> Path:
    path = (folder / value).expanduser().resolve()
    if not (path / "guides").is_dir():
        raise SettingsError(f"{PREFIX}CORPUS is '{value}', which has no folder 'guides'; name a folder that has one")
    return path


def _default_corpus(folder: Path) -> Path:
    """`corpus/` here, else that of the source checkout, else the one that the installed package carries."""
    package = Path(__file__).resolve().parent
    candidates = (folder / "corpus", package.parent / "corpus", package / "data" / "corpus")
    return next((path for path in candidates if (path / "guides").is_dir()), candidates[0])


def _file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name} is not valid TOML: {error}") from error
