"""Measures of retrieval, and test collections in BEIR's format."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from retrieval import beir, evaluation
from retrieval.beir import Collection
from retrieval.encoder import Model
from retrieval.errors import CollectionError


def collection(folder: Path, corpus: str = "", queries: str = "", judgements: str = "") -> Path:
    """Write a small collection, with any of its files replaced."""
    (folder / "qrels").mkdir()
    (folder / "corpus.jsonl").write_text(
        corpus or '{"_id": "d1", "title": "Ferns", "text": "Water them."}\n\n{"_id": "d2", "text": "Sun."}\n'
    )
    (folder / "queries.jsonl").write_text(queries or '{"_id": "q1", "text": "water?"}\n{"_id": "q2", "text": "never judged"}\n')
    (folder / "qrels" / "test.tsv").write_text(judgements or "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n")
    return folder


def test_measures_are_those_computed_by_hand() -> None:
    """nDCG, MRR and recall are as their definitions give them, averaged over the judged queries, a query without a run counting 0."""
    relevant = {"q1": {"a": 1, "b": 1, "c": 0}, "q2": {"x": 1}, "q3": {"y": 1}}
    runs = {
        "q1": {"c": 0.9, "a": 0.8, "z": 0.7, "b": 0.6},
        "q2": {f"n{i}": 1 - i / 100 for i in range(11)} | {"x": 0.5},
    }
    ndcg = (1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3))
    expected = {"nDCG@10": ndcg / 3, "RR@10": 0.5 / 3, "R@1": 0.0, "R@5": 1 / 3, "R@10": 1 / 3, "R@100": 2 / 3}
    assert expected == pytest.approx(evaluation.measure(relevant, runs))


def test_a_perfect_run_measures_1() -> None:
    """Where every relevant document comes first, all measures are 1."""
    assert set(evaluation.measure({"q": {"a": 1}}, {"q": {"a": 1.0, "b": 0.5}}).values()) == {1.0}


def test_a_collection_is_read(tmp_path: Path) -> None:
    """Documents with their titles, judged queries and graded judgements are read; empty lines and a heading are passed over."""
    expected = Collection({"d1": "Ferns Water them.", "d2": "Sun."}, {"q1": "water?"}, {"q1": {"d1": 2, "d2": 0}}, {"d1": "Ferns"})
    assert expected == beir.read(collection(tmp_path))


def test_questions_without_an_answer_are_read(tmp_path: Path) -> None:
    """Where a collection has questions that no document answers, they are read beside the others."""
    (collection(tmp_path) / "queries_unanswerable.jsonl").write_text('{"_id": "u1", "text": "moss?"}\n')
    assert beir.read(tmp_path).unanswerable == {"u1": "moss?"}


def test_judgements_may_lack_a_heading_and_hold_quotes(tmp_path: Path) -> None:
    """Judgements without a heading, with a fourth column as TREC has it, and with quotes in an id are read as they stand."""
    found = beir.read(collection(tmp_path, judgements='"q1\td1\t1\n\nq1\t0\td2\t1\n'))
    assert found.relevant == {'"q1': {"d1": 1}, "q1": {"d2": 1}}


def test_a_line_may_hold_any_character(tmp_path: Path) -> None:
    """A separator of lines or paragraphs inside a text does not tear its line."""
    corpus = '{"_id": "d1", "text": "one\u2028two\x85three"}\n'
    assert beir.read(collection(tmp_path, corpus)).documents == {"d1": "one\u2028two\x85three"}


@pytest.mark.parametrize(
    ("file", "content", "line"),
    [
        ("corpus.jsonl", '{"_id": "d1", "text": "x"}\n{"_id": "d2"}\n', 2),
        ("corpus.jsonl", '{"_id": "d1", "text": "x"}\n\n{"_id": 7, "text": "x"}\n', 3),
        ("corpus.jsonl", '{"_id": "d1", "text": "x"\n', 1),
        ("corpus.jsonl", "[]\n", 1),
        ("queries.jsonl", '{"_id": "q1", "text": null}\n', 1),
        ("queries.jsonl", "q1\twater\n", 1),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\n", 2),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\t1\n", 2),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1 d1 1\n", 3),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\tyes\n", 2),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1.5\n", 2),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, file: str, content: str, line: int) -> None:
    """A line that cannot be read is refused with its file and its number."""
    (collection(tmp_path) / file).write_text(content)
    with pytest.raises(CollectionError) as refused:
        beir.read(tmp_path)
    assert str(refused.value).startswith(f"{tmp_path / file}, line {line}: ")


@pytest.mark.parametrize("file", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_missing_or_unreadable_file_is_named(tmp_path: Path, file: str) -> None:
    """A file that is missing or no UTF-8 text is refused with its name."""
    path = collection(tmp_path) / file
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CollectionError, match="cannot be read as UTF-8 text") as unreadable:
        beir.read(tmp_path)
    path.unlink()
    with pytest.raises(CollectionError, match=r"is missing; a collection has corpus\.jsonl") as missing:
        beir.read(tmp_path)
    assert [str(path) in str(e.value) for e in (unreadable, missing)] == [True, True]


@pytest.mark.parametrize(("corpus", "judgements"), [("\n", ""), ("", "query-id\tcorpus-id\tscore\n")])
def test_a_collection_without_content_is_refused(tmp_path: Path, corpus: str, judgements: str) -> None:
    """A collection without documents or without judgements is refused."""
    with pytest.raises(CollectionError, match="has no documents or no judgements"):
        beir.read(collection(tmp_path, corpus, "", judgements))


def test_a_collection_is_evaluated_with_the_default_search(model: Model) -> None:
    """The search is measured on a collection, and a query that is a document itself is not counted as its own answer."""
    documents = {
        "d1": "How to water a fern",
        "d2": "Prices of houses in Berlin",
        "q2": "Which bread is best?",
        "d3": "Rye is the best bread.",
    }
    queries = {"q1": "watering ferns", "q2": "Which bread is best?"}
    told: list[tuple[str, int, int]] = []
    found = evaluation.evaluate(Collection(documents, queries, {"q1": {"d1": 1}, "q2": {"d3": 1}}), model, lambda *step: told.append(step))
    assert {name: found[name] for name in evaluation.MEASURES} == dict.fromkeys(evaluation.MEASURES, 1.0)
    assert told == [("embedding", 4, 4), ("searching", 1, 2), ("searching", 2, 2)]


def test_the_default_search_beats_both_of_its_parts(model: Model) -> None:
    """Part numbers are found by their letters, other wordings by their meaning, and the default search finds both."""
    found = evaluation.evaluate(beir.read(Path(__file__).parent / "bicycles"), model, lambda *_: None)
    assert found["nDCG@10"] > max(found["nDCG@10, dense alone"], found["nDCG@10, BM25 alone"]) + 0.05, found
