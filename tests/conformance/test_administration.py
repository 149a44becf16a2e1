"""What an admin may rely on, written once and held against every platform: the same words, the same refusals."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.messages import Ask
from bot.store import open_store
from bot.wiring import Bot
from tests.bot.admin.conftest import planted
from tests.conformance.platforms import ADMIN, ANN, BEN, Platform, Shown
from tests.conformance.test_conformance import PLATFORMS
from tests.retrieval.importing import pages

Make = Callable[[Path, Path], Bot]


@pytest.fixture(scope="module")
def indexed(make_bot: Make, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small corpus and a home whose index serves."""
    return planted(make_bot, tmp_path_factory.mktemp("administered"))


@pytest.fixture
def garden(indexed: Path, tmp_path: Path, make_bot: Make) -> Bot:
    """A bot of its own over a copy."""
    return make_bot(shutil.copytree(indexed / "corpus", tmp_path / "corpus"), shutil.copytree(indexed / "home", tmp_path / "home"))


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest, garden: Bot) -> Iterator[Platform]:
    """Each platform in turn."""
    with PLATFORMS[request.param](garden, garden.settings.home) as platform:
        needed = request.node.get_closest_marker("needs")
        reason = platform.cannot.get(needed.args[0]) if needed else None
        if reason:
            pytest.skip(f"{request.param}: {reason}")
        yield platform


def _write(bot: Bot, before: str, after: str) -> None:
    path = bot.settings.corpus / "guides" / "plants.md"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def _reindexed(platform: Platform) -> Shown:
    """Ask for a reindex, confirm, and follow its message to the end."""
    return platform.watch(platform.push(ADMIN, platform.admin(ADMIN, "reindex"), "Reindex"))


def test_a_reindex_is_confirmed_and_reported_in_one_message(platform: Platform, garden: Bot) -> None:
    _write(garden, "every 3 days", "every 4 days")
    asked = platform.admin(ADMIN, "reindex")
    assert "Changed since the last one: corpus/guides/plants.md" in asked.words
    done = platform.watch(platform.push(ADMIN, asked, "Reindex"))
    for part in ("Reindexed", "guides changed: corpus/guides/plants.md", "check questions: 1 of 1 passed", "serves now"):
        assert part in done.words
    assert "every 4 days" in garden.handle(Ask("How often do I water a fern?")).plain


def test_a_worse_index_is_refused_and_published_only_when_asked_twice(platform: Platform, garden: Bot) -> None:
    serving = garden.store.current()
    _write(garden, "| Fern | $12", "| Fern | $15")
    refused = _reindexed(platform)
    for part in ("Reindexed, and refused", "corpus/questions.toml:2", "it does not say “$12”", "Price: $12", "Price: $15"):
        assert part in refused.words
    sure = platform.push(ADMIN, refused, "Publish anyway")
    assert "It is recorded with your name" in sure.words
    assert garden.store.current() == serving
    assert "Published anyway" in platform.push(ADMIN, sure, "Yes, publish it").words
    assert "publish anyway" in platform.admin(ADMIN, "audit").words
    assert "$15" in garden.handle(Ask("What does a fern cost?")).plain


def test_a_rollback_is_at_once_and_can_be_undone(platform: Platform, garden: Bot) -> None:
    first = garden.store.current()
    _write(garden, "every 3 days", "every 4 days")
    _reindexed(platform)
    second = garden.store.current()
    back = platform.admin(ADMIN, "rollback")
    assert (garden.store.current(), f"{first} serves now, in place of {second}" in back.words) == (first, True)
    platform.push(ADMIN, back, "Undo")
    assert garden.store.current() == second


def test_a_guide_comes_from_a_file_after_it_was_shown(platform: Platform, garden: Bot) -> None:
    shown = platform.upload(ADMIN, "ferns.html", pages.HTML.encode())
    assert "“Watering ferns” as ferns.md" in shown.words
    added = platform.push(ADMIN, shown, "Add the guide")
    done = platform.watch(platform.push(ADMIN, added, "Reindex"))
    assert "guides added: corpus/guides/ferns.md" in done.words
    assert "damp air" in garden.handle(Ask("How long do ferns live in a house?")).plain


def test_a_bad_file_is_refused_in_words(platform: Platform, garden: Bot) -> None:
    refused = platform.upload(ADMIN, "ferns.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    assert "is a file of the type PNG" in refused.words
    assert len(list((garden.settings.corpus / "guides").iterdir())) == 1


def test_what_people_ask_is_told(platform: Platform, garden: Bot) -> None:
    store = open_store(garden.settings)
    store.ask("a1", garden.handle(Ask("Who wrote the Iliad?")))
    store.close()
    found = platform.admin(ADMIN, "insights")
    assert "Questions in 30 days: 1 (1 not covered)" in found.words
    assert "Who wrote the Iliad?" in found.words


def test_a_second_asker_is_told_who_reindexes(platform: Platform, garden: Bot) -> None:
    """Here another process does, for somebody called Dora."""
    store = open_store(garden.settings)
    run = store.start_run("reindex", "terminal", "Dora")
    assert run is not None
    told = platform.admin(ADMIN, "reindex")
    assert "Dora is reindexing since" in told.words
    assert "It stops at its next step" in platform.push(ADMIN, told, "Cancel it").words
    assert not store.progress_run(run.id, "reading", 1, 1)
    store.end_run(run.id, "cancelled", "")
    store.close()


@pytest.mark.needs("permissions")
@pytest.mark.parametrize("text", ["reindex", "rollback", "insights", "audit"])
def test_who_is_no_admin_is_told_what_is_missing(platform: Platform, garden: Bot, text: str) -> None:
    serving = garden.store.current()
    for person in (ANN, BEN):
        refused = platform.admin(person, text)
        assert "Only my admins can do that" in refused.words
        assert "FINGERPOST_ADMINS" in refused.words
        assert refused.private
    assert garden.store.current() == serving
