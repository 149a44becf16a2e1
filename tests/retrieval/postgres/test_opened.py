"""A generation in PostgreSQL gives what the folder gives that it was copied from, and answers are the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from bot import checks
from bot.messages import Ask
from bot.wiring import Bot
from retrieval.embedding import digests
from retrieval.ports import Generation
from retrieval.postgres.generations import PostgresStore
from retrieval.stores import open_current
from tests.servers.postgres import PostgresServer

TYPOS = ["certificaton", "degre", "portfolo", "egineer", "nginer", "masteer", "salray", "zzzzqqqq", "experience", "xxperience"]


@pytest.fixture(scope="module")
def store(postgres: PostgresServer, bot: Bot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresStore]:
    """The program's own index, copied into a database."""
    made = PostgresStore(postgres.address(postgres.database()).reveal(), tmp_path_factory.mktemp("builds"))
    name = bot.store.current() or ""
    made.take_in(bot.settings.index / name, name)
    yield made
    made.close()


@pytest.fixture(scope="module")
def there(bot: Bot) -> Generation:
    """The generation in the folder."""
    return open_current(bot.store)[0]


@pytest.fixture(scope="module")
def here(store: PostgresStore) -> Generation:
    """The same in PostgreSQL."""
    return store.open(store.names()[-1])


def test_guides_and_passages_are_the_same(there: Generation, here: Generation) -> None:
    """All of them, in order, by id and by guide; what is not there is not there. How vectors are found is each store's own."""
    assert list(here.passages) == list(there.passages)
    assert dict(here.guides) == dict(there.guides)
    assert list(here.guides) == list(there.guides)
    assert msgspec.structs.replace(here.manifest, search=there.manifest.search) == there.manifest
    assert (here.manifest.search.kind, there.manifest.search.kind) == ("exact", "i8")
    assert here.overview == there.overview
    assert here.sources.all() == there.sources.all()
    for guide in there.guides:
        assert here.passages.of_guide(guide) == there.passages.of_guide(guide)
    assert here.passages.of_guide("nothing") == []
    assert "nothing" not in here.guides
    assert here.passages.many([5, 0, 5]) == there.passages.many([5, 0, 5])
    with pytest.raises(IndexError):
        here.passages[len(here.passages)]


def test_words_and_questions_are_the_same(there: Generation, here: Generation, bot: Bot) -> None:
    """Stems, their vectors, which passage holds which, how words are written and which are near, and questions by their meaning."""
    assert len(here.vocabulary) == len(there.vocabulary)
    for number, passage in enumerate(there.passages):
        assert here.vocabulary.held(number).tolist() == there.vocabulary.held(number).tolist()
        for word in passage.text.split()[:3]:
            assert here.vocabulary.find(word) == there.vocabulary.find(word)
            assert here.vocabulary.knows(word) == there.vocabulary.knows(word)
    some = list(range(0, len(there.vocabulary), 7))
    assert np.array_equal(here.vocabulary.vectors(some), there.vocabulary.vectors(some))
    asked = bot.model.encode(["Do I need a degree?"])[0]
    assert here.questions.nearest(asked, 5) == there.questions.nearest(asked, 5)
    assert here.questions.first(100) == there.questions.first(100)
    for word in TYPOS:
        near = [set(there.vocabulary.near(word, edits)) for edits in (1, 2)]
        assert set(here.vocabulary.near(word, 1)) == near[0]
        assert set(here.vocabulary.near(word, 2)) == {other for other in near[1] if other[0] == word[0]}


def test_vectors_are_the_same_to_the_bit(there: Generation, here: Generation) -> None:
    """Those of passages, and what the next build may take over."""
    assert np.array_equal(here.vectors.vectors(), there.vectors.vectors())
    assert (len(here.vectors), here.vectors.dimension) == (len(there.vectors), there.vectors.dimension)
    texts = digests([there.passages[3].embedded, "never encoded", there.passages[0].embedded])
    for known, expected in zip(here.known.find(texts), there.known.find(texts), strict=True):
        assert np.array_equal(known, expected)


def test_what_is_found_is_the_same(there: Generation, here: Generation, bot: Bot, corpus: Path) -> None:
    """For every check question: the nearest passages with their cosines, headings, rows and names of guides."""
    for check in checks.load(corpus):
        vector = bot.model.encode([check.ask])[0]
        (ids, cosines), (expected, exact) = here.vectors.search(vector, 20), there.vectors.search(vector, 20)
        assert ids.tolist() == expected.tolist()
        assert cosines == pytest.approx(exact, abs=1e-5)
        some = [int(number) for number in ids]
        assert here.headings.similarities(some, vector) == pytest.approx(there.headings.similarities(some, vector), abs=1e-5)
        stems = sorted({word[:4] for word in check.ask.casefold().split()})
        for mine, other in ((here.lexical, there.lexical), (here.rows, there.rows), (here.named, there.named)):
            assert dict(mine.search(stems, 50)) == pytest.approx(dict(other.search(stems, 50)), rel=1e-5)


def test_every_answer_is_the_same(here: Generation, bot: Bot, corpus: Path) -> None:
    """Each check question is answered with the same words, quotes, tables and suggestions."""
    engine, other = bot.engine_for(here), bot.engine()
    for check in checks.load(corpus):
        mine, expected = (msgspec.structs.replace(e.handle(Ask(check.ask, check.history)), took_ms=0.0) for e in (engine, other))
        assert mine == expected
