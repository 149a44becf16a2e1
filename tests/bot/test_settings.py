"""Settings are checked when they are read, and errors name what is wrong."""

from __future__ import annotations

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
        ({}, "model = 3", "FINGERPOST_MODEL"),
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


def test_a_secret_hides_in_its_repr() -> None:
    """No way of printing settings shows a token."""
    secret = Secret("xoxb-very-secret")
    assert "very-secret" not in f"{secret} {secret!r} {[secret]}"
    assert "xoxb-very-secret" == secret.reveal()
