"""Every setting: read once from the environment and an optional fingerpost.toml, checked, named in errors.

A new setting is one field here with its reader; the README lists them all, and a test holds both together.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, cast, get_args

from bot.admin import rights
from bot.admin.rights import Admin
from retrieval.encoder import EMBEDDED_MODEL
from retrieval.errors import SettingsError

FILE = "fingerpost.toml"
PREFIX = "FINGERPOST_"
KEPT_DAYS = 90.0
_ADDRESS = re.compile(r"postgres(?:ql)?://(?:[^@/?#\s]*@)?(?:\[[\da-fA-F:.]+\]|[^@/?#:\[\]\s]*)(?::\d+)?(?:/[^@/?#\s]*)?(?:\?[^@#\s]*)?")

LogQuestions = Literal["yes", "named", "off"]
"""Whether the questions that are asked are kept: without names, with them, or not at all."""


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


NOT_SET = Secret("")


@dataclass(frozen=True)
class Settings:
    """The settings of one process."""

    corpus: Path
    home: Path
    model: str
    admins: frozenset[Admin] = frozenset()
    log_questions: LogQuestions = "yes"
    keep_days: float = KEPT_DAYS
    guide_months: int = 12
    max_file_mb: float = 20.0
    llm_url: str = ""
    llm_model: str = ""
    llm_key: Secret = NOT_SET
    llm_seconds: float = 8.0
    store: Secret = NOT_SET
    slack_bot_token: Secret = NOT_SET
    slack_app_token: Secret = NOT_SET
    slack_signing_secret: Secret = NOT_SET
    slack_api_base_url: str = "https://slack.com/api/"
    slack_guests: bool = False
    slack_http_host: str = "127.0.0.1"
    slack_http_port: int = 3000
    discord_token: Secret = NOT_SET
    discord_forums: frozenset[str] = frozenset()

    @property
    def index(self) -> Path:
        """Where the index generations lie."""
        return self.home / "index"

    @property
    def largest_file(self) -> int:
        """The most bytes of a file that is offered as a guide."""
        return int(self.max_file_mb * 1_000_000)

    @property
    def aside(self) -> Path:
        """Where guides are kept that were replaced or removed."""
        return self.home / "replaced"

    @property
    def models(self) -> Path:
        """Where exported models lie."""
        return self.home / "models"


def megabytes(size: int) -> str:
    """So many bytes as `max_file_mb` counts them: a limit is told as it was set."""
    return f"{size / 1_000_000:g} MB"


def load(environment: Mapping[str, str], folder: Path) -> Settings:
    """The settings from `environment`, then from fingerpost.toml in `folder`, then the defaults.

    Raises SettingsError, naming the key and the value, for anything that cannot be used.
    """
    given = _Given(environment, _file(folder / FILE))
    value = given.not_empty
    return Settings(
        corpus=_corpus(value("corpus", str(_default_corpus(folder))), folder),
        home=_home(value("home", ".fingerpost"), folder),
        model=value("model", EMBEDDED_MODEL),
        admins=rights.parse(given.text("admins")),
        log_questions=_log_questions(value("log_questions", "yes")),
        keep_days=_number("keep_days", value("keep_days", f"{KEPT_DAYS:g}"), 1, 36_500),
        guide_months=int(_number("guide_months", value("guide_months", "12"), 1, 1_200)),
        max_file_mb=_number("max_file_mb", value("max_file_mb", "20"), 0.001, 1_000),
        store=address(given.text("store"), f"{PREFIX}STORE"),
        **_language_model(given),
        **_slack(given, environment),
        **_discord(given, environment),
    )


class _Given:
    """What the environment and the file say, as texts: numbers, yes or no, and lists may stand in the file as TOML has them."""

    def __init__(self, environment: Mapping[str, str], file: Mapping[str, Any]) -> None:
        self._environment = environment
        self._file = file

    def text(self, key: str, default: str = "") -> str:
        """A setting that is as good as left out where it is empty, as in .env.example. Raises SettingsError."""
        return self._environment.get(PREFIX + key.upper(), "").strip() or self._of_file(key, "").strip() or default

    def not_empty(self, key: str, default: str) -> str:
        """A setting of which an empty one is a mistake, after which another folder or model would be used. Raises SettingsError."""
        found = self._environment.get(PREFIX + key.upper())
        found = self._of_file(key, default) if found is None else found
        if not found.strip():
            raise SettingsError(f"{PREFIX}{key.upper()} is '{found}'; give a text that is not empty, or leave it out")
        return found

    def _of_file(self, key: str, default: str) -> str:
        try:
            return _as_text(self._file.get(key, default))
        except TypeError as error:
            raise SettingsError(f"{key} in {FILE} is {error}; give a text, a number, true or false, or a list of them") from error


def _as_text(value: object) -> str:
    """A value of TOML as the environment would have it. Raises TypeError with what it is."""
    match value:
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return str(value)
        case list():
            return " ".join(map(_as_text, value))
        case _:
            raise TypeError("a table" if isinstance(value, dict) else "a date or a time")


def _log_questions(value: str) -> LogQuestions:
    folded = {"no": "off", "false": "off", "true": "yes"}.get(value.casefold(), value.casefold())
    if folded not in get_args(LogQuestions):
        raise SettingsError(f"{PREFIX}LOG_QUESTIONS is '{value}'; give yes (without names), named, or off")
    return cast("LogQuestions", folded)


def _number(key: str, value: str, least: float, most: float) -> float:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise SettingsError(f"{PREFIX}{key.upper()} is '{value}'; give a number from {least:g} to {most:g}")
    return number


def address(value: str, name: str) -> Secret:
    """The address of a PostgreSQL database, which stands in `name`; it may be empty.

    One that ends its password early would show the rest in errors, and is refused. Raises SettingsError.
    """
    if value and not _ADDRESS.fullmatch(value):
        raise SettingsError(
            f"{name} is not an address of PostgreSQL (it is not shown here, as it may hold a password); give "
            "postgresql://USER:PASSWORD@HOST/DATABASE, with %40 for @, %2F for /, %3F for ? and %23 for # in the password, or leave it "
            f"out for files in {PREFIX}HOME"
        )
    return Secret(value)


def _language_model(given: _Given) -> dict[str, Any]:
    """The settings of composing by a language model, which is off without an address."""
    url, model = given.text("llm_url"), given.text("llm_model")
    if url and not url.startswith(("https://", "http://")):
        raise SettingsError(f"{PREFIX}LLM_URL is '{url}'; give an address that begins with https://, up to /v1")
    if url and not model:
        raise SettingsError(f"{PREFIX}LLM_URL is set, but {PREFIX}LLM_MODEL is not; give the model's name")
    seconds = _number("llm_seconds", given.text("llm_seconds", "8"), 0.1, 120)
    return {"llm_url": url, "llm_model": model, "llm_key": Secret(given.text("llm_key")), "llm_seconds": seconds}


def _slack(given: _Given, environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings of Slack. For the tokens, the names that Slack's own documentation uses are understood as well."""
    tokens = {
        key: Secret(given.text(key, environment.get(key.upper(), "").strip()))
        for key in ("slack_bot_token", "slack_app_token", "slack_signing_secret")
    }
    url, port, guests = (
        given.text("slack_api_base_url", Settings.slack_api_base_url),
        given.text("slack_http_port", "3000"),
        given.text("slack_guests", "no"),
    )
    if not url.startswith(("https://", "http://")):
        raise SettingsError(f"{PREFIX}SLACK_API_BASE_URL is '{url}'; give an address that begins with https://")
    if not re.fullmatch(r"\d{1,5}", port) or int(port) > 65_535:
        raise SettingsError(f"{PREFIX}SLACK_HTTP_PORT is '{port}'; give a number from 0 to 65535")
    if guests.casefold() not in ("yes", "no", "true", "false"):
        raise SettingsError(f"{PREFIX}SLACK_GUESTS is '{guests}'; give yes or no")
    return {
        **tokens, "slack_api_base_url": url, "slack_http_host": given.text("slack_http_host", Settings.slack_http_host),
        "slack_http_port": int(port), "slack_guests": guests.casefold() in ("yes", "true"),
    }  # fmt: skip


def _discord(given: _Given, environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings of Discord. DISCORD_TOKEN, the name that most bots use, is understood as well."""
    token = given.text("discord_token", environment.get("DISCORD_TOKEN", "").strip())
    forums = given.text("discord_forums").replace(",", " ").split()
    if wrong := [forum for forum in forums if not forum.isdecimal()]:
        raise SettingsError(f"{PREFIX}DISCORD_FORUMS has '{wrong[0]}'; give the ids of forum channels, which are numbers")
    return {"discord_token": Secret(token.removeprefix("Bot ")), "discord_forums": frozenset(forums)}


def _corpus(value: str, folder: Path) -> Path:
    path = _path("corpus", value, folder)
    if not (path / "guides").is_dir():
        raise SettingsError(f"{PREFIX}CORPUS is '{value}', which has no folder 'guides'; name a folder that has one")
    return path


def _path(key: str, value: str, folder: Path) -> Path:
    """A path as somebody writes it, from `folder`; ~ is their home. Raises SettingsError for what can be none."""
    try:
        path = (folder / Path(value).expanduser()).resolve()
        path.exists()
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SettingsError(f"{PREFIX}{key.upper()} is '{value[:60]}', which cannot be a folder ({reason}); name one") from error
    return path


def _home(value: str, folder: Path) -> Path:
    path = _path("home", value, folder)
    if not (there := next(p for p in (path, *path.parents) if p.exists())).is_dir():
        raise SettingsError(f"{PREFIX}HOME is '{value}', but {there} is a file; name a folder, which is made where there is none")
    return path


def _default_corpus(folder: Path) -> Path:
    """`corpus/` here, else that of the source checkout, else the one that the installed package carries."""
    package = Path(__file__).resolve().parent
    candidates = (folder / "corpus", package.parent / "corpus", package / "data" / "corpus")
    return next((path for path in candidates if (path / "guides").is_dir()), candidates[0])


def _file(path: Path) -> dict[str, Any]:
    """What stands in the file. Raises SettingsError."""
    if not path.is_file():
        return {}
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}; let this user read it") from error
    except ValueError as error:  # a number of thousands of digits is no error of TOML
        raise SettingsError(f"{path.name} is not valid TOML: {error}") from error
    known = {field.name for field in fields(Settings)}
    if unknown := sorted(given.keys() - known):
        raise SettingsError(f"{FILE} has an unknown key '{unknown[0]}'; known are {', '.join(sorted(known))}")
    return given
