"""Reindexing: what is taken over, what is embedded anew, and that answers follow the guides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.messages import Ask
from bot.settings import Settings
from bot.wiring import Bot
from retrieval.encoder import EMBEDDED_MODEL, Model
from retrieval.errors import IndexUnusable, RequestError
from retrieval.indexing import Change
from retrieval.stores import open_current
from tests.bot.reindexing.garden import PATH, rewrite
from tests.conftest import quiet

Make = Callable[[Path, Path], Bot]


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
    assert [step for step in told if " " not in step[0]] == [
        ("reading", 1, 1),
        ("embedding", 7, 7),
        ("verifying", 0, 1),
        ("verifying", 1, 1),
        ("checking", 0, 0),
    ]
    assert [stage for stage, _, _ in told if " " in stage] == ["embedding words", "embedding headings"]
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
    now = open_current(bot.store)[0]
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


def test_a_damaged_index_is_replaced_by_the_one_before_until_a_reindex(served: Bot, make_bot: Make) -> None:
    """A bot whose newest index is damaged answers from the one before, and a reindex mends it."""
    rewrite(served, "$12", "$13")
    newer = served.reindex(quiet).name
    (served.settings.index / newer / "words.f32").write_bytes(b"x")
    again = make_bot(served.settings.corpus, served.settings.home)
    assert "$12" in again.handle(Ask("What does a fern cost?")).plain
    assert again.reindex(quiet).change.changed == (PATH,)
    assert "$13" in again.handle(Ask("What does a fern cost?")).plain


def test_old_generations_are_deleted(served: Bot) -> None:
    """After many reindexes the newest five are kept."""
    names = [served.store.current(), *(served.reindex(quiet).name for _ in range(6))]
    assert served.store.names() == names[-5:]
