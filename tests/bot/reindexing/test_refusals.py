"""What a reindex refuses leaves everything as it was."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.messages import Ask
from bot.wiring import Bot
from retrieval.errors import GuideError, IndexBusy
from tests.bot.reindexing.garden import snapshot
from tests.conftest import GUIDE, quiet
from tests.retrieval.bad_guides import BAD

Make = Callable[[Path, Path], Bot]


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
