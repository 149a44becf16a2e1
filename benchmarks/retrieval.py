"""Ways to search, compared on test collections in BEIR's format, as the Markdown tables of docs/retrieval.md.

    python benchmarks/retrieval.py DIR [DIR ...]

One set of parameters for all collections, nothing tuned to one of them. The last table chooses the default's weights on all
collections but one, and measures them on that one. The figures do not depend on the machine, its patience does: most of the
time goes into encoding the documents.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])  # else this file, not the package, is what `retrieval` names

import msgspec
import numpy as np

from benchmarks.typos import mistyped
from bot import settings
from bot.progress import Bar
from bot.wiring import Bot
from retrieval import beir, evaluation, words
from retrieval.beir import Collection
from retrieval.evaluation import Indexed
from retrieval.fusion import DEFAULT, Scores, Weights, fuse
from retrieval.search import Hit, search

Found = Mapping[str, Sequence[Hit]]
GRID = [Weights(*values) for values in itertools.product((0.0, 0.25, 0.5), (0.4, 0.6, 0.8, 1.0), (0.1, 0.15, 0.2, 0.3))]
FEEDBACK, FEEDBACK_SHARE, FEEDBACK_WORDS = 3, 0.2, 10  # passages that a question is moved towards, how far, by how many words
NOT_FOUND = -np.inf


class Columns:
    """The scores of the candidates of one query, each of shape (candidates,)."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self.ids = [hit.id for hit in hits]
        self.dense, self.heading, self.bm25, self.held, self.fused = (
            np.array([getattr(hit, name) for hit in hits], dtype=np.float32) for name in ("similarity", "heading", "bm25", "held", "fused")
        )

    def reciprocal(self, k: int) -> Scores:
        """Reciprocal rank fusion of the first hundred of each ranking (G. Cormack et al., SIGIR 2009)."""
        parts = [np.where((ranks := _ranks(part)) <= 100, 1 / (k + ranks), 0) for part in (self.dense, self.bm25)]
        return np.asarray(parts[0] + np.where(self.bm25 > 0, parts[1], 0), dtype=np.float32)


def _ranks(scores: Scores) -> Scores:
    return np.argsort(np.argsort(-scores, kind="stable"), kind="stable").astype(np.float32) + 1


def _least_to_most(scores: Scores) -> Scores:
    return np.asarray((scores - scores.min()) / max(float(np.ptp(scores)), 1e-9))


def _deviations(scores: Scores) -> Scores:
    return np.asarray((scores - scores.mean()) / max(float(scores.std()), 1e-9))


def _share_of_best(scores: Scores) -> Scores:
    return np.asarray(scores / max(float(scores.max()), 1e-9))


FUSIONS: dict[str, Callable[[Columns], Scores]] = {
    "dense alone": lambda c: c.dense,
    "BM25 alone": lambda c: np.where(c.bm25 > 0, c.bm25, NOT_FOUND),
    "reciprocal ranks, k 60": lambda c: c.reciprocal(60),
    "reciprocal ranks, k 10": lambda c: c.reciprocal(10),
    "convex, min-max, dense .5": lambda c: _least_to_most(c.dense) + _least_to_most(c.bm25),
    "convex, theoretical min-max, dense .8": lambda c: 0.8 * _share_of_best(c.dense + 1) + 0.2 * _share_of_best(c.bm25),
    "convex, cosine and BM25/best, dense .7": lambda c: 0.7 * c.dense + 0.3 * _share_of_best(c.bm25),
    "convex, z-scores, dense .7": lambda c: 0.7 * _deviations(c.dense) + 0.3 * _deviations(c.bm25),
    "convex, cosine and BM25/ideal, fixed": lambda c: c.dense + 0.3 * c.held,
    "the same, trusted by the lead in meaning": lambda c: fuse(c.dense, c.heading, c.held, Weights(0, DEFAULT.words, DEFAULT.clear)),
    "the same with headings": lambda c: c.fused,
}


def ndcg(index: Indexed, found: Found, score: Callable[[Columns], Scores]) -> float:
    """nDCG@10 (0 to 1) of the candidates in the order of `score`."""
    gained = []
    for query, hits in found.items():
        relevant = index.collection.relevant[query]
        best = sorted((grade for grade in relevant.values() if grade > 0), reverse=True)[:10]
        columns = Columns(hits)
        scores = score(columns) if hits else ()
        order = sorted((place for place in range(len(hits)) if scores[place] != NOT_FOUND), key=lambda place: -scores[place])
        grades = [relevant.get(index.ids[columns.ids[place]], 0) for place in order[:10]]
        gained.append(_discounted(grades) / _discounted(best) if best else 0.0)
    return sum(gained) / len(gained)


def _discounted(grades: Sequence[int]) -> float:
    return float(sum(grade / np.log2(place + 2) for place, grade in enumerate(grades)))


def towards_the_best(index: Indexed, queries: Mapping[str, str], found: Found) -> Found:
    """The default search anew, each question's vector moved towards the passages found first (Rocchio)."""
    again = {}
    for (query, text), vector in zip(queries.items(), index.model.encode(list(queries.values())), strict=True):
        near = index.indexes.vectors.vectors([hit.id for hit in found[query][:FEEDBACK]])
        moved = (1 - FEEDBACK_SHARE) * vector + FEEDBACK_SHARE * near.mean(axis=0)
        hits = search(text, np.asarray(moved / np.linalg.norm(moved)), index.indexes, 200)
        again[query] = [hit for hit in hits if index.ids[hit.id] != query]
    return again


def with_their_words(index: Indexed, queries: Mapping[str, str], found: Found) -> Found:
    """The default search with the words that most mark the passages found first, beside the question's own (after RM3)."""
    texts = list(index.collection.documents.values())
    lexical = index.indexes.lexical
    again = {}
    for query in queries:
        there = Counter(stem for hit in found[query][:FEEDBACK] for stem in set(words.stems(texts[hit.id])))
        marks = sorted(there, key=lambda stem: (-there[stem] * lexical.ideal([stem]), stem))[:FEEDBACK_WORDS]
        marked, ideal = dict(lexical.search(marks, 1000)), max(lexical.ideal(marks), 1e-9)
        columns = Columns(found[query])
        held = [marked.get(i, 0.0) / ideal for i in columns.ids]
        both = (1 - FEEDBACK_SHARE) * columns.held + FEEDBACK_SHARE * np.array(held, dtype=np.float32)
        fused = fuse(columns.dense, columns.heading, both)
        again[query] = [msgspec.structs.replace(hit, fused=float(score)) for hit, score in zip(found[query], fused, strict=True)]
    return again


def without_titles(collection: Collection) -> Collection:
    """The collection with nothing but the documents' own texts."""
    texts = {i: text.removeprefix(collection.titles.get(i, "")).strip() for i, text in collection.documents.items()}
    return replace(collection, documents=texts, titles={})


def compare(index: Indexed, bar: Bar) -> tuple[dict[str, float], dict[Weights, float], float]:
    """nDCG@10 by way to search, that of each set of weights, and of the better of dense and BM25 alone."""
    asked = index.collection.queries
    slipped = {query: mistyped(text, query) for query, text in asked.items()}
    typed = index.search(asked, bar.show, correct=False)
    rows = {name: ndcg(index, typed, score) for name, score in FUSIONS.items()}
    rows["… and feedback from meaning (Rocchio)"] = ndcg(index, towards_the_best(index, asked, typed), _fused)
    rows["… and feedback from words (RM3)"] = ndcg(index, with_their_words(index, asked, typed), _fused)
    prefixed = {query: f"question: {text}" for query, text in asked.items()}
    rows["… and “question:” before each question"] = ndcg(index, index.search(prefixed, bar.show, correct=False), _fused)
    corrected = index.search(asked, bar.show)
    with evaluation.indexed(without_titles(index.collection), index.model, bar.show) as bare:
        rows["… and passages encoded without their titles"] = ndcg(bare, bare.search(asked, bar.show, correct=False), _fused)
    rows["**default: … and typos corrected**"] = ndcg(index, corrected, _fused)
    wrong, mended = index.search(slipped, bar.show, correct=False), index.search(slipped, bar.show)
    for name in ("dense alone", "BM25 alone", "the same with headings"):
        rows[f"with typos: {name}"] = ndcg(index, wrong, FUSIONS[name])
    rows["with typos: **default**"] = ndcg(index, mended, _fused)
    chosen = {weights: ndcg(index, corrected, lambda c, w=weights: fuse(c.dense, c.heading, c.held, w)) for weights in GRID}  # type: ignore[misc]
    return rows, chosen, max(rows["dense alone"], rows["BM25 alone"])


def _fused(columns: Columns) -> Scores:
    return columns.fused


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _left_out(names: Sequence[str], chosen: Sequence[dict[Weights, float]], alone: Sequence[float]) -> list[list[str]]:
    """For each collection the weights chosen on the others, and what they reach on it.

    The choice is that of the largest mean share won of what the better part alone still loses.
    """

    def won(weights: Weights, places: Sequence[int]) -> float:
        return sum((chosen[i][weights] - alone[i]) / (1 - alone[i]) for i in places) / len(places)

    rows = []
    for out in (*range(len(names)), None):
        best = max(GRID, key=lambda weights: won(weights, [i for i in range(len(names)) if i != out]))
        gains = [f"{reached[best] - base:+.3f}" for reached, base in zip(chosen, alone, strict=True)]
        marked = [f"**{gain}**" if place == out else gain for place, gain in enumerate(gains)]
        rows.append(["none" if out is None else names[out], f"{best.heading} / {best.words} / {best.clear}", *marked])
    return rows


def main(folders: Sequence[Path]) -> str:
    """Compare on all collections and describe it."""
    model = Bot(settings.load(os.environ, Path.cwd())).model
    names = [folder.name for folder in folders]
    compared = []
    with Bar() as bar:
        for folder in folders:
            with evaluation.indexed(beir.read(folder), model, bar.show) as index:
                compared.append(compare(index, bar))
    ways = [[way, *(f"{rows[way]:.3f}" for rows, _, _ in compared), f"{np.mean([rows[way] for rows, _, _ in compared]):.3f}"]
            for way in compared[0][0]]  # fmt: skip
    tables = [_table(["nDCG@10", *names, "mean"], ways)]
    if len(folders) > 1:
        chosen, alone = [chosen for _, chosen, _ in compared], [best for _, _, best in compared]
        tables.append(_table(["chosen without", "heading / words / clear", *names], _left_out(names, chosen, alone)))
    return "\n\n".join(tables)


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("usage: python benchmarks/retrieval.py DIR [DIR ...], each a collection in BEIR's format")
    sys.stdout.write(main([Path(name) for name in sys.argv[1:]]) + "\n")
