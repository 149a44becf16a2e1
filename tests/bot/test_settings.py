"""Settings are checked when they are read, and errors name what is wrong."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from bot import settings
from bot.settings import Secret
from retrieval.errors import SettingsError


def test_the_environment_wins_over_the_file(plants: Path) -> None:
    """A setting of the environment is used before that of fingerpost.toml, and that before the default."""
    folder = plants.parent
    (folder / "fingerpost.toml").write_text('model = "from-file"\nhome = "data"\n', "utf-8")
    read = settings.load({"FINGERPOST_MODEL": "from-environment"}, folder)
    assert ("from-environment", folder / "data", plants) == (read.model, read.home, read.corpus)


@pytest.mark.parametrize(
    ("environment", "file", "says"),
    [
        ({"FINGERPOST_CORPUS": "nowhere"}, "", "FINGERPOST_CORPUS is 'nowhere'"),
        ({"FINGERPOST_MODEL": " "}, "", "FINGERPOST_MODEL"),
        ({}, "modle = 'x'", "unknown key 'modle'"),
        ({}, "model = ", "not valid TOML"),
        ({}, "model = ''", "FINGERPOST_MODEL is ''"),
        ({}, "model = {name = 'x'}", "model in fingerpost.toml is a table"),
        ({}, "store = 2026-01-01", "store in fingerpost.toml is a date or a time"),
        ({}, "keep_days = true", "FINGERPOST_KEEP_DAYS is 'yes'; give a number"),
        ({}, f"keep_days = {'9' * 5_000}", "not valid TOML"),
        ({"FINGERPOST_SLACK_HTTP_PORT": "9" * 5_000}, "", "FINGERPOST_SLACK_HTTP_PORT"),
    ],
)
def test_a_wrong_setting_is_named(plants: Path, environment: dict[str, str], file: str, says: str) -> None:
    """The error names the key, and the value where it may be seen."""
    (plants.parent / "fingerpost.toml").write_text(file, "utf-8")
    with pytest.raises(SettingsError, match=says):
        settings.load(environment, plants.parent)


@pytest.mark.parametrize(("given", "told"), [("20", "20 MB"), ("1.5", "1.5 MB"), ("1000", "1000 MB"), ("0.001", "0.001 MB")])
def test_the_largest_file_is_told_as_it_is_set(plants: Path, given: str, told: str) -> None:
    """Whoever sets 20 reads 20 in a refusal, not 19.1."""
    read = settings.load({"FINGERPOST_MAX_FILE_MB": given}, plants.parent)
    assert settings.megabytes(read.largest_file) == told


def test_the_file_may_say_what_toml_has_words_for(plants: Path) -> None:
    """Numbers, true and false, and lists: as where each is given as a text."""
    natural = """
keep_days = 30
guide_months = 6
max_file_mb = 2.5
log_questions = false
admins = ["slack:T1:U1", "discord:2:3"]
discord_forums = [1, 2]
slack_guests = true
slack_http_port = 8080
llm_url = "https://model.example/v1"
llm_model = "m"
llm_seconds = 3
"""
    texts = """
keep_days = "30"
guide_months = "6"
max_file_mb = "2.5"
log_questions = "off"
admins = "slack:T1:U1, discord:2:3"
discord_forums = "1, 2"
slack_guests = "yes"
slack_http_port = "8080"
llm_url = "https://model.example/v1"
llm_model = "m"
llm_seconds = "3"
"""
    read = []
    for given in (natural, texts):
        (plants.parent / "fingerpost.toml").write_text(given, "utf-8")
        made = settings.load({}, plants.parent)
        read.append({field.name: getattr(made, field.name) for field in dataclasses.fields(made) if field.type != "Secret"})
    assert read[0] == read[1]
    assert (read[0]["keep_days"], read[0]["guide_months"], read[0]["discord_forums"]) == (30.0, 6, {"1", "2"})


def test_what_is_empty_in_the_environment_is_left_out(plants: Path) -> None:
    """As the lines of .env.example are; the file is asked then, and a platform's own name for its token."""
    (plants.parent / "fingerpost.toml").write_text("slack_http_port = 8080", "utf-8")
    empty = {"FINGERPOST_SLACK_HTTP_PORT": "", "FINGERPOST_ADMINS": " ", "FINGERPOST_DISCORD_TOKEN": "", "DISCORD_TOKEN": "Bot a.b.c"}
    read = settings.load(empty, plants.parent)
    assert (read.slack_http_port, read.admins, read.discord_token.reveal()) == (8080, frozenset(), "a.b.c")


@pytest.mark.parametrize(("value", "says"), [
    ("file", "file is a file"), ("file/below/it", "file is a file"), ("a" * 5_000, "cannot be a folder"),
    ("~nobody-of-that-name", "cannot be a folder"),
])  # fmt: skip
def test_a_home_that_can_be_none_is_refused(plants: Path, value: str, says: str) -> None:
    """Before anything is read or written there."""
    (plants.parent / "file").touch()
    with pytest.raises(SettingsError, match=f"FINGERPOST_HOME is '{value[:60]}'.*{says}"):
        settings.load({"FINGERPOST_HOME": value}, plants.parent)


def test_a_tilde_is_the_home_of_whoever_runs_it(plants: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a file that no shell has read."""
    monkeypatch.setenv("HOME", str(plants.parent / "me"))
    assert settings.load({"FINGERPOST_HOME": "~/data"}, plants.parent).home == plants.parent / "me" / "data"


def test_a_secret_hides_in_its_repr() -> None:
    """No way of printing settings shows a token."""
    secret = Secret("xoxb-very-secret")
    assert "very-secret" not in f"{secret} {secret!r} {[secret]}"
    assert "xoxb-very-secret" == secret.reveal()
