"""A question read, its passages found, and how well each covers it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Encoding

from bot.wiring import Bot
from retrieval.encoder import Model
from retrieval.exported import ExportedEncoder
from retrieval.search import Hit
from retrieval.searcher import PART, Found, Searcher
from retrieval.stores import open_current


@pytest.fixture(scope="module")
def searcher(bot: Bot) -> Searcher:
    """The searcher of the program's own guides."""
    return bot.engine().searcher


def cover(searcher: Searcher, question: str, section: str, row: str = "") -> Found:
    """How far the passage of a section covers a question; of a table, the row that starts with these words."""
    passages = searcher.generation.passages
    wanted = next(i for i, p in enumerate(passages) if p.section[-1:] == (section,) and (not row or p.text.startswith(f"| {row}")))
    return searcher.found(searcher.read(question), [Hit(wanted, 0.0, 0.0, 0.0, 0.0, 0.0)], 1)[0]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Which certifcations?", "which certification?"),
        ("What does an MLE do, in Kubflow?", "what does an machine learning engineer do, in kubeflow?"),
        ("ML Eng Manager’s résumé", "machine learning engineering manager resume"),
        ("salary in Reykjavik", "salary in reykjavik"),
    ],
)
def test_a_question_is_read_with_typos_corrected_and_one_name_for_each_term(searcher: Searcher, question: str, text: str) -> None:
    """Typos become words of the guides and abbreviations their names; words that nobody knows stay."""
    assert text == searcher.read(question).text


def test_the_weights_of_a_question_are_shares(searcher: Searcher) -> None:
    """The words that carry meaning share the question among them, and a word that no guide has is marked."""
    words = searcher.read("What does a plumber earn in Berlin?").words
    assert [(w.text, w.known) for w in words] == [("plumber", False), ("earn", True), ("berlin", False)]
    assert sum(w.weight for w in words) == pytest.approx(1)


def test_a_word_weighs_by_its_emphasis(searcher: Searcher) -> None:
    """A word keeps the share of its weight that the caller gives it."""
    plain = {w.text: w.weight for w in searcher.read("fastest path").words}
    ignored = {w.text: w.weight for w in searcher.read("fastest path", lambda word: 0.2 if word == "path" else 1.0).words}
    assert ignored["path"] == pytest.approx(0.2 * plain["path"] / (plain["fastest"] + 0.2 * plain["path"]))


def test_a_word_of_near_meaning_counts(searcher: Searcher) -> None:
    """A passage that says a word in another way covers it in part, and one about something else does not."""
    found = cover(searcher, "what wages", "Destination roles", "AI Research")
    other = cover(searcher, "what wages", "Key gaps to fill")
    assert 0.3 < found.covered["wages"] < 1
    assert other.covered == {"wages": 0.0}
    assert other.missing == ("wages",)


def test_a_name_counts_whole(searcher: Searcher) -> None:
    """A part of a name counts little where the rest of the name is missing, and in full where the name stands."""
    whole = cover(searcher, "data engineer", "Source roles", "Data engineer")
    part = cover(searcher, "data engineer", "Source roles", "Data scientist")
    assert whole.covered == {"data": 1.0, "engineer": 1.0}
    assert part.covered["data"] == PART
    assert part.covered["engineer"] <= PART
    assert part.coverage == pytest.approx(PART)
    assert set(part.missing) == {"data", "engineer"}


def test_coverage_is_the_mean_by_weight(searcher: Searcher) -> None:
    """A passage's coverage is the mean of what it holds of each word, by the words' weights."""
    query = searcher.read("cheapest tuition in Reykjavik")
    for found in searcher.search(query, 5):
        assert found.coverage == pytest.approx(sum(w.weight * found.covered[w.text] for w in query.words))


def test_rarity_is_the_inverse_document_frequency(searcher: Searcher) -> None:
    """A word's rarity is counted over the passages, a name's over those where it stands as a whole."""
    texts = [p.embedded for p in searcher.generation.passages if p.says]
    holding = sum("data engineer" in text for text in texts)
    assert searcher.rarity("data engineer") == pytest.approx(math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5)))
    assert searcher.rarity("zzz") == pytest.approx(math.log(1 + (len(texts) + 0.5) / 0.5))


def test_a_row_leads_to_its_table(searcher: Searcher) -> None:
    """A row that is found leads to its guide and its whole table; a paragraph leads to none."""
    row = cover(searcher, "x", "The paths compared", "Internal pivot").passage
    found = searcher.tables.of(row)
    assert found is not None
    assert (found[0].id, found[1].rows[row.row or 0][0]) == ("degrees", "Internal pivot")
    assert searcher.tables.of(cover(searcher, "x", "The short answer").passage) is None


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("What is the cheapest path?", "The paths compared"),
        ("Which certifications are there?", "Bridge certifications"),
        ("how long does a statistician need to switch", "Source roles"),
        ("tuition", "Why a master's is often overkill"),
    ],
)
def test_the_right_section_comes_first(searcher: Searcher, question: str, section: str) -> None:
    """A plain question finds the section that answers it, first of all."""
    assert searcher.search(searcher.read(question), 1)[0].passage.section[-1] == section


@settings(max_examples=10, deadline=None)
@given(st.one_of(st.text(max_size=60), st.just("x" * 5_000), st.just("\x00 \ud7ff ‮ ( [ \\ *"), st.just("")))
def test_any_question_is_searched(searcher: Searcher, question: str) -> None:
    """Whatever is asked, the search ends, with shares between 0 and 1 for each passage."""
    query = searcher.read(question)
    for found in searcher.search(query, 3):
        assert [share for share in (*found.covered.values(), found.coverage) if not 0 <= share <= 1 + 1e-6] == []


def test_a_question_that_was_read_is_not_encoded_again(searcher: Searcher) -> None:
    """Its vector is the one that it was read with, typos and abbreviations aside; another text's is its own."""
    query = searcher.read("what does an mle's degre cost")
    assert searcher.vector("What does an MLE's degree cost") is query.vector
    other = "Is a bootcamp enough?"
    assert float(searcher.vector(other) @ searcher.encode([other])[0]) >= 0.9999


def watched(model: Model, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The texts that the encoder is given from now on, call by call."""
    calls: list[list[str]] = []
    encoder = model.encoder
    assert isinstance(encoder, ExportedEncoder)
    whole = encoder.read

    def read(texts: Sequence[str]) -> list[Encoding]:
        calls.append(list(texts))
        return whole(texts)

    monkeypatch.setattr(encoder, "read", read)
    return calls


def test_words_that_no_guide_has_are_encoded_with_the_question(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one call of the encoder, once; frequent words not at all; each as it is alone."""
    searcher = bot.engine_for(open_current(bot.store)[0]).searcher
    bot.model.encode_words(["koala", "wombat"])
    calls = watched(bot.model, monkeypatch)
    for question in ("does a zyzzyva earn more than a quokka in berlin", "where does the quokka live"):
        searcher.read(question)
        searcher.likeness("quokka", (("koala", "wombat"),))
    assert calls == [["does a zyzzyva earn more than a quokka in berlin", "zyzzyva", "quokka"], ["where does the quokka live"]]
    likeness = float(bot.model.encode(["quokka"])[0] @ bot.model.encode(["kangaroo"])[0])
    assert searcher.likeness("quokka", (("germany", "city"), ("kangaroo",))) == pytest.approx(likeness, abs=0.01)


def test_a_question_that_is_read_twice_is_encoded_once(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """With names that have a digit, but not with amounts; whoever asks the same at another time has it encoded anew."""
    searcher = bot.engine_for(open_current(bot.store)[0]).searcher
    calls = watched(bot.model, monkeypatch)
    question = "does an l99 zorilla earn 99k"
    first, second = searcher.read(question), searcher.read(question, lambda word: 0.5 if word == "earn" else 1.0)
    assert calls == [[question, "l99", "zorilla"]]
    assert [word.text for word in first.words] == [word.text for word in second.words]
    assert first.words != second.words
    with ThreadPoolExecutor(1) as other:
        other.submit(searcher.read, question).result(30)
    assert calls[1:] == [[question]]


def test_a_word_that_was_met_is_known_to_the_next_index(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is of the model and of no guide: after a reindex nothing that was asked before is encoded again, but the question."""
    generation = open_current(bot.store)[0]
    bot.engine_for(generation).searcher.read("where does the tarsier live")
    calls = watched(bot.model, monkeypatch)
    bot.engine_for(generation).searcher.read("what does a tarsier eat")
    assert calls == [["what does a tarsier eat"]]
