"""Retrieval measures on questions with known passages, and test collections in BEIR's format.

The only file that imports ir_measures.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import ir_measures
import msgspec
from ir_measures import RR, R, nDCG

from retrieval import words
from retrieval.encoder import Model
from retrieval.errors import CollectionError
from retrieval.lexical import LexicalIndex
from retrieval.search import search
from retrieval.vectors import VectorIndex

MEASURES = (nDCG @ 10, RR @ 10, R @ 1, R @ 5, R @ 10, R @ 100)
DEPTH = 100

Progress = Callable[[str, int, int], None]
Judgements = Mapping[str, Mapping[str, int]]
Runs = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Collection:
    """A test collection: texts of documents and queries by id, and which document is relevant to which query."""

    documents: dict[str, str]
    queries: dict[str, str]
    relevant: dict[str, dict[str, int]]


class _Line(msgspec.Struct):
    _id: str
    text: str
    title: str = ""


def measure(relevant: Judgements, runs: Runs) -> dict[str, float]:
    """nDCG@10, MRR@10 and recall at several depths, each 0 to 1, averaged over the queries with judgements."""
    figures = ir_measures.calc_aggregate(
        MEASURES,
        {q: dict(d) for q, d in relevant.items()},
        {q: dict(d) for q, d in runs.items()},
    )
    return {str(measure): float(figures[measure]) for measure in MEASURES}


def read(folder: Path) -> Collection:
    """A folder with corpus.jsonl, queries.jsonl and qrels/test.tsv. Raises CollectionError."""
    documents = {d._id: f"{d.title} {d.text}".strip() for d in _lines(folder / "corpus.jsonl")}
    queries = {q._id: q.text for q in _lines(folder / "queries.jsonl")}
    relevant = _judgements(folder / "qrels" / "test.tsv")
    if not documents or not relevant:
        raise CollectionError(f"{folder} has no documents or no judgements")
    return Collection(documents, {q: t for q, t in queries.items() if q in relevant}, relevant)


def evaluate(collection: Collection, model: Model, progress: Progress) -> dict[str, float]:
    """Measures of the default search on a collection."""
    ids = list(collection.documents)
    texts = [collection.documents[i] for i in ids]
    done = 0

    def count(newly: int) -> None:
        nonlocal done
        done += newly
        progress("embedding", done, len(texts))

    vectors = VectorIndex.build(model.encode(texts, count))
    with tempfile.TemporaryDirectory() as folder:
        lexical = LexicalIndex.build((words.stems(text) for text in texts), Path(folder) / "lexical")
        queries = list(collection.queries.items())
        encoded = model.encode([text for _, text in queries])
        runs = {}
        for number, ((query, text), vector) in enumerate(zip(queries, encoded, strict=True), 1):
            hits = search(text, vector, vectors, lexical, DEPTH)
            runs[query] = {ids[hit.id]: hit.fused for hit in hits if ids[hit.id] != query}
            progress("searching", number, len(queries))
    return measure(collection.relevant, runs)


def _lines(path: Path) -> list[_Line]:
    lines = []
    for number, line in enumerate(_text(path).split("\n"), 1):
        if line.strip():
            try:
                lines.append(msgspec.json.decode(line, type=_Line))
            except msgspec.MsgspecError as error:
                raise CollectionError(f"{path}, line {number}: {error}") from error
    return lines


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    relevant: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_text(path).split("\n"), 1):
        row = line.strip().split("\t")
        if not line.strip() or (number == 1 and not row[-1].lstrip("-").isdigit()):
            continue
        try:
            (query, *_, document), grade = row[:-1], int(row[-1])
        except ValueError as error:
            raise CollectionError(f"{path}, line {number}: expected query, document and grade, with tabs between") from error
        relevant.setdefault(query, {})[document] = grade
    return relevant


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        raise CollectionError(f"{path} is missing; a collection has corpus.jsonl, queries.jsonl and qrels/test.tsv") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CollectionError(f"{path} cannot be read as UTF-8 text") from error
