"""Test collections in BEIR's format: documents, questions, and which document answers which (N. Thakur et al., NeurIPS 2021)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from retrieval.errors import CollectionError


@dataclass(frozen=True)
class Collection:
    """A test collection: texts of documents, with their titles, and of queries by id, and which document is relevant to which query.

    `unanswerable` are the queries that no document answers, where a collection has such.
    """

    documents: dict[str, str]
    queries: dict[str, str]
    relevant: dict[str, dict[str, int]]
    titles: dict[str, str] = field(default_factory=dict)
    unanswerable: dict[str, str] = field(default_factory=dict)


class _Line(msgspec.Struct):
    _id: str
    text: str
    title: str = ""


def read(folder: Path) -> Collection:
    """A folder with corpus.jsonl, queries.jsonl and qrels/test.tsv, and perhaps queries_unanswerable.jsonl. Raises CollectionError."""
    lines = _lines(folder / "corpus.jsonl")
    documents = {d._id: f"{d.title} {d.text}".strip() for d in lines}
    titles = {d._id: d.title.strip() for d in lines if d.title.strip()}
    queries = {q._id: q.text for q in _lines(folder / "queries.jsonl")}
    relevant = _judgements(folder / "qrels" / "test.tsv")
    if not documents or not relevant:
        raise CollectionError(f"{folder} has no documents or no judgements")
    unanswerable = folder / "queries_unanswerable.jsonl"
    without = {q._id: q.text for q in _lines(unanswerable)} if unanswerable.exists() else {}
    return Collection(documents, {q: t for q, t in queries.items() if q in relevant}, relevant, titles, without)


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
