"""A new index, written into a folder guide by guide, so that memory does not grow with them; `retrieval/folder.py` opens it.

Held in memory are the distinct words, headings and questions alone.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from retrieval import embedding, fields, records, vectors, words
from retrieval.embedding import Embedder
from retrieval.folder import DIGEST, ENCODED, sort_keys
from retrieval.guides import Guide
from retrieval.lexical import LexicalIndex, WordIndex
from retrieval.passages import Passage
from retrieval.ports import TAGS, Overview, Recall, Source, VectorSearch
from retrieval.reading import Read
from retrieval.records import Records
from retrieval.terms import Terms

Count = Callable[[str, int, int], None]

CREDITS = 1_000  # publishers and authors that are known by name
CREDITED = 100  # guides of one of them, at most, for its name to choose by


class FolderWriter:
    """Takes guides with their passages, one after another, and then makes the rest of the index of them."""

    def __init__(self, folder: Path, terms: Terms, suggested: Sequence[str]) -> None:
        """`folder` is empty; `suggested` are questions that come before those in headings."""
        self._folder = folder
        self._terms = terms
        self._guides, self._passages, self._words = (
            records.Writer(folder / name) for name in ("guides.records", "passages.records", "passages.words")
        )
        self._held, self._of, self._digests = (
            _Numbers(folder / name, kind) for name, kind in (("held.ids", "<i4"), ("headings.of", "<i4"), ("passages.digests", "u1"))
        )  # fmt: skip
        self._ends = _Numbers(folder / "held.ends", "<i8")
        self._firsts = [0]  # the id of each guide's first passage, and at the end the number of all
        self._ends.add([0])
        self._ids: list[str] = []
        self._sources: dict[str, Source] = {}
        self._stems: dict[str, int] = {}
        self._id_of = _Ids(self._stems)
        self._counts: Counter[str] = Counter()
        self._headings: dict[str, int] = {}
        self._questions = dict.fromkeys(suggested)
        self._suggested = len(self._questions)
        self._declared: dict[str, dict[str, list[str]]] = {}
        self._tags: Counter[str] = Counter()
        self._deciding: list[str] = []
        self._credits: defaultdict[str, list[str]] = defaultdict(list)
        self._names = {name: 0 for name in terms.names() if " " in name}
        self._count = 0
        self.noted = 0  # of the passages so far, those that are questions for another
        self._unsaid: set[int] = set()  # the ids of what no guide says
        self._encoder = msgspec.msgpack.Encoder()
        self._files = ExitStack()
        for file in (self._guides, self._passages, self._words, self._held, self._ends, self._of, self._digests):
            self._files.callback(file.close)

    def __enter__(self) -> FolderWriter:
        """For as long as guides are taken."""
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever happened, no file stays open."""
        self._files.close()

    def __len__(self) -> int:
        """The passages so far."""
        return self._count

    def add(self, read: Read) -> None:
        """One more guide, with its passages."""
        guide = read.guide
        self._guides.add(self._encoder.encode(guide))
        self._ids.append(guide.id)
        self._sources[guide.path] = read.source
        self._tags.update(guide.tags)
        if guide.terms:
            self._declared[guide.id] = guide.terms
        if any(table.spec is not None for table in guide.tables):
            self._deciding.append(guide.id)
        for name in {words.normalise(name) for name in (guide.source.publisher, guide.source.author) if name and " " in name}:
            self._credits[name].append(guide.id)
        written = [words.surface(p.embedded) for p in read.passages] if read.words is None else [text.split() for text in read.words]
        self._add_passages(read.passages)
        self._add_words(written)
        self._firsts.append(self._count)

    def _add_passages(self, passages: Sequence[Passage]) -> None:
        self._unsaid.update(number for number, passage in enumerate(passages, self._count) if not passage.says)
        self._count += len(passages)
        self.noted += sum(passage.answers > 0 for passage in passages)
        self._digests.add(np.frombuffer(b"".join(embedding.digest(passage.embedded) for passage in passages), np.uint8))
        self._of.add([self._headings.setdefault(p.heading, len(self._headings)) if p.heading else -1 for p in passages])
        for passage in passages:
            self._passages.add(self._encoder.encode(passage))
            if passage.kind == "faq":
                self._questions.setdefault(passage.section[-1])
            for name in self._names if passage.says else ():
                self._names[name] += name in passage.embedded

    def _add_words(self, written: Sequence[list[str]]) -> None:
        """The words of each passage as they are written."""
        self._counts.update(itertools.chain.from_iterable(written))
        ends, held = [], []
        for passage in written:
            self._words.add(" ".join(passage).encode())
            ids = set(map(self._id_of.__getitem__, passage))
            ids.discard(-1)
            held += sorted(ids)
            ends.append(self._held.count + len(held))
        self._held.add(held)
        self._ends.add(ends)

    def finish(self, embedder: Embedder, progress: Count, before: VectorSearch | None = None) -> tuple[int, Recall]:
        """Make the rest of the index; how many passages were encoded anew, and how vectors are found. Raises IndexNotWritten.

        `before` are the passages' vectors in the generation before.
        """
        self._files.close()
        embedded = self._embed(embedder, progress)
        self._write_texts()
        self._write_known()
        write_lexical(self._folder, self._terms, self._counts, self._unsaid)
        self._write_overview()
        return embedded, write_lists(self._folder, embedder.dimension, before)

    def _embed(self, embedder: Embedder, progress: Count) -> int:
        """Write all vectors; how many of passages were not known."""
        passages = Records(self._folder / "passages.records", Passage)
        digests = records.array(self._folder / "passages.digests", "u1", DIGEST)
        new = embedder.write(
            self._folder / "passages.f32", digests, lambda n: passages.get(n).embedded, functools.partial(progress, "embedding")
        )  # fmt: skip
        for name, texts in (("words", self._spelled()), ("headings", list(self._headings)), ("questions", list(self._questions))):
            known = embedding.digests(texts)
            (self._folder / f"{name}.digests").write_bytes(known.tobytes())
            embedder.write(self._folder / f"{name}.f32", known, texts.__getitem__, functools.partial(progress, f"embedding {name}"))
        return new

    def _spelled(self) -> list[str]:
        """For each stem the word that is written most often, in the order of the stems' ids."""
        spelled = dict.fromkeys(self._stems, "")
        for word, _ in sorted(self._counts.items(), key=lambda item: (-item[1], item[0])):
            if word not in words.STOP_WORDS and not spelled[words.stem(word)]:
                spelled[words.stem(word)] = word
        return list(spelled.values())

    def _write_texts(self) -> None:
        records.write_texts(self._folder / "guides.ids", self._ids)
        records.write_array(self._folder / "guides.first", self._firsts, "<i8")
        records.write_texts(self._folder / "stems.texts", list(self._stems))
        questions = records.Writer(self._folder / "questions.texts")
        for question in self._questions:
            questions.add(question.encode())
        questions.close()
        (self._folder / "sources.msgpack").write_bytes(msgspec.msgpack.encode(self._sources))

    def _write_known(self) -> None:
        parts = [self._folder / f"{name}.digests" for name in ENCODED]
        write_known(self._folder, np.concatenate([records.array(path, "u1", DIGEST) for path in parts]))
        for path in parts:
            path.unlink()

    def _write_overview(self) -> None:
        tags = tuple(tag for tag, _ in self._tags.most_common(TAGS))
        most = sorted(self._credits.items(), key=lambda item: (-len(item[1]), item[0]))[:CREDITS]
        credited = {name: tuple(guides) if len(guides) <= CREDITED else () for name, guides in most}
        overview = Overview(self._declared, tags, tuple(sorted(self._deciding)), self._names, self._suggested, credited)
        (self._folder / "overview.json").write_bytes(msgspec.json.encode(overview))


def write_known(folder: Path, digests: NDArray[np.uint8]) -> None:
    """Write the digests of all that was encoded, sorted, with their places; they come in the order of ENCODED. Shape: (texts, 32)."""
    keys = sort_keys(digests)
    order = np.argsort(keys, kind="stable")
    for name, values in (("digests", digests[order]), ("keys", keys[order].astype("<u8")), ("rows", order.astype("<i8"))):
        (folder / f"known.{name}").write_bytes(values.tobytes())


def write_lists(folder: Path, dimension: int, before: VectorSearch | None = None) -> Recall:
    """Write what finds vectors, where there are many of them; how those of passages are found."""
    vectors.lay_out(folder / "questions.f32", dimension)
    return vectors.lay_out(folder / "passages.f32", dimension, before=before)


def write_lexical(folder: Path, terms: Terms, written: Iterable[str], unsaid: Container[int] = ()) -> None:
    """Write what is searched by words, made of the files that are there.

    `written` are all words as they are written, `unsaid` the ids of what no guide says, where the words of each are kept.
    """
    passages, guides = Records(folder / "passages.records", Passage), Records(folder / "guides.records", Guide)
    names, first = records.Texts(folder / "guides.ids"), records.array(folder / "guides.first", "<i8")
    kept = folder / "passages.words"
    said = fields.of_words(records.Slices(kept), unsaid) if kept.exists() else fields.of_passages(passages)
    LexicalIndex.numbered(said, folder / "lexical")
    LexicalIndex.numbered(fields.of_rows(passages, guides, terms), folder / "rows")
    LexicalIndex.numbered(fields.of_names(names, first.tolist()), folder / "named")
    WordIndex.build(written, folder / "spelling")


class _Ids(dict[str, int]):
    """The id of the stem of each word that was met, -1 of one without meaning; new stems get the next ids."""

    def __init__(self, stems: dict[str, int]) -> None:
        super().__init__()
        self._stems = stems

    def __missing__(self, word: str) -> int:
        stem = "" if word in words.STOP_WORDS else words.stem(word)
        self[word] = found = self._stems.setdefault(stem, len(self._stems)) if stem else -1
        return found


class _Numbers:
    """Numbers of one type, written one after another."""

    def __init__(self, path: Path, kind: str) -> None:
        self._file: BinaryIO = path.open("wb")
        self._kind = kind
        self.count = 0

    def add(self, numbers: Sequence[int] | np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
        """Some more."""
        self._file.write(np.asarray(numbers, self._kind).tobytes())
        self.count += len(numbers)

    def close(self) -> None:
        """After which the file is whole."""
        self._file.close()
