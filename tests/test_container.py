"""The container files say what they promise: one service for every platform, or three beside a database; not root, checked, .env."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot import serving, settings
from tests.servers.postgres import PostgresServer

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


@pytest.mark.parametrize("name", ["bot", "replica"])
def test_a_service_runs_every_platform_with_a_volume_for_data_and_one_for_guides(compose: dict[str, Any], name: str) -> None:
    """`fingerpost run`, tokens from .env, volumes for its state and for the guides, checked for health, no rights that it need not have."""
    service = compose["services"][name]
    assert service["command"] == ["run"]
    assert service["env_file"] == ".env"
    assert service["volumes"] == ["data:/data", "corpus:/app/corpus"]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["mem_limit"] == "1g"
    assert "ports" not in service


def test_one_container_is_the_default_and_three_replicas_with_a_database_the_profile(compose: dict[str, Any]) -> None:
    """Nothing of the profile starts without it; replicas wait for the database; nothing is seen from outside; every image is pinned."""
    services = compose["services"]
    assert [name for name, service in services.items() if "profiles" not in service] == ["bot"]
    assert {name for name, service in services.items() if service.get("profiles") == ["scale"]} == {"replica", "postgres"}
    assert services["replica"]["deploy"] == {"replicas": 3}
    assert services["replica"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert "container_name" not in services["replica"]
    used = {volume.partition(":")[0] for service in services.values() for volume in service["volumes"]}
    assert used == set(compose["volumes"])
    assert re.fullmatch(r"pgvector/pgvector:\d+\.\d+\.\d+-pg\d+-\w+", services["postgres"]["image"])
    assert not [name for name, service in services.items() if "ports" in service]


@pytest.mark.parametrize("name", ["bot", "replica"])
def test_the_environment_of_a_service_is_what_the_settings_know(compose: dict[str, Any], name: str, corpus: Path, tmp_path: Path) -> None:
    """Every name is a setting, and they can be read; the replicas' address is that of the database which the profile starts."""
    services = compose["services"]
    environment = {key: value.replace("${POSTGRES_PASSWORD:-}", "s3cret") for key, value in services[name]["environment"].items()}
    assert set(environment) <= {settings.PREFIX + field.name.upper() for field in dataclasses.fields(settings.Settings)}
    read = settings.load({**environment, "FINGERPOST_CORPUS": str(corpus)}, tmp_path)
    assert read.home == Path("/data")
    if name == "replica":
        given = services["postgres"]["environment"]
        assert read.store.reveal() == f"postgresql://{given['POSTGRES_USER']}:s3cret@postgres/{given['POSTGRES_DB']}"
        assert "${POSTGRES_PASSWORD:-}" in given.values()
        assert "# POSTGRES_PASSWORD=" in (ROOT / ".env.example").read_text("utf-8")


@pytest.mark.parametrize(("age", "healthy"), [(None, False), (5, True), (120, False)])
def test_the_health_check_tells_a_bot_that_runs(compose: dict[str, Any], tmp_path: Path, age: int | None, healthy: bool) -> None:
    """The command of the file and of the image, run: by the file that every ten seconds is touched while every platform runs."""
    command = compose["services"]["replica"]["healthcheck"]["test"]
    code = command[-1].replace(f"/tmp/{serving.ALIVE}", str(tmp_path / serving.ALIVE))  # noqa: S108 - the container's own
    assert str(tmp_path) in code
    if age is not None:
        path = tmp_path / serving.ALIVE
        path.touch()
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - age))
    assert (subprocess.run([sys.executable, *command[2:-1], code], capture_output=True, check=False).returncode == 0) == healthy


def test_the_image_checks_its_health_as_the_services_do(compose: dict[str, Any]) -> None:
    """One command."""
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    found = re.search(r"^    CMD (\[.*\])$", dockerfile, re.MULTILINE)
    assert found
    for name in ("bot", "replica"):
        assert compose["services"][name]["healthcheck"]["test"] == ["CMD", *json.loads(found[1])]


def test_the_database_is_configured_and_checked_by_commands_that_it_understands(compose: dict[str, Any], postgres: PostgresServer) -> None:
    """The health check finds a server that runs and misses one that does not; the server's settings are settings of it."""
    service = compose["services"]["postgres"]
    program, *arguments = service["healthcheck"]["test"][1:]
    check = [str(postgres.programs / program), *arguments, "-h", "127.0.0.1", "-p"]
    assert subprocess.run([*check, str(postgres.port)], capture_output=True, check=False).returncode == 0
    assert subprocess.run([*check, "1"], capture_output=True, check=False).returncode == 2
    given = dict(option.split("=") for option in service["command"][2::2])
    with contextlib.closing(postgres.connect()) as connection:
        for name, value in given.items():
            connection.execute(f"set local {name} = '{value}'" if name != "shared_buffers" else f"alter system set {name} = '{value}'")
        connection.execute("alter system reset all")
        (version,) = connection.execute("show server_version_num").fetchall()[0]
    assert f"-pg{int(version) // 10_000}-" in service["image"]


def test_the_image_is_not_root_and_carries_no_secret() -> None:
    """The last USER is somebody without rights; neither .env nor a token gets into the image."""
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    assert users == ["fingerpost"]
    assert lines[-1] == 'CMD ["run"]'
    assert lines.index("USER fingerpost") > max(i for i, line in enumerate(lines) if line.startswith("FROM"))
    assert not [line for line in lines if "TOKEN" in line]
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[0] == "*"
    assert "!.env" not in ignored


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    """Every path that the Dockerfile copies is in the repository and let through by .dockerignore."""
    let_through = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()}
    for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines():
        if line.startswith("COPY") and "--from=" not in line:
            for source in (word for word in line.split()[1:-1] if not word.startswith("--")):
                assert (ROOT / source.rstrip("*")).exists(), source
                assert source.rstrip("*") in let_through


# Put on the path of a process: what the second stage leaves out cannot be imported, and the peak of its memory is printed.
WITHOUT = """
import atexit, sys
for name in {modules!r}:
    sys.modules[name] = None
atexit.register(lambda: print(*[line for line in open("/proc/self/status") if line.startswith("VmHWM")], file=sys.stderr))
"""


def left_out() -> set[str]:
    """The packages that the first stage removes again."""
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    found = re.search(r"pip uninstall --yes ((?:[\w.-]+ +)+)", dockerfile)
    assert found
    return set(found[1].split())


def removed() -> list[str]:
    """The patterns of openvino's files that the first stage removes."""
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    found = re.search(r"site-packages/openvino/libs +&& rm -f ([^\n]+)", dockerfile)
    assert found
    return found[1].split()


def test_nothing_that_stays_needs_what_is_left_out() -> None:
    """By what the packages themselves say: only the libraries that make the export, and what only they need, are removed."""
    gone = left_out()
    assert gone >= {"torch", "transformers", "sentence-transformers"}
    waiting = [canonicalize_name(Requirement(r).name) for r in metadata.requires("fingerpost") or [] if "extra ==" not in r]
    kept: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in kept or name in gone:
            continue
        kept.add(name)
        try:
            needed = [Requirement(r) for r in metadata.requires(name) or []]
        except metadata.PackageNotFoundError:  # for another system
            continue
        wanted = [canonicalize_name(r.name) for r in needed if r.marker is None or r.marker.evaluate({"extra": ""})]
        assert not gone & set(wanted), name
        waiting += wanted


@pytest.mark.skipif(sys.platform != "linux", reason="the image is for Linux, and the memory is read as Linux tells it")
def test_the_second_stage_answers_without_what_made_the_export(compose: dict[str, Any], export: str, tmp_path: Path) -> None:
    """From what the Dockerfile's own command exports: a first index and an answer with none of it, in half of the memory that is allowed.

    What cannot be done there says so.
    """
    site, data = tmp_path / "site", tmp_path / "data"
    site.mkdir()
    library = Path(str(metadata.distribution("openvino").locate_file("openvino")))
    assert [pattern for pattern in removed() if not list((library / "libs").glob(pattern))] == []
    shutil.copytree(library, site / "openvino", ignore=shutil.ignore_patterns(*removed()))
    modules = sorted(
        module for module, packages in metadata.packages_distributions().items() if {canonicalize_name(p) for p in packages} & left_out()
    )
    (site / "sitecustomize.py").write_text(WITHOUT.format(modules=modules), "utf-8")
    assert "fingerpost export /model" in (ROOT / "Dockerfile").read_text("utf-8")
    settings = {"FINGERPOST_CORPUS": str(ROOT / "corpus"), "FINGERPOST_HOME": str(data), "FINGERPOST_MODEL": export}
    environment = {**os.environ, **settings, "PYTHONPATH": f"{site}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "bot"]
    done = subprocess.run(
        [*command, "ask", "--json", "Do I need a PhD?"], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] == "answered"
    peak = re.search(r"VmHWM:\s+(\d+) kB", done.stderr)
    assert peak
    assert 2 * int(peak[1]) * 1024 <= int(compose["services"]["bot"]["mem_limit"].removesuffix("g")) * 2**30
    measured = subprocess.run([*command, "eval"], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert measured.returncode != 0
    assert "run `make eval` in a checkout" in measured.stderr
