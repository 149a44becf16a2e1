"""What may import what, and what the program may never do: prose rots, this does not."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from retrieval import errors

ROOT = Path(__file__).parents[1]
FILES = sorted(path for package in ("bot", "retrieval") for path in (ROOT / package).rglob("*.py"))
PLATFORMS = ("slack_bolt", "slack_sdk", "discord")
HEAVY = (
    "faiss", "tantivy", "sentence_transformers", "markdown_it", "yaml", "ir_measures", "tqdm", "prompt_toolkit",
    "PIL", "babel", "openvino", "tokenizers", "trafilatura", "httpx2", "pdfplumber", "docx",
)  # fmt: skip
OUTSIDE = ("bot/adapters/", "bot/commands/", "bot/cli.py", "bot/__main__.py", "bot/wiring.py")


def name(path: Path) -> str:
    """A file as the project calls it."""
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> set[str]:
    """The dotted names of all that a file imports, inside functions as well."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


IMPORTS = {path: imported(path) for path in FILES}


def importing(package: str) -> list[str]:
    """The files that import a package or anything in it."""
    return [name(path) for path in FILES if any(f"{found}.".startswith(f"{package}.") for found in IMPORTS[path])]


def test_retrieval_has_never_heard_of_chat() -> None:
    """The retrieval package imports nothing of the bot."""
    assert [file for file in importing("bot") if file.startswith("retrieval/")] == []


@pytest.mark.parametrize("library", PLATFORMS)
def test_only_adapters_know_a_platform(library: str) -> None:
    """A platform's library is imported by that platform's adapter alone."""
    assert [file for file in importing(library) if not file.startswith("bot/adapters/")] == []


def test_adapters_are_imported_from_outside_only() -> None:
    """The engine, the renderings and all else of the bot know no adapter; the command line and the wiring may."""
    assert [file for file in importing("bot.adapters") if not file.startswith(OUTSIDE)] == []


@pytest.mark.parametrize("library", HEAVY)
def test_a_heavy_library_has_one_file(library: str) -> None:
    """Each heavy library is imported by exactly one file, so that it can be replaced there."""
    assert len(importing(library)) == 1, importing(library)


@pytest.mark.parametrize(
    ("library", "packages"),
    [("sqlalchemy", ("bot/store/",)), ("alembic", ("bot/store/",)), ("psycopg", ("bot/store/", "retrieval/postgres/"))],
)
def test_a_database_is_known_where_it_is_used_alone(library: str, packages: tuple[str, ...]) -> None:
    """Databases are known to the store and to the index in PostgreSQL, so that the rest of the program has never heard of one."""
    there = importing(library)
    assert there
    assert [file for file in there if not file.startswith(packages)] == []


@pytest.mark.parametrize("module", ["pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"])
def test_nothing_is_unpickled(module: str) -> None:
    """No file imports anything that runs code as it reads data."""
    assert importing(module) == []


def test_no_array_is_loaded_that_may_hold_objects() -> None:
    """No file reads arrays or models in a way that may unpickle what they hold."""
    loading = re.compile(r"\b(?:np|numpy|torch)\.load\b|allow_pickle|\byaml\.(?:unsafe_load|full_load|Loader|UnsafeLoader|FullLoader)\b")
    assert [name(path) for path in FILES if loading.search(path.read_text("utf-8"))] == []


def test_the_command_line_starts_light(tmp_path: Path) -> None:
    """Importing the command line loads no library of models or platforms, no numpy (its threads are set first), and writes no file."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import bot.cli; print(*sorted({{m.split('.')[0] for m in sys.modules}}))"
    environment = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "PATH": ""}
    done = subprocess.run([sys.executable, "-B", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert {"torch", "sentence_transformers", "transformers", "numpy", *PLATFORMS} & set(done.stdout.split()) == set()
    assert (list(tmp_path.rglob("*")), done.stderr) == ([], "")


def test_the_tree_of_errors_is_drawn_as_it_is() -> None:
    """Every error that the program raises on purpose stands in the tree of errors, with the file that defines it if it is another."""
    drawn = dict(re.findall(r"^[│ ]*[├└]── (\w+) .*?(?:\((?:stands in (\S+?))\))?$", errors.__doc__ or "", re.MULTILINE))
    classes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                for base in node.bases:
                    classes[ast.unparse(base)].append((node.name, "" if name(path) == "retrieval/errors.py" else name(path)))
    there: dict[str, str] = {}
    parents = ["FingerpostError"]
    while parents:
        children = classes[parents.pop()]
        there.update(children)
        parents += [child for child, _ in children]
    assert drawn == there
