"""Search by words."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import pytest
import tantivy
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import IndexUnusable
from retrieval.lexical import LexicalIndex

DOCUMENTS = [
    ["fern", "water", "water"],
    ["fern", "light"],
    ["cactus", "light", "light", "sun", "sand", "light"],
    [],
    ["ivy"] * 20 + ["water"],
]


def bm25(query: set[str], documents: list[list[str]]) -> dict[int, float]:
    """BM25 by its formula (k1 1.2, b 0.75), for the documents that hold any word of the query."""
    mean = sum(map(len, documents)) / len(documents)
    scores: dict[int, float] = {}
    for word in query:
        holding = sum(word in document for document in documents)
        rarity = math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
        for number, document in enumerate(documents):
            if count := Counter(document)[word]:
                share = count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(document) / mean))
                scores[number] = scores.get(number, 0.0) + rarity * share
    return scores


@pytest.mark.parametrize("query", [{"fern"}, {"water"}, {"light", "fern"}, {"sun", "ivy", "water", "rain"}])
def test_scores_are_those_of_the_formula(tmp_path: Path, query: set[str]) -> None:
    """A document's score is BM25 as the formula gives it, best first."""
    found = LexicalIndex.build(DOCUMENTS, tmp_path / "lexical").search(sorted(query), 10)
    expected = bm25(query, DOCUMENTS)
    assert expected == pytest.approx(dict(found), rel=1e-5)
    assert [number for number, _ in found] == sorted(expected, key=lambda n: -expected[n])


@settings(max_examples=15, deadline=None)
@given(
    documents=st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=30), min_size=1, max_size=12),
    query=st.sets(st.sampled_from("abcxyz"), min_size=1),
)
def test_any_documents_are_scored_by_the_formula(
    documents: list[list[str]], query: set[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """For any documents of up to 40 words, whose lengths are kept exactly, scores are those of the formula."""
    found = LexicalIndex.build(documents, tmp_path_factory.mktemp("lexical")).search(sorted(query), 50)
    assert bm25(query, documents) == pytest.approx(dict(found), rel=1e-4)
    assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))


def test_the_ideal_is_that_of_a_document_of_mean_length_with_each_word_once(tmp_path: Path) -> None:
    """The ideal score is what the formula gives such a document; words that no document holds, or named twice, add nothing."""
    documents = [["fern", "light"], ["fern", "sun"], ["sand", "ivy"]]
    index = LexicalIndex.build(documents, tmp_path / "lexical")
    assert index.ideal(["fern", "light", "rain", "fern"]) == pytest.approx(bm25({"fern", "light"}, documents)[0])
    assert index.ideal(["rain"]) == index.ideal([]) == 0


def test_no_words_find_nothing(tmp_path: Path) -> None:
    """A search without words, or for words that no document has, finds nothing."""
    index = LexicalIndex.build(DOCUMENTS, tmp_path / "lexical")
    assert index.search([], 5) == index.search(["rain", "\x00", "AND", "stems:fern", "ß" * 70_000], 5) == []


def test_only_the_best_are_returned(tmp_path: Path) -> None:
    """No more documents are returned than were asked for, and equals come in the order of their ids."""
    index = LexicalIndex.build([["fern"]] * 9, tmp_path / "lexical")
    assert [number for number, _ in index.search(["fern"], 9)] == list(range(9))
    assert len(index.search(["fern"], 4)) == 4


def test_an_index_opens_as_it_was_built(tmp_path: Path) -> None:
    """An index that is opened from disk gives the results of the one that was built."""
    built = LexicalIndex.build(DOCUMENTS, tmp_path / "lexical")
    opened = LexicalIndex.open(tmp_path / "lexical")
    assert len(opened) == 5
    assert built.search(["fern", "light"], 9) == opened.search(["fern", "light"], 9)


def _nothing(folder: Path) -> None:
    pass


def _empty(folder: Path) -> None:
    folder.mkdir()


def _torn(folder: Path) -> None:
    LexicalIndex.build(DOCUMENTS, folder)
    (folder / "meta.json").write_text("{}")


def _lacking(folder: Path) -> None:
    LexicalIndex.build(DOCUMENTS, folder)
    next(folder.glob("*.term")).unlink()


def _foreign(folder: Path) -> None:
    folder.mkdir()
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("body")
    tantivy.Index(schema.build(), path=str(folder))


@pytest.mark.parametrize("make", [_nothing, _empty, _torn, _lacking, _foreign])
def test_a_folder_that_is_no_index_is_refused(tmp_path: Path, make: object) -> None:
    """A folder that is missing, empty, torn, or an index of another program is refused with its name and what to do."""
    assert callable(make)
    make(tmp_path / "lexical")
    with pytest.raises(IndexUnusable, match="lexical is not a readable lexical index; run `fingerpost reindex`"):
        LexicalIndex.open(tmp_path / "lexical")
