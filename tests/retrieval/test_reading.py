"""Reading a corpus: what may be taken over from the generation before, and what may not."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bot.settings import Settings
from bot.wiring import Bot
from retrieval.guides import Guide
from retrieval.passages import Passage
from retrieval.ports import Generation
from retrieval.reading import Corpus
from retrieval.stores import open_current
from tests.bot.reindexing.cheap import cheap_model
from tests.conftest import quiet

SECOND = "---\ntitle: Pots\n---\n\nA clay pot costs $44 and suits a fern.\n"


@pytest.fixture
def bot(plants: Path, tmp_path: Path) -> Bot:
    """A bot over two guides, whose index serves."""
    (plants / "guides" / "pots.md").write_text(SECOND, "utf-8")
    made = Bot(Settings(plants, tmp_path / "home", "cheap"), load_model=lambda _: cheap_model())
    made.reindex(quiet)
    return made


def read(bot: Bot, previous: Generation | None) -> tuple[list[Guide], list[Passage]]:
    """The guides and passages of the corpus, beside a generation to take over from."""
    found = list(Corpus(bot.settings.corpus, previous).read(quiet))
    return [one.guide for one in found], [passage for one in found for passage in one.passages]


def both(bot: Bot, previous: Generation) -> tuple[tuple[list[Guide], list[Passage]], tuple[list[Guide], list[Passage]]]:
    """What is read with a generation to take over from, and without any."""
    return read(bot, previous), read(bot, None)


def test_a_new_term_changes_the_passages_of_all_guides(bot: Bot) -> None:
    """A term that one guide declares is read in the guides that did not change as well."""
    path = bot.settings.corpus / "guides" / "plants.md"
    path.write_text(path.read_text("utf-8").replace("  watering: [water]", "  watering: [water]\n  bracken: [fern]"), "utf-8")
    taken, whole = both(bot, open_current(bot.store)[0])
    assert taken == whole
    assert [p.embedded for p in taken[1] if p.guide == "pots"] == ["a clay pot costs $44 and suits a bracken."]


def test_a_guide_that_is_gone_is_gone(bot: Bot) -> None:
    """Nothing is taken over of a guide that is no more, or that has another name now."""
    (bot.settings.corpus / "guides" / "pots.md").rename(bot.settings.corpus / "guides" / "clay.md")
    (bot.settings.corpus / "guides" / "plants.md").unlink()
    taken, whole = both(bot, open_current(bot.store)[0])
    assert taken == whole
    assert [(g.id, g.path) for g in taken[0]] == [("clay", "corpus/guides/clay.md")]
    assert {p.guide for p in taken[1]} == {"clay"}


@pytest.mark.parametrize(("reader", "price"), [("", "$44"), ("another version", "$44"), (None, "$55")])
def test_what_another_version_of_the_program_has_read_is_read_again(bot: Bot, reader: str | None, price: str) -> None:
    """Only what the same code has read is taken over."""
    name = bot.store.current() or ""
    stored = bot.store.folder / name / "passages.records"
    stored.write_bytes(stored.read_bytes().replace(b"$44", b"$55"))
    manifest = bot.store.manifest(name)
    bot.store.seal(bot.store.folder / name, manifest if reader is None else msgspec.structs.replace(manifest, reader=reader))
    _, passages = read(bot, bot.store.open(name))
    assert [price in p.text for p in passages if p.guide == "pots"] == [True]
