"""The gate: a new index has to answer the check questions, and what it answers differently is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.messages import Ask
from bot.reindexing import telling
from bot.reindexing.report import Report, decode, encode
from bot.wiring import Bot
from retrieval.errors import CollectionError
from retrieval.stores import open_current
from tests.bot.reindexing.garden import PATH, question, rewrite, snapshot
from tests.conftest import GUIDE, quiet


def at(row: str, moved: int = 0) -> str:
    """The place of a line of the small guide, `moved` lines further down."""
    return f"{PATH}:{1 + moved + next(n for n, line in enumerate(GUIDE.splitlines()) if line.startswith(row))}"


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"outcome": "not_covered"}, "it is answered, not not_covered"),
        ({"outcome": "answered", "cites": "plants > Watering"}, "it does not cite plants > Watering"),
        ({"outcome": "answered", "says": ["$12", "$99"]}, "it does not say “$99”"),
        ({"outcome": "answered", "recommends": ["Palm"]}, "it does not recommend “Palm”"),
    ],
)
def test_a_failing_check_question_keeps_the_old_index(served: Bot, wanted: dict[str, object], reason: str) -> None:
    """Where the new index fails a check question it is not published, the old one serves on, and the reason is given."""
    before = snapshot(served.settings.index)
    rewrite(served, "Cactus | $7-$9", "Cactus | $8-$9")
    question(served, ask="What does a fern cost?", **wanted)
    report = served.reindex(quiet)
    assert [(f.ask, f.reason, f.where, f.guide, f.already) for f in report.failures] == [
        ("What does a fern cost?", reason, "corpus/questions.toml:2", at("| Fern | $12"), True)
    ]
    assert (report.asked, report.published, report.refused) == (1, False, True)
    assert before == {name: digest for name, digest in snapshot(served.settings.index).items() if not name.startswith(".aside-")}
    assert "$7-$9" in served.handle(Ask("What does a cactus cost?")).plain


def test_a_passing_check_question_publishes(served: Bot) -> None:
    """Where the new index passes its check questions it is published, and its manifest counts them."""
    question(served, ask="What does a fern cost?", outcome="answered", cites="plants > What it costs", says=["$12"])
    report = served.reindex(quiet)
    assert (report.asked, report.failures, report.published) == (1, (), True)
    manifest = open_current(served.store)[0].manifest
    assert (manifest.name, manifest.checks_passed, manifest.checks_failed) == (report.name, 1, ())


def test_publish_anyway_publishes_and_remembers(served: Bot) -> None:
    """On demand an index that fails a check question is published, and its manifest names the question."""
    question(served, ask="What does a fern cost?", outcome="not_covered")
    report = served.reindex(quiet, publish_anyway=True)
    assert (len(report.failures), report.published, report.refused) == (1, True, False)
    manifest = open_current(served.store)[0].manifest
    assert (manifest.name, manifest.checks_passed, manifest.checks_failed) == (report.name, 0, ("What does a fern cost?",))


@pytest.mark.parametrize("publish_anyway", [False, True])
def test_a_dry_run_leaves_no_trace(served: Bot, publish_anyway: bool) -> None:
    """A dry run reports what would change and changes no file."""
    before = snapshot(served.settings.home)
    rewrite(served, "$12", "$13")
    report = served.reindex(quiet, dry_run=True, publish_anyway=publish_anyway)
    assert (report.change.changed, report.published, report.refused) == ((PATH,), False, False)
    assert before == snapshot(served.settings.home)
    assert "$12" in served.handle(Ask("What does a fern cost?")).plain


def test_a_file_without_a_check_question_checks_nothing(served: Bot) -> None:
    """As one that an author has begun with a comment."""
    (served.settings.corpus / "questions.toml").write_text("# soon\n", "utf-8")
    assert served.reindex(quiet).published


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[[question]\n", "Expected"),
        (b'[[question]]\nask = "a"\n', "missing required field `outcome`"),
        (b'[[question]]\nask = "a"\noutcome = "perhaps"\n', "'perhaps'"),
        (b'[[question]]\nask = "a"\noutcome = "answered"\nsay = ["x"]\n', "unknown field `say`"),
        (b'questions = []\n', "unknown field `questions`"),
        (b"\xff", "utf-8"),
        (b"questions = " + b"9" * 5_000, "digits"),
    ],
)  # fmt: skip
def test_broken_check_questions_are_refused(served: Bot, content: bytes, words: str) -> None:
    """Check questions that cannot be read are refused with their file, and the index stays as it is."""
    before = snapshot(served.settings.index)
    path = served.settings.corpus / "questions.toml"
    path.write_bytes(content)
    with pytest.raises(CollectionError) as refused:
        served.reindex(quiet)
    assert str(refused.value).startswith(f"{path}: ")
    assert words in str(refused.value)
    assert before == snapshot(served.settings.index)


def test_a_broken_check_question_names_both_places_and_both_answers(served: Bot) -> None:
    """An edit that breaks a check question is refused with its reason, the question's line, the guide's line and both answers."""
    question(served, ask="What does a fern cost?", outcome="answered", says=["$12"])
    rewrite(served, "## Watering\n", "## Soil\n\nA fern likes peat.\n\n## Watering\n")
    rewrite(served, "| Fern | $12 |", "| Fern | $13 |")
    report = served.reindex(quiet)
    (failure,) = report.failures
    assert (failure.reason, failure.where, failure.already) == ("it does not say “$12”", "corpus/questions.toml:2", False)
    assert failure.guide == at("| Fern | $12", moved=4)
    (told,) = [line for line in telling.describe(report) if "fails" in line]
    for words in (
        "corpus/questions.toml:2",
        failure.guide,
        "it does not say “$12”",
        "Before: “Fern | Price: $12",
        "Now: “Fern | Price: $13",
    ):
        assert words in told


def test_the_same_edit_with_the_question_corrected_publishes(served: Bot) -> None:
    """Once the check question is corrected as well, the edit is published, and the report shows both answers."""
    question(served, ask="What does a fern cost?", outcome="answered", says=["$12"])
    rewrite(served, "| Fern | $12 |", "| Fern | $13 |")
    assert served.reindex(quiet).refused
    question(served, ask="What does a fern cost?", outcome="answered", says=["$13"])
    report = served.reindex(quiet)
    assert (report.published, report.failures, report.compared) == (True, (), 1)
    (difference,) = report.differences
    assert (difference.question, difference.kind) == ("What does a fern cost?", "other figure")
    assert ("$12" in difference.before.citations[0].quote, "$13" in difference.after.citations[0].quote) == (True, True)
    assert "$13" in served.handle(Ask("What does a fern cost?")).plain


def test_what_people_ask_is_compared_but_refuses_nothing(served: Bot) -> None:
    """Questions that people asked show what changes for them: lost, gained, another recommendation; none keeps the index back."""
    asked = [
        "How often do I water a fern?",
        "What does an olive cost?",
        "5 years, bright. Which plant should I choose?",
        "What does a cactus cost?",
    ]
    rewrite(served, "Water a fern every 3 days and a cactus every 4 weeks.", "Nothing is known.")
    rewrite(served, "| Bonsai |", "| Palm OR agave |")
    rewrite(served, "| Cactus | $7-$9 | 20+ years |", "| Cactus | $7-$9 | 20+ years |\n| Olive | $40 | 90+ years |")
    report = served.reindex(quiet, asked)
    kinds = {d.question: d.kind for d in report.differences}
    assert kinds == {asked[0]: "lost", asked[1]: "gained", asked[2]: "other recommendation"}
    assert [d.kind for d in report.differences] == ["lost", "other recommendation", "gained"]
    assert (report.published, report.asked, report.compared) == (True, 0, 4)
    told = "\n".join(telling.describe(report))
    assert "Before: recommends Bonsai. Now: recommends Palm or agave." in told
    assert "every 3 days" in told
    assert "compared on 4 questions: the answer is lost: 1; another recommendation: 1; answered now: 1" in told


def test_what_only_moves_is_no_difference(served: Bot) -> None:
    """Text that moves to another line, or under another heading, or into another guide, changes no answer."""
    asked = ["How often do I water a fern?", "What does a cactus cost?"]
    text = "Water a fern every 3 days and a cactus every 4 weeks.\n"
    rewrite(served, f"## Watering\n\n{text}\n", "")
    (served.settings.corpus / "guides" / "water.md").write_text(
        f"---\ntitle: Water\nterms:\n  watering: [water]\n---\n\n\n\n## When to water\n\n{text}", "utf-8"
    )
    report = served.reindex(quiet, asked)
    assert (len(report.change.added), report.compared, report.differences) == (1, 2, ())
    assert "every answer is the same" in "\n".join(telling.describe(report))


def test_a_first_index_is_compared_with_nothing(served: Bot, tmp_path: Path) -> None:
    """Where no index serves there is nothing to compare with, and the check questions count alone."""
    question(served, ask="What does a fern cost?", outcome="answered", cites="plants > What it costs", says=["$99"])
    first = Bot(type(served.settings)(served.settings.corpus, tmp_path / "new", served.settings.model), load_model=lambda _: served.model)
    report = first.reindex(quiet, ["What does a cactus cost?"])
    assert (report.before, report.compared, report.differences, report.refused) == ("", 0, (), True)
    assert (report.failures[0].guide, first.has_index) == (at("| Plant | Price"), False)


def test_a_report_is_read_back_from_its_json(served: Bot) -> None:
    """What is kept of a report is all of it; what cannot be read is an empty report."""
    question(served, ask="What does a fern cost?", outcome="not_covered")
    rewrite(served, "| Bonsai |", "| Palm OR agave |")
    report = served.reindex(quiet, ["5 years, bright. Which plant should I choose?"])
    assert report.failures
    assert report.differences
    assert decode(encode(report)) == report
    assert decode("") == decode("{") == Report()


def test_a_long_report_is_cut_to_a_message(served: Bot) -> None:
    """However much changes, people are told at most 20 lines and 3,000 characters, and how many more there are."""
    rewrite(served, "$7-$9", "$8-$9")
    report = served.reindex(quiet, [f"What does a cactus cost{' ' * n}?" for n in range(40)])
    assert len(report.differences) == 40
    lines = telling.describe(report)
    shown = sum(line.startswith("- “") for line in lines)
    assert lines[-1] == f"- and {40 - shown} more"
    assert (1 < shown, len(lines) <= 20, sum(map(len, lines)) <= 3_000) == (True, True, True)
