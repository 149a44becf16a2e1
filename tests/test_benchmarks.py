"""The comparison of ways to search measures what the program does."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import retrieval
from benchmarks.typos import mistyped
from bot.progress import Bar
from retrieval import beir, evaluation
from retrieval.encoder import Model

BICYCLES = Path(__file__).parent / "retrieval" / "bicycles"


def test_the_comparison_agrees_with_the_evaluation(model: Model) -> None:
    """The default of the comparison is the search that `fingerpost eval --beir` measures, and so are its weights."""
    collection = beir.read(BICYCLES)
    with Bar() as bar, evaluation.indexed(collection, model, bar.show) as index:
        rows, chosen, alone = retrieval.compare(index, bar)
    measured = evaluation.evaluate(collection, model, lambda *_: None)
    default = next(value for way, value in rows.items() if way.startswith("**default"))
    assert [default, chosen[retrieval.DEFAULT]] == pytest.approx([measured["nDCG@10"]] * 2)
    assert alone == max(rows["dense alone"], rows["BM25 alone"]) < default


def test_a_long_word_gets_a_typo() -> None:
    """A text with a word of four letters or more, other than a stop word, is never left as it is but where two letters are equal."""
    assert [mistyped("what about it?", str(seed)) for seed in range(5)] == ["what about it?"] * 5
    changed = [mistyped("certification", str(seed)) for seed in range(20)]
    assert [text for text in changed if text == "certification" or abs(len(text) - 13) > 1] == []
