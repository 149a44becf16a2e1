"""Search by words: BM25. The only file that imports tantivy."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from operator import neg
from pathlib import Path

import tantivy

from retrieval.errors import IndexNotWritten, IndexUnusable
from retrieval.spelling import SHORTEST

LONGEST = 64  # letters of a word that may be a typo
MOST = 1_000  # neighbours of a word
_WRITER_BYTES = 50_000_000


class LexicalIndex:
    """BM25 (k1 1.2, b 0.75) over stems that the caller has made; a document's id is its position."""

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._searcher = searcher = index.searcher()
        # The inverse document frequency of a stem; 0 where no document holds it.
        self._rarity: Callable[[str], float] = functools.lru_cache(4_096)(functools.partial(_rarity, searcher))

    @classmethod
    def build(cls, documents: Iterable[Sequence[str]], folder: Path) -> LexicalIndex:
        """Index the stems of each document in `folder`, which has to be empty. Raises IndexNotWritten."""
        return cls.numbered(enumerate(documents), folder)

    @classmethod
    def numbered(cls, documents: Iterable[tuple[int, Sequence[str]]], folder: Path) -> LexicalIndex:
        """The same for documents that bring their ids, each once."""
        return cls(_written(folder, "stems", "whitespace", ((number, " ".join(stems)) for number, stems in documents)))

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """The index in `folder`. Raises IndexUnusable."""
        return cls(_opened(folder, "stems"))

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, stems: Sequence[str], k: int) -> list[tuple[int, float]]:
        """Ids and BM25 scores (0 and up) of the `k` best documents that hold any of `stems`, best first."""
        if not stems:
            return []
        schema = self._index.schema
        parts = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "stems", s, "freq")) for s in stems]
        hits = self._searcher.search(tantivy.Query.boolean_query(parts), k, count=False).hits
        if not hits:
            return []
        scores, addresses = zip(*hits, strict=True)
        ids = self._searcher.fast_field_values("id", list(addresses))
        return [(int(number or 0), -score) for score, number in sorted(zip(map(neg, scores), ids, strict=True))]  # of equal ones the first

    def ideal(self, stems: Sequence[str]) -> float:
        """The BM25 score (0 and up) of a document of mean length that holds each of `stems` once.

        It is the sum of their inverse document frequencies; stems that no document holds count nothing.
        """
        return sum(map(self._rarity, dict.fromkeys(stems)))

    def counts(self, stems: Sequence[str]) -> dict[str, int]:
        """In how many documents each stem stands."""
        return {stem: int(self._searcher.doc_freq("stems", stem)) for stem in stems}


class WordIndex:
    """Words as they are written, to be found again by those that are typed nearly the same."""

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._searcher = index.searcher()

    @classmethod
    def build(cls, words: Iterable[str], folder: Path) -> WordIndex:
        """Index each word once in `folder`, which has to be empty. Raises IndexNotWritten."""
        return cls(_written(folder, "word", "raw", enumerate(dict.fromkeys(words)), stored=True))

    @classmethod
    def open(cls, folder: Path) -> WordIndex:
        """The index in `folder`. Raises IndexUnusable."""
        return cls(_opened(folder, "word"))

    def knows(self, word: str) -> bool:
        """Whether this word is there."""
        return bool(self._searcher.doc_freq("word", word))

    def near(self, word: str, edits: int) -> list[str]:
        """The words of four letters and more within this many edits (1 or 2), sorted; two letters that change places are one edit."""
        if len(word) > LONGEST:
            return []
        query = tantivy.Query.fuzzy_term_query(self._index.schema, "word", word, edits, transposition_cost_one=True)
        hits = self._searcher.search(query, MOST, count=False).hits
        found = (str(self._searcher.doc(address)["word"][0]) for _, address in hits)
        return sorted(word for word in found if len(word) >= SHORTEST)


def _rarity(searcher: tantivy.Searcher, stem: str) -> float:
    count = int(searcher.doc_freq("stems", stem))
    return math.log(1 + (searcher.num_docs - count + 0.5) / (count + 0.5)) if count else 0.0


def _written(folder: Path, field: str, tokenizer: str, documents: Iterable[tuple[int, str]], *, stored: bool = False) -> tantivy.Index:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        schema = tantivy.SchemaBuilder()
        schema.add_unsigned_field("id", stored=True, fast=True)
        schema.add_text_field(field, stored=stored, tokenizer_name=tokenizer, index_option="basic" if stored else "freq")
        index = tantivy.Index(schema.build(), path=str(folder))
        writer = index.writer(_WRITER_BYTES, 1)
        for number, text in documents:
            document = tantivy.Document()
            document.add_text(field, text)
            document.add_unsigned("id", number)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
    except (ValueError, OSError) as error:  # tantivy has no type of its own for what the disk refuses
        raise IndexNotWritten(str(folder), str(error)) from error
    return index


def _opened(folder: Path, field: str) -> tantivy.Index:
    try:
        index = tantivy.Index.open(str(folder))
        tantivy.Query.term_query(index.schema, field, "")
        return index
    except (ValueError, OSError) as error:
        raise IndexUnusable(f"{folder} is not a readable lexical index; run `fingerpost reindex`") from error
