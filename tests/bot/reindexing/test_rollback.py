"""The way back to an index that served before."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.messages import Ask
from bot.reindexing import build
from bot.settings import Settings
from bot.wiring import Bot
from retrieval.encoder import EMBEDDED_MODEL, Model
from retrieval.errors import IndexUnusable
from tests.bot.reindexing.garden import rewrite
from tests.conftest import quiet


def rollback(bot: Bot, name: str | None = None) -> tuple[str, str]:
    """Go back, without anything that is recorded."""
    return build.rollback(bot.settings, bot.engine_for, name)


def test_a_rollback_lets_the_index_before_serve(served: Bot) -> None:
    """A rollback serves the index before the current one, and by name any that is kept, the newer one again as well."""
    rewrite(served, "$12", "$13")
    served.reindex(quiet)
    older, newer = served.store.names()
    assert rollback(served) == (newer, older)
    assert "$12" in served.handle(Ask("What does a fern cost?")).plain
    assert rollback(served, newer) == (older, newer)
    assert "$13" in served.handle(Ask("What does a fern cost?")).plain


@pytest.mark.parametrize("name", [None, "..", "20990101", ""])
def test_a_rollback_to_nothing_is_refused(served: Bot, name: str | None) -> None:
    """Where there is no such index to go back to, those that are kept are listed."""
    (only,) = served.store.names()
    with pytest.raises(IndexUnusable, match=f"there is no index to go back to; kept are: {only}"):
        rollback(served, name)
    assert served.store.current() == only


def test_a_rollback_without_any_index_is_refused(tmp_path: Path) -> None:
    """Where there is no index at all, there is none to go back to."""
    with pytest.raises(IndexUnusable, match="kept are: none"):
        rollback(Bot(Settings(corpus=tmp_path, home=tmp_path, model=EMBEDDED_MODEL)))
    assert list(tmp_path.iterdir()) == []


def test_a_rollback_to_a_damaged_index_is_refused(served: Bot) -> None:
    """An index that does not verify cannot be gone back to, and the current one serves on."""
    served.reindex(quiet)
    older, newer = served.store.names()
    (served.settings.index / older / "passages.f32").write_bytes(b"x")
    with pytest.raises(IndexUnusable, match=rf"{older} is damaged: passages\.f32"):
        rollback(served)
    assert served.store.current() == newer


def test_a_rollback_to_another_model_s_index_is_refused(served: Bot, model: Model) -> None:
    """An index that another model has made cannot be gone back to: no question could be answered from it."""
    other = Bot(served.settings, load_model=lambda _: Model(model.encoder, "other-model"))
    newer = other.reindex(quiet).name
    with pytest.raises(IndexUnusable, match="made with the model"):
        rollback(other)
    assert other.store.current() == newer
