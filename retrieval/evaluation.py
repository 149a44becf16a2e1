"""Retrieval measures on questions with known passages. The only file that imports ir_measures."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from retrieval import words
from retrieval.beir import Collection
from retrieval.encoder import Model
from retrieval.errors import CollectionError
from retrieval.headings import Headings, distinct, places
from retrieval.lexical import LexicalIndex, WordIndex
from retrieval.search import DEPTH, Hit, Indexes, search
from retrieval.spelling import Spelling
from retrieval.vectors import VectorIndex

MEASURES = ("nDCG@10", "RR@10", "R@1", "R@5", "R@10", "R@100")
MEASURED = 100  # passages of a ranking that are looked at

Progress = Callable[[str, int, int], None]
Judgements = Mapping[str, Mapping[str, int]]
Runs = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Indexed:
    """A collection with its indexes, to be searched as guides are."""

    collection: Collection
    ids: Sequence[str]
    indexes: Indexes
    spelling: Spelling
    model: Model

    def search(self, queries: Mapping[str, str], progress: Progress, correct: bool = True) -> dict[str, list[Hit]]:
        """All that was found for each query by its id, best first: what both rankings put forward, without the query itself.

        `correct` is whether typos are corrected first, as the program does.
        """
        texts = [self.spelling.corrected(text) if correct else text for text in queries.values()]
        found = {}
        for number, (query, text, vector) in enumerate(zip(queries, texts, self.model.encode(texts), strict=True), 1):
            hits = search(text, vector, self.indexes, 2 * DEPTH)
            found[query] = [hit for hit in hits if self.ids[hit.id] != query]
            progress("searching", number, len(texts))
        return found

    def measure(self, found: Mapping[str, Sequence[Hit]], score: Callable[[Hit], float]) -> dict[str, float]:
        """The measures of the ranking by `score`, in which a hit that scores 0 or less is not found."""
        runs = {}
        for query, hits in found.items():
            best = sorted((hit for hit in hits if score(hit) > 0), key=score, reverse=True)[:MEASURED]
            runs[query] = {self.ids[hit.id]: score(hit) for hit in best}
        return measure(self.collection.relevant, runs)


def measure(relevant: Judgements, runs: Runs) -> dict[str, float]:
    """nDCG@10, MRR@10 and recall at several depths, each 0 to 1, averaged over the queries with judgements.

    Raises CollectionError where there is nothing to measure with, as in the image, which would be a fifth larger.
    """
    try:
        import ir_measures
    except ImportError as error:
        raise CollectionError("ir-measures is not installed, without which nothing is measured; run `make eval` in a checkout") from error
    wanted = {name: ir_measures.parse_measure(name) for name in MEASURES}
    figures = ir_measures.calc_aggregate(
        wanted.values(),
        {q: dict(d) for q, d in relevant.items()},
        {q: dict(d) for q, d in runs.items()},
    )
    return {name: float(figures[measure]) for name, measure in wanted.items()}


def evaluate(collection: Collection, model: Model, progress: Progress) -> dict[str, float]:
    """Measures of the default search on a collection, and the nDCG@10 of each of its two parts alone."""
    with indexed(collection, model, progress) as index:
        found = index.search(collection.queries, progress)
        dense, lexical = (index.measure(found, part)["nDCG@10"] for part in (_dense, _lexical))
        return {**index.measure(found, _fused), "nDCG@10, dense alone": dense, "nDCG@10, BM25 alone": lexical}


@contextmanager
def indexed(collection: Collection, model: Model, progress: Progress) -> Iterator[Indexed]:
    """The indexes of a collection, for as long as they are used."""
    ids = list(collection.documents)
    texts = list(collection.documents.values())
    titles = [collection.titles.get(i, "") for i in ids]
    wanted = [*texts, *distinct(titles)]
    done = 0

    def count(newly: int) -> None:
        nonlocal done
        done += newly
        progress("embedding", done, len(wanted))

    vectors = model.encode(wanted, count)
    headings = Headings(VectorIndex(vectors[len(texts) :]), places(titles))
    with tempfile.TemporaryDirectory() as folder:
        lexical = LexicalIndex.build((words.stems(text) for text in texts), Path(folder) / "lexical")
        spelling = Spelling(WordIndex.build((word for text in texts for word in words.surface(text)), Path(folder) / "spelling"))
        yield Indexed(collection, ids, Indexes(VectorIndex(vectors[: len(texts)]), headings, lexical), spelling, model)


def _fused(hit: Hit) -> float:
    return hit.fused + 1  # all are above 0


def _dense(hit: Hit) -> float:
    return hit.similarity + 1


def _lexical(hit: Hit) -> float:
    return hit.bm25
