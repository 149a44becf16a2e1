"""The command line: answers, batches, errors that say what to do, and exit statuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import grading
from bot.cli import main
from bot.wiring import Bot


@pytest.fixture
def run(bot: Bot, corpus: Path, export: str, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Run a command in the home of the session's bot."""
    monkeypatch.setenv("FINGERPOST_CORPUS", str(corpus))
    monkeypatch.setenv("FINGERPOST_HOME", str(bot.settings.home))
    monkeypatch.setenv("FINGERPOST_MODEL", export)

    def command(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, list(arguments), input=typed)

    return command


def test_ask_prints_one_answer_object_a_line(run) -> None:  # type: ignore[no-untyped-def]
    """--json prints exactly the answer object."""
    result = run("ask", "--json", "do I need a PhD?")
    answer = json.loads(result.stdout)
    keys = "id question outcome text citations recommendation disagreements suggestions plain generation took_ms".split()
    assert (0, keys) == (result.exit_code, list(answer))
    cited = "n guide path title section lines quote publisher author url updated references".split()
    assert cited == list(answer["citations"][0])


def test_a_batch_is_answered_in_order(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Each line of a batch gets its answer, with its id, in the same order; standard input works too."""
    lines = [
        {"id": "b", "question": "and a data engineer?", "history": ["how long does a data scientist need?"]},
        {"id": "a", "question": "hi"},
    ]
    text = "\n".join(json.dumps(line) for line in lines) + "\n"
    (tmp_path / "batch.jsonl").write_text(text, "utf-8")
    for result in (run("ask", "--json", "--batch", str(tmp_path / "batch.jsonl")), run("ask", "--json", "--batch", "-", typed=text)):
        assert [("b", "answered"), ("a", "small_talk")] == [
            (answer["id"], answer["outcome"]) for answer in map(json.loads, result.stdout.splitlines())
        ]


def test_path_takes_an_option_for_each_axis(run) -> None:  # type: ignore[no-untyped-def]
    """The axes of a guide's table are options."""
    answer = json.loads(run("path", "--json", "--experience", "18 months", "--goal=product").stdout)
    assert ["Self-study/portfolio", "bootcamp (6-12 months)"] == answer["recommendation"]["options"]
    assert {"experience": "0-2 years SWE (limited ML exposure)", "goal": "Product-focused MLE goal"} == answer["recommendation"]["matched"]


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("ask",), 2, "QUESTION or --batch"),
        (("path", "--colour", "red"), 2, "it has --experience, --goal"),
        (("path", "--experience"), 2, "needs a value"),
        (("path", "--experience", "9" * 400, "--goal", "product"), 2, "is not understood; give an amount"),
        (("path", "--table", "nosuch"), 2, "path"),
        (("path", "--table", ""), 2, "no decision table ''"),
        (("rollback", "nosuch"), 1, "kept are"),
        (("insights", "--picture", "nosuch/x.png"), 2, "nosuch/x.png cannot be written"),
        (("bench", "--large", "--plot", "nosuch/x.svg"), 2, "nosuch cannot be written to"),
        (("forget", "slack:U1"), 2, "give slack:TEAM:USER, discord:user:ID"),
        (("guides", "show", "/dev/zero"), 2, "/dev/zero is no file"),
        (("export", "/dev/null"), 2, "/dev/null is no folder"),
        (("export", "/proc/nosuch/x"), 2, "/proc cannot be written to"),
        (("store", "copy", "home", "~nobody-of-that-name"), 2, "is no folder"),
        (("store", "copy", "home", "/dev/null/x"), 2, "is no folder"),
        (("eval", "--beir", "nowhere"), 1, "corpus.jsonl"),
        (("eval", "--noted", "--curve"), 2, "give --noted alone"),
        (("nosuch",), 2, "No such command"),
    ],
)
def test_an_error_says_what_to_do(run, arguments: tuple[str, ...], status: int, says: str) -> None:  # type: ignore[no-untyped-def]
    """A command that cannot be carried out leaves with its status and one line of help, never a traceback."""
    result = run(*arguments)
    assert (status, True) == (result.exit_code, says in result.stderr)
    assert "Traceback" not in result.output


def test_a_line_of_a_batch_that_is_no_question_is_named(run) -> None:  # type: ignore[no-untyped-def]
    """A broken line stops the batch with its number."""
    result = run("ask", "--batch", "-", typed='{"question": "hi"}\nnot json\n')
    assert (2, True) == (result.exit_code, "line 2" in result.stderr)


def test_a_batch_may_begin_as_some_editors_begin_a_file(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """With the mark of UTF-8."""
    (tmp_path / "batch.jsonl").write_text('{"question": "hi"}\n', "utf-8-sig")
    assert json.loads(run("ask", "--batch", str(tmp_path / "batch.jsonl")).stdout)["outcome"] == "small_talk"


def test_an_evaluation_without_questions_says_so(plants: Path, tmp_path: Path, export: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And where it says how to write them."""
    (plants / "evaluation.toml").touch()
    for name, value in {"CORPUS": str(plants), "HOME": str(tmp_path / "home"), "MODEL": export}.items():
        monkeypatch.setenv(f"FINGERPOST_{name}", value)
    result = CliRunner().invoke(main, ["eval"])
    assert (1, True) == (result.exit_code, "evaluation.toml has no questions; corpus/README.md says how" in result.stderr)


def test_a_batch_in_another_encoding_is_refused(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """It says which one to save it in; what was read before is answered."""
    (tmp_path / "batch.jsonl").write_bytes(b'{"question": "caf\xe9?"}\n')
    for command in (["ask"], ["render", "--platform", "plain"]):
        result = run(*command, "--batch", str(tmp_path / "batch.jsonl"))
        assert (2, True) == (result.exit_code, "save it in the encoding UTF-8" in result.stderr)


@pytest.mark.parametrize("command", [["ask"], ["guides", "add"], ["store", "copy"]])
def test_help_needs_no_settings(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks up how to set the bot up has not set it up."""
    monkeypatch.setenv("FINGERPOST_CORPUS", "nowhere")
    result = CliRunner().invoke(main, [*command, "--help"])
    assert (0, True) == (result.exit_code, "Usage:" in result.stdout)


def test_a_wrong_setting_ends_a_command_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that cannot start says which setting is wrong."""
    monkeypatch.setenv("FINGERPOST_CORPUS", "nowhere")
    result = CliRunner().invoke(main, ["status"])
    assert (1, True) == (result.exit_code, "FINGERPOST_CORPUS" in result.stderr)


def test_status_and_guides_say_what_serves(run, bot: Bot) -> None:  # type: ignore[no-untyped-def]
    """The state of the index and the guides can be read by people and programs."""
    assert bot.store.current() == json.loads(run("status", "--json").stdout)["generation"]
    assert ["career-switch", "degrees"] == [guide["id"] for guide in json.loads(run("guides", "--json").stdout)]
    assert "decision tables: path" in run("guides").stdout


def test_what_is_done_in_the_terminal_is_listed(plants: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guides that come and go, and that somebody was forgotten; not who."""
    monkeypatch.setenv("FINGERPOST_CORPUS", str(plants))
    monkeypatch.setenv("FINGERPOST_HOME", str(tmp_path / "home"))
    (tmp_path / "moss.md").write_text("# Moss\n\nMoss likes shade and needs water each day.\n", "utf-8")
    for done in (["guides", "add", str(tmp_path / "moss.md"), "--yes"], ["guides", "remove", "moss"], ["forget", "slack:T1:U1"]):
        assert 0 == CliRunner().invoke(main, done).exit_code
    acts = [json.loads(line) for line in CliRunner().invoke(main, ["audit", "--json"]).stdout.splitlines()]
    assert [("forget a person", ""), ("remove guide", "moss"), ("add guide", "moss")] == [(act["act"], act["detail"]) for act in acts]


def test_the_chat_keeps_a_conversation(run) -> None:  # type: ignore[no-untyped-def]
    """The terminal chat answers follow-ups, commands and nonsense, and ends with its input."""
    typed = "\n".join(
        [
            "how long does a data scientist need to switch?",
            "and a data engineer?",
            "/path experience=4 years goal=product",
            "/status",
            "/help",
            "/nosuch",
            "",
        ]
    )
    result = run("chat", typed=typed)
    assert 0 == result.exit_code
    assert [
        words
        for words in ("3-6 months", "4-7 months", "▶ Internal pivot", "check questions", "/path", "no command /nosuch")
        if words not in result.stdout
    ] == []


def test_path_asks_for_what_is_missing(run) -> None:  # type: ignore[no-untyped-def]
    """/path without values asks for each axis in turn."""
    result = run("chat", typed="/path\n18 months\nproduct\n")
    assert "▶ Self-study/portfolio OR bootcamp (6-12 months) ◀" in result.stdout


def test_a_first_start_builds_the_index(plants: Path, export: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an index the first question builds it and is answered."""
    monkeypatch.setenv("FINGERPOST_CORPUS", str(plants))
    monkeypatch.setenv("FINGERPOST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FINGERPOST_MODEL", export)
    result = CliRunner().invoke(main, ["ask", "how often do i water a cactus?"])
    assert (0, True) == (result.exit_code, "every 3 days and a cactus every 4 weeks" in result.stdout)


def test_eval_prints_where_answers_are_lost(run) -> None:  # type: ignore[no-untyped-def]
    """The evaluation gives measures of search and answers, and the places where answers are lost."""
    report = json.loads(run("eval", "--json").stdout)
    assert {"right", "refused without cause", "nDCG@10", "R@10"} <= set(report["figures"])
    assert report["figures"]["right"] > 0.8
    assert report["figures"]["R@10"] > 0.5
    asked = len(grading.load(Path(__file__).parents[2] / "corpus"))
    assert sum(report["lost"].values()) == round((1 - report["figures"]["right"]) * asked)


SAYS_AT_IMPORT = """
import importlib.abc, os, sys
class Watch(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "numpy":
            print(os.environ.get("OPENBLAS_NUM_THREADS"))
sys.meta_path.insert(0, Watch())
from bot.cli import main
main(["status", "--help"])
"""


def test_numpy_is_imported_for_one_thread() -> None:
    """Whatever command brings it: it looks at that only then."""
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", SAYS_AT_IMPORT], cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[0] == "1"
