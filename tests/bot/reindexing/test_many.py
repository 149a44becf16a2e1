"""A thousand guides: what one edit costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.reindexing import telling
from bot.settings import Settings
from bot.wiring import Bot
from retrieval.encoder import Model
from retrieval.indexing import Change
from tests.bot.reindexing.cheap import CheapEncoder
from tests.conftest import quiet

GUIDES = 1_000


def guide(number: int) -> str:
    """A guide with two paragraphs, a question and a table of two rows: six passages, all its own."""
    return f"""---
title: Keeping plant {number}
---

## Watering plant {number}

Water plant {number} every {number + 1} days.

Plant {number} likes pot {number}.

## Does plant {number} need light?

Yes, for {number + 2} hours.

## Prices of plant {number}

| Size | Price |
|---|---|
| Small {number} | ${number + 3} |
| Large {number} | ${number + 4} |
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bot, CheapEncoder]:
    """A bot over a thousand guides whose index serves, and its encoder."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "corpus" / "guides").mkdir(parents=True)
    for number in range(GUIDES):
        (folder / "corpus" / "guides" / f"plant-{number:04}.md").write_text(guide(number), "utf-8")
    encoder = CheapEncoder()
    bot = Bot(Settings(folder / "corpus", folder / "home", "cheap"), load_model=lambda _: Model(encoder, "cheap"))
    report = bot.reindex(quiet)
    assert (len(report.change.added), report.change.embedded) == (GUIDES, 6 * GUIDES)
    return bot, encoder


def test_an_edit_of_one_guide_embeds_its_changed_passages_alone(many: tuple[Bot, CheapEncoder]) -> None:
    """After an edit of one of a thousand guides only the passages that it changed are embedded, and the report counts them."""
    bot, encoder = many
    path = bot.settings.corpus / "guides" / "plant-0500.md"
    path.write_text(guide(500).replace("Plant 500 likes pot 500.", "Plant 500 likes peat.").replace("$504", "$9"), "utf-8")
    encoder.encoded.clear()
    report = bot.reindex(quiet)
    assert report.change == Change((), ("corpus/guides/plant-0500.md",), (), reused=6 * GUIDES - 2, embedded=2)
    assert encoder.encoded == [
        "watering plant 500. plant 500 likes peat.",
        "prices of plant 500. size: large 500. price: $9.",
        "peat",  # a new word
    ]
    assert "passages: 2 embedded, 5998 taken over" in telling.describe(report)


def test_what_is_taken_over_is_what_would_be_read(many: tuple[Bot, CheapEncoder], tmp_path: Path) -> None:
    """An index whose unchanged guides were taken over is the same, to the byte, as one for which every guide was read."""
    bot, _ = many
    (bot.settings.corpus / "guides" / "plant-0007.md").write_text(guide(7007), "utf-8")
    bot.reindex(quiet)
    fresh = Bot(Settings(bot.settings.corpus, tmp_path, "cheap"), load_model=lambda _: bot.model)
    fresh.reindex(quiet)
    one, other = (b.settings.index / (b.store.current() or "") for b in (bot, fresh))
    for name in (
        "guides.records",
        "passages.records",
        "stems.texts",
        "passages.f32",
        "words.f32",
        "headings.f32",
        "held.ids",
        "overview.json",
    ):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
