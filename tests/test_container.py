"""The container files say what they promise: one service for every platform, not root, one volume, a health check, .env."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def compose() -> dict[str, Any]:
    """docker-compose.yml."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))


def test_the_compose_file_keeps_the_specifications_schema(compose: dict[str, Any]) -> None:
    """Held against the Compose specification's own JSON schema, as check-jsonschema carries it."""
    vendor = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema = json.loads(vendor.read_text("utf-8"))
    assert [error.message for error in Draft7Validator(schema).iter_errors(compose)] == []


def test_one_service_runs_every_platform_with_a_volume_for_data_and_one_for_guides(compose: dict[str, Any]) -> None:
    """`fingerpost run`, tokens from .env, volumes for its state and for the guides, checked for health, no rights that it need not have."""
    (service,) = compose["services"].values()
    assert service["command"] == ["run"]
    assert service["env_file"] == ".env"
    assert service["volumes"] == ["data:/data", "corpus:/app/corpus"]
    assert sorted(compose["volumes"]) == ["corpus", "data"]
    assert service["read_only"]
    assert "/data/alive" in service["healthcheck"]["test"][-1]
    assert service["cap_drop"] == ["ALL"]
    assert "ports" not in service


def test_the_image_is_not_root_and_carries_no_secret() -> None:
    """The last USER is somebody without rights; neither .env nor a token gets into the image."""
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    assert users == ["fingerpost"]
    assert lines[-1] == 'CMD ["run"]'
    assert not [line for line in lines if "TOKEN" in line]
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[0] == "*"
    assert "!.env" not in ignored


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    """Every path that the Dockerfile copies is in the repository and let through by .dockerignore."""
    let_through = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()}
    for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines():
        if line.startswith("COPY"):
            for source in (word for word in line.split()[1:-1] if not word.startswith("--")):
                assert (ROOT / source.rstrip("*")).exists(), source
                assert source.rstrip("*") in let_through
