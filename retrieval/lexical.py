"""Search by words: BM25. The only file that imports tantivy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import tantivy

from retrieval.errors import IndexNotWritten, IndexUnusable

_WRITER_BYTES = 50_000_000


class LexicalIndex:
    """BM25 (k1 1.2, b 0.75) over stems that the caller has made; a document's id is its position."""

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._searcher = index.searcher()

    @classmethod
    def build(cls, documents: Iterable[Sequence[str]], folder: Path) -> LexicalIndex:
        """Index the stems of each document in `folder`, which has to be empty. Raises IndexNotWritten."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            schema = tantivy.SchemaBuilder()
            schema.add_unsigned_field("id", stored=True, fast=True)
            schema.add_text_field("stems", tokenizer_name="whitespace", index_option="freq")
            index = tantivy.Index(schema.build(), path=str(folder))
            writer = index.writer(_WRITER_BYTES, 1)
            for number, stems in enumerate(documents):
                document = tantivy.Document(stems=" ".join(stems))
                document.add_unsigned("id", number)
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
            index.reload()
        except (ValueError, OSError) as error:  # tantivy has no type of its own for what the disk refuses
            raise IndexNotWritten(str(folder), str(error)) from error
        return cls(index)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """The index in `folder`. Raises IndexUnusable."""
        try:
            index = tantivy.Index.open(str(folder))
            tantivy.Query.term_query(index.schema, "stems", "", "freq")
            return cls(index)
        except (ValueError, OSError) as error:
            raise IndexUnusable(f"{folder} is not a readable lexical index; run `fingerpost reindex`") from error

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, stems: Sequence[str], k: int) -> list[tuple[int, float]]:
        """Ids and BM25 scores (0 and up) of the `k` best documents that hold any of `stems`, best first."""
        if not stems:
            return []
        schema = self._index.schema
        parts = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "stems", s, "freq")) for s in stems]
        hits = self._searcher.search(tantivy.Query.boolean_query(parts), k, count=False).hits
        ranked = [(int(self._searcher.doc(address)["id"][0]), float(score)) for score, address in hits]
        return sorted(ranked, key=lambda hit: (-hit[1], hit[0]))

    def ideal(self, stems: Sequence[str]) -> float:
        """The BM25 score (0 and up) of a document of mean length that holds each of `stems` once.

        It is the sum of their inverse document frequencies; stems that no document holds count nothing.
        """
        counts = [int(self._searcher.doc_freq("stems", stem)) for stem in set(stems)]
        return sum(math.log(1 + (len(self) - count + 0.5) / (count + 0.5)) for count in counts if count)
