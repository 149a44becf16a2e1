"""Reindexing: built beside what serves, checked, published if it passes; and what a failure leaves behind."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bot import reindex
from bot.checks import Failure
from bot.messages import Ask
from bot.settings import Settings
from bot.wiring import Bot
from retrieval.encoder import EMBEDDED_MODEL, Model
from retrieval.errors import CollectionError, GuideError, IndexBusy, IndexUnusable, RequestError
from retrieval.indexing import Change
from tests.conftest import GUIDE, quiet
from tests.retrieval.bad_guides import BAD

ROOT = Path(__file__).parents[2]
PATH = "corpus/guides/plants.md"
Make = Callable[[Path, Path], Bot]


@pytest.fixture(scope="module")
def steady(make_bot: Make, tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """A bot whose index no test changes."""
    folder = tmp_path_factory.mktemp("steady")
    (folder / "corpus" / "guides").mkdir(parents=True)
    (folder / "corpus" / "guides" / "plants.md").write_text(GUIDE, "utf-8")
    made = make_bot(folder / "corpus", folder / "home")
    made.reindex(quiet)
    return made


@pytest.fixture
def served(steady: Bot, tmp_path: Path, make_bot: Make) -> Bot:
    """A bot over the small corpus, whose first index serves."""
    corpus = shutil.copytree(steady.settings.corpus, tmp_path / "corpus")
    return make_bot(corpus, shutil.copytree(steady.settings.home, tmp_path / "home"))


def rewrite(bot: Bot, before: str, after: str) -> None:
    """Change the guide of the small corpus."""
    path = bot.settings.corpus / "guides" / "plants.md"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def question(bot: Bot, **wanted: object) -> None:
    """Let the corpus have one check question."""
    lines = ["[[question]]", *(f"{key} = {value!r}" for key, value in wanted.items())]
    (bot.settings.corpus / "questions.toml").write_text("\n".join(lines), "utf-8")


def snapshot(folder: Path) -> dict[str, str]:
    """Every file under a folder with its checksum, but for the lock."""
    there = (p for p in sorted(folder.rglob("*")) if p.name != ".lock")
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else "" for p in there}


def options(bot: Bot, table: str = "plant", **values: str) -> tuple[str, ...]:
    """What a decision table recommends."""
    answer = bot.recommend(table, values)
    assert answer.recommendation is not None
    return tuple(answer.recommendation.options)


class Recorder:
    """The real encoder, which also remembers what it was given to encode."""

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder
        self.encoded: list[str] = []

    def encode(self, inputs: list[str], /, **options: Any) -> NDArray[Any]:
        """The vectors of the real encoder."""
        self.encoded += inputs
        return np.asarray(self._encoder.encode(inputs, **options))


def test_a_first_index_is_built_and_serves(plants: Path, tmp_path: Path, make_bot: Make) -> None:
    """The first reindex adds every guide, embeds every passage and serves at once."""
    bot = make_bot(plants, tmp_path / "home")
    told: list[tuple[str, int, int]] = []
    report = bot.reindex(lambda *step: told.append(step))
    assert report.change == Change(added=(PATH,), changed=(), removed=(), reused=0, embedded=7)
    assert (report.published, report.refused, report.asked, report.failures) == (True, False, 0, ())
    assert (bot.store.current(), bot.store.names()) == (report.name, [report.name])
    assert told == [("reading", 1, 1), ("embedding", 7, 7), ("checking", 0, 0), ("checking", 0, 0)]
    assert "$12" in bot.handle(Ask("What does a fern cost?")).plain


def test_nothing_changed_means_nothing_embedded(served: Bot) -> None:
    """Where no guide has changed every vector is taken over, and the report says so."""
    report = served.reindex(quiet)
    assert report.change == Change((), (), (), reused=7, embedded=0)
    assert report.change.nothing


def test_one_changed_paragraph_embeds_one_passage(plants: Path, tmp_path: Path, model: Model) -> None:
    """After a change of one paragraph exactly that passage and the words that are new are encoded; all other vectors stay."""
    recorder = Recorder(model.encoder)
    counted = Model(recorder, model.identity)
    bot = Bot(Settings(corpus=plants, home=tmp_path / "home", model=EMBEDDED_MODEL), load_model=lambda _: counted)
    bot.reindex(quiet)
    before = bot.engine().searcher.generation
    recorder.encoded.clear()
    rewrite(bot, "a cactus every 4 weeks", "a palm every 4 weeks")
    report = bot.reindex(quiet)
    assert recorder.encoded == ["watering. watering a fern every 3 days and a palm every 4 weeks.", "palm"]
    assert report.change == Change((), (PATH,), (), reused=6, embedded=1)
    now = bot.store.open_current()[0]
    vectors = dict(zip((p.embedded for p in before.passages), before.vectors.vectors(), strict=True))
    kept = [(p, v) for p, v in zip(now.passages, now.vectors.vectors(), strict=True) if p.embedded in vectors]
    assert [p.embedded for p, v in kept if v.tobytes() != vectors[p.embedded].tobytes()] == []
    assert len(kept) == 6


def test_a_changed_date_embeds_nothing(served: Bot) -> None:
    """A change that no passage has anything of makes a new index without encoding anything."""
    rewrite(served, "updated: 2026-01-05", "updated: 2026-02-05")
    assert served.reindex(quiet).change == Change((), (PATH,), (), reused=7, embedded=0)
    assert served.handle(Ask("What does a fern cost?")).citations[0].updated == "2026-02-05"


def test_guides_come_and_go(served: Bot) -> None:
    """Guides that are added, and those that are removed, are reported, and answers follow."""
    (served.settings.corpus / "guides" / "pots.md").write_text("---\ntitle: Pots\n---\n\nA clay pot costs $44.\n", "utf-8")
    assert served.reindex(quiet).change == Change(("corpus/guides/pots.md",), (), (), reused=7, embedded=1)
    assert "$44" in served.handle(Ask("What does a clay pot cost?")).plain
    (served.settings.corpus / "guides" / "pots.md").unlink()
    assert served.reindex(quiet).change.removed == ("corpus/guides/pots.md",)
    assert "$44" not in served.handle(Ask("What does a clay pot cost?")).plain


def test_another_model_takes_nothing_over(served: Bot, model: Model) -> None:
    """With another model the old index is refused with both names until a reindex, which encodes everything anew."""
    other = Bot(served.settings, load_model=lambda _: Model(model.encoder, "other-model"))
    with pytest.raises(IndexUnusable) as refused:
        other.handle(Ask("What does a fern cost?"))
    assert str(refused.value) == (
        f"the index was made with the model {model.identity}, the setting asks for other-model; run `fingerpost reindex`"
    )
    assert other.reindex(quiet).change == Change((), (), (), reused=0, embedded=7)
    assert "$12" in other.handle(Ask("What does a fern cost?")).plain


def test_a_running_bot_takes_up_the_new_index(served: Bot, make_bot: Make) -> None:
    """A bot answers from the new index once another process has published it, and who holds the old one finishes with it."""
    running = make_bot(served.settings.corpus, served.settings.home)
    old = running.engine()
    rewrite(served, "$12", "$13")
    served.reindex(quiet)
    assert "$12" in old.handle(Ask("What does a fern cost?")).plain
    assert "$13" in running.handle(Ask("What does a fern cost?")).plain


def test_a_changed_cell_changes_the_recommendation(served: Bot) -> None:
    """After an edit of a cell of the decision table, a reindex alone changes what is recommended."""
    assert options(served, experience="5 years", light="sun") == ("Bonsai",)
    rewrite(served, "| Bonsai |", "| Palm (2 years) OR olive |")
    served.reindex(quiet)
    assert options(served, experience="5 years", light="sun") == ("Palm (2 years)", "olive")


def test_a_second_table_needs_no_code(served: Bot) -> None:
    """A second decision table that an author declares can be asked by its name after a reindex."""
    with pytest.raises(RequestError, match="no decision table 'pot'; tables that can be asked: plant"):
        served.recommend("pot", {})
    declared = """
  - id: pot
    section: Which pot
    kind: decision
    rows: {axis: size, values: {small: [tiny], large: [big, huge]}}
    columns: {axis: place, values: {indoors: [inside, room], garden: [outside]}}
---

"""
    rewrite(served, "\n---\n\n", declared)
    with (served.settings.corpus / "guides" / "plants.md").open("a", encoding="utf-8") as guide:
        guide.write(
            "\n## Which pot\n\n| Size | Indoors | Garden |\n|---|---|---|\n| Small | Clay | Stone |\n| Large | Zinc | Oak OR larch |\n"
        )
    served.reindex(quiet)
    assert options(served, "pot", size="huge", place="outside") == ("Oak", "larch")
    assert options(served, "pot", size="small", place="room") == ("Clay",)
    assert options(served, experience="6 months", light="shade") == ("Fern", "ivy")


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
    assert report.failures == (Failure("What does a fern cost?", reason),)
    assert (report.asked, report.published, report.refused) == (1, False, True)
    assert before == snapshot(served.settings.index)
    assert "$7-$9" in served.handle(Ask("What does a cactus cost?")).plain


def test_a_passing_check_question_publishes(served: Bot) -> None:
    """Where the new index passes its check questions it is published, and its manifest counts them."""
    question(served, ask="What does a fern cost?", outcome="answered", cites="plants > What it costs", says=["$12"])
    report = served.reindex(quiet)
    assert (report.asked, report.failures, report.published) == (1, (), True)
    manifest = served.store.open_current()[0].manifest
    assert (manifest.name, manifest.checks_passed, manifest.checks_failed) == (report.name, 1, ())


def test_publish_anyway_publishes_and_remembers(served: Bot) -> None:
    """On demand an index that fails a check question is published, and its manifest names the question."""
    question(served, ask="What does a fern cost?", outcome="not_covered")
    report = served.reindex(quiet, publish_anyway=True)
    assert (len(report.failures), report.published, report.refused) == (1, True, False)
    manifest = served.store.open_current()[0].manifest
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


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[[question]\n", "Expected"),
        (b'[[question]]\nask = "a"\n', "missing required field `outcome`"),
        (b'[[question]]\nask = "a"\noutcome = "perhaps"\n', "'perhaps'"),
        (b'[[question]]\nask = "a"\noutcome = "answered"\nsay = ["x"]\n', "unknown field `say`"),
        (b'questions = []\n', "unknown field `questions`"),
        (b"\xff", "utf-8"),
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


@contextlib.contextmanager
def beside(bot: Bot, name: str, content: bytes) -> Iterator[None]:
    """A further file among the guides, for a while."""
    path = bot.settings.corpus / "guides" / name
    path.write_bytes(content)
    try:
        yield
    finally:
        path.unlink()


@pytest.mark.parametrize("name", BAD)
def test_a_bad_guide_changes_nothing(steady: Bot, name: str) -> None:
    """A guide that cannot be read is refused with file and line, and the index that serves stays as it was, byte for byte."""
    before = snapshot(steady.settings.home)
    content, line, _ = BAD[name]
    with beside(steady, "bad.md", content), pytest.raises(GuideError) as refused:
        steady.reindex(quiet)
    assert (refused.value.path, refused.value.line) == ("corpus/guides/bad.md", line)
    assert before == snapshot(steady.settings.home)
    assert steady.handle(Ask("What does a fern cost?")).generation == steady.store.current()


def test_two_files_cannot_be_one_guide(steady: Bot) -> None:
    """Two files whose names differ in their ending alone are refused, since both would be the same guide."""
    before = snapshot(steady.settings.home)
    with (
        beside(steady, "plants.markdown", GUIDE.encode()),
        pytest.raises(GuideError, match=r"plants\.markdown has the same"),
    ):
        steady.reindex(quiet)
    assert before == snapshot(steady.settings.home)


def test_a_folder_without_guides_changes_nothing(served: Bot) -> None:
    """A folder that is empty, has nothing but heads, or is gone is refused, and the index that serves stays as it was."""
    before = snapshot(served.settings.home)
    guide = served.settings.corpus / "guides" / "plants.md"
    guide.write_text("---\ntitle: Plants\n---\n", "utf-8")
    with pytest.raises(GuideError, match="no text below their front matter"):
        served.reindex(quiet)
    guide.unlink()
    with pytest.raises(GuideError, match="the folder has no guides"):
        served.reindex(quiet)
    guide.parent.rmdir()
    with pytest.raises(GuideError, match="no such folder"):
        served.reindex(quiet)
    assert before == snapshot(served.settings.home)
    assert "$12" in served.handle(Ask("What does a fern cost?")).plain


def test_a_second_reindex_at_the_same_time_is_refused(served: Bot, make_bot: Make) -> None:
    """While one builds, another is refused, and nothing of the first is lost."""
    before = snapshot(served.settings.index)
    other = make_bot(served.settings.corpus, served.settings.home)
    with served.store.building() as folder, pytest.raises(IndexBusy):
        other.reindex(quiet)
    assert not folder.exists()
    assert before == snapshot(served.settings.index)


def test_a_rollback_lets_the_index_before_serve(served: Bot) -> None:
    """A rollback serves the index before the current one, and by name any that is kept, the newer one again as well."""
    rewrite(served, "$12", "$13")
    served.reindex(quiet)
    older, newer = served.store.names()
    assert reindex.rollback(served.settings) == (newer, older)
    assert "$12" in served.handle(Ask("What does a fern cost?")).plain
    assert reindex.rollback(served.settings, newer) == (older, newer)
    assert "$13" in served.handle(Ask("What does a fern cost?")).plain


@pytest.mark.parametrize("name", [None, "..", "20990101", ""])
def test_a_rollback_to_nothing_is_refused(served: Bot, name: str | None) -> None:
    """Where there is no such index to go back to, those that are kept are listed."""
    (only,) = served.store.names()
    with pytest.raises(IndexUnusable, match=f"there is no index to go back to; kept are: {only}"):
        reindex.rollback(served.settings, name)
    assert served.store.current() == only


def test_a_rollback_without_any_index_is_refused(tmp_path: Path) -> None:
    """Where there is no index at all, there is none to go back to."""
    with pytest.raises(IndexUnusable, match="kept are: none"):
        reindex.rollback(Settings(corpus=tmp_path, home=tmp_path, model=EMBEDDED_MODEL))


def test_a_rollback_to_a_damaged_index_is_refused(served: Bot) -> None:
    """An index that does not verify cannot be gone back to, and the current one serves on."""
    served.reindex(quiet)
    older, newer = served.store.names()
    (served.settings.index / older / "vectors.faiss").write_bytes(b"x")
    with pytest.raises(IndexUnusable, match=rf"{older} is damaged: vectors\.faiss"):
        reindex.rollback(served.settings)
    assert served.store.current() == newer


def test_a_damaged_index_is_replaced_by_the_one_before_until_a_reindex(served: Bot, make_bot: Make) -> None:
    """A bot whose newest index is damaged answers from the one before, and a reindex mends it."""
    rewrite(served, "$12", "$13")
    newer = served.reindex(quiet).name
    (served.settings.index / newer / "words.faiss").write_bytes(b"x")
    again = make_bot(served.settings.corpus, served.settings.home)
    assert "$12" in again.handle(Ask("What does a fern cost?")).plain
    assert again.reindex(quiet).change.changed == (PATH,)
    assert "$13" in again.handle(Ask("What does a fern cost?")).plain


def test_old_generations_are_deleted(served: Bot) -> None:
    """After many reindexes the newest five are kept."""
    names = [served.store.current(), *(served.reindex(quiet).name for _ in range(6))]
    assert served.store.names() == names[-5:]


# Runs `fingerpost reindex` in a fork of itself for each line that it reads, and kills that fork where it is about to do
# what the line says with a file of the index for the n-th time.
FORKS = """
import os, re, signal, sys
import sentence_transformers
from bot.cli import main
index = os.path.join(os.environ["FINGERPOST_HOME"], "index")
for line in sys.stdin:
    (wanted, nth), seen = line.rstrip("\\n").split(" x"), []
    def watch(event, arguments):
        path = str(arguments[0]) if arguments else ""
        if path.startswith(index) and wanted == f"{event} {re.sub('-[0-9]+', '', path.removeprefix(index))}":
            seen.append(event)
            if len(seen) == int(nth):
                os.kill(os.getpid(), signal.SIGKILL)
    child = os.fork()
    if not child:
        sys.addaudithook(watch)
        sys.stdout = sys.stderr
        main(["reindex"], standalone_mode=False)
        os._exit(0)
    os.write(1, b"killed\\n" if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL else b"done\\n")
"""
STEPS = [
    "os.mkdir /.building x1",
    "open /.building/guides.json x1",  # the vectors and the lexical index are written
    "open /.building/manifest.json x1",  # about to be sealed
    "open /.building/vectors.faiss x2",  # about to be put on disk
    "open /.building/manifest.json x4",  # sealed, and checked by the check questions
    "os.rename /.building x1",
    "open /.CURRENT.new x1",
    "os.rename /.CURRENT.new x1",
    "open  x2",  # published, and the folder about to be put on disk
]


def environment(bot: Bot) -> dict[str, str]:
    """The settings of a bot, for another process."""
    return {**os.environ, "FINGERPOST_CORPUS": str(bot.settings.corpus), "FINGERPOST_HOME": str(bot.settings.home)}


def intact(make_bot: Make, bot: Bot, price: str) -> None:
    """What serves verifies without a fallback, and answers with this price."""
    found = make_bot(bot.settings.corpus, bot.settings.home)
    _, problems = found.store.open_current()
    answer = found.handle(Ask("What does a fern cost?"))
    assert (problems, answer.outcome) == ([], "answered")
    assert price in answer.citations[0].quote


def test_a_reindex_that_is_killed_at_any_step_leaves_the_old_index(served: Bot, make_bot: Make) -> None:
    """Killed at steps spread over its run, a reindex leaves an index that verifies and answers, and the next one clears up."""
    rewrite(served, "$12", "$13")
    command, env = [sys.executable, "-c", FORKS], environment(served)
    with subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as forks:
        assert forks.stdin is not None
        assert forks.stdout is not None
        for step in STEPS:
            print(step, file=forks.stdin, flush=True)
            assert (step, forks.stdout.readline()) == (step, "killed\n")
            intact(make_bot, served, "$13" if step == STEPS[-1] else "$12")
        forks.stdin.close()
    served.reindex(quiet)
    intact(make_bot, served, "$13")
    assert [p.name for p in served.settings.index.glob(".*")] == [".lock"]


def test_a_command_that_is_killed_leaves_the_old_index(served: Bot, make_bot: Make) -> None:
    """`python -m bot reindex`, killed while it builds, leaves the old index as it was."""
    rewrite(served, "$12", "$13")
    command, env = [sys.executable, "-m", "bot", "reindex"], environment(served)
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL) as running:
        while running.poll() is None and not list(served.settings.index.glob(".building-*/*")):
            time.sleep(0.0005)
        running.kill()
    assert running.returncode == -signal.SIGKILL
    intact(make_bot, served, "$12")
    served.reindex(quiet)
    intact(make_bot, served, "$13")
    assert [p.name for p in served.settings.index.glob(".*")] == [".lock"]
